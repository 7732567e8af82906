"""What the applications above know of a file, and this one does not: its page, its tabs, whether it is over, and
what follows the answers to a desk. Each registers in its `ready()`, as funding asks where a request is written from.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from dossiers.models import Dossier

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


@dataclass(frozen=True)
class Chemin:
    """The page of the step: its address, its label in the breadcrumb, the tabs of the file; its state and its facts as
    the header of a file shows them.
    """

    url: str
    label: str
    onglets: list[dict[str, Any]]
    etat: dict[str, str] | None = None
    faits: Sequence[Any] = field(default_factory=tuple)


Place = Callable[[HttpRequest, "Dossier", str], Chemin | None]

_places: list[Place] = []


def register_place(place: Place) -> None:
    """Ask `place` where the pages of a file come back to."""
    _places.append(place)


def file_of(dossier: "Dossier", request: HttpRequest, *, current: str = "echanges") -> Chemin | None:
    """The step of this file this person may open, `current` being the tab shown; None when there is none."""
    return next((found for place in _places if (found := place(request, dossier, current))), None)


@dataclass(frozen=True)
class Suite:
    """`retour`: the page of the step, `libelle` its name; then what to do once all is answered: a sentence and a
    button.
    """

    libelle: str
    retour: str
    phrase: str
    url: str
    bouton: str


_steps: dict[str, Callable[[Any], Suite | None]] = {}


def follow(etape: str, step: Callable[[Any], Suite | None]) -> None:
    """Ask `step` what follows a request for pieces about `etape`."""
    _steps[etape] = step


def suite_of(demande: Any) -> Suite | None:
    """What follows this request for pieces; None when no step knows it."""
    step = _steps.get(demande.etape)
    return step(demande) if step else None


Ground = Callable[[Any], list[list[str]]]

_grounds: list[Ground] = []


def register_ground(ground: Ground) -> None:
    """Ask `ground` what the data of a decision say, as lines of (label, words)."""
    _grounds.append(ground)


def ground_of(decision: Any) -> list[list[str]]:
    """The ground and the data of a decision in words; nothing when no step knows them."""
    return [line for ground in _grounds for line in ground(decision)]
