"""Template filters of French writing: built in everywhere (settings.TEMPLATES), nothing to load.

Each gives an empty string for an empty value: a page never shows `None`.
"""

import re
from collections.abc import Sized
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django import template

from guichet.kernel import civil, money

register = template.Library()

NBSP = money.NBSP
Empty = Literal[""] | None

_TYPO = re.compile(
    r"""
      (?P<kept> <[^<>]*> | &\#?\w+; | \b\w+://[^\s<]+ | \bmailto:[^\s<]+ )  # tags, entities, addresses
    | «[ \u00a0\u202f]*(?P<nothing>»?)                              # an opening quote, at worst around nothing
    | (?<![ \u00a0\u202f])[ \u00a0\u202f]*(?P<close>»)
    | (?<=[0-9])[ \u00a0\u202f]*(?P<unit>[%€])(?!\w)
    | (?:(?<![ \u00a0\u202f])[ \u00a0\u202f]+|(?<=[\w)\]»”"’…€%]))(?P<mark>[:;?!]+)(?=[\s)\]»”"<]|$)
    """,
    re.VERBOSE,
)


@register.filter
def euros(value: Decimal | int | Empty) -> str:
    """`47 000 €`, `12 500,50 €`."""
    return "" if value is None or value == "" else money.euros(value)


@register.filter
def nombre(value: Decimal | int | Empty) -> str:
    """`40 000`, `1 234,5`."""
    return "" if value is None or value == "" else money.nombre(value)


@register.filter
def date_longue(value: date | datetime | Empty) -> str:
    """`14 novembre 2026`, `1er mars 2026`: the day in Paris when given an instant."""
    if not value:
        return ""
    return civil.date_longue(civil.civil_day(value) if isinstance(value, datetime) else value)


@register.filter
def heure(value: datetime | Empty) -> str:
    """`14 h 32`, `0 h 05`: in Paris, from an aware instant."""
    return civil.heure(value) if value else ""


@register.filter
def date_heure(value: datetime | Empty) -> str:
    """`14 novembre 2026 à 14 h 32`: in Paris, from an aware instant."""
    return civil.date_heure(value) if value else ""


@register.filter(is_safe=True)
def typo(value: str | None) -> str:
    """The text with French non-breaking spaces: before : ; ? ! % € » and after «.

    Leaves addresses, hours (14:32), tags and entities as they are; line breaks are kept.
    """
    return "" if value is None else _TYPO.sub(_spaced, str(value))


@register.filter
def pluriel(value: Decimal | int | Sized | None, forms: str) -> str:
    """`{{ n|pluriel:"commune,communes" }}`: in French the plural begins at two. Takes a number or a collection."""
    singular, plural = forms.split(",")
    count = len(value) if isinstance(value, Sized) else value or 0
    return singular if -2 < count < 2 else plural


def _spaced(match: re.Match[str]) -> str:
    kept = match["kept"]
    if kept:
        return kept
    sign = match["close"] or match["unit"] or match["mark"]
    return f"{NBSP}{sign}" if sign else f"«{NBSP}{match['nothing']}"
