"""Asking for pieces item by item, and answering each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import rules
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from dossiers.models import DemandePieces, Dossier, Piece, PieceDemandee
from dossiers.services.partage import keep_proof
from dossiers.services.pieces import add_piece
from dossiers.states import EtatPieceDemandee, GenrePiece
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ITEMS_MAX = 30
LIMITE_JOURS = 366


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece to ask for. `fondement` is the article when a text requires it; `limite_le` the date wished or set."""

    intitule: str
    precision: str = ""
    requise: bool = False
    fondement: str = ""
    limite_le: date | None = None
    concerne: str = ""


@dataclass(frozen=True, kw_only=True)
class Recue:
    """One piece that came by another way than the portal: its day, and its scan or a word on it."""

    item: PieceDemandee
    recue_le: date
    reponse: str = ""
    fichier: "File[bytes] | None" = None


def ask(
    *,
    dossier: Dossier,
    evenement: UUID,
    etape: str,
    items: Sequence[Item],
    le: date,
    by: "Acteur",
    now: datetime,
) -> DemandePieces:
    """Write a request and its items, in order. Refused without an item, past 30, or with a limit before the request.

    The caller applied the row of the law in the same transaction.
    """
    if by.membership is None:
        raise Refused("Seul un service demande des pièces.")
    judge_items(items, le=le)
    demande = DemandePieces.objects.create(
        dossier=dossier,
        evenement=evenement,
        etape=etape,
        organisation=by.membership.organisation,
        demandee_par=by.user,
        demandee_le=le,
        created_at=now,
    )
    PieceDemandee.objects.bulk_create(
        PieceDemandee(
            demande=demande,
            ordre=ordre,
            intitule=item.intitule.strip(),
            precision=item.precision.strip(),
            requise_par_un_texte=item.requise,
            fondement=item.fondement.strip() if item.requise else "",
            limite_le=item.limite_le,
            concerne=item.concerne,
        )
        for ordre, item in enumerate(items, 1)
    )
    return demande


def judge_items(items: Sequence[Item], *, le: date) -> None:
    """Raise `Refused` for what cannot be asked on the day `le`: nothing, too much, no article, a limit before it."""
    if not items:
        raise Refused("Dites au moins une chose qui manque.")
    if len(items) > ITEMS_MAX:
        raise Refused(f"Une demande compte au plus {ITEMS_MAX} éléments.")
    for item in items:
        if item.requise and not item.fondement.strip():
            raise Refused(f"«\u00a0{item.intitule}\u00a0»\u00a0: citez l’article du texte qui exige cette pièce.")
        if item.limite_le is not None and item.limite_le < le:
            raise Refused(f"«\u00a0{item.intitule}\u00a0»\u00a0: la date limite est passée.")
        if item.limite_le is not None and (item.limite_le - le).days > LIMITE_JOURS:
            raise Refused(f"«\u00a0{item.intitule}\u00a0»\u00a0: la date limite est à un an au plus.")


@transaction.atomic
def answer(
    *,
    item: PieceDemandee,
    reponse: str,
    pieces: Sequence[Piece] = (),
    by: "Acteur",
    now: datetime,
    recue_le: date | None = None,
) -> PieceDemandee:
    """Keep the answer to one item, in words, in files, or both; answering again replaces the words.

    `recue_le`: the legal day of arrival of what came outside the portal (default: today in Paris); an answer in several
    parts is dated by the last one. Refused with nothing to say, once the request is closed, for files of another
    dossier, for a day in the future or before it was asked. The caller judged who answers.
    """
    today = timezone.localdate(now)
    arrived = recue_le or today
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=item.demande.dossier_id)
    locked = (
        PieceDemandee.objects.select_for_update(no_key=True, of=("self",)).select_related("demande").get(pk=item.pk)
    )
    if locked.demande.close_at is not None:
        raise Refused(CLOSE)
    if not reponse.strip() and not pieces and not locked.pieces.exists():
        raise Refused("Écrivez une réponse, ou joignez une pièce.")
    if any(piece.dossier_id != locked.demande.dossier_id for piece in pieces):
        raise Refused("Cette pièce n’est pas de ce dossier.")
    if not locked.demande.demandee_le <= arrived <= today:
        raise Refused("La réception ne peut être ni avant la demande, ni dans le futur.")
    if locked.etat == EtatPieceDemandee.REPONDUE and locked.recue_le:
        arrived = max(arrived, locked.recue_le)
    PieceDemandee.objects.filter(pk=locked.pk).update(
        etat=EtatPieceDemandee.REPONDUE,
        reponse=reponse.strip(),
        recue_le=arrived,
        repondu_par=by.user,
        repondu_at=now,
        constat="",
    )
    locked.pieces.add(*pieces)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def answer_own(
    *,
    item: PieceDemandee,
    reponse: str,
    pieces: Sequence[Piece],
    fichier: "File[bytes] | None",
    genre: str,
    by: "Acteur",
    now: datetime,
) -> PieceDemandee:
    """The association answers one item, by words and these `pieces` alone, a new file of that `genre` with them.

    Refused to anyone else, before the file is kept; raises what `add_piece` raises about the file.
    """
    dossier = item.demande.dossier
    if not rules.test_rule("dossier.rediger", by, dossier):
        raise Refused("Seule une personne de l’association répond à cette demande.")
    if DemandePieces.objects.filter(pk=item.demande_id, close_at__isnull=False).exists():
        raise Refused(CLOSE)
    if not (reponse.strip() or pieces or fichier):
        raise Refused("Écrivez une réponse, ou joignez une pièce.")
    joined = [add_piece(dossier=dossier, genre=genre, fichier=fichier, by=by, now=now)] if fichier else []
    given = [*pieces, *joined]
    if _says_the_same(item, reponse, given):
        return item
    answered = answer(item=item, reponse=reponse, pieces=given, by=by, now=now)
    answered.pieces.set(given)
    return answered


def _says_the_same(item: PieceDemandee, reponse: str, pieces: Sequence[Piece]) -> bool:
    """Whether this is the answer already there: saved again without a change, it did not arrive again."""
    kept = PieceDemandee.objects.get(pk=item.pk)
    if kept.etat != EtatPieceDemandee.REPONDUE or kept.reponse != reponse.strip():
        return False
    return {piece.pk for piece in kept.pieces.all()} == {piece.pk for piece in pieces}


CLOSE = "Cette demande de pièces est close."


def keep_received(recue: Recue, *, dossier: Dossier, transmise: bool, by: "Acteur", now: datetime) -> PieceDemandee:
    """Keep the scan, then the answer, at its real day. The caller judged who may, and that the piece was asked.

    Raises `FileRefused` for a file that is not kept, Refused for a day before it was asked or in the future.
    """
    pieces = []
    if recue.fichier is not None:
        pieces.append(
            keep_proof(
                dossier=dossier,
                genre=GenrePiece.AUTRE,
                fichier=recue.fichier,
                recue_le=recue.recue_le,
                transmise=transmise,
                by=by,
                now=now,
            )
        )
    return answer(item=recue.item, reponse=recue.reponse, pieces=pieces, by=by, now=now, recue_le=recue.recue_le)


def close_open(*, evenements: Sequence[UUID], now: datetime) -> list[DemandePieces]:
    """Close what is still open among the requests of these events, as part of a completion; return those closed."""
    open_ones = list(DemandePieces.objects.filter(evenement__in=evenements, close_at=None).order_by("pk"))
    DemandePieces.objects.filter(pk__in=[demande.pk for demande in open_ones]).update(close_at=now)
    return open_ones


def close_all(*, dossiers: Sequence[int], etape: str, now: datetime) -> None:
    """Close whatever still waits about that step of these files, by their keys: it was decided, or withdrawn, and
    nothing is awaited any more.
    """
    DemandePieces.objects.filter(dossier__in=dossiers, etape=etape, close_at=None).update(close_at=now)
