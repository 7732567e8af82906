"""Two frozen versions of a paper, side by side: what went out and what came in, section by section, word by word.

A version is a list of parts `{"cle", "titre", "blocs"}`; the blocks are those of papers (`templates/pdf/README.md`).
Parts are met by their key, wherever they stand; inside a part, an answer is met by its label, a row of a table by its
first cell, a paragraph by what it says, then by what it resembles. Pure: no database, no clock, and no word for people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from guichet.kernel.passages import Passage, passages
from guichet.kernel.words import Pair, Segment, common, compare_words, count_words, tokens

Part = Mapping[str, Any]
Status = Literal["same", "changed", "out", "in"]

ALIKE = 0.35
"""Share of their long words two passages have in common to be read as one passage that changed."""
LONG_WORD = 4
TELLING = 6
"""Words from which a text is known without its label."""
SHORT = 60
"""Words up to which a passage that did not change, alone beside one that did, is shown with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage of both versions, or of one. `label_before` is "" unless the label itself changed; `moved` says that it
    stands elsewhere among the others; `words` counts those of the last version that has it."""

    label: str
    label_before: str
    status: Status
    moved: bool
    left: tuple[Segment, ...]
    right: tuple[Segment, ...]
    words_out: int
    words_in: int
    words: int

    @property
    def text(self) -> str:
        """What a passage of one version, or the same in both, says."""
        return "".join(segment.text for segment in self.right or self.left)


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow each other; `folded` when none changed and they are better behind a disclosure."""

    folded: bool
    rows: tuple[Row, ...]

    @property
    def words(self) -> int:
        return sum(row.words for row in self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of both versions, or of one. `title_before` is "" unless the title changed; `words`: of its last text."""

    cle: str
    title: str
    title_before: str
    status: Status
    moved: bool
    runs: tuple[Run, ...]
    words_out: int
    words_in: int
    words: int

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(chain.from_iterable(run.rows for run in self.runs))

    @property
    def told(self) -> bool:
        """Whether there is something to say about it."""
        return self.status != "same" or self.moved


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sections in the order of the second version; those it lost stand where they were."""

    sections: tuple[Section, ...]
    words_out: int
    words_in: int

    @property
    def told(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.told)

    @property
    def count(self) -> dict[str, int]:
        """Sections by status, `moved` (and nothing else) apart."""
        kinds = Counter("moved" if s.status == "same" and s.moved else s.status for s in self.sections)
        return {kind: kinds[kind] for kind in ("same", "changed", "out", "in", "moved")}


def compare(before: Sequence[Part], after: Sequence[Part]) -> Comparison:
    """Everything that changed from one version to the other. ValueError on a block no paper knows."""
    olds, news = _by_key(before), _by_key(after)
    keys, new_keys = list(olds), list(news)
    met = {keys.index(key): n for n, key in enumerate(new_keys) if key in olds}
    moved = _moved(met)
    sections = [
        _section(
            olds[keys[i]] if i is not None else None,
            news[new_keys[j]] if j is not None else None,
            moved=i is not None and i in moved,
        )
        for i, j in _in_order(met, len(keys), len(new_keys))
    ]
    return Comparison(tuple(sections), sum(s.words_out for s in sections), sum(s.words_in for s in sections))


# --- Sections ---------------------------------------------------------------------------------------


def _by_key(parts: Sequence[Part]) -> dict[tuple[str, int], Part]:
    """A key met twice is followed by its rank."""
    seen: Counter[str] = Counter()
    found = {}
    for part in parts:
        found[part["cle"], seen[part["cle"]]] = part
        seen[part["cle"]] += 1
    return found


def _section(old: Part | None, new: Part | None, *, moved: bool) -> Section:
    shown = new if new is not None else old
    assert shown is not None
    rows = _rows(passages(old["blocs"]) if old else [], passages(new["blocs"]) if new else [])
    renamed = old is not None and new is not None and old["titre"] != new["titre"]
    if old is None or new is None:
        status: Status = "out" if old else "in"
    else:
        status = "changed" if renamed or any(row.status != "same" or row.moved for row in rows) else "same"
    return Section(
        cle=shown["cle"],
        title=shown["titre"],
        title_before=old["titre"] if old and renamed else "",
        status=status,
        moved=moved,
        runs=_runs(rows) if status == "changed" else (Run(status == "same", tuple(rows)),),
        words_out=sum(row.words_out for row in rows),
        words_in=sum(row.words_in for row in rows),
        words=sum(row.words for row in rows),
    )


def _runs(rows: list[Row]) -> tuple[Run, ...]:
    """What did not change is folded, but for a short passage alone."""
    runs: list[Run] = []
    quiet: list[Row] = []
    told: list[Row] = []

    def close(group: list[Row], *, folded: bool) -> None:
        if group:
            runs.append(Run(folded, tuple(group)))
            group.clear()

    for row in [*rows, None]:
        if row is not None and row.status == "same" and not row.moved:
            quiet.append(row)
            continue
        if len(quiet) == 1 and quiet[0].words <= SHORT:
            told.append(quiet.pop())
        if quiet:
            close(told, folded=False)
            close(quiet, folded=True)
        if row is not None:
            told.append(row)
    close(told, folded=False)
    return tuple(runs)


# --- Passages of a section --------------------------------------------------------------------------


def _rows(olds: list[Passage], news: list[Passage]) -> list[Row]:
    met = dict(_met(olds, news))
    moved = _moved(met)
    return [
        _row(olds[i] if i is not None else None, news[j] if j is not None else None, moved=i is not None and i in moved)
        for i, j in _in_order(met, len(olds), len(news))
    ]


def _row(old: Passage | None, new: Passage | None, *, moved: bool) -> Row:
    if old is None or new is None:
        alone = old or new
        assert alone is not None
        words = count_words(alone.text)
        left = (Segment("out", old.text),) if old and old.text else ()
        right = (Segment("in", new.text),) if new and new.text else ()
        status: Status = "out" if old else "in"
        return Row(alone.label, "", status, False, left, right, words if old else 0, words if new else 0, words)
    renamed = old.label if old.label != new.label else ""
    words = count_words(new.text)
    if old.text == new.text:
        same = (Segment("same", new.text),) if new.text else ()
        return Row(new.label, renamed, "changed" if renamed else "same", moved, same, same, 0, 0, words)
    found = compare_words(old.text, new.text)
    status = "changed" if found.changed or renamed else "same"
    return Row(new.label, renamed, status, moved, found.left, found.right, found.words_out, found.words_in, words)


def _met(olds: list[Passage], news: list[Passage]) -> list[Pair]:
    """Which passage became which: by group and key, then in the same group, then among what is left. A short answer is
    never met under another question: "Oui" says nothing of what was asked."""
    found: list[Pair] = []
    left, right = set(range(len(olds))), set(range(len(news)))
    for keyed, lone in (
        (lambda passage: (passage.group, passage.key) if passage.key else None, True),
        (lambda passage: passage.group if _tells(passage) or not passage.key else None, False),
        (lambda passage: "" if _tells(passage) else None, False),
    ):
        places: defaultdict[Any, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, all_, free in ((0, olds, left), (1, news, right)):
            for n in sorted(free):
                if (key := keyed(all_[n])) is not None:
                    places[key][side].append(n)
        for some, others in places.values():
            pairs = _matched(olds, news, some, others, lone=lone) if some and others else []
            found += pairs
            left -= {i for i, _ in pairs}
            right -= {j for _, j in pairs}
    return found


def _tells(passage: Passage) -> bool:
    """Whether the text alone, without its label, says what it is about."""
    return passage.key not in ("", "—") and passage.key in passage.essence or count_words(passage.essence) >= TELLING


def _matched(olds: list[Passage], news: list[Passage], some: list[int], others: list[int], *, lone: bool) -> list[Pair]:
    """Pairs among these: the same words in order, the same words elsewhere, then what resembles. What is left of one
    passage and one passage is a pair when `lone`, or when neither has a label of its own."""
    found = [(some[a], others[b]) for a, b in common([olds[i].text for i in some], [news[j].text for j in others])]
    some, others = _left(some, others, found)
    elsewhere = defaultdict(list)
    for j in reversed(others):
        elsewhere[news[j].text].append(j)
    found += [(i, elsewhere[olds[i].text].pop()) for i in some if elsewhere.get(olds[i].text)]
    some, others = _left(some, others, found)
    if not _last_two(olds, news, some, others, lone=lone):
        found += _alike(olds, news, some, others)
        some, others = _left(some, others, found)
    return found + ([(some[0], others[0])] if _last_two(olds, news, some, others, lone=lone) else [])


def _last_two(olds: list[Passage], news: list[Passage], some: list[int], others: list[int], *, lone: bool) -> bool:
    """Whether one passage and one passage are left, that are a pair whatever they say."""
    return len(some) == len(others) == 1 and (lone or not (olds[some[0]].key or news[others[0]].key))


def _alike(olds: list[Passage], news: list[Passage], some: list[int], others: list[int]) -> list[Pair]:
    """One comparison of all their long words, in order, votes for the pairs: nothing grows with their product."""
    owners, words = _long_words(olds, some)
    new_owners, new_words = _long_words(news, others)
    sizes, new_sizes = Counter(owners), Counter(new_owners)
    votes = Counter((owners[a], new_owners[b]) for a, b in common(words, new_words))
    taken: set[tuple[int, int]] = set()
    found = []
    for (i, j), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if {(0, i), (1, j)} & taken or 2 * count < ALIKE * (sizes[i] + new_sizes[j]):
            continue
        taken |= {(0, i), (1, j)}
        found.append((i, j))
    return found


def _long_words(all_: list[Passage], places: list[int]) -> tuple[list[int], list[str]]:
    """The words that say what a passage is about, each with its passage; all of them in a passage of short ones."""
    owners, words = [], []
    for n in places:
        cores, _ = tokens(all_[n].essence)
        kept = [core.casefold() for core in cores if len(core) >= LONG_WORD] or cores
        owners += [n] * len(kept)
        words += kept
    return owners, words


def _left(some: list[int], others: list[int], found: list[Pair]) -> tuple[list[int], list[int]]:
    olds, news = {i for i, _ in found}, {j for _, j in found}
    return [i for i in some if i not in olds], [j for j in others if j not in news]


# --- Order ------------------------------------------------------------------------------------------


def _moved(met: Mapping[int, int]) -> set[int]:
    """Those, on the left, that do not stand in the same order on the right: as few as can be."""
    order = [met[i] for i in sorted(met)]
    kept = {order[n] for n, _ in common(order, sorted(order))}
    return {i for i, j in met.items() if j not in kept}


def _in_order(met: Mapping[int, int], width: int, height: int) -> Iterable[tuple[int | None, int | None]]:
    """The order of the right; what is on the left alone follows what it followed."""
    origin = {j: i for i, j in met.items()}
    following: defaultdict[int, list[int]] = defaultdict(list)
    place = -1
    for i in range(width):
        if i in met:
            place = met[i]
        else:
            following[place].append(i)
    for j in range(-1, height):
        if j >= 0:
            yield origin.get(j), j
        for i in following[j]:
            yield i, None
