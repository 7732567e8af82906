"""Where the dates of an agenda come from. This application does not know every step of a file: each tells its own.

To add a step: write in its `selectors/agenda.py` a function that takes an `Etendue` and gives `Jalon`s, register it in
`ready()`. It starts from what the acteur may open (`visible_to`), asks a number of queries that does not grow with the
rows, each cut by `Etendue.borner`. `dossiers/selectors/agenda.py` gives the words of a period and of pieces asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from guichet.kernel.calendars import Jalon

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from dossiers.models import Dossier

JALONS_MAX = 1000
"""The dates of one calendar, the first ones kept."""


@dataclass(frozen=True, kw_only=True)
class Etendue:
    """What is asked of a source: the dates from `depuis` on for `acteur`, on one `dossier` or, None, on all its own."""

    acteur: "Acteur"
    dossier: "Dossier | None"
    depuis: date

    def borner(self, rows: QuerySet[Any], *, le: str, dossier: str = "dossier", puis: str = "pk") -> QuerySet[Any]:
        """Of these rows, those dated by `le` in the period asked, on the file asked, the first `JALONS_MAX`."""
        kept = rows.filter(**{f"{le}__gte": self.depuis})
        if self.dossier is not None:
            kept = kept.filter(**{dossier: self.dossier.pk})
        return kept.order_by(le, puis)[:JALONS_MAX]


Source = Callable[[Etendue], Iterable[Jalon]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask `source` for its dates each time a calendar is read."""
    _sources.append(source)


def jalons_of(etendue: Etendue) -> list[Jalon]:
    """The dates of every source, in their order, `JALONS_MAX` at most."""
    found = [jalon for source in _sources for jalon in source(etendue)]
    return sorted(found, key=lambda jalon: (jalon.le, jalon.cle))[:JALONS_MAX]
