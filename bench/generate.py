"""Ten thousand files in bulk.

One mould a kind of file, made by the services; casts written by COPY, lot by lot, each lot in its transaction. What a
trigger refuses to insert (a section in a deposited request, a part in a frozen territory) is inserted as in a draft,
then closed by the transitions the database knows: its last judges see every file.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from bench.facts import DEPOSITED, DRAFT, SHARES, Facts, facts_number
from bench.moulds import Cast, Keys, Mould, Rows, columns, make_mould, tables
from bench.places import Place, draw_lots, measure
from dossiers.models import Dossier, Numerotation, Territoire
from dossiers.selectors.reglages import valeur
from funding.models import DemandeFir
from funding.states import EtatDemandeFir

BATCH = 250
LOTS = 160
KEPT_ASSOCIATIONS = 12
"""One file in this many is another file of an association that has one already."""


@dataclass(frozen=True)
class Made:
    """What was made: files by kind, rows by table, seconds."""

    files: dict[str, int]
    rows: dict[str, int]
    seconds: float


def generate(
    count: int,
    *,
    region: str,
    departements: list[str],
    today: date,
    lots: int = LOTS,
    say: Callable[[str], None] = print,
) -> Made:
    """Write `count` files deposited over the months of one year up to `today`. Refuses a database that has files."""
    if Dossier.objects.exists():
        raise SystemExit("The database already has files: nothing is generated beside them.")
    started = time.monotonic()
    first, last = window(today)
    places = measure(draw_lots(lots, departements=departements), region=region)
    recent = last - (last - first) // 4
    moulds = {kind: make_mould(kind, jour=recent, place=places[-1], region=region) for kind in SHARES}
    say(f"{len(places)} territories and {len(moulds)} moulds in {time.monotonic() - started:.0f} s")
    writer = Writer(
        prefix=lambda place: f"{valeur('prefixe_reference', on=recent, defaut=region)}-{place.pilote}-{recent.year}"
    )
    by_lot = {place.lot: place for place in places}
    known = [place.lot for place in places]
    for start in range(0, count, BATCH):
        plan = []
        for n in range(start, min(start + BATCH, count)):
            facts = facts_number(n, lots=known, first=first, last=last)
            plan.append((moulds[_kind(n)], facts, by_lot[facts.lot]))
        writer.write(plan)
    writer.finish()
    return Made(dict(writer.files), dict(writer.rows), round(time.monotonic() - started, 1))


def window(today: date) -> tuple[date, date]:
    """The days of deposit, inside one year so that exercises and numbers agree: what surrounds them stays in it too."""
    year = (today - timedelta(days=60)).year
    return date(year, 1, 22), min(date(year, 12, 20), today - timedelta(days=6))


def _kind(n: int) -> str:
    draw = random.Random(-n - 1)
    return draw.choices(list(SHARES), weights=list(SHARES.values()))[0]


class Writer:
    """Writes casts; keeps the keys, the numbers of the files, and the counts."""

    def __init__(self, *, prefix: Callable[[Place], str]) -> None:
        self.prefix = prefix
        self.keys = Keys()
        self.numbers: defaultdict[str, int] = defaultdict(int)
        self.files: defaultdict[str, int] = defaultdict(int)
        self.rows: defaultdict[str, int] = defaultdict(int)
        self.hosts: list[Cast] = []

    @transaction.atomic
    def write(self, plan: Iterable[tuple[Mould, Facts, Place]]) -> None:
        """Write one lot of files: rows by table, then what closes drafts."""
        batch: Rows = defaultdict(list)
        for mould, facts, place in plan:
            cast, rows = self._cast(mould, facts, place)
            for model, lines in rows.items():
                batch[model] += lines
            self.files[mould.kind] += 1
        closing = [close(batch) for close in (_open_requests, _open_territories)]
        for model in tables():
            if model in batch:
                _copy(model, batch[model])
                self.rows[model._meta.label] += len(batch[model])
        for close in closing:
            close()

    def finish(self) -> None:
        """Sequences, numbers of files, statistics."""
        Numerotation.objects.bulk_create(Numerotation(cle=cle, dernier=n) for cle, n in sorted(self.numbers.items()))
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")

    def _cast(self, mould: Mould, facts: Facts, place: Place) -> tuple[Cast, Rows]:
        reference = ""
        if mould.deposited:
            prefix = self.prefix(place)
            self.numbers[prefix] += 1
            reference = f"{prefix}-{self.numbers[prefix]:04d}"
        people = self._host() if mould.kind in (DRAFT, DEPOSITED) else None
        if people:
            host = people.facts
            facts = replace(
                facts, association=host.association, prenom=host.prenom, nom=host.nom, courriel=host.courriel
            )
        cast, rows = mould.cast(facts, place, reference=reference, keys=self.keys, people=people)
        if not people and len(self.hosts) < 200:
            self.hosts.append(cast)
        return cast, rows

    def _host(self) -> Cast | None:
        """Now and then an association that has a file already: the first ones end with several."""
        draw = random.Random(sum(self.files.values()))
        return draw.choice(self.hosts) if self.hosts and draw.randrange(KEPT_ASSOCIATIONS) == 0 else None


def _open_requests(batch: Rows) -> Callable[[], None]:
    """Insert requests as drafts; return what walks them to their state, by the transitions of the law."""
    rows = batch.get(DemandeFir, [])
    etat, deposee = _index(DemandeFir, "etat"), _index(DemandeFir, "deposee_at")
    final = {row[0]: row[etat] for row in rows}
    deposited = [row[0] for row in rows if row[deposee] is not None]
    withdrawn = [pk for pk, state in final.items() if state == EtatDemandeFir.RETIREE]
    known = {EtatDemandeFir.BROUILLON, EtatDemandeFir.DEPOSEE, EtatDemandeFir.RETIREE}
    if unknown := set(final.values()) - known:
        raise ValueError(f"no way known to the states {sorted(unknown)}")
    for row in rows:
        row[etat] = EtatDemandeFir.BROUILLON

    def close() -> None:
        DemandeFir.objects.filter(pk__in=deposited).update(etat=EtatDemandeFir.DEPOSEE)
        DemandeFir.objects.filter(pk__in=withdrawn).update(etat=EtatDemandeFir.RETIREE)

    return close


def _open_territories(batch: Rows) -> Callable[[], None]:
    """Insert territories as drafts; return what freezes those that were."""
    at = _index(Territoire, "fige_at")
    frozen = {row[0]: row[at] for row in batch.get(Territoire, []) if row[at] is not None}
    for row in batch.get(Territoire, []):
        row[at] = None

    def close() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Territoire._meta.db_table} t SET fige_at = v.at "
                "FROM unnest(%s::bigint[], %s::timestamptz[]) AS v(id, at) WHERE t.id = v.id",
                [list(frozen), list(frozen.values())],
            )

    return close


def _copy(model: type[models.Model], rows: list[list[Any]]) -> None:
    names = ", ".join(connection.ops.quote_name(column.column) for column in columns(model))
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _index(model: type[models.Model], name: str) -> int:
    return [column.attname for column in columns(model)].index(name)
