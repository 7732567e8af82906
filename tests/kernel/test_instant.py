"""The instant of the portal: the real one, or the same hour some days later."""

from datetime import UTC, datetime
from typing import Any

import pytest

from guichet.kernel import instant
from guichet.kernel.instant import Instant


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A reader that answers three days; the list says how often it was asked."""
    asked: list[int] = []

    def reader() -> int:
        asked.append(3)
        return 3

    monkeypatch.setattr(instant, "_readers", [])
    instant.register(reader)
    return asked


@pytest.mark.parametrize(
    ("real", "days", "now"),
    [
        (datetime(2026, 11, 16, 9, 0, 1, 5, tzinfo=UTC), 0, datetime(2026, 11, 16, 9, 0, 1, 5, tzinfo=UTC)),
        (datetime(2026, 11, 16, 9, 0, tzinfo=UTC), 62, datetime(2027, 1, 17, 9, 0, tzinfo=UTC)),
        # half past midnight in summer, half past midnight in winter: the day of Paris is the one asked for
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), 180, datetime(2026, 12, 28, 23, 30, tzinfo=UTC)),
        # and back: from winter to summer
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 180, datetime(2027, 6, 29, 22, 30, tzinfo=UTC)),
        # half past two does not exist on the night summer time begins: it is half past three
        (datetime(2027, 3, 27, 1, 30, tzinfo=UTC), 1, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_portal_is_at_the_same_hour_in_paris_that_many_days_later(real: datetime, days: int, now: datetime) -> None:
    assert Instant(real, days).now == now
    assert Instant(real, days).now.tzinfo is UTC


def test_where_rehearsals_are_not_allowed_nobody_is_asked(
    settings: Any, ahead: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: real)
    settings.REPETITION = False
    assert (instant.days(), instant.current(), ahead) == (0, real, [])
    settings.REPETITION = True
    assert (instant.days(), instant.current(), ahead) == (3, datetime(2026, 11, 19, 9, 0, tzinfo=UTC), [3, 3])


def test_before_an_application_says_who_knows_the_date_is_the_real_one(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPETITION = True
    monkeypatch.setattr(instant, "_readers", [])
    assert instant.days() == 0
