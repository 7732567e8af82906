"""What the tests of calendars share: an address, what it reads. No test lives here."""

from datetime import date

from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.acteur import Acteur
from dossiers.models import Dossier
from dossiers.services.agenda import subscribe
from projects.models import LettreIntention
from tests.factories.accounts import NOW, enrol


def address(by: Acteur, dossier: Dossier | None = None) -> str:
    """An address of `by`, who has its second factor."""
    if by.est_agent and not by.user.authenticator_set.exists():
        enrol(by.user)
    _, jeton = subscribe(dossier=dossier, by=by, now=NOW)
    return reverse("dossiers:agenda", args=[jeton])


def read(url: str) -> Calendar:
    response = Client().get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(response.content)


def dates(url: str) -> list[tuple[date, str]]:
    return [(event.start, str(event["SUMMARY"])) for event in read(url).events]


def status(url: str) -> int:
    return Client().get(url).status_code


def named(lettre: LettreIntention) -> str:
    lettre.dossier.refresh_from_db()
    return f"{lettre.dossier.nom} ({lettre.dossier.reference})"
