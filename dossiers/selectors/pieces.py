"""Reads of the files joined to a dossier: who sees which."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.models import ConseillerInvite, Dossier, Piece

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def pieces_visible_to(acteur: "Acteur | None") -> QuerySet[Piece]:
    """The pieces `acteur` may read: all those of its association, and of the drafts it is invited to; for the other
    readers of a file, only what was deposited. With the person who joined them.
    """
    found = Piece.objects.filter(dossier__in=Dossier.objects.visible_to(acteur)).select_related("deposee_par")
    if acteur is None or acteur.genre == "association":
        return found
    invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
    return found.filter(Q(figee_at__isnull=False) | Q(Exists(invited)))


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
