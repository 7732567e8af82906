"""What a supervisor asks: the process, the database, the clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from dossiers.models import PassageHorloge
from projects.services.silence import passage
from tests.factories.projects import transmitted_letter

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2027, 1, 16, 23, 0, 0, tzinfo=UTC)
"""In Paris, the first instant of the day on which the silence of a request received on NOW has spoken."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], tuple[int, str]]:
    """What `/sante/horloge` answers at that instant."""

    def ask(now: datetime) -> tuple[int, str]:
        monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: now)
        response = Client().get("/sante/horloge")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert "no-store" in response["Cache-Control"]
        return response.status_code, response.content.decode().replace("\u00a0", " ")

    return ask


def test_red_until_the_clock_has_passed_once(at: Callable[[datetime], tuple[int, str]]) -> None:
    assert at(MIDNIGHT) == (503, "L’horloge n’est encore jamais passée.\n")
    PassageHorloge.objects.create(debut_at=MIDNIGHT)
    assert at(MIDNIGHT) == (503, "L’horloge n’est encore jamais passée.\n")
    passage(now=MIDNIGHT)
    assert at(MIDNIGHT) == (200, "à l’heure\n")


def test_red_when_the_last_passage_is_older_than_26_hours(at: Callable[[datetime], tuple[int, str]]) -> None:
    passage(now=MIDNIGHT)
    assert at(MIDNIGHT + timedelta(hours=26)) == (200, "à l’heure\n")
    late = MIDNIGHT + timedelta(hours=26, seconds=1)
    assert at(late) == (503, "L’horloge n’est pas passée depuis le 17 janvier 2027 à 0 h 00.\n")


def test_red_when_a_due_file_is_not_recorded_one_hour_after_midnight(
    at: Callable[[datetime], tuple[int, str]],
) -> None:
    transmitted_letter()
    passage(now=MIDNIGHT - timedelta(hours=2))
    assert at(MIDNIGHT + timedelta(minutes=59, seconds=59)) == (200, "à l’heure\n")
    assert at(MIDNIGHT + timedelta(hours=1)) == (503, "Échéances passées sans être constatées : 1.\n")
    passage(now=MIDNIGHT + timedelta(hours=1))
    assert at(MIDNIGHT + timedelta(hours=1)) == (200, "à l’heure\n")


def test_red_when_the_last_passage_met_errors(at: Callable[[datetime], tuple[int, str]]) -> None:
    PassageHorloge.objects.create(debut_at=MIDNIGHT, fin_at=MIDNIGHT, erreurs=2)
    assert at(MIDNIGHT) == (503, "Erreurs au dernier passage de l’horloge : 2.\n")
    passage(now=MIDNIGHT + timedelta(hours=1))
    assert at(MIDNIGHT + timedelta(hours=1)) == (200, "à l’heure\n")


@pytest.mark.parametrize("path", ["/sante/pret", "/sante/horloge"])
def test_without_a_database_the_answer_is_a_503_in_plain_text(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*_: object, **__: object) -> None:
        raise OperationalError("no server")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    response = Client().get(path)
    assert (response.status_code, response.content.decode()) == (503, "base de données indisponible\n")
