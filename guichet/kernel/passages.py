"""The blocks of a paper as a list of passages: what can be met again in another version of it.

The contract of blocks is in `templates/pdf/README.md`. A passage is one answer, one paragraph, one row of a table, one
line of a budget: its label is what a person reads above it, its key what names it among those of its group.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Bloc = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """`key` is "" for a paragraph; `essence` is the text without the words every row of its table has."""

    group: str
    key: str
    label: str
    text: str
    essence: str


def passages(blocs: Sequence[Bloc]) -> list[Passage]:
    """In the order of reading; nothing a person wrote is left out. ValueError on a genre no paper knows."""
    found: list[Passage] = []
    for bloc in blocs:
        if bloc["genre"] not in READERS:
            raise ValueError(f"genre inconnu ({bloc['genre']})")
        found += READERS[bloc["genre"]](bloc)
    return found


def _paragraphs(bloc: Bloc) -> Iterator[Passage]:
    """The texts of `paragraphes` or `elements`."""
    title = _title(bloc)
    for text in bloc.get("paragraphes") or bloc.get("elements") or []:
        yield Passage(title, "", title, text, text)


def _definitions(bloc: Bloc) -> Iterator[Passage]:
    title = _title(bloc)
    for label, value in bloc["lignes"]:
        yield Passage(title, label, _under(title, label), value, value)


def _table(bloc: Bloc) -> Iterator[Passage]:
    """A row is named by its first cell, and each cell by its column. The foot is a row."""
    title = _title(bloc) or bloc.get("legende") or ""
    foot = bloc.get("pied")
    for row in [*bloc["lignes"], *([foot] if foot else [])]:
        cells = [f"{head}\u00a0: {cell}" if head else cell for head, cell in zip(bloc["entetes"], row, strict=True)]
        yield Passage(title, row[0], title, "\n".join(cells), " ".join(row))


def _ticks(bloc: Bloc) -> Iterator[Passage]:
    title = _title(bloc) or bloc.get("legende") or ""
    for ticked, label in bloc["lignes"]:
        mark = "Coché" if ticked == "oui" else "Non coché"
        yield Passage(title, label, title, f"{mark}\u00a0: {label}", label)


def _comb(bloc: Bloc) -> Iterator[Passage]:
    value = bloc["valeur"] or bloc.get("vide") or ""
    yield Passage("", bloc["libelle"], bloc["libelle"], value, value)


def _budget(bloc: Bloc) -> Iterator[Passage]:
    """Accounts with their lines, then the totals, side by side."""
    title = _title(bloc) or bloc.get("legende") or ""
    for side, name in (("charges", "Charges"), ("produits", "Produits")):
        for account in bloc[side]:
            yield from _account(title, name, account)
        for account in bloc.get(f"contributions_{side}") or []:
            yield from _account(title, f"{name}, contributions volontaires", account)
        for total, words in (("total", "Total des"), ("total_general", "Total général des")):
            if value := bloc.get(f"{total}_{side}"):
                label = f"{words} {side}"
                yield Passage(title, label, _under(title, label), value, value)
    for note in bloc.get("notes") or []:
        yield Passage(title, "", title, note, note)


def _account(title: str, side: str, account: Mapping[str, Any]) -> Iterator[Passage]:
    name = f"{account['compte']}\u00a0– {account['libelle']}" if account.get("compte") else account["libelle"]
    label = _under(title, f"{side}, {name}")
    asked = "\nMontant demandé" if account.get("demande") == "oui" else ""
    yield Passage(title, f"{side}/{name}", label, f"{account['total']}{asked}", account["total"])
    for line, amount in account.get("lignes") or []:
        yield Passage(title, f"{side}/{name}/{line}", label, f"{line}\u00a0: {amount}", line)


def _title(bloc: Bloc) -> str:
    return bloc.get("titre") or ""


def _under(title: str, label: str) -> str:
    return f"{title}\u00a0: {label}" if title else label


READERS: dict[str, Callable[[Bloc], Iterator[Passage]]] = {
    "texte": _paragraphs,
    "encadre": _paragraphs,
    "liste": _paragraphs,
    "definitions": _definitions,
    "tableau": _table,
    "cases": _ticks,
    "peigne": _comb,
    "budget": _budget,
}
