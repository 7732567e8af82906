"""Which instant it is for the portal: the real one, or days later while people rehearse what time does by itself.

Middleware, tasks and commands take their `now` from here, and nothing else does. Without `settings.REPETITION`,
always so in production, the portal's instant is the real one and nothing is read. What keeps the real time whatever
the rehearsal: sessions, second factors, links of passwords, counters of tries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from guichet.kernel.civil import PARIS

_readers: list[Callable[[], int]] = []


@dataclass(frozen=True)
class Instant:
    """The real instant, and by how many days the portal is ahead of it."""

    real: datetime
    days: int = 0

    @property
    def now(self) -> datetime:
        """Aware, UTC: the same hour of the clock in Paris, that many days later, whatever summer time does between."""
        if not self.days:
            return self.real
        return (self.real.astimezone(PARIS) + timedelta(days=self.days)).astimezone(UTC)


def register(reader: Callable[[], int]) -> None:
    """Say who knows the days: the application that stores them, when it is ready."""
    _readers[:] = [reader]


def days() -> int:
    """By how many days the portal is ahead. One query where rehearsals are allowed, none elsewhere."""
    return _readers[0]() if settings.REPETITION and _readers else 0


def current() -> datetime:
    """The instant of the portal, for a task or a command."""
    return Instant(timezone.now(), days()).now
