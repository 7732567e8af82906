"""Writing in the threads of a file. A message is never changed; a page sent twice sends one message."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.db import transaction

from dossiers.models import Dossier, Fil, LectureFil, Message, PieceDemandee, PieceMessage
from dossiers.notifications import message_posted
from dossiers.selectors.echanges import FACING, audience_of_item, fils_visible_to, open_audiences, side_of, writes
from dossiers.states import AudienceFil
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileTooLarge, Inspected, inspect

if TYPE_CHECKING:
    from accounts.acteur import Acteur

TEXTE_MAX = 10_000
SUJET_MAX = 160
FICHIERS_MAX = 5

NOT_YET = {
    AudienceFil.PORTEUR_GUICHET: "Le Guichet ne lit pas encore ce dossier\u00a0: invitez un de ses conseillers, ou "
    "déposez votre lettre.",
    AudienceFil.PORTEUR_ARS: "L’ARS ne lit pas encore ce dossier\u00a0: vous pourrez lui écrire dès qu’il lui sera "
    "transmis.",
    AudienceFil.ARS_AM: "Ce dossier n’est pas encore transmis à l’ARS et à l’Assurance Maladie.",
}


class AlreadySent(Refused):
    """Another text was already sent from the same page."""


@dataclass(frozen=True, kw_only=True)
class Ecrit:
    """What a person sends: its words, its files, whether an answer is awaited. `jeton` is the id of the page it was
    written on, and of the message it becomes.
    """

    texte: str
    jeton: uuid.UUID
    fichiers: Sequence["File[bytes]"] = ()
    attend_reponse: bool = False

    @property
    def propre(self) -> str:
        return self.texte.replace("\r\n", "\n").strip()


def open_thread(
    *,
    dossier: Dossier,
    audience: str,
    sujet: str,
    ecrit: Ecrit,
    by: "Acteur",
    now: datetime,
    piece_demandee: PieceDemandee | None = None,
) -> Fil:
    """Begin a thread with its first message; about an asked piece that has one already, write in that one.

    Raises `Refused` outside the audience, before the audience reads the file, without a subject, and as
    `post_message` does. The same page sent again gives the same thread.
    """
    _judge(ecrit)
    subject = " ".join(sujet.split())
    if not subject or len(subject) > SUJET_MAX:
        raise Refused(f"Donnez un sujet, de {SUJET_MAX} signes au plus.")
    found = _inspected(ecrit)
    with _Bytes() as stored, transaction.atomic():
        _lock(dossier)
        if sent := _already(ecrit, by):
            return sent.fil
        _refuse_audience(dossier, audience, by, piece_demandee)
        fil = Fil.objects.filter(piece_demandee=piece_demandee).first() if piece_demandee else None
        fil = fil or Fil.objects.create(
            dossier=dossier,
            audience=audience,
            organisation_id=by.organisation_id if audience == AudienceFil.ORGANISME else None,
            piece_demandee=piece_demandee,
            sujet=subject,
            created_at=now,
            created_by=by.user,
            dernier_at=now,
        )
        _write(fil, ecrit, found, stored, by=by, now=now)
    return fil


def post_message(*, fil: Fil, ecrit: Ecrit, by: "Acteur", now: datetime) -> Message:
    """Write in a thread; the side that owed an answer owes none any more. The others are told, without the text.

    Raises `Refused` outside the audience, without the right to write, without a text, past 10 000 signs or five files;
    `AlreadySent` when the page sent another text; `FileRefused` for a file the portal does not keep. The same page
    sent again gives the same message.
    """
    _judge(ecrit)
    if not writes(by) or not fils_visible_to(by).filter(pk=fil.pk).exists():
        raise Refused("Vous n’avez pas le droit d’écrire dans ce fil.")
    found = _inspected(ecrit)
    with _Bytes() as stored, transaction.atomic():
        _lock(fil.dossier)
        return _already(ecrit, by, fil) or _write(fil, ecrit, found, stored, by=by, now=now)


def mark_read(*, fil: Fil, by: "Acteur") -> None:
    """This person has read the thread until its last message as it was loaded; what came meanwhile stays new."""
    LectureFil.objects.bulk_create(
        [LectureFil(fil=fil, user=by.user, lu_at=fil.dernier_at)],
        update_conflicts=True,
        unique_fields=["fil", "user"],
        update_fields=["lu_at"],
    )


def _judge(ecrit: Ecrit) -> None:
    if not ecrit.propre:
        raise Refused("Écrivez un message.")
    if len(ecrit.propre) > TEXTE_MAX:
        raise Refused("Ce message est trop long\u00a0: 10\u00a0000 signes au plus.")
    if len(ecrit.fichiers) > FICHIERS_MAX:
        raise Refused(f"Un message porte au plus {FICHIERS_MAX} fichiers.")


def _inspected(ecrit: Ecrit) -> list[Inspected]:
    """What each file really is. Together they hold in what one page may send."""
    if sum(fichier.size or 0 for fichier in ecrit.fichiers) > settings.UPLOAD_MAX_BYTES:
        raise FileTooLarge("Ensemble, ces fichiers dépassent 20\u00a0Mo. Envoyez-les en plusieurs messages.")
    return [inspect(fichier, fichier.name or "", limit=settings.UPLOAD_MAX_BYTES) for fichier in ecrit.fichiers]


def _lock(dossier: Dossier) -> None:
    """One writer at a time in the threads of a file: a page sent twice, an asked piece opened twice, wait here."""
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)


def _already(ecrit: Ecrit, by: "Acteur", fil: Fil | None = None) -> Message | None:
    """The message this page became; raises `AlreadySent` when it became another one."""
    sent = Message.objects.select_related("fil").filter(evenement=ecrit.jeton).first()
    if sent is None:
        return None
    if sent.auteur_id == by.user.pk and sent.texte == ecrit.propre and fil in (None, sent.fil):
        return sent
    raise AlreadySent("Un message est déjà parti de cette page. Relisez le fil, puis envoyez celui-ci à nouveau.")


def _refuse_audience(dossier: Dossier, audience: str, by: "Acteur", item: PieceDemandee | None) -> None:
    known = open_audiences(by, dossier)
    about = item is None or (item.demande.dossier_id == dossier.pk and audience_of_item(item) == audience)
    if audience not in known or not about:
        raise Refused("Vous n’avez pas le droit d’ouvrir ce fil.")
    if not known[AudienceFil(audience)]:
        raise Refused(NOT_YET[AudienceFil(audience)])


def _write(fil: Fil, ecrit: Ecrit, found: list[Inspected], stored: "_Bytes", *, by: "Acteur", now: datetime) -> Message:
    assert by.membership is not None  # nobody writes without a capacity: judged by both callers
    side = side_of(by)
    facing = FACING.get(AudienceFil(fil.audience), {}).get(side, "")
    asks = bool(ecrit.attend_reponse and facing)
    message = Message.objects.create(
        fil=fil,
        auteur=by.user,
        organisation=by.membership.organisation,
        qualite=by.qualite,
        texte=ecrit.propre,
        attend_reponse=asks,
        evenement=ecrit.jeton,
        created_at=now,
    )
    for fichier, said in zip(ecrit.fichiers, found, strict=True):
        stored.keep(message, fichier, said)
    fil.refresh_from_db(fields=["attend_reponse_de", "dernier_at"])
    owed = "" if side and fil.attend_reponse_de == side else fil.attend_reponse_de
    fil.attend_reponse_de, fil.dernier_at = facing if asks else owed, max(now, fil.dernier_at)
    fil.save(update_fields=["attend_reponse_de", "dernier_at"])
    mark_read(fil=fil, by=by)
    message_posted(message, dossier=fil.dossier, now=now)
    return message


class _Bytes:
    """The bytes written so far: they go when the act fails."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def keep(self, message: Message, fichier: "File[bytes]", said: Inspected) -> None:
        """Write the bytes under a name that says nothing, then the row."""
        row = PieceMessage(message=message, **said.described())
        row.fichier.save(f"{uuid.uuid4().hex}{said.extension}", fichier, save=False)
        self._undo.append(partial(row.fichier.storage.delete, str(row.fichier.name)))
        row.save(force_insert=True)

    def __enter__(self) -> "_Bytes":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for undo in self._undo:
                undo()
