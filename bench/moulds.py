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
from dossiers.models import Document, Dossier, Numerotation, PartTerritoire, Territoire
from dossiers.services.documents import new_code
from guichet.kernel.civil import PARIS, date_longue
from guichet.kernel.money import nombre
from guichet.kernel.text import normalise
from projects.models import LettreIntention

Rows = dict[type[models.Model], list[list[Any]]]
NOT_OF_A_FILE = {"territories", "contenttypes", "auth", "sessions", "admin"}
OF_PEOPLE = {"accounts", "account"}
"""Applications whose rows an association keeps from one file to the next."""


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


def columns(model: type[models.Model]) -> list[Any]:
    return [column for column in model._meta.concrete_fields if not column.generated]


def rows_written(write: Callable[[], Any]) -> Rows:
    """The rows that appear while `write` runs, in every table, in the order of their keys."""
    before = {model: set(model._base_manager.values_list("pk", flat=True).order_by()) for model in tables()}
    write()
    written: Rows = {}
    for model, known in before.items():
        names = [column.attname for column in columns(model)]
        order = "recorded_at" if isinstance(model._meta.pk, models.UUIDField) else "pk"
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
    keys: dict[tuple[type[models.Model], int], int]
    ids: dict[uuid.UUID, uuid.UUID]
    words: dict[str, str]


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
    letter: int
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
        words = _words(facts, place, reference, letter=numbers[LettreIntention, self.letter])
        cast = Cast(facts, place, facts.jour - self.facts.jour, numbers, {old: uuid.uuid4() for old in self.ids}, words)
        rows: Rows = {}
        for model, template, slots in self.rows:
            if people and _of_people(model):
                continue
            row = template.copy()
            for slot in slots:
                row[slot.column] = slot.value(cast)
            rows.setdefault(model, []).append(row)
            if model is Document:
                words[f"empreinte {len(rows[model])}"] = digest(json.loads(row[CONTEXTE]))
        rows[PartTerritoire] = self._parts(cast, keys)
        return cast, rows

    def _parts(self, cast: Cast, keys: Keys) -> list[list[Any]]:
        territoire = next(number for (model, _), number in cast.keys.items() if model is Territoire)
        return [[keys.next(PartTerritoire), territoire, *part] for part in cast.place.parts]


CONTEXTE = [column.attname for column in columns(Document)].index("contexte")
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
    letter = _value(written, LettreIntention, "id")
    keys = [
        (model, row[0])
        for model, rows in written.items()
        for row in rows
        if model is not PartTerritoire and _numbered(model)
    ]
    ids = [row[0] for model, rows in written.items() for row in rows if not _numbered(model)]
    mould = Mould(kind, facts, [], keys, ids, letter, _value(written, LettreIntention, "deposee_at") is not None)
    words = _words(facts, place, reference, letter=letter)
    for model, rows in written.items():
        for number, row in enumerate(rows, 1):
            if model is PartTerritoire:
                continue
            template, slots = _template(model, row, words=words, keys=set(keys))
            mould.rows.append((model, template, slots))
            if model is Document:
                words[f"empreinte {number}"] = digest(row[CONTEXTE])
    return mould


def _template(
    model: type[models.Model],
    row: list[Any],
    *,
    words: Mapping[str, str],
    keys: set[tuple[type[models.Model], int]],
) -> tuple[list[Any], list[Slot]]:
    template, slots = [], []
    for index, (column, value) in enumerate(zip(columns(model), row, strict=True)):
        if isinstance(column, models.JSONField):
            value = json.dumps(value, sort_keys=True, ensure_ascii=False)
        template.append(value)
        found = CODES.get((model, column.attname)) or _filling(column, value, words=words, keys=keys)
        if found:
            slots.append(Slot(index, found))
    return template, slots


def _filling(
    column: Any,
    value: Any,
    *,
    words: Mapping[str, str],
    keys: set[tuple[type[models.Model], int]],
) -> Callable[[Cast], Any] | None:
    """How a cast fills this column; None when every file has the same value."""
    target = column.model if column.primary_key else column.related_model
    if isinstance(value, int) and (target, value) in keys:
        return lambda cast: cast.keys[target, value]
    if isinstance(value, uuid.UUID):
        return lambda cast: cast.ids[value]
    if isinstance(value, datetime):
        local = value.astimezone(PARIS)
        return lambda cast: local + cast.shift
    if isinstance(value, date):
        return lambda cast: value + cast.shift
    if isinstance(value, str):
        return _text(value, words)
    return None


def _text(value: str, words: Mapping[str, str]) -> Callable[[Cast], Any] | None:
    """A text in which the words of the mould become those of the cast; None when it has none of them."""
    by_word = {word: name for name, word in words.items() if word}
    pattern = "|".join(re.escape(word) for word in sorted(by_word, key=len, reverse=True))
    pieces = re.split(f"({pattern})", value)
    if len(pieces) == 1:
        return None
    named = [by_word[piece] if n % 2 else piece for n, piece in enumerate(pieces)]

    def fill(cast: Cast) -> str:
        return "".join(cast.words[piece] if n % 2 else piece for n, piece in enumerate(named))

    return fill


def _words(facts: Facts, place: Place, reference: str, *, letter: int) -> dict[str, str]:
    """What a text may hold of one file, by name. Longer words are looked for first."""
    return {
        "association": facts.association,
        "cpts": facts.cpts,
        "cpts_normalise": normalise(facts.cpts),
        "personne": f"{facts.prenom} {facts.nom}",
        "prenom": facts.prenom,
        "nom": facts.nom,
        "courriel": facts.courriel,
        "reference": reference,
        "adresse": f"/lettres/{letter}/",
        "jour": date_longue(facts.jour),
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
