"""The civil calendar: months, holidays, working days, days in Paris, dates in words."""

from datetime import UTC, datetime, timedelta

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel import civil
from guichet.kernel.deadlines import accuse_enregistrement_avant, accuse_reception_avant
from tests.kernel.ledgers import NB, SERVER_ZONES, d, server_in

MIDNIGHTS = [
    # Midnight in Paris, said in UTC: summer, winter, around both changes of hour, on either side of a 29 February.
    ("2026-09-14T22:00:00", "2026-09-15"),
    ("2026-12-31T23:00:00", "2027-01-01"),
    ("2026-03-28T23:00:00", "2026-03-29"),
    ("2026-03-29T22:00:00", "2026-03-30"),
    ("2026-10-24T22:00:00", "2026-10-25"),
    ("2026-10-25T23:00:00", "2026-10-26"),
    ("2028-02-28T23:00:00", "2028-02-29"),
    ("2028-02-29T23:00:00", "2028-03-01"),
    ("2027-02-28T23:00:00", "2027-03-01"),
]


def test_two_months_are_never_chained():
    assert civil.add_months(civil.add_months(d("2026-12-31"), 2), 2) == d("2027-04-28")
    assert civil.add_months(d("2026-12-31"), 4) == d("2027-04-30")


def test_months_can_be_counted_backwards_and_by_the_year():
    assert civil.add_months(d("2027-02-28"), -2) == d("2026-12-28")
    assert civil.add_months(d("2024-02-29"), 12) == d("2025-02-28")
    assert civil.add_months(d("2024-02-29"), 48) == d("2028-02-29")
    assert civil.add_months(d("2024-01-31"), 0) == d("2024-01-31")


class TestWorkingDays:
    def test_the_eleven_holidays_of_2026(self):
        assert sorted(civil.jours_feries(2026)) == [
            d(day)
            for day in (
                "2026-01-01",
                "2026-04-06",
                "2026-05-01",
                "2026-05-08",
                "2026-05-14",
                "2026-05-25",
                "2026-07-14",
                "2026-08-15",
                "2026-11-01",
                "2026-11-11",
                "2026-12-25",
            )
        ]

    def test_ascension_and_a_fixed_holiday_may_share_a_day(self):
        assert d("2008-05-01") in civil.jours_feries(2008)
        assert len(civil.jours_feries(2008)) == 10

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2026-11-13", True),
            ("2026-11-14", False),
            ("2026-11-15", False),
            ("2026-11-16", True),
            ("2026-11-11", False),
        ],
    )
    def test_a_working_day_is_a_weekday_that_is_no_holiday(self, day, expected):
        assert civil.est_ouvre(d(day)) is expected

    def test_the_registration_is_acknowledged_within_one_working_day(self):
        assert accuse_enregistrement_avant(d("2026-11-12")) == d("2026-11-13")
        assert accuse_enregistrement_avant(d("2026-11-13")) == d("2026-11-16")
        assert accuse_enregistrement_avant(d("2026-12-24")) == d("2026-12-28")

    def test_the_receipt_is_acknowledged_within_ten_working_days(self):
        assert accuse_reception_avant(d("2026-09-14")) == d("2026-09-28")
        assert accuse_reception_avant(d("2026-11-02")) == d("2026-11-17")

    def test_the_rank_of_a_working_day_begins_at_one(self):
        with pytest.raises(ValueError) as refusal:
            civil.jour_ouvre_apres(d("2026-11-12"), 0)
        assert str(refusal.value) == "Le nombre de jours ouvrés doit être d’au moins un."


class TestCivilDay:
    @pytest.mark.parametrize(
        ("instant", "day"),
        [
            (datetime(2026, 9, 14, 21, 59, 59, tzinfo=UTC), "2026-09-14"),
            (datetime(2026, 9, 14, 22, 0, 0, tzinfo=UTC), "2026-09-15"),
            (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "2026-12-31"),
            (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), "2027-01-01"),
            (datetime(2026, 9, 14, 23, 59, 59, tzinfo=civil.PARIS), "2026-09-14"),
            (datetime(2026, 10, 25, 0, 30, 0, tzinfo=UTC), "2026-10-25"),
        ],
    )
    def test_an_instant_belongs_to_its_day_in_paris_summer_and_winter(self, instant, day):
        assert civil.civil_day(instant) == d(day)

    @pytest.mark.parametrize("zone", SERVER_ZONES)
    @pytest.mark.parametrize(("midnight", "day"), MIDNIGHTS)
    def test_a_day_begins_at_midnight_in_paris_wherever_the_server_stands(self, midnight, day, zone):
        instant = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
        with server_in(zone):
            assert civil.civil_day(instant) == d(day)
            assert civil.civil_day(instant - timedelta(seconds=1)) == d(day) - timedelta(days=1)

    def test_the_days_of_23_and_25_hours_are_whole(self):
        for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
            start = datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=civil.PARIS).astimezone(UTC)
            lived = [civil.civil_day(start + timedelta(minutes=minute)) for minute in range(25 * 60 + 1)]
            assert lived.count(d(day)) == hours * 60

    def test_an_instant_without_a_time_zone_has_no_day(self):
        with pytest.raises(ValueError) as refusal:
            civil.civil_day(datetime(2026, 9, 14, 12))
        assert str(refusal.value) == f"Cet instant n’a pas de fuseau horaire{NB}: son jour est inconnu."


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-01", "1er mars 2026"),
        ("2026-03-02", "2 mars 2026"),
        ("2026-11-14", "14 novembre 2026"),
        ("2026-02-21", "21 février 2026"),
        ("2026-08-31", "31 août 2026"),
        ("2026-01-11", "11 janvier 2026"),
        ("2026-12-10", "10 décembre 2026"),
    ],
)
def test_a_date_is_written_as_in_a_french_letter(day, words):
    assert civil.date_longue(d(day)) == words


def test_the_months_and_the_days_of_the_week_have_their_french_names_in_order():
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    assert " ".join(civil.MOIS) == months
    assert " ".join(civil.JOURS) == "lundi mardi mercredi jeudi vendredi samedi dimanche"


def test_a_day_is_read_as_it_is_written_between_machines():
    assert civil.read_day("2028-02-29") == d("2028-02-29")


@pytest.mark.parametrize("text", ["", "demain", "14/09/2026", "20260914", "2026-9-14", " 2026-09-14", "２026-09-14"])
def test_another_writing_of_a_day_is_refused(text):
    with pytest.raises(ValueError) as refusal:
        civil.read_day(text)
    assert str(refusal.value) == (f"Le jour «{NB}{text}{NB}» n’est pas lisible. Écrivez par exemple 2026-09-14.")


@pytest.mark.parametrize("text", ["2027-02-29", "2026-04-31", "2026-13-01", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_refused(text):
    with pytest.raises(ValueError) as refusal:
        civil.read_day(text)
    assert str(refusal.value) == f"Le jour {text} n’existe pas."


@given(st.integers(1583, 4099))
def test_easter_is_the_one_astronomers_compute(year):
    assert civil.easter_sunday(year) == easter(year)
