"""The outbox: a mail is a row, written with the event it tells of and sent later by the worker.

Guarantees. One row for an event, a template and an address, whatever is retried. The row commits or rolls back
with the event. A lost wake-up only delays it until the next sweep. A failure is kept with its cause and tried
again, `BACKOFF` apart, then shown to the administrators.

The one window. A row is locked, sent, marked, committed. If the worker dies, or the database goes away, between the
mail provider's "yes" and our commit, the row is still to be sent and the mail leaves again: with the same Message-ID,
made once with the row, so that mail software shows it once. The other order (mark, then send) would lose mails, which
is worse than repeating one.

During a rehearsal (see `guichet.kernel.instant`) a mail is marked when it is written, kept as a row like any other, and
left in a mailbox of files on this machine (`make mails`): no provider sees it, whatever EMAIL_URL says.
"""

import smtplib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape

from accounts.models import Envoi, PreferenceEnvoi, User
from accounts.models.users import normalise_email
from accounts.states import CATEGORIES_AU_CHOIX, CategorieEnvoi, EtatEnvoi, RythmeEnvoi
from guichet.kernel import instant
from guichet.kernel.after_commit import wake
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.lifecycle import Refused

TASK = "accounts.envoyer_les_mails"

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""Waits between tries: eight tries spread over about two days, so that a week-end failure of the server heals alone."""

MAX_ESSAIS = len(BACKOFF) + 1

MARK = "[Répétition] "
"""Before the subject of a mail written during a rehearsal."""

ABOUT_THIS_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)
"""Refusals that concern one mail; any other failure concerns the server, and the next mails wait for it."""


def queue_mail(
    *,
    evenement: UUID,
    modele: str,
    contexte: dict[str, Any],
    now: datetime,
    destinataire: str = "",
    user: User | None = None,
    url: str = "",
    dossier_reference: str = "",
    confidentiel: bool = False,
    categorie: str = CategorieEnvoi.COMPTE,
) -> None:
    """Write the mail of an event, to a person or to an address; nothing if that mail is already written.

    `templates/mails/<modele>.sujet.txt`, `.txt` and `.html` are rendered now, with `contexte` plus `prenom`, `url` and
    `url_absolue` (where the person goes next), `site_url` and `repetition` (what a rehearsal adds). `url` is a path of
    this site. A `confidentiel` mail carries a secret link: the link is in the text only, the mail is not in the inbox,
    its text is erased once sent. What leaves at once, waits for the daily digest or is read on the portal alone
    follows the person's preference for `categorie`; account and legal mails always leave at once.
    """
    address = normalise_email(destinataire or (user.email if user else ""))
    if not address:
        raise ValueError("a mail needs a person or an address")
    mail = Mail(modele=modele, contexte=contexte, url=url, now=now, confidentiel=confidentiel)
    envoi = mail.row(evenement, address, user, dossier_reference=dossier_reference, categorie=categorie)
    _plan([envoi], now=now)


def queue_mails(
    users: Iterable[User],
    *,
    evenement: UUID,
    modele: str,
    contexte: dict[str, Any],
    now: datetime,
    url: str,
    dossier_reference: str = "",
    categorie: str = CategorieEnvoi.COMPTE,
) -> None:
    """The same mail to several people: as `queue_mail` for each, its text drawn once but for their first name, in three
    statements at most whatever their number.
    """
    mail = Mail(modele=modele, contexte=contexte, url=url, now=now)
    rows = [
        mail.row(evenement, normalise_email(user.email), user, dossier_reference=dossier_reference, categorie=categorie)
        for user in users
    ]
    held = _held.get()
    if held is None:
        _plan(rows, now=now)
    else:
        held += rows


_held: ContextVar[list[Envoi] | None] = ContextVar("held", default=None)


@contextmanager
def written_together(*, now: datetime) -> Iterator[None]:
    """Mails queued to several people in this block are written at its end, in a few statements; none when it fails."""
    rows: list[Envoi] = []
    token = _held.set(rows)
    try:
        yield
    finally:
        _held.reset(token)
    by_category: dict[str, list[Envoi]] = {}
    for row in rows:
        by_category.setdefault(row.categorie, []).append(row)
    for same in by_category.values():
        _plan(same, now=now)


PRENOM = "\ue000"
"""Stands for a first name in a text drawn once for several people: a character nobody types."""


class Mail:
    """The text of a mail, drawn once for those who have a first name, once for those who have none."""

    def __init__(
        self, *, modele: str, contexte: dict[str, Any], url: str, now: datetime, confidentiel: bool = False
    ) -> None:
        self.modele, self.contexte, self.url, self.confidentiel, self.now = modele, contexte, url, confidentiel, now
        self._drawn: dict[bool, tuple[str, str, str]] = {}

    def row(
        self,
        evenement: UUID,
        address: str,
        user: User | None,
        *,
        dossier_reference: str,
        categorie: str,
    ) -> Envoi:
        """The row of this mail for one person or address, not written yet."""
        prenom = user.prenom if user else ""
        sujet, texte, html = self._text(named=bool(prenom))
        return Envoi(
            evenement=evenement,
            modele=self.modele,
            destinataire=address,
            user=user,
            dossier_reference=dossier_reference,
            sujet=sujet.replace(PRENOM, prenom),
            texte=texte.replace(PRENOM, prenom),
            html=html.replace(PRENOM, escape(prenom)),
            url="" if self.confidentiel else self.url,
            confidentiel=self.confidentiel,
            message_id=f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
            categorie=categorie,
            created_at=self.now,
        )

    def _text(self, *, named: bool) -> tuple[str, str, str]:
        if named not in self._drawn:
            values = {
                "prenom": PRENOM if named else "",
                "url": self.url,
                "url_absolue": settings.SITE_URL + self.url if self.url.startswith("/") else self.url,
                "site_url": settings.SITE_URL,
                "repetition": _rehearsed(self.now),
                **self.contexte,
            }
            self._drawn[named] = (
                _subject(self.modele, values),
                _text(f"mails/{self.modele}.txt", values),
                get_template(f"mails/{self.modele}.html").render(values).strip(),
            )
        return self._drawn[named]


def _plan(envois: list[Envoi], *, now: datetime) -> None:
    """Say what leaves at once and what waits, write the rows that are not there yet, wake the worker."""
    if not envois:
        return
    rhythms = _rhythms(envois)
    for envoi in envois:
        envoi.etat = RYTHMES.get(rhythms.get(envoi.user_id or 0, ""), EtatEnvoi.ATTENDU)
        envoi.prochain_essai_at = now if envoi.etat == EtatEnvoi.ATTENDU else None
    Envoi.objects.bulk_create(envois, ignore_conflicts=True)
    wake(TASK)


def _rhythms(envois: list[Envoi]) -> dict[int, str]:
    """How each of these people wants this category; nothing for those that always leave at once."""
    categorie = envois[0].categorie
    people = [envoi.user_id for envoi in envois if envoi.user_id]
    if not people or categorie not in CATEGORIES_AU_CHOIX:
        return {}
    chosen = PreferenceEnvoi.objects.filter(user__in=people, categorie=categorie)
    return dict(chosen.values_list("user", "rythme"))


def _rehearsed(now: datetime) -> str:
    """The first line of a mail written while the portal's date is not the real one; "" otherwise, and no query."""
    if not instant.days():
        return ""
    day = date_longue(civil_day(now))
    told = f"ce message a été écrit pendant un exercice, le portail étant au {day}"
    return f"Répétition\u00a0: {told}. Il n’a pas de valeur ailleurs."


RYTHMES = {RythmeEnvoi.QUOTIDIEN.value: EtatEnvoi.GROUPE, RythmeEnvoi.PORTAIL.value: EtatEnvoi.PORTAIL}


def send_due(*, now: datetime, limit: int = 50) -> int:
    """Send the mails that are due, oldest first, each in its own transaction; return how many left.

    Rows another worker holds are skipped. When the server itself fails, stop: the others wait for the next sweep,
    so that a server that hangs costs one timeout a sweep.
    """
    sent = 0
    for _ in range(limit):
        outcome = _send_next(now)
        if outcome is None or outcome.serveur_absent:
            break
        sent += outcome.parti
    return sent


def retry(*, envoi_id: int, now: datetime) -> None:
    """Put a failed mail back at the start of its tries. Refused when it has left or is not known."""
    changed = Envoi.objects.filter(pk=envoi_id).exclude(etat=EtatEnvoi.ENVOYE)
    if not changed.update(etat=EtatEnvoi.ATTENDU, essais=0, prochain_essai_at=now, erreur=""):
        raise Refused("Ce message est déjà parti.")
    wake(TASK)


class _Outcome:
    """What one try gave: whether the mail left, whether the server is away."""

    def __init__(self, *, parti: bool, serveur_absent: bool) -> None:
        self.parti = parti
        self.serveur_absent = serveur_absent


@transaction.atomic
def _send_next(now: datetime) -> _Outcome | None:
    """Lock, send and mark the oldest due mail. None when there is none left to take."""
    envoi = (
        Envoi.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(etat=EtatEnvoi.ATTENDU, prochain_essai_at__lte=now)
        .order_by("prochain_essai_at", "id")
        .first()
    )
    if envoi is None:
        return None
    try:
        _message(envoi, _way_out()).send()
    except (OSError, ValueError) as error:  # every smtplib error is an OSError; ValueError: an address it cannot write
        _record_failure(envoi, error, now)
        return _Outcome(parti=False, serveur_absent=_is_server_failure(error))
    erased = {"texte": "", "html": ""} if envoi.confidentiel else {}
    Envoi.objects.filter(pk=envoi.pk).update(
        etat=EtatEnvoi.ENVOYE, envoye_at=now, essais=envoi.essais + 1, erreur="", prochain_essai_at=None, **erased
    )
    return _Outcome(parti=True, serveur_absent=False)


def _is_server_failure(error: Exception) -> bool:
    return isinstance(error, OSError) and not isinstance(error, ABOUT_THIS_MAIL)


def _record_failure(envoi: Envoi, error: Exception, now: datetime) -> None:
    """Keep the cause; plan the next try, or give up and leave the mail to the administrators."""
    essais = envoi.essais + 1
    last = essais >= MAX_ESSAIS
    Envoi.objects.filter(pk=envoi.pk).update(
        essais=essais,
        erreur=_cause(error)[:500],
        etat=EtatEnvoi.ECHEC if last else EtatEnvoi.ATTENDU,
        prochain_essai_at=None if last else now + BACKOFF[essais - 1],
    )


def _cause(error: Exception) -> str:
    """What an administrator reads: who refused, and the server's own words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"Adresse refusée\u00a0: {code} {_words(words)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"Refusé par le serveur de courrier\u00a0: {error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, OSError):
        return f"Serveur de courrier injoignable\u00a0: {error or type(error).__name__}"
    return f"Message impossible à écrire\u00a0: {error}"


def _words(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _way_out() -> BaseEmailBackend | None:
    """The backend of the settings; while the portal's date is not the real one, a mailbox of files and nothing else."""
    if not instant.days():
        return None
    path = str(Path(settings.VAR_DIR) / "mails")
    return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=path)


def _message(envoi: Envoi, connection: BaseEmailBackend | None) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        connection=connection,
        subject=envoi.sujet,
        body=envoi.texte,
        to=[envoi.destinataire],
        headers={"Message-ID": envoi.message_id, "Auto-Submitted": "auto-generated"},
    )
    if envoi.html:
        message.attach_alternative(envoi.html, "text/html")
    return message


def _subject(modele: str, values: dict[str, Any]) -> str:
    """One line, whatever the values hold: a line break in a name cannot add a header."""
    mark = MARK if values["repetition"] else ""
    return " ".join((mark + _text(f"mails/{modele}.sujet.txt", values)).splitlines())[:200]


def _text(template: str, values: dict[str, Any]) -> str:
    """A plain text: nothing is escaped for HTML."""
    compiled: Any = get_template(template)
    return str(compiled.template.render(Context(values, autoescape=False))).strip()
