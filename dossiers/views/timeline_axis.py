"""The axis of a calendar that is drawn: days to pixels, the months written under it, the room a text takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from guichet.kernel.civil import add_months

LEFT, RIGHT = 10, 14
"""Room kept at both ends of a drawing."""
TICKS = 46
"""Least room between two marks of the axis, and the height of their words."""
MOST = 6.0
"""Pixels a day takes at most."""
LONG_GAP = 180
"""Days without anything from which the axis may be cut."""
CUTS = 3
LEAST = 6
"""Letters of a text that is cut, at least."""
STEPS = (1, 3, 6, 12, 24, 60, 120)
"""Months between two marks of the axis."""
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
NARROW, WIDE = frozenset("ijlftrI.,;:!|'’() "), frozenset("mwMWŒœ@%—")


@dataclass(frozen=True, slots=True)
class Tick:
    """The first of a month: its name, or "" where years alone are written; its year where it changes."""

    x: float
    left: str
    month: str
    year: str


class Scale:
    """Days to pixels, in a drawing `width` wide. A gap that is long, and longer than half of all the rest, is short."""

    def __init__(self, moments: Iterable[date], *, width: int) -> None:
        self.width = width
        stops = sorted(set(moments))
        self.start = stops[0].replace(day=1)
        self._stops = sorted({self.start, *stops})
        lengths = [float((b - a).days) for a, b in pairwise(self._stops)]
        self._cut: set[int] = set()
        for n in sorted(range(len(lengths)), key=lambda n: -lengths[n])[:CUTS]:
            others = sum(lengths) - lengths[n]
            if len(lengths) > 1 and lengths[n] > max(LONG_GAP, others / 2):
                lengths[n] = max(30.0, others * 0.15)
                self._cut.add(n)
        self._places = [0.0]
        for length in lengths:
            self._places.append(self._places[-1] + length)
        self._factor = MOST

    def fit(self, rooms: Iterable[tuple[date, float]]) -> None:
        """As wide as can be with each day's room on its right, and every stop inside."""
        whole = self.width - LEFT - RIGHT
        asked = [(self._places[-1], float(whole)), *((self._place(day), whole - room) for day, room in rooms)]
        self._factor = min([MOST, *(room / place for place, room in asked if place)])

    def x(self, day: date) -> float:
        return LEFT + self._factor * self._place(day)

    def share(self, x: float) -> str:
        """A place as a share of the width, as SVG writes it."""
        return f"{100 * x / self.width:.3f}%"

    def cuts(self) -> list[float]:
        return [LEFT + self._factor * (self._places[n] + self._places[n + 1]) / 2 for n in sorted(self._cut)]

    def cut_at(self, day: date) -> bool:
        """Whether that day is in a part that is not drawn."""
        return any(self._stops[n] < day < self._stops[n + 1] for n in self._cut)

    def month(self) -> float:
        return 28 * self._factor

    def _place(self, day: date) -> float:
        for (a, b), (place, end) in zip(pairwise(self._stops), pairwise(self._places), strict=True):
            if day <= b:
                return place + (end - place) * (day - a).days / (b - a).days
        return self._places[-1] + (day - self._stops[-1]).days


def ticks(scale: Scale) -> tuple[Tick, ...]:
    """The first of a month, every so many months, with the year where it changes."""
    step = next((step for step in STEPS if step * scale.month() >= TICKS), STEPS[-1])
    found: list[Tick] = []
    year = 0
    origin = date(scale.start.year - (scale.start.year % max(1, step // 12)), 1, 1)
    for n in range(200 * 12 // step):
        day = add_months(origin, n * step)
        if day < scale.start or scale.cut_at(day):
            continue
        x = scale.x(day)
        if x > scale.width - RIGHT - TICKS / 2:
            break
        if found and x - found[-1].x < TICKS:
            continue
        shown = str(day.year) if day.year != year else ""
        found.append(Tick(x, scale.share(x), "" if step >= 12 else MONTHS[day.month - 1], shown))
        year = day.year
    return tuple(found)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels the text takes in the type of the pages, or a little more."""
    ems = sum(map(_ems, text.replace("\u00a0", " ")))
    return size * ems * (1.04 if bold else 1.0)


def _ems(letter: str) -> float:
    if letter in NARROW:
        return 0.3
    if letter in WIDE:
        return 0.87
    return 0.6 if letter.isupper() else 0.53


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as the room holds; "" when that says nothing."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…" if len(text) > LEAST else ""
