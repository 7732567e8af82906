"""Reads of decisions: who reads which, and who opened them."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from dossiers.models import Decision, OuvertureDecision
from dossiers.models.dossier import NOTHING, perimeter
from dossiers.selectors.documents import documents_visible_to
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.states import EtatDecision

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def decisions_visible_to(acteur: "Acteur | None") -> QuerySet[Decision]:
    """The decisions taken that `acteur` may read: those whose paper it reads or, taken outside the portal, whose scan;
    the association and the Guichet, all those of their files. A body consulted only reads none.
    """
    taken = Decision.objects.filter(etat=EtatDecision.PRISE)
    if acteur is None or acteur.membership is None:
        return taken.filter(NOTHING)
    if not acteur.est_agent or acteur.genre == "guichet":
        return taken.filter(perimeter(acteur, "dossier__"))
    papers = documents_visible_to(acteur).filter(evenement=OuterRef("evenement"))
    scans = pieces_visible_to(acteur).filter(pk=OuterRef("preuve"))
    return taken.filter(Q(Exists(papers)) | Q(Exists(scans)))


def waiting_on(dossier_id: int, etapes: Iterable[tuple[int, Collection[str]]]) -> QuerySet[Decision]:
    """What was decided on paper on these steps, each its key and its natures, and waits for a second person. For
    whoever may decide on them.
    """
    about = Q(pk=None)
    for etape_id, natures in etapes:
        about |= Q(etape_id=etape_id, nature__in=natures)
    return Decision.objects.filter(about, dossier=dossier_id, etat=EtatDecision.A_CONFIRMER).order_by("pk")


def with_openings(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """The decisions with who opened them, the first first: one more query."""
    openings = OuvertureDecision.objects.select_related("user").order_by("ouverte_at", "pk")
    return decisions.prefetch_related(Prefetch("ouvertures", openings))
