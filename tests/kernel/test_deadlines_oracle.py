"""PostgreSQL and dateutil as oracles: every day of nine years, every Easter of the Gregorian calendar."""

from datetime import date

import pytest
from dateutil.easter import easter
from django.db import connection

from guichet.kernel.civil import easter_sunday
from guichet.kernel.deadlines import Ledger, PieceDemandee, Regime, compute

FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)
ORACLE = """
    SELECT received,
           (received + interval '2 months')::date,
           (received + interval '2 months' + interval '1 day')::date,
           ((received + interval '2 months')::date + interval '4 months')::date,
           (received + interval '2 months' - interval '1 day')::date
      FROM (SELECT day::date AS received FROM generate_series(%s::date, %s::date, interval '1 day') AS day) AS days
     ORDER BY received
"""
# A piece asked for 17 days after, received 39 days after: in one regime the months follow, in the other 22 days do.
WITH_A_PIECE = """
    SELECT received,
           received + 17,
           received + 39,
           (received + 39 + interval '2 months')::date,
           ((received + 39 + interval '2 months')::date + interval '4 months')::date,
           (received + interval '2 months')::date + 22
      FROM (SELECT day::date AS received FROM generate_series(%s::date, %s::date, interval '1 day') AS day) AS days
     ORDER BY received
"""


@pytest.mark.django_db
def test_every_day_of_2024_to_2032_gives_the_dates_postgresql_gives():
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, [FIRST, LAST])
        rows = cursor.fetchall()
    assert (rows[0][0], rows[-1][0], len(rows)) == (FIRST, LAST, (LAST - FIRST).days + 1)
    results = [compute(Ledger(regime=Regime.ACCEPTATION, recu_le=received)) for received, *_ in rows]
    assert [
        (result.origine, result.dernier_jour, result.echeance_le, result.consolidation_le, result.dernier_jour_sur)
        for result in results
    ] == rows
    rejections = [compute(Ledger(regime=Regime.REJET, recu_le=received)) for received, *_ in rows]
    assert [(result.origine, result.dernier_jour, result.echeance_le) for result in rejections] == [
        row[:3] for row in rows
    ]


@pytest.mark.django_db
def test_every_day_of_2024_to_2032_with_a_piece_asked_for_gives_the_dates_postgresql_gives():
    with connection.cursor() as cursor:
        cursor.execute(WITH_A_PIECE, [FIRST, LAST])
        rows = cursor.fetchall()
    found = []
    for received, asked, answered, *_ in rows:
        pieces = (PieceDemandee(demandee_le=asked, recue_le=answered),)
        accepted, rejected = (compute(Ledger(regime=regime, recu_le=received, pieces=pieces)) for regime in Regime)
        assert (accepted.origine, rejected.origine) == (answered, received)
        dates = (accepted.dernier_jour, accepted.consolidation_le, rejected.dernier_jour)
        found.append((received, asked, answered, *dates))
    assert found == rows


def test_every_easter_from_1583_to_4099_is_that_of_dateutil():
    years = range(1583, 4100)
    assert [easter_sunday(year) for year in years] == [easter(year) for year in years]
