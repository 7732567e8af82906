"""Reads of the files joined to a dossier: who sees which."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.models import AccesDossier, ConseillerInvite, Decision, Dossier, Piece, PieceDemandee
from dossiers.models.dossier import perimeter, transmitted_to
from dossiers.rules import ARS
from dossiers.states import EtapePieces, EtatDecision, GenrePiece, MotifAcces

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def pieces_visible_to(acteur: "Acteur | None") -> QuerySet[Piece]:
    """The pieces `acteur` may read: all those of its association, and of the drafts it is invited to; for the Guichet,
    those deposited; for the ARS and the Assurance Maladie, those sent to them, and for the ARS what answers a request
    on a projet de santé; for a body consulted, those deposited when it was asked, but the bank details. The scan of a
    decision on paper that nobody confirmed is read by the ARS alone. With the person who joined them.
    """
    found = Piece.objects.select_related("deposee_par")
    if acteur is None or acteur.membership is None:
        return found.none()
    if acteur.genre not in ARS:
        found = found.exclude(_PROOF_OF_NOTHING)
    if acteur.genre == "association":
        return found.filter(perimeter(acteur, "dossier__"))
    if acteur.genre == "guichet":
        invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
        return found.filter(perimeter(acteur, "dossier__"), Q(figee_at__isnull=False) | Q(Exists(invited)))
    let_in = AccesDossier.objects.filter(dossier=OuterRef("dossier"), organisation=acteur.organisation_id)
    consulted = let_in.filter(motif=MotifAcces.CONSULTATION, created_at__gte=OuterRef("figee_at"))
    funder = let_in.filter(motif=MotifAcces.FINANCEUR)
    asked = (Q(Exists(consulted)) | Q(Exists(funder), figee_at__isnull=False)) & ~Q(genre__in=RESERVED)
    if acteur.genre == "urps":
        return found.filter(asked)
    sent = Q(transmise_at__isnull=False)
    if acteur.genre in ARS:
        sent |= Q(Exists(_ANSWERING))
    return found.filter(asked | sent & transmitted_to(acteur, "dossier__"))


_ANSWERING = PieceDemandee.pieces.through.objects.filter(
    piece=OuterRef("pk"), piecedemandee__demande__etape=EtapePieces.PROJET
)
"""What answers a request on a projet de santé: it arrived on the day it was answered, and that day counts."""

_PROVED = Decision.objects.filter(preuve=OuterRef("pk"))
_PROOF_OF_NOTHING = Q(Exists(_PROVED), ~Exists(_PROVED.filter(etat=EtatDecision.PRISE)), genre=GenrePiece.PREUVE)

RESERVED = (GenrePiece.RIB, GenrePiece.COURRIER, GenrePiece.PREUVE)
"""What a body asked for its opinion does not need: bank details, the desks' own mail."""


def pieces_of(dossier: Dossier, *, acteur: "Acteur") -> list[Piece]:
    """Those of a file that `acteur` may read, in the order of arrival. One query."""
    return list(pieces_visible_to(acteur).filter(dossier=dossier).order_by("deposee_at", "pk"))


def same_content(piece: Piece) -> Piece | None:
    """Another piece of the file with the same bytes, joined under another kind."""
    return (
        Piece.objects.filter(dossier=piece.dossier_id, sha256=piece.sha256)
        .exclude(pk=piece.pk)
        .order_by("deposee_at", "pk")
        .first()
    )
