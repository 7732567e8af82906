"""Example actions and indicators per mission, as public documents print them: dated, sourced, to adapt.

Read from the shipped file. Nothing is added to what the documents say: neither an indicator nor a figure.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FICHIER = Path(__file__).resolve().parent.parent / "data" / "fiches.json"


@dataclass(frozen=True)
class Exemple:
    """An action to start from. `code` is unique in the catalogue."""

    code: str
    intitule: str
    action: str


@dataclass(frozen=True)
class Theme:
    """What one document says of a mission, or of a part of it. `mission` is the code of the dated data."""

    code: str
    mission: str
    titre: str
    objectif: str
    exemples: tuple[Exemple, ...]
    indicateurs: tuple[Mapping[str, str], ...]
    source: str
    applicable_du: date
    doute: str


def examples_on(day: date) -> list[Theme]:
    """The themes whose document is in force on that day, in the order of the missions."""
    return [theme for theme in _themes() if theme.applicable_du <= day]


def example(code: str) -> dict[str, Any]:
    """The answers of an action to adapt, from an example: its objective, what to do, indicators still to be measured.

    KeyError when the catalogue has no example of that code.
    """
    theme, found = _by_code()[code]
    return {
        "intitule": found.intitule,
        "mission": theme.mission,
        "objectif": theme.objectif,
        "action": found.action,
        "indicateurs": [
            {
                "libelle": indicator["libelle"],
                "nature": "",
                "unite": "",
                "base": None,
                "cible": None,
                "echeance": "",
                "source": "",
                "usage": indicator["usage"],
            }
            for indicator in theme.indicateurs
        ],
    }


@cache
def _themes() -> tuple[Theme, ...]:
    content = json.loads(FICHIER.read_text())
    documents = {document["cle"]: document for document in content["documents"]}
    return tuple(_theme(row, documents[row["document"]]) for row in content["themes"])


def _theme(row: dict[str, Any], document: dict[str, str]) -> Theme:
    return Theme(
        code=row["code"],
        mission=row["mission"],
        titre=row["titre"],
        objectif=row["objectif"],
        exemples=tuple(
            Exemple(f"{row['code']}-{action['code']}", action["intitule"], action["action"])
            for action in row["actions"]
        ),
        indicateurs=tuple(row["indicateurs"]),
        source=document["source"],
        applicable_du=date.fromisoformat(document["applicable_du"]),
        doute=document["doute"],
    )


@cache
def _by_code() -> dict[str, tuple[Theme, Exemple]]:
    return {exemple.code: (theme, exemple) for theme in _themes() for exemple in theme.exemples}
