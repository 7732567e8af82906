"""What the applications above know of a file, and this one does not: whether its steps are over, and its page.

An application above registers both in its `ready()`, as funding asks where a request is written from.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.acteur import Acteur

Living = Callable[[], Q]
Pages = Callable[[Iterable[int], "Acteur"], dict[int, str]]

_living: list[Living] = []
_pages: list[Pages] = []


def register(*, living: Living, pages: Pages) -> None:
    """`living`: a condition on a file some step of which may still move. `pages`: the address each file opens at for
    that acteur, in a number of queries that does not grow with the files.
    """
    _living.append(living)
    _pages.append(pages)


def living() -> Q:
    """The condition of a file that is not over; every file when nobody above knows better."""
    condition = Q()
    for known in _living:
        condition |= known()
    return condition


def pages_of(dossier_ids: Iterable[int], acteur: "Acteur") -> dict[int, str]:
    """The page of each file, of those `acteur` may open; a file without a page of its own is absent."""
    wanted = list(dossier_ids)
    found: dict[int, str] = {}
    for known in _pages:
        found = {**known(wanted, acteur), **found}
    return found
