"""What a list offers, column by column and filter by filter, and what a person asked of it by its address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from accounts.acteur import Acteur
from dossiers.models import Delai
from dossiers.selectors.listes import MOI, PERSONNE, QUELQU_UN, charged
from dossiers.views.clock import tone_of
from guichet.kernel.civil import date_longue
from guichet.kernel.tables import Valeur
from guichet.kernel.text import normalise

WORDS_LENGTH = 80
Cellule = dict[str, str]


def cellule(texte: str, **more: str) -> Cellule:
    """A cell with every key its component reads: Django looks long for one that is not there."""
    return {"texte": texte, "url": "", "note": "", "libelle": "", "classe": "", **more}


@dataclass(frozen=True)
class Colonne:
    """`cellule` is what the page shows of a row; `valeurs` what a file writes of it, each under its own heading.

    `tri` is its word in the address, "" when nothing is sorted by it; `ordre` the fields it sorts by, a leading "-" for
    those that go the other way, with what `calcule` adds to the rows for it; `sens` says both directions;
    `decroissant`: the first one asked is the second.
    """

    libelle: str
    cellule: Callable[[Any], Cellule]
    valeurs: tuple[tuple[str, Callable[[Any], Valeur]], ...]
    tri: str = ""
    ordre: tuple[str, ...] = ()
    calcule: Mapping[str, Any] = field(default_factory=dict)
    sens: tuple[str, str] = ("de A à Z", "de Z à A")
    decroissant: bool = False
    classe: str = ""
    peut_manquer: bool = False
    """Some rows have no such value: they come last in both directions."""

    def order_by(self, *, descending: bool) -> list[str | OrderBy]:
        """The whole order, down to the key: a page never repeats a row of the one before."""
        if not self.peut_manquer:
            return [_turned(name, descending) for name in (*self.ordre, "pk")]
        fields = [F(name) for name in self.ordre]
        return [f.desc(nulls_last=True) if descending else f.asc(nulls_last=True) for f in fields] + [
            _turned("pk", descending)
        ]


def _turned(name: str, descending: bool) -> str:
    return name if not descending else name[1:] if name.startswith("-") else f"-{name}"


@dataclass(frozen=True)
class Filtre:
    """A select: `options` are (value, words); `retient` keeps the rows of a chosen value."""

    nom: str
    libelle: str
    options: Sequence[tuple[str, str]]
    retient: Callable[[Any, str], QuerySet[Any]]
    tous: str = "Tous"


def filtre_charge(acteur: Acteur, jour: date) -> Filtre:
    """Who, in the body one acts for, is in charge of the file of the row."""
    options = [(MOI, "Moi"), (QUELQU_UN, "Quelqu’un"), (PERSONNE, "Personne")]
    return Filtre("charge", "En charge", options, lambda rows, v: charged(rows, v, acteur=acteur, on=jour))


@dataclass(frozen=True)
class Choix:
    """What the person asked, kept to what the list knows: anything else in the address is dropped."""

    filtres: dict[str, str] = field(default_factory=dict)
    q: str = ""
    tri: str = ""
    tri_defaut: str = ""

    @property
    def restreint(self) -> bool:
        """Whether some rows may be left out."""
        return bool(self.filtres or self.q)

    @property
    def colonne(self) -> str:
        return self.tri.removeprefix("-")

    @property
    def decroissant(self) -> bool:
        return self.tri.startswith("-")

    def parametres(self, **changes: str) -> str:
        """The address of this choice, without a page; each change replaces, "" removes."""
        asked = {**self.filtres, "q": self.q, "tri": self.tri} | changes
        if asked["tri"] == self.tri_defaut:
            asked["tri"] = ""
        return urlencode({name: value for name, value in asked.items() if value})


def choix_of(given: QueryDict, *, colonnes: Sequence[Colonne], filtres: Sequence[Filtre], tri_defaut: str) -> Choix:
    """What this address asks of that list."""
    chosen = {
        filtre.nom: value
        for filtre in filtres
        if (value := given.get(filtre.nom, "")) and value in {option for option, _ in filtre.options}
    }
    words = " ".join(given.get("q", "").replace("\0", " ").split())[:WORDS_LENGTH]
    tri = given.get("tri", "")
    known = {colonne.tri for colonne in colonnes if colonne.tri}
    return Choix(
        filtres=chosen,
        q=words if normalise(words) else "",
        tri=tri if tri.removeprefix("-") in known and tri.count("-") <= 1 else tri_defaut,
        tri_defaut=tri_defaut,
    )


TONS = {"neutre": "", "solide": "alert"}
"""The tones of a clock that a tag has not."""


def cellule_delai(delai: Delai | None, *, jour: date, suspendu: bool = False) -> Cellule:
    """The last day of a period that runs, in the colours of the clock, and what is left of it in words."""
    if delai is None or delai.clos_at is not None:
        return cellule("Aucun", libelle="Dernier jour")
    if delai.dernier_jour is None:
        return cellule("Pas encore commencé", libelle="Dernier jour")
    if suspendu:
        left = (delai.dernier_jour - jour).days
        return cellule(date_longue(delai.dernier_jour), libelle="Dernier jour", ton=_ton(left), note="Délai suspendu")
    return cellule_jour(delai.dernier_jour, jour=jour)


def cellule_jour(last: date, *, jour: date, note: str = "") -> Cellule:
    """A last day, in the colours of the clock, and what is left of it in words; `note` is said after them."""
    left = (last - jour).days
    told = f"{_left(left)}, {note}" if note else _left(left)
    return cellule(date_longue(last), libelle="Dernier jour", ton=_ton(left), note=told)


def _ton(left: int) -> str:
    return TONS.get(tone_of(left), tone_of(left))


def _left(days: int) -> str:
    if days < 0:
        return "Dépassé"
    if days == 0:
        return "C’est aujourd’hui"
    return f"{days}\u00a0jours restants" if days > 1 else "1\u00a0jour restant"


def jour_delai(delai: Delai | None) -> date | None:
    """The same day for a file; None when no period runs."""
    return delai.dernier_jour if delai is not None and delai.clos_at is None else None
