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
from bench.further import WAYS
from bench.moulds import Cast, Keys, Mould, Rows, columns, make_mould, tables
from bench.people import LEADS
from bench.places import Place, draw_lots, measure
from dossiers.models import Dossier, Numerotation, Territoire
from dossiers.selectors.reglages import valeur
from funding.models import DemandeFir
from funding.states import EtatDemandeFir

BATCH = 250
LOTS = 160
SHARE_OF_FIRST_LEAD = 0.6
"""Among the files that go to their end, those of the first département of `LEADS`."""
MONTHS_BEHIND = timedelta(days=150)
"""How much of the year has to be behind: files of every age exist."""
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
    leads: tuple[str, ...] = LEADS,
    shares: dict[str, int] = SHARES,
    say: Callable[[str], None] = print,
) -> Made:
    """Write `count` files deposited over the months of one year up to `today`. Refuses a database that has files.

    `leads`: the départements of the files that go to their end; the agents are there already (`bench.people`).
    """
    if Dossier.objects.exists():
        raise SystemExit("The database already has files: nothing is generated beside them.")
    started = time.monotonic()
    first, last = window(today)
    places = measure(draw_lots(lots, departements=departements), region=region)
    recent = last - (last - first) // 4
    moulds = _moulds(shares, leads=leads, places=places, jour=recent, region=region)
    say(f"{len(places)} territories and {len(moulds)} moulds in {time.monotonic() - started:.0f} s")
    writer = Writer(
        prefix=lambda place: f"{valeur('prefixe_reference', on=recent, defaut=region)}-{place.pilote}-{recent.year}"
    )
    by_lot = {place.lot: place for place in places}
    known = {lead: [place.lot for place in places if lead in ("", place.pilote)] for lead in ("", *leads)}
    for start in range(0, count, BATCH):
        plan = []
        for n in range(start, min(start + BATCH, count)):
            kind, lead = _kind(n, shares, leads)
            facts = facts_number(n, kind=kind, lots=known[lead], first=first, last=last)
            plan.append((moulds[kind, lead], facts, by_lot[facts.lot]))
        writer.write(plan)
    writer.finish()
    return Made(dict(writer.files), dict(writer.rows), round(time.monotonic() - started, 1))


def window(today: date) -> tuple[date, date]:
    """The days of deposit, inside one year so that exercises and numbers agree: what surrounds them stays in it too."""
    year = (today - MONTHS_BEHIND).year
    return date(year, 1, 22), min(date(year, 12, 20), today - timedelta(days=6))


def _moulds(
    shares: dict[str, int], *, leads: tuple[str, ...], places: list[Place], jour: date, region: str
) -> dict[tuple[str, str], Mould]:
    """One a kind and, for those that meet the bodies of a département, one for each of these."""
    found = {}
    for kind in shares:
        for lead in leads if kind in WAYS else ("",):
            place = next(place for place in reversed(places) if lead in ("", place.pilote))
            found[kind, lead] = make_mould(kind, jour=jour, place=place, region=region)
    return found


def _kind(n: int, shares: dict[str, int], leads: tuple[str, ...]) -> tuple[str, str]:
    """The kind of the file number `n`, and its lead département where its kind has one."""
    draw = random.Random(-n - 1)
    kind = draw.choices(list(shares), weights=list(shares.values()))[0]
    if kind not in WAYS:
        return kind, ""
    return kind, leads[0] if draw.random() < SHARE_OF_FIRST_LEAD else leads[-1]


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


E = EtatDemandeFir
STEPS: dict[str, tuple[str, ...]] = {
    E.BROUILLON: (),
    E.DEPOSEE: (E.DEPOSEE,),
    E.RETIREE: (E.RETIREE,),
    E.TRANSMISE: (E.DEPOSEE, E.TRANSMISE),
    E.INCOMPLETE: (E.DEPOSEE, E.TRANSMISE, E.INCOMPLETE),
    E.ACCORDEE: (E.DEPOSEE, E.TRANSMISE, E.ACCORDEE),
    E.REFUSEE: (E.DEPOSEE, E.TRANSMISE, E.REFUSEE),
    E.REJETEE_TACITEMENT: (E.DEPOSEE, E.TRANSMISE, E.REJETEE_TACITEMENT),
}
"""The way of the law from the draft to each state."""


def _open_requests(batch: Rows) -> Callable[[], None]:
    """Insert requests as drafts; return what walks them to their state, by the transitions of the law."""
    rows = batch.get(DemandeFir, [])
    etat, deposee = _index(DemandeFir, "etat"), _index(DemandeFir, "deposee_at")
    ways: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        way = STEPS[row[etat]]
        if row[etat] == E.RETIREE and row[deposee] is not None:
            way = (E.DEPOSEE, E.RETIREE)
        ways[way].append(row[0])
        row[etat] = E.BROUILLON

    def close() -> None:
        for way, keys in ways.items():
            for step in way:
                DemandeFir.objects.filter(pk__in=keys).update(etat=step)

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
