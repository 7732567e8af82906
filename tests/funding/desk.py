"""What the tests of an instruction share: a request at the ARS, days later, pieces to ask for. No test lives here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest import mock

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.acteur import Acteur
from dossiers.services.pieces_demandees import Item
from funding.models import DemandeFir
from projects.services.deciding import validate
from tests.factories.accounts import NOW, enrol
from tests.factories.bodies import decideur
from tests.factories.projects import fresh, porteur, transmitted_letter

REQUIRED = Item(intitule="Comptes approuvés", requise=True, fondement="Décret 2001-495", limite_le=date(2026, 12, 20))
USEFUL = Item(intitule="Un organigramme", limite_le=date(2026, 12, 20))


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def at_the_ars(by: Acteur | None = None, *, valide: bool = False) -> tuple[DemandeFir, Acteur]:
    """A request sent to the ARS with its letter on 16 November 2026 (last day: 16 January 2027), and its porteur;
    `valide`: the letter is validated, and the request may be granted.
    """
    by = by or porteur()
    lettre = transmitted_letter(by)
    if valide:
        validate(lettre=lettre, by=decideur(), now=NOW)
    return reread(lettre.demande), by


def reread(demande: DemandeFir | None) -> DemandeFir:
    """The request as a page loads it."""
    assert demande is not None
    return DemandeFir.objects.for_pages().get(pk=demande.pk)


@contextmanager
def on(moment: datetime) -> Iterator[None]:
    """The pages are asked at that instant."""
    with mock.patch("guichet.kernel.http.timezone.now", return_value=moment):
        yield


def at_desk(by: Acteur) -> Client:
    """A browser session of an agent, or of a person of the association."""
    client = Client()
    if by.est_agent and not Authenticator.objects.filter(user=by.user).exists():
        enrol(by.user)
    client.force_login(by.user)
    return client


__all__ = ["REQUIRED", "USEFUL", "at_desk", "at_the_ars", "fresh", "later", "on", "reread"]
