"""The requests the desks list, and the bodies that may be asked for money."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.models import Organisation
from accounts.states import Genre
from funding.models import DemandeFir
from funding.states import EtatDemandeFir

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ETATS = [etat for etat in EtatDemandeFir if etat != EtatDemandeFir.BROUILLON]
"""The states a list shows, in the order of the path."""


def requests_listed(acteur: "Acteur") -> QuerySet[DemandeFir]:
    """The deposited requests `acteur` may open; one sent back to be written again is not among them."""
    return DemandeFir.objects.visible_to(acteur).filter(deposee_at__isnull=False).exclude(etat=EtatDemandeFir.BROUILLON)


LIGNE = (
    "etat",
    "montant_demande",
    "montant_accorde",
    "dossier__nom",
    "dossier__reference",
    "financeur__nom",
    "delai__dernier_jour",
    "delai__clos_at",
)


def requests_joined(demandes: QuerySet[DemandeFir]) -> QuerySet[DemandeFir]:
    """The requests with what a line says, and nothing else."""
    return demandes.select_related("dossier", "financeur", "delai").only(*LIGNE)


def ending(demandes: QuerySet[DemandeFir], *, within: int, on: date) -> QuerySet[DemandeFir]:
    """Those whose running period ends within that many days, or is over already (silence not recorded yet)."""
    return demandes.filter(delai__clos_at=None, delai__dernier_jour__lte=on + timedelta(days=within))


def funders(region: str) -> QuerySet[Organisation]:
    """The ARS and the URPS of the region: who may be asked for money, the ARS first."""
    genres: Any = [Genre.ARS, Genre.URPS]
    return Organisation.objects.filter(region=region, genre__in=genres).order_by("genre", "nom")
