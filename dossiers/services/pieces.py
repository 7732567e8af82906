"""Joining a file, removing it, freezing the files at a deposit."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import rules
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from dossiers.models import Dossier, Piece
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import Inspected, inspect

if TYPE_CHECKING:
    from accounts.acteur import Acteur

PIECES_MAX = 100
"""Files of one dossier: far above any need, below what would fill a disk."""


def add_piece(
    *,
    dossier: Dossier,
    genre: str,
    fichier: "File[bytes]",
    by: "Acteur",
    now: datetime,
    limit: int | None = None,
    pages: int | None = None,
) -> Piece:
    """Keep a file under a random name, known by its SHA-256, its type read from its content. `limit` is in bytes
    (default: that of every upload); with `pages`, only a PDF of that many pages at most is kept.

    Raises `Refused` without the right to write, `FileRefused` (`FileTooLarge`) when the portal does not keep such a
    file, ValidationError when it is already there under this `genre` or when there are too many. A refused file
    leaves nothing behind.
    """
    _judge(dossier, by)
    found = inspect(fichier, fichier.name or "", limit=limit or settings.UPLOAD_MAX_BYTES)
    if pages is not None:
        found.refuse_past(pages)
    piece = Piece(
        dossier=dossier,
        genre=genre,
        **found.described(),
        recue_le=timezone.localdate(now),
        deposee_par=by.user,
        deposee_at=now,
    )
    with transaction.atomic():
        _lock(dossier)
        _refuse_again(piece)
        return store_piece(piece, fichier, found)


@transaction.atomic
def remove_piece(*, piece: Piece, by: "Acteur") -> None:
    """Remove a file that was never deposited; its bytes go once the removal is certain. Removing twice is harmless.

    Raises `Refused` without the right to write, once the piece is frozen by a deposit, while it answers what a service
    asked (the day it arrived may count), or while a step holds it as its document.
    """
    _judge(piece.dossier, by)
    _lock(piece.dossier)
    current = Piece.objects.select_for_update(no_key=True, of=("self",)).filter(pk=piece.pk).first()
    if current is None:
        return
    if current.figee_at is not None:
        raise Refused("Cette pièce fait partie d’un dépôt\u00a0: elle ne se retire plus.")
    if current.repond_a.exists():
        raise Refused("Cette pièce répond à une demande\u00a0: répondez-y à nouveau sans elle avant de la retirer.")
    stored, name = current.fichier.storage, str(current.fichier.name)
    try:
        current.delete()
    except ProtectedError as held:
        raise Refused("Cette pièce est le document du projet\u00a0: remplacez-la avant de la retirer.") from held
    transaction.on_commit(partial(stored.delete, name), robust=True)


@transaction.atomic
def freeze_pieces(
    *, dossier: Dossier, now: datetime, transmises: bool = False, parmi: Iterable[int] | None = None
) -> list[Piece]:
    """Freeze what is joined, as part of a deposit; return every frozen piece of the file, in the order of arrival.

    `transmises` opens what is frozen now to the ARS and the Assurance Maladie; `parmi` freezes these pieces alone.
    """
    _lock(dossier)
    sent = {"transmise_at": now} if transmises else {}
    joined = Piece.objects.filter(dossier=dossier, figee_at=None)
    if parmi is not None:
        joined = joined.filter(pk__in=list(parmi))
    joined.update(figee_at=now, **sent)
    return list(Piece.objects.filter(dossier=dossier).order_by("deposee_at", "pk"))


def _judge(dossier: Dossier, by: "Acteur") -> None:
    if not rules.test_rule("dossier.rediger", by, dossier):
        raise Refused("Vous n’avez pas le droit de modifier les pièces de ce dossier.")


def _lock(dossier: Dossier) -> None:
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)


def _refuse_again(piece: Piece) -> None:
    kept = list(Piece.objects.filter(dossier=piece.dossier_id).order_by("pk"))
    if len(kept) >= PIECES_MAX:
        raise ValidationError(f"Un dossier garde au plus {PIECES_MAX} pièces.", code="trop")
    for other in kept:
        if (other.sha256, other.genre) == (piece.sha256, piece.genre):
            raise ValidationError(f"Ce fichier est déjà joint, sous le nom «\u00a0{other.nom}\u00a0».", code="doublon")


def store_piece(piece: Piece, fichier: "File[bytes]", found: Inspected) -> Piece:
    """Write the bytes, then the row; the bytes go if the row cannot be written."""
    delete = _store(piece, fichier, found)
    try:
        piece.save(force_insert=True)
    except BaseException:
        delete()
        raise
    return piece


def _store(piece: Piece, fichier: "File[bytes]", found: Inspected) -> Callable[[], None]:
    """Write the bytes under a name that says nothing; return what removes them."""
    piece.fichier.save(f"{uuid.uuid4().hex}{found.extension}", fichier, save=False)
    return partial(piece.fichier.storage.delete, str(piece.fichier.name))
