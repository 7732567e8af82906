"""The daily digest: one mail a day and a person, that repeats the subjects of the mails it asked to group.

Nothing is lost and nothing is told twice. The digest is an `Envoi` of its own, written in the transaction that marks
what it repeats as sent: a mail server that refuses or hangs delays it like any other mail. Its event is made of the
person and the day, under a lock of the person: asked twice, it is written once. A morning missed is caught up by the
next run; a whole day missed, by the next digest. What was read on the portal meanwhile is not repeated.
"""

from datetime import date, datetime, time
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Envoi, User
from accounts.services.mails import queue_mail
from accounts.states import RECAPITULATIF, CategorieEnvoi, EtatEnvoi
from guichet.kernel.civil import PARIS

TASK = "accounts.envoyer_les_recapitulatifs"

HOUR = time(7, 0)
"""In Paris. What is grouped after that hour waits for the next day."""

LISTED = 50
"""Subjects a digest names; beyond, it says how many more the person's messages hold."""

NAMESPACE = UUID("6f0c7a52-8a3e-4b55-9b1e-0d6f2a9f4c11")


def send_digests(*, now: datetime) -> int:
    """Write the digests of the day that are not written yet; none before seven. Returns how many were written."""
    day = timezone.localdate(now)
    limit = datetime.combine(day, HOUR, tzinfo=PARIS)
    if now < limit:
        return 0
    waiting = _grouped(limit).filter(user__is_active=True)
    people = list(waiting.values_list("user", flat=True).order_by("user").distinct())
    return sum(_write(user_id, day=day, limit=limit, now=now) for user_id in people)


def event_of(user_id: int, day: date) -> UUID:
    return uuid5(NAMESPACE, f"{user_id} {day.isoformat()}")


@transaction.atomic
def _write(user_id: int, *, day: date, limit: datetime, now: datetime) -> bool:
    """One person's digest; False when it has one already that day, or read everything meanwhile."""
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    event = event_of(user_id, day)
    if Envoi.objects.filter(evenement=event).exists():
        return False
    rows = _grouped(limit).filter(user=user)
    rows.filter(lu_at__isnull=False).update(etat=EtatEnvoi.PORTAIL)
    told = list(rows.order_by("created_at", "id").only("id", "sujet", "dossier_reference", "url"))
    if not told:
        return False
    queue_mail(
        evenement=event,
        modele=RECAPITULATIF,
        user=user,
        contexte={
            "jour": day,
            "nombre": len(told),
            "lignes": [_line(envoi) for envoi in told[:LISTED]],
            "reste": max(0, len(told) - LISTED),
        },
        url=reverse("accounts:messagerie"),
        categorie=CategorieEnvoi.COMPTE,
        now=now,
    )
    Envoi.objects.filter(pk__in=[envoi.pk for envoi in told]).update(etat=EtatEnvoi.ENVOYE, envoye_at=now)
    return True


def _grouped(limit: datetime) -> QuerySet[Envoi]:
    return Envoi.objects.filter(etat=EtatEnvoi.GROUPE, user__isnull=False, created_at__lt=limit)


def _line(envoi: Envoi) -> dict[str, str]:
    """What the person was already told, and where it leads; without an address of its own, to the message."""
    path = envoi.url or reverse("accounts:message", args=[envoi.pk])
    address = settings.SITE_URL + path if path.startswith("/") else path
    named = not envoi.dossier_reference or envoi.dossier_reference in envoi.sujet
    return {"sujet": envoi.sujet if named else f"{envoi.sujet} ({envoi.dossier_reference})", "adresse": address}
