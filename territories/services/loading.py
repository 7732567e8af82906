"""Load the official list of communes committed in data/ (made by scripts/build_territories.py)."""

import hashlib
import json
import lzma
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from guichet.kernel.text import typographic
from territories.models import Commune, Departement, Epci, Millesime, Region
from territories.words import commune_words, epci_name, epci_words

Row = dict[str, Any]
EPCI_COLUMNS = (
    "code",
    "nom",
    "nom_normalise",
    "forme",
    "mots",
    "departements",
    "nombre_communes",
    "population",
    "millesime_id",
)
COMMUNE_COLUMNS = (
    "code",
    "nom",
    "nom_normalise",
    "nature",
    "parent_id",
    "departement_id",
    "epci_id",
    "codes_postaux",
    "population",
    "mots",
    "millesime_id",
)


@dataclass(frozen=True)
class Loaded:
    """What a call did: `communes` counts the rows written, 0 when the vintage was already there."""

    millesime: str
    communes: int


@dataclass(frozen=True)
class Reference:
    """The content of a file: every table as rows."""

    millesime: Row
    regions: list[Row]
    departements: list[Row]
    epci: list[Row]
    communes: list[Row]


def newest_file() -> Path:
    """The newest vintage committed with the project."""
    return max(Path(settings.BASE_DIR, "data").glob("communes-*.json.xz"))


@transaction.atomic
def load(*, departements: Collection[str] | None = None, path: Path | None = None) -> Loaded:
    """Write the vintage of `path` (default: the newest) and put it in force; nothing is done when it already is.

    With `departements` only their communes are written, and those of the EPCI they share with their neighbours: an
    EPCI is never cut. A further call adds to what is loaded. Nothing is ever deleted: files may name a former
    commune. Raises KeyError on an unknown département.
    """
    content = (path or newest_file()).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    loaded = Millesime.objects.select_for_update(of=("self",)).filter(courant=True).first()
    before = loaded if loaded and loaded.sha256 == digest else None
    if before and _covers(before.perimetre, departements):
        return Loaded(before.code, 0)
    reference = _restricted(read(content), departements)
    millesime = _write_millesime(reference.millesime, digest, _union(before, departements))
    _write(reference, millesime)
    return Loaded(millesime.code, len(reference.communes))


def read(content: bytes) -> Reference:
    """The tables of a compressed file."""
    data = json.loads(lzma.decompress(content))
    tables = {
        name: [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        for name, table in data.items()
        if name != "millesime"
    }
    return Reference(millesime=data["millesime"], **tables)


def _covers(perimetre: list[str] | None, departements: Collection[str] | None) -> bool:
    if perimetre is None:
        return True
    return departements is not None and set(departements) <= set(perimetre)


def _union(before: Millesime | None, departements: Collection[str] | None) -> list[str] | None:
    if departements is None:
        return None
    return sorted({*departements, *((before.perimetre or []) if before else [])})


def _restricted(reference: Reference, departements: Collection[str] | None) -> Reference:
    if departements is None:
        return reference
    known = {row["code"] for row in reference.departements}
    if unknown := sorted(set(departements) - known):
        raise KeyError(", ".join(unknown))
    epci = {row["epci"] for row in reference.communes if row["departement"] in departements and row["epci"]}
    return Reference(
        millesime=reference.millesime,
        regions=reference.regions,
        departements=reference.departements,
        epci=[row for row in reference.epci if row["code"] in epci],
        communes=[row for row in reference.communes if row["departement"] in departements or row["epci"] in epci],
    )


def _write_millesime(row: Row, digest: str, perimetre: list[str] | None) -> Millesime:
    Millesime.objects.filter(courant=True).exclude(code=row["code"]).update(courant=False)
    millesime, _ = Millesime.objects.update_or_create(
        code=row["code"],
        defaults={**row, "courant": True, "sha256": digest, "perimetre": perimetre},
    )
    return millesime


def _write(reference: Reference, millesime: Millesime) -> None:
    members = _members(reference.communes)
    _upsert(Region, ("code", "nom"), ((row["code"], typographic(row["nom"])) for row in reference.regions))
    _upsert(
        Departement,
        ("code", "nom", "region_id"),
        ((row["code"], typographic(row["nom"]), row["region"]) for row in reference.departements),
    )
    _upsert(Epci, EPCI_COLUMNS, (_epci(row, members[row["code"]], millesime) for row in reference.epci))
    _upsert(Commune, COMMUNE_COLUMNS, (_commune(row, millesime) for row in reference.communes))


def _members(communes: list[Row]) -> dict[str, list[Row]]:
    """The whole communes of each EPCI."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in communes:
        if row["epci"] and row["nature"] == Commune.Nature.COMMUNE:
            members[row["epci"]].append(row)
    return members


def _epci(row: Row, members: list[Row], millesime: Millesime) -> tuple[Any, ...]:
    return (
        row["code"],
        typographic(row["nom"]),
        epci_name(row["nom"]),
        row["type"],
        " ".join(epci_words(row["nom"], Epci.Forme(row["type"]).label)),
        sorted({member["departement"] for member in members}),
        len(members),
        sum(member["population"] or 0 for member in members),
        millesime.pk,
    )


def _commune(row: Row, millesime: Millesime) -> tuple[Any, ...]:
    nom_normalise, words = commune_words(row["nom"], row["departement"], row["codes_postaux"])
    return (
        row["code"],
        typographic(row["nom"]),
        nom_normalise,
        row["nature"],
        row["parent"],
        row["departement"],
        row["epci"],
        row["codes_postaux"],
        row["population"],
        " ".join(words),
        millesime.pk,
    )


def _upsert(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert or update by the first column, the key. Through COPY: the whole country takes two or three seconds."""
    table = model._meta.db_table
    parts = {
        "table": sql.Identifier(table),
        "incoming": sql.Identifier(f"incoming_{table}"),
        "key": sql.Identifier(columns[0]),
        "columns": sql.SQL(", ").join([sql.Identifier(column) for column in columns]),
        "updates": sql.SQL(", ").join(
            [sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column)) for column in columns[1:]]
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {incoming} (LIKE {table}) ON COMMIT DROP").format(**parts))
        with cursor.copy(sql.SQL("COPY {incoming} ({columns}) FROM STDIN").format(**parts)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM {incoming} "
                "ON CONFLICT ({key}) DO UPDATE SET {updates}"
            ).format(**parts)
        )
        cursor.execute(sql.SQL("DROP TABLE {incoming}").format(**parts))
