"""Opening a file to other bodies, and keeping the proof of what came on paper."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.utils import timezone

from dossiers.models import AccesDossier, Document, Dossier, Piece
from dossiers.services.pieces import store_piece
from dossiers.states import MotifAcces, Visibilite
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import inspect

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def let_in(*, dossier: Dossier, organisation_ids: Iterable[int], motif: MotifAcces, now: datetime) -> None:
    """These bodies open the file from now on, for good: a body consulted, as it stands now. Asked again, as it stands
    then.
    """
    AccesDossier.objects.bulk_create(
        [AccesDossier(dossier=dossier, organisation_id=pk, motif=motif, created_at=now) for pk in organisation_ids],
        update_conflicts=True,
        unique_fields=["dossier", "organisation", "motif"],
        update_fields=["created_at"],
    )


def share_with_ars(*, dossier: Dossier, now: datetime) -> None:
    """Open the file to the ARS and the Assurance Maladie: its papers, and the pieces deposited so far."""
    Dossier.objects.filter(pk=dossier.pk).update(visibilite=Visibilite.ARS)
    dossier.visibilite = Visibilite.ARS
    Document.objects.filter(dossier=dossier, transmis_at=None).update(transmis_at=now)
    Piece.objects.filter(dossier=dossier, transmise_at=None, figee_at__isnull=False).update(transmise_at=now)


def keep_proof(
    *,
    dossier: Dossier,
    genre: str,
    fichier: "File[bytes]",
    recue_le: date,
    transmise: bool,
    by: "Acteur",
    now: datetime,
) -> Piece:
    """A scan a desk keeps: frozen at once. Raises `FileRefused` for a file the portal does not keep, `Refused` for a
    day in the future. The caller judged who may.
    """
    if recue_le > timezone.localdate(now):
        raise Refused("Un courrier ne peut pas avoir été reçu dans le futur.")
    found = inspect(fichier, fichier.name or "", limit=settings.UPLOAD_MAX_BYTES)
    known = Piece.objects.filter(dossier=dossier, sha256=found.sha256, genre=genre).first()
    if known is not None:
        return known
    piece = Piece(
        dossier=dossier,
        genre=genre,
        **found.described(),
        recue_le=recue_le,
        deposee_par=by.user,
        deposee_at=now,
        figee_at=now,
        transmise_at=now if transmise else None,
    )
    return store_piece(piece, fichier, found)
