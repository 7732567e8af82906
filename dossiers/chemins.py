"""Where the pages of a file come back to. A file does not know which steps it carries: the application above says so.

It registers a function in its `ready()`: it gives the place of the current step for this person, or None when the
file carries no step of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from dossiers.models import Dossier


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


Place = Callable[[HttpRequest, Dossier, str], Chemin | None]

_places: list[Place] = []


def register(place: Place) -> None:
    """Ask `place` where the pages of a file come back to."""
    _places.append(place)


def file_of(dossier: Dossier, request: HttpRequest, *, current: str = "echanges") -> Chemin | None:
    """The step of this file this person may open, `current` being the tab shown; None when there is none."""
    return next((found for place in _places if (found := place(request, dossier, current))), None)
