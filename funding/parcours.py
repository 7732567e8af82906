"""Where a request is written from. Funding does not know what a request is for: the step that carries it says so.

An application above registers a function in its `ready()`; it gives the label and the address of the page people
come back to, or None when the request is not its own.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Retour:
    """The page of the step: its label in the breadcrumb, and its address; why the request cannot be granted, or
    withdrawn, without it: a French sentence, "" when it can.
    """

    label: str
    url: str
    accord: str = ""
    retrait: str = ""


_steps: list[Callable[[Any], Retour | None]] = []
_carried: list[Callable[[Collection[int]], Collection[int]]] = []
_identities: list[Callable[[Any], dict[str, Any]]] = []
_answers: list[Callable[[Any], dict[str, Any]]] = []


def register(step: Callable[[Any], Retour | None], carried: Callable[[Collection[int]], Collection[int]]) -> None:
    """Ask `step` first where a request is written from, and `carried` which of these requests, by key, it holds."""
    _steps.append(step)
    _carried.append(carried)


def retour_of(demande: Any) -> Retour | None:
    """The page of the step that carries this request; None when it stands alone."""
    return next((found for step in _steps if (found := step(demande))), None)


def alone(demandes: Iterable[Any]) -> list[Any]:
    """Those that no step carries, in their order: one query, however many."""
    rows = list(demandes)
    keys = [demande.pk for demande in rows]
    held = {key for carried in _carried for key in carried(keys)}
    return [demande for demande in rows if demande.pk not in held]


def register_identity(known: Callable[[Any], dict[str, Any]]) -> None:
    """Ask `known` what a file already says of its association: `rna`, `siret`, `iban`, `titulaire`, each optional."""
    _identities.append(known)


def identity_of(dossier: Any) -> dict[str, Any]:
    """What was typed elsewhere of the association and its account, never asked twice; {} when nothing was."""
    return next((found for known in _identities if (found := known(dossier))), {})


def register_answers(known: Callable[[Any], dict[str, Any]]) -> None:
    """Ask `known` what a file already answered elsewhere, section by section, as a paper of a request reads it."""
    _answers.append(known)


def answers_of(dossier: Any) -> dict[str, Any]:
    """What the steps of the file say of the association, its people and its territory; {} when there is none."""
    return next((found for known in _answers if (found := known(dossier))), {})
