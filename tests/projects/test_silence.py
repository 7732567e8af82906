"""The passage of the clock: silences recorded at their day, the ladder of warnings, opinions closed."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import Affectation, AlerteDelai, PassageHorloge
from dossiers.services.pieces_demandees import Item
from funding.models import DemandeFir
from funding.services.instruction import ask_pieces, refuse
from projects.models import Avis, LettreIntention
from projects.services import silence
from projects.services.opinions import give
from projects.services.silence import passage
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import CRITERES, consulted_letter, deposited_letter, fresh, transmitted_letter

pytestmark = pytest.mark.django_db

LAST = date(2027, 1, 16)
"""The last day of a request received on NOW, 16 November 2026."""


def morning(day: date) -> datetime:
    """Half past six in Paris, in winter."""
    return datetime(day.year, day.month, day.day, 5, 30, tzinfo=UTC)


def before(days: int) -> datetime:
    return morning(LAST - timedelta(days=days))


def told(sujet: str) -> list[int]:
    """Who received a mail whose title begins so, one number a mail."""
    return list(Envoi.objects.filter(sujet__startswith=sujet).order_by("user").values_list("user", flat=True))


def warned() -> list[tuple[date, str]]:
    return list(AlerteDelai.objects.order_by("pk").values_list("dernier_jour", "echelon"))


# --- The silence ------------------------------------------------------------------------------------


def test_three_days_late_the_silence_is_recorded_once_at_its_legal_day_and_told_once_to_each() -> None:
    ars = decideur()
    lettre = transmitted_letter()
    late = morning(LAST + timedelta(days=4))
    first, second = passage(now=late), passage(now=late + timedelta(hours=1))
    assert [(row.dus, row.constates, row.erreurs) for row in (first, second)] == [(1, 1, 0), (0, 0, 0)]
    demande = fresh(lettre).demande
    events = demande.evenements.filter(action="constater_rejet")
    assert [(e.prend_effet_le, e.recorded_at, e.origine, e.acteur) for e in events] == [
        (date(2027, 1, 17), late, "horloge", None)
    ]
    assert (demande.etat, demande.delai.clos_par) == ("rejetee_tacitement", "silence")
    people = told("Demande rejetée par silence")
    assert ars.user.pk in people
    assert len(people) == len(set(people))
    assert len(told("Rejet par silence de votre demande")) == 1


@pytest.mark.parametrize(
    ("received", "still_in_time", "over"),
    [
        # an ordinary night of winter
        (NOW, datetime(2027, 1, 16, 22, 59, 59, tzinfo=UTC), datetime(2027, 1, 16, 23, 0, 0, tzinfo=UTC)),
        # the last day is the one summer time begins: 28 March 2027, 23 hours long
        (
            datetime(2027, 1, 28, 9, tzinfo=UTC),
            datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC),
            datetime(2027, 3, 28, 22, 0, 0, tzinfo=UTC),
        ),
        # the last day is the one summer time ends: 31 October 2027, 25 hours long
        (
            datetime(2027, 8, 31, 9, tzinfo=UTC),
            datetime(2027, 10, 31, 22, 59, 59, tzinfo=UTC),
            datetime(2027, 10, 31, 23, 0, 0, tzinfo=UTC),
        ),
    ],
)
def test_the_silence_speaks_at_midnight_in_paris_neither_before_nor_after(
    received: datetime, still_in_time: datetime, over: datetime
) -> None:
    lettre = transmitted_letter(now=received)
    assert passage(now=still_in_time).dus == 0
    assert passage(now=over).constates == 1
    assert fresh(lettre).demande.etat == "rejetee_tacitement"


@pytest.fixture
def far_away() -> Iterator[None]:
    """A server whose own clock is set to Auckland."""
    kept = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Auckland"
    time.tzset()
    yield
    os.environ.pop("TZ") if kept is None else os.environ.update(TZ=kept)
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_the_time_zone_of_the_server_does_not_matter() -> None:
    transmitted_letter()
    assert passage(now=datetime(2027, 1, 16, 22, 59, 59, tzinfo=UTC)).dus == 0
    assert passage(now=datetime(2027, 1, 16, 23, 0, 0, tzinfo=UTC)).constates == 1


def test_an_error_on_one_file_stops_no_other_and_the_next_passage_takes_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letters = [transmitted_letter(nom=f"CPTS {n}") for n in range(3)]
    broken = letters[1].demande_id
    real = silence.record_rejection

    def fails_in_the_middle(*, demande: Any, now: datetime) -> Any:
        event = real(demande=demande, now=now)
        if demande.pk == broken:
            raise RuntimeError("in the middle")
        return event

    monkeypatch.setattr(silence, "record_rejection", fails_in_the_middle)
    row = passage(now=before(-1), lot=1)
    assert (row.dus, row.constates, row.erreurs) == (3, 2, 1)
    assert [fresh(lettre).demande.etat for lettre in letters] == [
        "rejetee_tacitement", "transmise", "rejetee_tacitement",
    ]  # fmt: skip
    assert letters[1].demande.evenements.filter(action="constater_rejet").count() == 0
    assert len(told("Rejet par silence de votre demande")) == 2

    monkeypatch.setattr(silence, "record_rejection", real)
    row = passage(now=before(-2))
    assert (row.dus, row.constates, row.erreurs) == (1, 1, 0)


def test_a_passage_that_does_not_reach_its_end_does_not_count_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(silence, "to_warn_on", stopped)
    with pytest.raises(KeyboardInterrupt):
        passage(now=NOW)
    assert list(PassageHorloge.objects.values_list("debut_at", "fin_at")) == [(NOW, None)]


def test_a_database_that_no_longer_answers_stops_the_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        transmitted_letter(nom=f"CPTS {number}")
    tried: list[int] = []

    def away(*, demande: Any, now: datetime) -> Any:
        tried.append(demande.pk)
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(silence, "record_rejection", away)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        passage(now=before(-1))
    assert len(tried) == 1
    assert PassageHorloge.objects.get().fin_at is None


def test_a_decided_file_is_neither_warned_nor_rejected() -> None:
    ars = decideur()
    lettre = transmitted_letter()
    refuse(demande=lettre.demande, motivation="Hors du champ du fonds.", by=ars, now=NOW + timedelta(days=1))
    assert fresh(lettre).demande.etat == "refusee"
    assert [passage(now=before(days)).alertes for days in (30, 1)] == [0, 0]
    assert passage(now=before(-1)).dus == 0


# --- The ladder -------------------------------------------------------------------------------------


def test_each_rung_is_told_once_on_its_day() -> None:
    decideur()
    transmitted_letter()
    sent = {}
    for days in (31, 30, 29, 16, 15, 8, 7, 3, 2, 1, 0):
        row = passage(now=before(days))
        assert passage(now=before(days) + timedelta(hours=6)).alertes == 0
        sent[days] = row.alertes
    assert sent == {31: 0, 30: 1, 29: 0, 16: 0, 15: 1, 8: 0, 7: 1, 3: 0, 2: 1, 1: 1, 0: 0}
    assert warned() == [(LAST, code) for code in ("j-30", "j-15", "j-7", "j-2", "j-1")]


def test_a_missed_run_catches_up_and_sends_only_the_latest_rung() -> None:
    ars = decideur()
    transmitted_letter()
    passage(now=before(30))
    row = passage(now=before(5))
    assert row.alertes == 1
    assert warned() == [(LAST, "j-30"), (LAST, "j-7")]
    assert told("Il reste 5 jours") == [ars.user.pk]
    assert told("Il reste 15 jours") == []


def test_a_new_last_day_starts_the_ladder_anew() -> None:
    ars = decideur()
    lettre = transmitted_letter()
    passage(now=before(7))
    item = Item(intitule="Statuts signés", limite_le=date(2027, 1, 29), requise=True, fondement="Arrêté")
    ask_pieces(demande=fresh(lettre).demande, items=[item], by=ars, now=before(7) + timedelta(hours=1))
    moved = fresh(lettre).demande.delai.dernier_jour
    assert moved == LAST + timedelta(days=20)
    assert passage(now=before(6)).alertes == 1
    assert passage(now=before(5)).alertes == 0
    assert warned() == [(LAST, "j-7"), (moved, "j-30")]


def assigned(lettre: LettreIntention, to: Acteur, role: str = "titulaire") -> None:
    Affectation.objects.create(
        dossier=lettre.dossier,
        organisation_id=to.organisation_id,
        user=to.user,
        role=role,
        debut_le=NOW.date(),
        affecte_par=to.user,
    )


def test_unassigned_everyone_of_the_delegation_is_warned_assigned_only_those_in_charge_and_who_decides() -> None:
    in_charge, second, colleague = (agent("dd-ars-31", droits=["instruire"]) for _ in range(3))
    chief = agent("dd-ars-31", droits=["decider"])
    agent("dd-ars-48")
    unassigned = transmitted_letter(nom="CPTS de personne")
    passage(now=before(30))
    assert told("Il reste 30 jours") == [in_charge.user.pk, second.user.pk, colleague.user.pk, chief.user.pk]

    assigned(unassigned, in_charge)
    assigned(unassigned, second, "suppleant")
    passage(now=before(15))
    assert told("Il reste 15 jours") == [in_charge.user.pk, second.user.pk, chief.user.pk]


def test_the_guichet_is_warned_too_while_it_holds_the_request() -> None:
    ars, desk = decideur(), guichet()
    deposited_letter(nom="CPTS au Guichet")
    passage(now=before(30))
    assert told("Il reste 30 jours") == sorted([ars.user.pk, desk.user.pk])
    request, home = reverse("funding:demande", args=[DemandeFir.objects.get().pk]), reverse("portal:accueil_role")
    links = dict(Envoi.objects.filter(sujet__startswith="Il reste 30 jours").values_list("user", "url"))
    assert links == {desk.user.pk: request, ars.user.pk: home}, "the ARS is not led to what it cannot open"
    assert "ne vous a pas encore transmis" in Envoi.objects.get(user=ars.user, sujet__startswith="Il reste 30").texte

    Envoi.objects.all().delete()
    transmitted_letter(nom="CPTS transmise", now=NOW + timedelta(days=3))
    passage(now=before(27))
    assert told("Il reste 30 jours") == [ars.user.pk]


# --- Opinions ---------------------------------------------------------------------------------------


def test_the_clock_closes_unanswered_opinions_after_their_due_date_and_late_answers_are_still_taken() -> None:
    lettre = consulted_letter(limite_le=date(2026, 12, 10))
    urps = agent("urps-infirmiers-occitanie")
    passage(now=datetime(2026, 12, 10, 22, 59, 59, tzinfo=UTC))
    assert set(Avis.objects.values_list("etat", flat=True)) == {"attendu"}
    passage(now=datetime(2026, 12, 10, 23, 0, 0, tzinfo=UTC))
    assert set(Avis.objects.values_list("etat", flat=True)) == {"sans_reponse"}

    avis = Avis.objects.get(consultation__lettre=lettre, organisation=urps.organisation_id)
    give(avis=avis, sens="favorable", criteres=CRITERES, by=urps, now=datetime(2026, 12, 12, 9, tzinfo=UTC))
    passage(now=datetime(2026, 12, 13, 9, tzinfo=UTC))
    assert Avis.objects.get(pk=avis.pk).etat == "rendu"
    assert list(avis.evenements.order_by("recorded_at").values_list("action", flat=True)) == [
        "clore_sans_reponse", "rendre",
    ]  # fmt: skip
