"""The letters the desks list, and the cards of those on their way to them."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet

from projects.models import Avis, LettreIntention
from projects.states import EtatLettre

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ETATS = [etat for etat in EtatLettre if etat != EtatLettre.BROUILLON]
"""The states a list shows, in the order of the path."""

EN_ROUTE = (EtatLettre.DEPOSEE, EtatLettre.INCOMPLETE, EtatLettre.EN_CONSULTATION, EtatLettre.AVIS_RENDU)
"""Deposited, not yet sent to the ARS."""


def letters_listed(acteur: "Acteur") -> QuerySet[LettreIntention]:
    """The deposited letters `acteur` may open."""
    return LettreIntention.objects.visible_to(acteur).filter(deposee_at__isnull=False)


LIGNE = (
    "etat",
    "deposee_at",
    "dossier__nom",
    "dossier__reference",
    "dossier__association__nom",
    "dossier__departement_pilote__nom",
    "territoire__population",
    "territoire__taille",
)
DELAI = ("transmise_at", "demande__delai__dernier_jour", "demande__delai__clos_at")


def letters_joined(letters: QuerySet[LettreIntention], *, delai: bool) -> QuerySet[LettreIntention]:
    """The letters with what a line says, and nothing else; `delai`: with the period of their request."""
    joined = letters.select_related("dossier__association", "dossier__departement_pilote", "territoire")
    return joined.select_related("demande__delai").only(*LIGNE, *DELAI) if delai else joined.only(*LIGNE)


def coming(acteur: "Acteur") -> QuerySet[LettreIntention]:
    """The letters of the perimeter on their way to the ARS and the Assurance Maladie, which `acteur` may not open yet.

    A card says the name, the territory and the stage, nothing else: read nothing more of them. Those on which the body
    is consulted are in its list already.
    """
    asked = Avis.objects.filter(consultation__lettre=OuterRef("pk"), organisation=acteur.organisation_id)
    within: dict[str, Any] = (
        {"dossier__departements__overlap": sorted(acteur.departements)} if acteur.departements else {}
    )
    found = LettreIntention.objects.filter(dossier__region=acteur.region, etat__in=EN_ROUTE, **within)
    return found.filter(~Exists(asked), transmise_at=None)
