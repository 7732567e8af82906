"""Reads of what was asked and answered, item by item."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from dossiers.models import DemandePieces, Dossier, Piece, PieceDemandee
from dossiers.models.dossier import NOTHING, perimeter
from dossiers.states import EtatPieceDemandee

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def open_requests(dossier: Dossier) -> list[DemandePieces]:
    """What still waits for the association on a file, the oldest first, with items and files. Three queries."""
    return list(_whole(DemandePieces.objects.filter(dossier=dossier, close_at=None)).order_by("created_at", "pk"))


def requests_of(evenements: Sequence[UUID]) -> list[DemandePieces]:
    """The requests made by these events, the latest first, with items and files. Three queries."""
    return list(_whole(DemandePieces.objects.filter(evenement__in=evenements)).order_by("-created_at", "-pk"))


def _whole(found: QuerySet[DemandePieces]) -> QuerySet[DemandePieces]:
    items = PieceDemandee.objects.order_by("ordre").prefetch_related(
        Prefetch("pieces", Piece.objects.order_by("deposee_at", "pk"))
    )
    return found.select_related("organisation").prefetch_related(Prefetch("items", items))


def items_asked_of(acteur: "Acteur") -> QuerySet[PieceDemandee]:
    """The items asked of the association one acts for; none for an agent."""
    mine = perimeter(acteur, "demande__dossier__") if acteur.genre == "association" else NOTHING
    return PieceDemandee.objects.filter(mine).select_related("demande__dossier", "demande__organisation")


def answered(demandes: Sequence[DemandePieces]) -> tuple[int, int]:
    """How many items have an answer, of how many."""
    items = [item for demande in demandes for item in demande.items.all()]
    return sum(item.etat != EtatPieceDemandee.ATTENDUE for item in items), len(items)
