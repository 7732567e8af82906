"""The letters the desks list, and the cards of those on their way to them."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet

from dossiers.selectors.listes import rank_of, running_day
from projects.models import Avis, LettreIntention
from projects.states import EtatLettre

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ETATS = [etat for etat in EtatLettre if etat != EtatLettre.BROUILLON]
"""The states a list shows, in the order of the path."""

EN_ROUTE = (EtatLettre.DEPOSEE, EtatLettre.INCOMPLETE, EtatLettre.EN_CONSULTATION, EtatLettre.AVIS_RENDU)
"""Deposited, not yet sent to the ARS."""


def letters_listed(acteur: "Acteur") -> QuerySet[LettreIntention]:
    """The deposited letters `acteur` may open, with what the columns sort by: `rang` and `dernier_jour`."""
    found = LettreIntention.objects.visible_to(acteur).filter(deposee_at__isnull=False)
    return found.alias(
        rang=rank_of("etat", [etat.value for etat in ETATS]), dernier_jour=running_day("demande__delai__")
    )


def letters_joined(letters: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
    """The letters with what a line says."""
    return letters.select_related("dossier__association", "dossier__departement_pilote", "territoire", "demande__delai")


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
