"""Files in bulk, cast in moulds: the rows of one file made by the services, copied with the facts of another.

A mould knows nothing of the tables: it takes every row that appears while the services write one file, whatever the
application. What it must know is what a file has of its own (names, days, territory, keys, codes): `tests/bench`
compares, row by row, a cast with the same file made by the services, so that neither can drift from the other.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from accounts.models import Envoi, Organisation
from bench.facts import Facts, write_file
from bench.places import Place
from dossiers.documents import digest
from dossiers.models import (
    Decision,
    Delai,
    Document,
    Dossier,
    Fil,
    MouvementDelai,
    Numerotation,
    PartTerritoire,
    PieceDemandee,
    Territoire,
)
from dossiers.services.documents import new_code
from dossiers.states import NatureDecision
from funding.models import DemandeFir
from guichet.kernel.civil import MOIS, ONE_DAY, PARIS, date_longue
from guichet.kernel.deadlines import Depart, Ledger, Regime, compute
from guichet.kernel.money import nombre
from guichet.kernel.text import normalise
from projects.models import Avis, LettreIntention

Rows = dict[type[models.Model], list[list[Any]]]
NOT_OF_A_FILE = {"territories", "contenttypes", "auth", "sessions", "admin"}
OF_PEOPLE = {"accounts", "account"}
"""Applications whose rows an association keeps from one file to the next."""
ADDRESSES: dict[str, type[models.Model]] = {
    "lettres": LettreIntention,
    "demandes": DemandeFir,
    "avis": Avis,
    "decisions": Decision,
    "dossiers": Dossier,
    "documents": Document,
    "echanges": Fil,
    "pieces-demandees": PieceDemandee,
}
"""Whose key an address of the portal holds, by its first word."""
OF_A_LETTER = (NatureDecision.VALIDATION_LETTRE, NatureDecision.REFUS_LETTRE)
ADDRESS = rf"/(?:{'|'.join(ADDRESSES)})/\d+/"
DAY = rf"\b(?:1er|\d{{1,2}}) (?:{'|'.join(MOIS)}) \d{{4}}\b"
ISO_DAY = r"\b\d{4}-\d{2}-\d{2}\b"


def tables() -> list[type[models.Model]]:
    """Every table a file may write in, those referred to before those that refer."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label not in NOT_OF_A_FILE]
    ordered: list[type[models.Model]] = []

    def visit(model: type[models.Model]) -> None:
        if model in ordered or model not in found:
            return
        for column in model._meta.concrete_fields:
            if column.related_model not in (None, model):
                visit(column.related_model)  # type: ignore[arg-type]
        ordered.append(model)

    for model in found:
        visit(model)
    return [model for model in ordered if model is not Numerotation]


def target_of(model: type[models.Model], column: Any, row: list[Any]) -> type[models.Model] | None:
    """Of which table this column of this row holds a key: its own, the one it refers to, the step of a decision."""
    if model is Decision and column.attname == "etape_id":
        nature = row[[other.attname for other in columns(model)].index("nature")]
        return LettreIntention if nature in OF_A_LETTER else DemandeFir
    return column.model if column.primary_key else column.related_model


def columns(model: type[models.Model]) -> list[Any]:
    return [column for column in model._meta.concrete_fields if not column.generated]


def rows_written(write: Callable[[], Any]) -> Rows:
    """The rows that appear while `write` runs, in every table, in the order of their keys."""
    before = {model: set(model._base_manager.values_list("pk", flat=True).order_by()) for model in tables()}
    write()
    written: Rows = {}
    for model, known in before.items():
        names = [column.attname for column in columns(model)]
        order = "recorded_at" if "recorded_at" in names and not _numbered(model) else "pk"
        rows = [list(row) for row in model._base_manager.exclude(pk__in=known).order_by(order).values_list(*names)]
        if rows:
            written[model] = rows
    return written


@dataclass(frozen=True)
class Slot:
    """A column whose value belongs to the cast: how to find it."""

    column: int
    value: Callable[["Cast"], Any]


@dataclass
class Cast:
    """One file being cast: its facts, its territory, the keys and words its rows share."""

    facts: Facts
    place: Place
    shift: timedelta
    legal_shift: timedelta
    keys: dict[tuple[type[models.Model], int], int]
    ids: dict[uuid.UUID, uuid.UUID]
    words: dict[str, str]

    def day(self, day: date, *, legal: bool) -> date:
        """The day of this file that stands where the mould has `day`; the legal ones follow the months."""
        return day + (self.legal_shift if legal else self.shift)


def last_day(depot: date) -> date:
    """The last day of the period that a deposit opens, nothing having suspended it."""
    last = compute(Ledger(regime=Regime.REJET, recu_le=depot, depart=Depart.DEPOT)).dernier_jour
    assert last is not None
    return last


class Keys:
    """The next free key of each table."""

    def __init__(self) -> None:
        self._last: dict[type[models.Model], int] = {}

    def next(self, model: type[models.Model]) -> int:
        if model not in self._last:
            self._last[model] = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self._last[model] += 1
        return self._last[model]


@dataclass
class Mould:
    """The rows of one file, the columns to fill in each, and the facts they were written from."""

    kind: str
    facts: Facts
    rows: list[tuple[type[models.Model], list[Any], list[Slot]]]
    keys: list[tuple[type[models.Model], int]]
    ids: list[uuid.UUID]
    deposited: bool

    def cast(
        self, facts: Facts, place: Place, *, reference: str, keys: Keys, people: "Cast | None" = None
    ) -> tuple[Cast, Rows]:
        """The rows of the file of these facts. `people`: the cast whose association and person this one keeps."""
        kept = [(key[0], number) for key, number in people.keys.items() if _of_people(key[0])] if people else []
        numbers = {}
        for old in self.keys:
            same = next((pair for pair in kept if pair[0] is old[0]), None)
            if same:
                kept.remove(same)
            numbers[old] = same[1] if same else keys.next(old[0])
        cast = Cast(
            facts,
            place,
            facts.jour - self.facts.jour,
            last_day(facts.jour) - last_day(self.facts.jour),
            numbers,
            {old: uuid.uuid4() for old in self.ids},
            _words(facts, place, reference),
        )
        rows: Rows = {}
        for model, template, slots in self.rows:
            if people and _of_people(model):
                continue
            row = template.copy()
            for slot in slots:
                row[slot.column] = slot.value(cast)
            rows.setdefault(model, []).append(row)
            if model is Document:
                cast.words[f"empreinte {len(rows[model])}"] = digest(json.loads(row[CONTEXTE]))
                cast.words[f"code {len(rows[model])}"] = row[CODE_COURT]
        rows[PartTerritoire] = self._parts(cast, keys)
        return cast, rows

    def _parts(self, cast: Cast, keys: Keys) -> list[list[Any]]:
        territoire = next(number for (model, _), number in cast.keys.items() if model is Territoire)
        return [[keys.next(PartTerritoire), territoire, *part] for part in cast.place.parts]


CONTEXTE = [column.attname for column in columns(Document)].index("contexte")
CODE_COURT = [column.attname for column in columns(Document)].index("code_court")
CODES: dict[tuple[type[models.Model], str], Callable[[Cast], Any]] = {
    (Document, "code_court"): lambda cast: new_code(),
    (Envoi, "message_id"): lambda cast: f"<{uuid.uuid4()}@127.0.0.1>",
    (Organisation, "code"): lambda cast: f"{slugify(cast.facts.association)[:60]}-{get_random_string(8)}".lower(),
    (Dossier, "departement_pilote_id"): lambda cast: cast.place.pilote,
    (Dossier, "departements"): lambda cast: cast.place.departements,
    (Territoire, "departements"): lambda cast: cast.place.departements,
    (Territoire, "population"): lambda cast: cast.place.population,
    (Territoire, "taille"): lambda cast: cast.place.taille,
    (Territoire, "bareme"): lambda cast: cast.place.bareme,
}
"""Columns whose value is a code drawn by lot, or belongs to the territory."""


def make_mould(kind: str, *, jour: date, place: Place, region: str) -> Mould:
    """Write one file by the services, keep its rows, undo it. `jour` gives the year of every cast."""
    facts = Facts(
        cpts="CPTS du Moule Zibeline",
        association="Association CPTS du Moule Zibeline",
        prenom="Prénomzibeline",
        nom="Nomzibeline",
        courriel="moule.zibeline@mesure.example",
        lot=place.lot,
        jour=jour,
    )
    with transaction.atomic():
        written = rows_written(lambda: write_file(kind, facts, region=region))
        transaction.set_rollback(True)
    return _mould(kind, facts, place, written)


def _mould(kind: str, facts: Facts, place: Place, written: Rows) -> Mould:
    reference = _value(written, Dossier, "reference") or ""
    keys = [
        (model, row[0])
        for model, rows in written.items()
        for row in rows
        if model is not PartTerritoire and _numbered(model)
    ]
    ids = _ids(written)
    mould = Mould(kind, facts, [], keys, sorted(ids), _value(written, LettreIntention, "deposee_at") is not None)
    words = _words(facts, place, reference)
    filler = Filler(words, frozenset(keys), _own_days(written), _legal_days(written))
    for model, rows in written.items():
        for number, row in enumerate(rows, 1):
            if model is PartTerritoire:
                continue
            template, slots = _template(model, row, filler)
            mould.rows.append((model, template, slots))
            if model is Document:
                words[f"empreinte {number}"] = digest(row[CONTEXTE])
                words[f"code {number}"] = row[CODE_COURT]
    return mould


def _ids(written: Rows) -> set[uuid.UUID]:
    """Every UUID of the file: those of its events, those under which a mail or a message is known."""
    return {value for rows in written.values() for row in rows for value in row if isinstance(value, uuid.UUID)}


def _own_days(written: Rows) -> frozenset[date]:
    """Every day of the file; a text may quote others, which are the same in every file."""
    found = set()
    for rows in written.values():
        for value in (value for row in rows for value in row):
            if isinstance(value, datetime):
                found.add(value.astimezone(PARIS).date())
            elif isinstance(value, date):
                found.add(value)
    return frozenset(found)


def _legal_days(written: Rows) -> frozenset[date]:
    """The days that follow from the legal period: its last, the one before (the warnings), the one of the silence."""
    found = set()
    for model in (Delai, MouvementDelai):
        names = [column.attname for column in columns(model)]
        for row in written.get(model, []):
            if last := row[names.index("dernier_jour")]:
                found |= {last - ONE_DAY, last, last + ONE_DAY}
    return frozenset(found)


def _template(model: type[models.Model], row: list[Any], filler: "Filler") -> tuple[list[Any], list[Slot]]:
    template, slots = [], []
    for index, (column, value) in enumerate(zip(columns(model), row, strict=True)):
        if isinstance(column, models.JSONField):
            value = json.dumps(value, sort_keys=True, ensure_ascii=False)
        template.append(value)
        found = CODES.get((model, column.attname)) or filler.filling(column, target_of(model, column, row), value)
        if found:
            slots.append(Slot(index, found))
    return template, slots


@dataclass
class Filler:
    """How a cast fills a column: by the keys, the days and the words of the mould."""

    words: dict[str, str]
    keys: frozenset[tuple[type[models.Model], int]]
    own: frozenset[date]
    legal: frozenset[date]

    def filling(self, column: Any, target: type[models.Model] | None, value: Any) -> Callable[[Cast], Any] | None:
        """None when every file has the same value."""
        if isinstance(value, int) and (target, value) in self.keys:
            return lambda cast: cast.keys[target, value]
        if isinstance(value, uuid.UUID):
            return lambda cast: cast.ids[value]
        if isinstance(value, datetime):
            local = value.astimezone(PARIS)
            return lambda cast: local + cast.shift
        if isinstance(value, date):
            legal = value in self.legal
            return lambda cast: cast.day(value, legal=legal)
        if isinstance(value, str):
            return self.text(value, journal=column.attname == "donnees")
        return None

    def text(self, value: str, *, journal: bool) -> Callable[[Cast], Any] | None:
        """A text in which the words, the days and the addresses of the mould become those of the cast; None when it
        has none of them. Days as the database writes them are looked for in the journals alone.
        """
        by_word = {word: name for name, word in self.words.items() if word}
        words = [re.escape(word) for word in sorted(by_word, key=len, reverse=True)]
        pattern = "|".join([*words, ADDRESS, DAY, *([ISO_DAY] if journal else [])])
        pieces: list[str | Callable[[Cast], str]] = []
        for n, piece in enumerate(re.split(f"({pattern})", value)):
            pieces.append(self._piece(piece, by_word) if n % 2 else piece)
        if all(isinstance(piece, str) for piece in pieces):
            return None
        return lambda cast: "".join(piece if isinstance(piece, str) else piece(cast) for piece in pieces)

    def _piece(self, found: str, by_word: Mapping[str, str]) -> str | Callable[[Cast], str]:
        """What stands in a cast for this word, address or day; the same words where they are nobody's."""
        if name := by_word.get(found):
            return lambda cast: cast.words[name]
        if found.startswith("/"):
            _, word, number, _ = found.split("/")
            key = ADDRESSES[word], int(number)
            return (lambda cast: f"/{word}/{cast.keys[key]}/") if key in self.keys else found
        iso = "-" in found
        day = date.fromisoformat(found) if iso else _read_day(found)
        if day not in self.own | self.legal:
            return found
        legal = day in self.legal
        write = date.isoformat if iso else date_longue
        return lambda cast: write(cast.day(day, legal=legal))


def _read_day(text: str) -> date:
    """The day that `date_longue` wrote."""
    number, month, year = text.split()
    return date(int(year), MOIS.index(month) + 1, int(number.removesuffix("er")))


def _words(facts: Facts, place: Place, reference: str) -> dict[str, str]:
    """What a text may hold of one file, by name. Longer words are looked for first."""
    return {
        "association": facts.association,
        "association_normalise": normalise(facts.association),
        "cpts": facts.cpts,
        "cpts_normalise": normalise(facts.cpts),
        "personne": f"{facts.prenom} {facts.nom}",
        "prenom": facts.prenom,
        "nom": facts.nom,
        "courriel": facts.courriel,
        "reference": reference,
        "reference_normalise": normalise(reference),
        "territoire": place.blocs,
        "population": f'["Population du territoire", "{nombre(place.population)} habitants"]',
        "taille": f'["Taille de la communauté", "Taille {place.taille}"]',
        "pilote": f'["Département pilote", {json.dumps(place.pilote_nom, ensure_ascii=False)}]',
    }


def _numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


def _of_people(model: type[models.Model]) -> bool:
    return model._meta.app_label in OF_PEOPLE and model is not Envoi


def _value(rows: Rows, model: type[models.Model], name: str) -> Any:
    return rows[model][0][[column.attname for column in columns(model)].index(name)]
