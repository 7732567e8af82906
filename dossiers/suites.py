"""Where a request for pieces leads once it is answered. A file does not know its steps: the step that asked says so.

An application above registers, in its `ready()`, what it answers for the requests about its step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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
