"""Reads of what was asked and answered, item by item."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from dossiers.models import DemandePieces, Dossier, Piece, PieceDemandee
from dossiers.models.dossier import NOTHING, perimeter
from dossiers.states import EtatPieceDemandee

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def requests_with_items(dossiers: Any, *, evenements: Any = None, open_only: bool = True) -> list[DemandePieces]:
    """Requests about these files with their items and the files given, the latest first: three queries at most.

    `dossiers` are ids, or a query of them; `evenements` keeps those made by these events only, given the same way;
    `open_only` keeps what still waits.
    """
    items = PieceDemandee.objects.order_by("ordre").prefetch_related(
        Prefetch("pieces", Piece.objects.order_by("deposee_at", "pk"))
    )
    found = DemandePieces.objects.filter(dossier__in=dossiers).select_related("organisation")
    if open_only:
        found = found.filter(close_at=None)
    if evenements is not None:
        found = found.filter(evenement__in=evenements)
    return list(found.prefetch_related(Prefetch("items", items)).order_by("-created_at", "-pk"))


def open_requests(dossier: Dossier) -> list[DemandePieces]:
    """What still waits for the association on a file, the latest first."""
    return requests_with_items([dossier.pk])


def requests_of(evenements: Sequence[UUID]) -> list[DemandePieces]:
    """The requests made by these events, the latest first, with items and files."""
    files = DemandePieces.objects.filter(evenement__in=evenements).values("dossier")
    return requests_with_items(files, evenements=evenements, open_only=False)


def items_asked_of(acteur: "Acteur") -> QuerySet[PieceDemandee]:
    """The items asked of the association one acts for; none for an agent."""
    mine = perimeter(acteur, "demande__dossier__") if acteur.genre == "association" else NOTHING
    return PieceDemandee.objects.filter(mine).select_related("demande__dossier", "demande__organisation")


def answered(demandes: Sequence[DemandePieces]) -> tuple[int, int]:
    """How many items have an answer, of how many."""
    items = [item for demande in demandes for item in demande.items.all()]
    return sum(item.etat != EtatPieceDemandee.ATTENDUE for item in items), len(items)


def nearest_limit(demandes: Sequence[DemandePieces]) -> date | None:
    """The first date among what has no answer yet."""
    waiting = [item.limite_le for demande in demandes for item in demande.items.all() if _waits(item)]
    return min((day for day in waiting if day), default=None)


def _waits(item: PieceDemandee) -> bool:
    return item.etat == EtatPieceDemandee.ATTENDUE
