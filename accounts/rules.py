"""Who may act on accounts: predicates on the acteur, never on the bare person."""

from typing import Any

from rules.predicates import predicate
from rules.rulesets import add_rule

from accounts.states import DROITS_BY_GENRE, Droit, Genre


@predicate
def administre(acteur: Any, organisation: Any = None) -> bool:
    """Administers the portal: a member of the Guichet with that right, for the organisations of its region."""
    if acteur is None or acteur.genre != Genre.GUICHET or not acteur.has(Droit.ADMINISTRER):
        return False
    return organisation is None or organisation.region == acteur.region


@predicate
def gere(acteur: Any, organisation: Any = None) -> bool:
    """Manages the people of the organisation in the name of which it acts, and of no other."""
    return (
        acteur is not None
        and organisation is not None
        and acteur.organisation_id == organisation.pk
        and acteur.has(Droit.GERER)
    )


@predicate
def membre(acteur: Any, organisation: Any = None) -> bool:
    """Acts in the name of that organisation."""
    return acteur is not None and organisation is not None and acteur.organisation_id == organisation.pk


@predicate
def demande_la_reprise(acteur: Any, organisation: Any = None) -> bool:
    """Handles files at the Guichet of the region: asks that a first person be invited into an association."""
    return (
        acteur is not None
        and acteur.genre == Genre.GUICHET
        and acteur.has(Droit.INSTRUIRE)
        and organisation is not None
        and organisation.region == acteur.region
    )


gere_les_membres = gere | administre
"""The people of an organisation are managed by those it trusts with it, and by the administrators of the portal."""

voit_les_membres = membre | administre


def accorde(acteur: Any, genre: str, droits: set[str]) -> bool:
    """May give these rights in an organisation of that kind; only an administrator makes an administrator."""
    if Droit.ADMINISTRER in droits and not administre.test(acteur):
        return False
    return droits <= set(DROITS_BY_GENRE[genre])


add_rule("accounts.administrer", administre)
add_rule("accounts.gerer_association", gere_les_membres)
add_rule("accounts.voir_organisation", voit_les_membres)
