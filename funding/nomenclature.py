"""The accounts of the form's two budgets and its attestations, as the edition in force prints them.

Read from the shipped file, which `services/references.py` also loads into the database: there the lines of a budget
hold a key to them, so that an unknown account is refused whatever code runs.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FICHIER = Path(__file__).resolve().parent.parent / "data" / "cerfa-12156-06.json"

CHARGE = "charge"
PRODUIT = "produit"


@dataclass(frozen=True)
class Ligne:
    """A line where an amount is typed. `demande`: the subsidy asked stands here; `detail`: the form asks which one."""

    code: str
    compte: str
    sens: str
    libelle: str
    volontaire: bool
    demande: bool
    detail: bool


@dataclass(frozen=True)
class Compte:
    """An account and its lines, in the order of the form. `volontaire`: 86 and 87, in kind, apart from the total."""

    code: str
    libelle: str
    sens: str
    volontaire: bool
    lignes: tuple[Ligne, ...]

    @property
    def numero(self) -> str:
        """The number printed before the label; none for indirect costs and own resources."""
        return self.code if self.code.isdigit() else ""


@dataclass(frozen=True)
class Nomenclature:
    formulaire: str
    edition: str
    source: str
    doute: str
    comptes: tuple[Compte, ...]
    attestations: tuple[tuple[str, str], ...]

    @property
    def lignes(self) -> dict[str, Ligne]:
        """Every line by its code, in the order of the form."""
        return {ligne.code: ligne for compte in self.comptes for ligne in compte.lignes}

    @property
    def ligne_demande(self) -> Ligne:
        """The line of account 74 that holds the subsidy asked."""
        return next(ligne for ligne in self.lignes.values() if ligne.demande)


@cache
def nomenclature() -> Nomenclature:
    """The form as shipped."""
    brut = json.loads(FICHIER.read_text(encoding="utf-8"))
    lignes = brut["lignes"]
    return Nomenclature(
        formulaire=brut["formulaire"],
        edition=brut["edition"],
        source=brut["source"],
        doute=brut["doute"],
        comptes=tuple(_compte(racine, lignes) for racine in lignes if "parent" not in racine),
        attestations=tuple((a["code"], a["libelle"]) for a in brut["attestations"]),
    )


def _compte(racine: dict[str, Any], lignes: list[dict[str, Any]]) -> Compte:
    volontaire = racine.get("volontaire", False)
    saisies = [racine] if racine.get("saisie") else [ligne for ligne in lignes if ligne.get("parent") == racine["code"]]
    return Compte(
        code=racine["code"],
        libelle=racine["libelle"],
        sens=racine["sens"],
        volontaire=volontaire,
        lignes=tuple(
            Ligne(
                code=ligne["code"],
                compte=racine["code"],
                sens=racine["sens"],
                libelle=ligne["libelle"],
                volontaire=volontaire,
                demande=ligne.get("demande", False),
                detail=ligne.get("detail", False),
            )
            for ligne in saisies
        ),
    )
