"""Two wordings of one text: which words went out, which came in.

A token is a word, a figure with its spaces and its unit ("1 000 €"), or one mark of punctuation; the spaces that follow
stay with it, as they were typed. Spaces, straight apostrophes and the way an accent is coded are kept but never a
change. The longest common subsequence is exact, and fast whatever the text: one row of its table is one integer, and
only some rows are remembered (37 000 words against 37 000 others in less than a second, in a few megabytes).
"""

import re
import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isqrt
from typing import Literal

Kind = Literal["same", "out", "in"]
Pair = tuple[int, int]
Change = tuple[int, int, int, int]
"""What is replaced: from and to on the left, from and to on the right."""

LONG = 4_000
"""Tokens of a text from which its sentences are compared before their words."""
FAR_TOO_LONG = 40_000
"""Tokens from which what no sentence has in common is said replaced as a whole: eighty pages in one paragraph."""
RARE = 8
"""Occurrences up to which, in a long text, the places of a token are not kept as bits."""
MEMORY = 64_000_000
"""Bits of the rows kept at once."""
SENTENCE_ENDS = frozenset(".!?;…")

_SPACE = "[ \u00a0\u202f]"
_ACCENT = "[\u0300-\u036f]"
_REST = rf"[^\W_]*(?:{_ACCENT}+[^\W_]*)*"
_WORD = rf"{_REST}(?:[-\u2011][^\W_]{_REST})*(?:['’](?=\w))?"
_TOKEN = re.compile(
    rf"""
    (
      [^\W\d_]{_WORD}
    | (?: \d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d) | \d+ ) (?:[.,/]\d+)* (?:{_SPACE}?[€%] | (?!\w))  # a figure
    | \d{_WORD}
    | \S
    )(\s*)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text: on both sides ("same"), on the left alone ("out"), on the right alone ("in")."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Both sides without their "out" and "in" say the same; each side, joined, is the text it came from."""

    left: tuple[Segment, ...]
    right: tuple[Segment, ...]
    words_out: int
    words_in: int

    @property
    def changed(self) -> bool:
        return any(segment.kind != "same" for segment in (*self.left, *self.right))


def tokens(text: str) -> tuple[list[str], list[str]]:
    """What is compared, and what is shown: two lists of one length; the second, joined, is the text."""
    found = _TOKEN.findall(text)
    cores = [_core(token) for token, _ in found]
    shown = [token + spaces for token, spaces in found]
    leading = text[: len(text) - len(text.lstrip())]
    return ([" ", *cores], [leading, *shown]) if leading else (cores, shown)


def count_words(text: str) -> int:
    """Words and figures, without the punctuation."""
    return _words([token for token, _ in _TOKEN.findall(text)])


def compare_words(before: str, after: str) -> Wording:
    """Word by word; line by line first where both texts have as many lines, as the cells of a row of a table."""
    left, right = _Side(), _Side()
    lines, others = before.split("\n"), after.split("\n")
    if len(lines) != len(others):
        lines, others = [before], [after]
    out = into = 0
    for number, (line, other) in enumerate(zip(lines, others, strict=True)):
        if number:
            left.add("same", "\n")
            right.add("same", "\n")
        words_out, words_in = _compare_line(line, other, left, right)
        out, into = out + words_out, into + words_in
    return Wording(left.segments(), right.segments(), out, into)


def common(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    """The longest common subsequence, as pairs of places that grow on both sides."""
    start, end = 0, min(len(left), len(right))
    while start < end and left[start] == right[start]:
        start += 1
    tail = 0
    while tail < end - start and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    head = [(n, n) for n in range(start)]
    foot = [(len(left) - n, len(right) - n) for n in range(tail, 0, -1)]
    shared = set(left[start : len(left) - tail]) & set(right[start : len(right) - tail])
    places = [n for n in range(start, len(left) - tail) if left[n] in shared]
    others = [n for n in range(start, len(right) - tail) if right[n] in shared]
    if not shared or max(len(places), len(others)) > FAR_TOO_LONG:
        return head + foot
    middle = _longest([left[n] for n in places], [right[n] for n in others])
    return head + [(places[i], others[j]) for i, j in middle] + foot


# --- Words ------------------------------------------------------------------------------------------


class _Side:
    """The segments of one side, as they are found."""

    def __init__(self) -> None:
        self._found: list[tuple[Kind, list[str]]] = []

    def add(self, kind: Kind, text: str) -> None:
        """The spaces that end a change are not part of it."""
        kept = text if kind == "same" else text.rstrip()
        self._put(kind, kept)
        self._put("same", text[len(kept) :])

    def segments(self) -> tuple[Segment, ...]:
        return tuple(Segment(kind, "".join(texts)) for kind, texts in self._found)

    def _put(self, kind: Kind, text: str) -> None:
        if not text:
            return
        if self._found and self._found[-1][0] == kind:
            self._found[-1][1].append(text)
        else:
            self._found.append((kind, [text]))


def _compare_line(before: str, after: str, left: _Side, right: _Side) -> tuple[int, int]:
    """Adds the segments of a line to both sides; the words that went out and came in."""
    olds, old_shown = tokens(before)
    news, new_shown = tokens(after)
    i = j = out = into = 0
    for change in _readable(_changes(_in_common(olds, news), len(olds), len(news)), olds, news):
        old_from, old_to, new_from, new_to = change
        left.add("same", "".join(old_shown[i:old_from]))
        right.add("same", "".join(new_shown[j:new_from]))
        left.add("out", "".join(old_shown[old_from:old_to]))
        right.add("in", "".join(new_shown[new_from:new_to]))
        out += _words(olds[old_from:old_to])
        into += _words(news[new_from:new_to])
        i, j = old_to, new_to
    left.add("same", "".join(old_shown[i:]))
    right.add("same", "".join(new_shown[j:]))
    return out, into


def _in_common(olds: list[str], news: list[str]) -> list[Pair]:
    """The words in common; in a very long text, those of the sentences in common, then those between them."""
    if min(len(olds), len(news)) < LONG:
        return common(olds, news)
    old_ends, new_ends = _sentences(olds), _sentences(news)
    old_parts, new_parts = (
        [tuple(side[i:k]) for i, k in pairwise(ends)] for side, ends in ((olds, old_ends), (news, new_ends))
    )
    pairs: list[Pair] = []
    i = j = 0
    for a, b in [*common(old_parts, new_parts), (len(old_parts), len(new_parts))]:
        start, top = old_ends[a], new_ends[b]
        pairs += [(i + n, j + m) for n, m in common(olds[i:start], news[j:top])]
        i, j = old_ends[min(a + 1, len(old_parts))], new_ends[min(b + 1, len(new_parts))]
        pairs += [(start + n, top + n) for n in range(i - start)]
    return pairs


def _sentences(cores: list[str]) -> list[int]:
    """Where sentences begin, and the end."""
    return [0, *(n for n, core in enumerate(cores, 1) if core in SENTENCE_ENDS and n < len(cores)), len(cores)]


def _changes(pairs: list[Pair], width: int, height: int) -> Iterator[Change]:
    """What lies between the words in common."""
    for (i, j), (k, m) in pairwise([(-1, -1), *pairs, (width, height)]):
        if k - i > 1 or m - j > 1:
            yield i + 1, k, j + 1, m


def _readable(changes: Iterator[Change], olds: list[str], news: list[str]) -> list[Change]:
    """Two changes with much less in common between them than each of them changes are one: a rewritten sentence is read
    as a whole, not by the articles both wordings happen to share."""
    old_ends, new_ends = ([0, *accumulate(map(len, cores))] for cores in (olds, news))

    def letters(change: Change) -> int:
        return max(old_ends[change[1]] - old_ends[change[0]], new_ends[change[3]] - new_ends[change[2]])

    kept: list[Change] = []
    for change in changes:
        while kept:
            between = old_ends[change[0]] - old_ends[kept[-1][1]]
            if 2 * between > min(letters(kept[-1]), letters(change)):
                break
            before = kept.pop()
            change = (before[0], change[1], before[2], change[3])
        kept.append(change)
    return kept


def _words(cores: list[str]) -> int:
    return sum([core[0].isalnum() for core in cores])


def _core(token: str) -> str:
    if token.isascii() and token.isalnum():
        return token
    if token[0].isdigit():
        token = "".join(token.split())
    return unicodedata.normalize("NFC", token).replace("'", "’")


# --- The longest common subsequence -----------------------------------------------------------------


def _longest(left: list[Hashable], right: list[Hashable]) -> list[Pair]:
    """Hyyrö's rows of bits: bit i of a row is 0 where the length grows at left[i]. The rows between two that were kept
    are computed again when the path goes back through them, and only as wide as the path still is: no bit depends on
    those to its left."""
    rows = _Rows(left)
    step = max(isqrt(len(right)) + 1, MEMORY // len(left))
    kept = [(1 << len(left)) - 1]
    for start in range(0, len(right) - step, step):
        *_, state = rows.after(kept[-1], right[start : start + step], len(left))
        kept.append(state)
    pairs: list[Pair] = []
    i = len(left)
    for block in range(len(kept) - 1, -1, -1):
        start = block * step
        states = list(rows.after(kept[block], right[start : start + step], i))
        row = len(states) - 1
        while row and i:
            if states[row] >> (i - 1) & 1:
                i -= 1
            elif not states[row - 1] >> (i - 1) & 1:
                row -= 1
            else:
                i, row = i - 1, row - 1
                pairs.append((i, start + row))
    return pairs[::-1]


class _Rows:
    """Where each token stands on the left, as bits; those of rare tokens are made when asked, to spare memory."""

    def __init__(self, left: list[Hashable]) -> None:
        self._places: dict[Hashable, list[int]] = {}
        for n, token in enumerate(left):
            self._places.setdefault(token, []).append(n)
        few = RARE if len(left) > LONG else 0
        self._masks = {token: _mask(places, len(left)) for token, places in self._places.items() if len(places) > few}

    def after(self, state: int, tokens: list[Hashable], width: int) -> Iterator[int]:
        """The first `width` bits of `state`, then those after each token."""
        whole = (1 << width) - 1
        state &= whole
        yield state
        for token in tokens:
            mask = self._masks.get(token)
            if mask is None:
                mask = _mask(self._places[token], width)
            grown = state & mask
            state = ((state + grown) | (state - grown)) & whole
            yield state


def _mask(places: list[int], width: int) -> int:
    if len(places) <= RARE:
        return sum([1 << place for place in places])
    bits = bytearray(width // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
