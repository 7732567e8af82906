"""The calendar of a file as a drawing: an axis of time, a flag for each day, a bar for each period.

Pure geometry, in pixels. The page gives each x as a share of the width and each y in pixels: text keeps its size
whatever the screen, and what does not overlap in a drawing never does in a wider place. Two drawings are laid out, and
the page shows the widest that fits; narrower than both, it shows the list of the same days instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from dossiers.views.timeline_axis import LEFT, MONTHS, RIGHT, TICKS, Scale, Tick, cut, text_width, ticks
from guichet.kernel.civil import date_longue

Kind = Literal["done", "today", "coming"]
State = Literal["running", "suspended", "over", "coming"]

WIDTHS = {"etroit": 640, "large": 1000}
"""The widths laid out, by the names static/css/history.css gives them."""
TOP = 8
LANES = 5
LANE = 40
FLAG, GAP = 8, 6
"""Between the pole of a flag and its words, and after them."""
LABEL = 176
WHOLE = float("inf")
SHORT_LABELS = (LABEL, 112, 0)
"""Room for the words of a flag: nearly always whole, cut, none but the day."""
STEM = 18
ROW = 38
ORDER = ("done", "today", "coming")
KINDS: dict[Kind, str] = {"done": "fait", "today": "aujourd’hui", "coming": "à venir"}


@dataclass(frozen=True, slots=True)
class Item:
    """A day of the file; `detail` says who, or what follows; `url` leads to it."""

    day: date
    label: str
    kind: Kind
    detail: str = ""
    url: str = ""

    @property
    def when(self) -> str:
        return date_longue(self.day)

    @property
    def state(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; without an end it still runs. `words` says its state: "délai suspendu"."""

    label: str
    start: date
    end: date | None
    state: State
    words: str

    @property
    def first(self) -> str:
        return date_longue(self.start)

    @property
    def last(self) -> str:
        return date_longue(self.end) if self.end else "sans terme"


@dataclass(frozen=True, slots=True)
class Flag:
    """A day on the axis. `lane` is None where there is no room even for its date; 0 is the lane next to the axis."""

    x: float
    left: str
    kind: Kind
    when: str
    label: str
    lane: int | None
    start: float
    end: float
    top: int

    @property
    def leftward(self) -> bool:
        """Whether the words stand on the left of the pole."""
        return self.start < self.x


@dataclass(frozen=True, slots=True)
class Bar:
    """A period, and its words beneath. The texts are shares of the width."""

    x: float
    end: float
    y: int
    text_x: float
    text_width: float
    left: str
    width: str
    right: str
    text_left: str
    state: State
    open: bool
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One layout: `name` is a key of WIDTHS."""

    name: str
    height: int
    axis: int
    flags: tuple[Flag, ...]
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    cuts: tuple[str, ...]
    today: str

    @property
    def unnamed(self) -> int:
        """Days drawn without their words."""
        return sum(not flag.label for flag in self.flags)

    @property
    def month_y(self) -> int:
        return self.axis + 24

    @property
    def year_y(self) -> int:
        return self.axis + 40

    @property
    def bars_y(self) -> int:
        return self.axis + TICKS

    @property
    def kinds(self) -> set[str]:
        return {flag.kind for flag in self.flags}


@dataclass(frozen=True, slots=True)
class Timeline:
    """All a page needs: the drawings, and the same in words."""

    description: str
    drawings: tuple[Drawing, ...]
    items: tuple[Item, ...]
    periods: tuple[Period, ...]


def timeline(items: Sequence[Item], *, today: date, periods: Sequence[Period] = ()) -> Timeline:
    """Items and periods in the order of time; several of one day share a flag, and `today` has its own if it is not
    theirs. A long time without anything is cut out of the axis, and the cut is drawn."""
    ordered = tuple(sorted(items, key=lambda item: item.day))
    spans = tuple(sorted(periods, key=lambda period: (period.start, period.end or date.max)))
    drawings = [_drawing(ordered, spans, today, name) for name in WIDTHS]
    return Timeline(_description(ordered, spans), tuple(drawings), ordered, spans)


def _drawing(items: Sequence[Item], periods: Sequence[Period], today: date, name: str) -> Drawing:
    days = [(day, list(group)) for day, group in groupby(items, key=lambda item: item.day)]
    if all(day != today for day, _ in days):
        days = sorted([*days, (today, [Item(today, "Aujourd’hui", "today")])], key=lambda one: one[0])
    moments = _moments(items, periods, today)
    years = len({moment.year for moment in moments}) > 1
    words = [_words(day, group, today, years=years) for day, group in days]
    scale = Scale(moments, width=WIDTHS[name])
    scale.fit((day, FLAG + _room(*said, LABEL) + GAP) for (day, _), said in zip(days, words, strict=True))
    points = [(scale.x(day), *said) for (day, _), said in zip(days, words, strict=True)]
    kinds = _kinds(days, today)
    placed = _placed(points, kinds, width=scale.width)
    axis = TOP + LANE * (1 + max((words.lane for words in placed.values()), default=-1)) + STEM
    bars = _bars(periods, scale, axis + TICKS)
    return Drawing(
        name=name,
        height=axis + TICKS + ROW * (1 + max((row for row, _ in bars), default=-1)),
        axis=axis,
        flags=tuple(_flag(scale, point, kinds[n], placed.get(n), axis) for n, point in enumerate(points)),
        ticks=ticks(scale),
        bars=tuple(bar for _, bar in bars),
        cuts=tuple(scale.share(x) for x in scale.cuts()),
        today=scale.share(scale.x(today)),
    )


def _moments(items: Sequence[Item], periods: Sequence[Period], today: date) -> list[date]:
    ends = [period.end + timedelta(days=1) for period in periods if period.end]
    return [today, *(item.day for item in items), *(period.start for period in periods), *ends]


# --- Flags ------------------------------------------------------------------------------------------


def _words(day: date, group: list[Item], today: date, *, years: bool) -> tuple[str, str]:
    """The day and the words of its flag."""
    number = "1er" if day.day == 1 else str(day.day)
    when = f"{number}\u00a0{MONTHS[day.month - 1]}" + (f"\u00a0{day.year}" if years else "")
    label = group[0].label
    if day == today and label != "Aujourd’hui":
        when = f"Aujourd’hui, {when}"
    return (f"{when} (+\u00a0{len(group) - 1})" if len(group) > 1 else when), label


def _kinds(days: list[tuple[date, list[Item]]], today: date) -> list[Kind]:
    """What a day still holds weighs more than what is done; today is today."""
    return ["today" if day == today else max((item.kind for item in group), key=ORDER.index) for day, group in days]


@dataclass(frozen=True, slots=True)
class _Words:
    """Where the words of a flag stand: their lane, and the room they take from the pole to their end."""

    lane: int
    start: float
    end: float
    room: float


def _placed(points: list[tuple[float, str, str]], kinds: list[Kind], *, width: int) -> dict[int, _Words]:
    """The words of each flag that has some: no word on another, no pole through a word.

    From right to left, on the right of their pole and above what they pass over; where the lanes are full they are cut,
    then put on the left, then left out. Today's never are: a neighbour's leave their place. Words that were cut take,
    at the end, the room that nobody took.
    """
    silent: set[int] = set()
    while True:
        placed: dict[int, _Words] = {}
        for n in reversed(range(len(points))):
            if n not in silent and (words := _first_free(points, placed, n, side=1)):
                placed[n] = words
        lost = next((n for n, kind in enumerate(kinds) if kind == "today" and n not in placed), None)
        if lost is None:
            break
        silent.add(next(m for m in sorted(placed) if m > lost))
    for n in range(len(points)):
        if n not in placed and (words := _first_free(points, placed, n, side=-1)):
            placed[n] = words
    return {n: _widened(points, placed, n, width) for n in placed}


def _first_free(
    points: list[tuple[float, str, str]], placed: dict[int, _Words], n: int, *, side: Literal[1, -1]
) -> _Words | None:
    """The widest words, in the lowest lane, that meet nothing placed: `side` is 1 on the right of the pole."""
    x, when, label = points[n]
    for most in SHORT_LABELS:
        room = _room(when, label, most)
        far = x + side * (FLAG + room + GAP)
        start, end = min(x, far), max(x, far)
        if start < 0:
            continue
        for lane in range(LANES):
            if all(_apart(lane, start, end, x, words, points[m][0]) for m, words in placed.items()):
                return _Words(lane, start, end, room)
    return None


def _widened(points: list[tuple[float, str, str]], placed: dict[int, _Words], n: int, width: int) -> _Words:
    """The same words whole, in their lane, where they then meet neither others nor the sides of the drawing."""
    x, when, label = points[n]
    kept, room = placed[n], _room(when, label, WHOLE)
    far = x + (1 if kept.start >= x else -1) * (FLAG + room + GAP)
    start, end = min(x, far), max(x, far)
    free = all(_apart(kept.lane, start, end, x, words, points[m][0]) for m, words in placed.items() if m != n)
    if room <= kept.room or start < 0 or end > width or not free:
        return kept
    placed[n] = _Words(kept.lane, start, end, room)
    return placed[n]


def _apart(lane: int, start: float, end: float, x: float, other: _Words, pole: float) -> bool:
    """Whether words, and their pole at `x`, meet neither other words nor the pole of these."""
    if start < other.end and other.start < end and lane == other.lane:
        return False
    if start <= pole < end and other.lane >= lane:
        return False
    return not (other.start <= x < other.end and lane >= other.lane)


def _flag(scale: Scale, point: tuple[float, str, str], kind: Kind, words: _Words | None, axis: int) -> Flag:
    x, when, label = point
    if words is None:
        return Flag(x, scale.share(x), kind, when, "", None, x, x, axis)
    said = cut(label, words.room, 14, bold=True)
    top = axis - STEM - LANE * (words.lane + 1)
    return Flag(x, scale.share(x), kind, when, said, words.lane, words.start, words.end, top)


def _room(when: str, label: str, most: float) -> float:
    """The width of both lines, the second one cut at `most`."""
    return max(text_width(when, 13), min(most, text_width(label, 14, bold=True)))


# --- Periods ----------------------------------------------------------------------------------------


def _bars(periods: Sequence[Period], scale: Scale, top: int) -> list[tuple[int, Bar]]:
    """Each on the first row where neither its bar nor its words meet another's."""
    taken: list[list[tuple[float, float]]] = []
    bars = []
    for period in periods:
        x = scale.x(period.start)
        end = scale.x(period.end + timedelta(days=1)) if period.end else float(scale.width)
        end = max(end, x + 4)
        text = f"{period.label}\u00a0: {period.words}" if period.words else period.label
        text = cut(text, scale.width - LEFT - RIGHT, 13)
        width = text_width(text, 13)
        text_x = max(float(LEFT), min(x, scale.width - RIGHT - width))
        left, right = min(x, text_x) - GAP, max(end, text_x + width) + GAP
        row = next((n for n, row in enumerate(taken) if all(right <= a or b <= left for a, b in row)), len(taken))
        taken += [[]] if row == len(taken) else []
        taken[row].append((left, right))
        bar = Bar(
            x=x,
            end=end,
            y=top + row * ROW + 6,
            text_x=text_x,
            text_width=width,
            left=scale.share(x),
            width=scale.share(end - x),
            right=scale.share(end),
            text_left=scale.share(text_x),
            state=period.state,
            open=not period.end,
            text=text,
        )
        bars.append((row, bar))
    return bars


# --- Words ------------------------------------------------------------------------------------------


def _description(items: Sequence[Item], periods: Sequence[Period]) -> str:
    """What the drawing shows, for who does not see it."""
    if not items:
        return "Aucune date."
    plural = "s" if len(items) > 1 else ""
    spread = f", du {items[0].when} au {items[-1].when}" if items[0].day != items[-1].day else f", le {items[0].when}"
    said = f"{len(items)} date{plural}{spread}."
    coming = [item for item in items if item.kind == "coming"]
    if coming:
        said += f" {len(coming)} à venir\u00a0; la prochaine, le {coming[0].when}\u00a0: {coming[0].label}."
    if periods:
        said += f" {len(periods)} période{'s' if len(periods) > 1 else ''}."
    return said
