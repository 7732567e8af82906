"""The tasks of the clock: when they run, what they call, what a trouble tells and to whom."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.core.management import CommandError, call_command

from accounts.models import Envoi, Organisation
from dossiers.models import PassageHorloge
from guichet.celery import app, sweep_at_start
from projects import tasks
from projects.services import silence, vigil
from tests.factories.accounts import NOW, MembershipFactory
from tests.factories.bodies import guichet
from tests.factories.projects import transmitted_letter

LATE = datetime(2027, 1, 20, 8, tzinfo=UTC)


def administrator() -> Any:
    desk = Organisation.objects.get(code="guichet-occitanie")
    return MembershipFactory(organisation=desk, droits=["administrer"]).user


def test_the_clock_passes_just_after_midnight_and_in_the_morning_in_paris() -> None:
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule
    times = [entry["schedule"] for entry in schedule.values() if entry["task"] == "projects.passer_l_horloge"]
    assert times == [crontab(minute=5, hour=0), crontab(minute=30, hour=6)]
    assert app.conf.timezone == "Europe/Paris"
    assert {entry["task"] for entry in schedule.values()} - set(app.tasks) == set()


def test_at_start_each_task_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, **_: sent.append(name))
    sweep_at_start()
    assert sorted(sent) == sorted({entry["task"] for entry in app.conf.beat_schedule.values()})
    assert "projects.passer_l_horloge" in sent


@pytest.mark.django_db
def test_the_task_passes_at_the_time_it_is_and_says_how_many_it_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)
    transmitted_letter()
    assert tasks.passer_l_horloge(unknown_argument_of_a_later_version=1) == 1
    assert list(PassageHorloge.objects.values_list("debut_at", "constates")) == [(LATE, 1)]


@pytest.mark.django_db
def test_the_command_says_what_the_passage_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)
    transmitted_letter()
    out = io.StringIO()
    call_command("passage_horloge", stdout=out)
    assert out.getvalue().replace("\u00a0", " ") == (
        "Échéances : 1, constatées : 1. Alertes envoyées : 0. Erreurs : 0.\n"
    )


@pytest.mark.django_db
def test_the_command_fails_when_a_file_could_not_be_treated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)
    monkeypatch.setattr(silence, "record_rejection", _breaks)
    transmitted_letter()
    with pytest.raises(CommandError, match="n’ont pas pu être traités"):
        call_command("passage_horloge", stdout=io.StringIO())


def _breaks(**_: Any) -> None:
    raise RuntimeError("broken")


@pytest.mark.django_db
def test_a_missed_passage_is_made_up_for_and_nobody_is_disturbed() -> None:
    administrator()
    transmitted_letter()
    before = Envoi.objects.filter(sujet__startswith="L’horloge").count()
    assert vigil.watch(now=LATE) == ""
    assert PassageHorloge.objects.get().constates == 1
    assert vigil.watch(now=LATE + timedelta(hours=1)) == ""
    assert PassageHorloge.objects.count() == 1
    assert Envoi.objects.filter(sujet__startswith="L’horloge").count() == before == 0


@pytest.mark.django_db
def test_what_stays_wrong_is_told_to_each_administrator_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "record_rejection", _breaks)
    admins = sorted([administrator().pk, administrator().pk])
    guichet()
    transmitted_letter(now=NOW)
    for hours in (0, 1, 2):
        assert vigil.watch(now=LATE + timedelta(hours=hours)) == "Échéances passées sans être constatées\u00a0: 1."
    mails = Envoi.objects.filter(sujet="L’horloge du portail a besoin de vous")
    assert list(mails.order_by("user").values_list("user", flat=True)) == admins
    assert all("Échéances passées sans être constatées\u00a0: 1." in mail.texte for mail in mails)
    vigil.watch(now=LATE + timedelta(days=1))
    assert mails.all().count() == 4
