"""Reads of territories: the parts of a version, and what it shares with the territories of other files."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from dossiers.models import Dossier, PartTerritoire, Territoire
from dossiers.states import EtatDossier, Visibilite
from territories.models import Commune

if TYPE_CHECKING:
    from accounts.acteur import Acteur

NAMED_MAX = 20
"""Files named to an agent, the widest overlap first; the others are left out."""


@dataclass(frozen=True)
class Part:
    """One line of a territory: `quartier` is "" for a whole commune or arrondissement."""

    id: int
    code: str
    nom: str
    quartier: str
    population: int
    departement: str
    departement_nom: str
    epci: str
    epci_nom: str


@dataclass(frozen=True)
class Chevauchement:
    """What a file shares with this territory. `population` is in inhabitants of the shared parts; `a_verifier` names
    the communes each file covers in part, where nobody can tell without looking."""

    dossier: Dossier
    communes: tuple[str, ...]
    population: int
    a_verifier: tuple[str, ...]


@dataclass(frozen=True)
class Discret:
    """What a porteur may learn: how many communities already deposited, how many of its communes. Never which."""

    communautes: int = 0
    communes: int = 0
    a_verifier: int = 0


def current_draft(dossier: Dossier) -> Territoire | None:
    """The version being written, else the last frozen one, else None."""
    return Territoire.objects.filter(dossier=dossier).order_by("-numero").first()


def parts_of(territoire: Territoire) -> list[Part]:
    """Every part, by département, EPCI, commune and quarter, as a reader looks for them. One query."""
    rows = (
        PartTerritoire.objects.filter(territoire=territoire)
        .order_by(
            "commune__departement__code",
            "commune__epci__nom_normalise",
            "commune__nom_normalise",
            "commune",
            "nom",
            "pk",
        )
        .values_list(
            "pk",
            "commune",
            "commune__nom",
            "nom",
            "population",
            "commune__departement",
            "commune__departement__nom",
            "commune__epci",
            "commune__epci__nom",
        )
    )
    return [Part(*row[:7], row[7] or "", row[8] or "") for row in rows]


def departements_of(parts: Iterable[Part]) -> list[tuple[str, str, int]]:
    """Code, name and population in the territory of each département, the most populated first. No query."""
    totals: dict[tuple[str, str], int] = {}
    for part in parts:
        key = (part.departement, part.departement_nom)
        totals[key] = totals.get(key, 0) + part.population
    return sorted(((code, nom, total) for (code, nom), total in totals.items()), key=lambda row: (-row[2], row[0]))


def overlaps(territoire: Territoire, *, acteur: "Acteur", parmi: "QuerySet[Dossier]") -> list[Chevauchement]:
    """The files of `parmi` that `acteur` may open whose current territory shares something with this one, at most 20.

    The widest first. Current is the last frozen version: nothing of a draft is shown. Five queries at most.
    """
    cover = _cover(territoire)
    others = _others(territoire, Dossier.objects.visible_to(acteur).filter(pk__in=parmi))
    found: dict[int, _Shared] = {}
    for pk, names, total in _named(others.filter(cover.certain_whole())):
        found[pk] = _Shared(set(names), total)
    for pk, code, nom in _inside(others.filter(cover.certain_inside())):
        shared = found.setdefault(pk, _Shared())
        shared.noms.add(nom)
        shared.population += cover.mine.get(code, 0)
    for pk, names, _ in _named(others.filter(cover.doubtful())):
        found.setdefault(pk, _Shared()).a_verifier.update(names)
    widest = sorted(found, key=lambda pk: (-found[pk].population, -len(found[pk].noms), pk))[:NAMED_MAX]
    dossiers = Dossier.objects.select_related("departement_pilote").in_bulk(widest)
    return [found[pk].of(dossiers[pk]) for pk in widest]


def discreet_overlap(territoire: Territoire, *, parmi: "QuerySet[Dossier]") -> Discret:
    """The same for the porteur, counted: files deposited, never a draft, without a name. Four queries."""
    cover = _cover(territoire)
    deposited = Dossier.objects.filter(etat=EtatDossier.OUVERT).exclude(visibilite=Visibilite.PORTEUR)
    others = _others(territoire, deposited.filter(pk__in=parmi))
    counted = others.filter(cover.certain_whole() | cover.certain_inside()).aggregate(
        communautes=Count("territoire__dossier", distinct=True), communes=Count("commune", distinct=True)
    )
    doubtful = others.filter(cover.doubtful()).aggregate(n=Count("commune", distinct=True))
    return Discret(counted["communautes"], counted["communes"], doubtful["n"])


@dataclass
class _Cover:
    """What a version covers, as codes. `whole`: everything inside is shared for certain. `inside`: a quarter or an
    arrondissement of these is covered, so that a whole one there is shared for certain and a part there is doubtful.
    `below`: arrondissements of cities of which quarters are covered. `mine`: own inhabitants by code of `inside`.
    """

    whole: set[str]
    inside: set[str]
    below: set[str]
    mine: dict[str, int]

    def certain_whole(self) -> Q:
        return Q(commune__in=self.whole)

    def certain_inside(self) -> Q:
        return Q(commune__in=self.inside, nom="")

    def doubtful(self) -> Q:
        return Q(commune__in=self.inside - self.whole) & ~Q(nom="") | Q(commune__in=self.below)


@dataclass
class _Shared:
    noms: set[str]
    population: int
    a_verifier: set[str]

    def __init__(self, noms: Iterable[str] = (), population: int = 0) -> None:
        self.noms, self.population, self.a_verifier = set(noms), population, set()

    def of(self, dossier: Dossier) -> Chevauchement:
        return Chevauchement(
            dossier, tuple(sorted(self.noms)), self.population, tuple(sorted(self.a_verifier - self.noms))
        )


def _cover(territoire: Territoire) -> _Cover:
    """Two queries: the parts, and the arrondissements of the cities among them."""
    rows = list(
        PartTerritoire.objects.filter(territoire=territoire)
        .values_list("commune", "nom", "population", "commune__parent")
        .order_by("pk")
    )
    codes = {code for code, *_ in rows}
    below = dict(Commune.objects.filter(parent__in=codes).values_list("code", "parent").order_by("code"))
    entire = {code for code, nom, *_ in rows if not nom}
    whole = entire | {code for code, parent in below.items() if parent in entire}
    inside, mine = set[str](), dict[str, int]()
    for code, nom, population, parent in rows:
        for above in ([code] if nom else []) + ([parent] if parent else []):
            inside.add(above)
            mine[above] = mine.get(above, 0) + population
    return _Cover(whole, inside, {code for code, parent in below.items() if parent not in entire}, mine)


def _others(territoire: Territoire, dossiers: QuerySet[Dossier]) -> QuerySet[PartTerritoire]:
    """The parts of the last frozen version of these files, but this one."""
    newer = Territoire.objects.filter(
        dossier=OuterRef("territoire__dossier"), fige_at__isnull=False, numero__gt=OuterRef("territoire__numero")
    )
    return (
        PartTerritoire.objects.filter(territoire__dossier__in=dossiers, territoire__fige_at__isnull=False)
        .exclude(territoire__dossier=territoire.dossier_id)
        .filter(~Exists(newer))
    )


def _named(parts: QuerySet[PartTerritoire]) -> Iterable[tuple[int, list[str], int]]:
    """By file: the names of the communes and the inhabitants of these parts."""
    return (
        parts.values("territoire__dossier")
        .annotate(noms=ArrayAgg("commune__nom", distinct=True, order_by="commune__nom"), total=Sum("population"))
        .order_by("-total", "territoire__dossier")
        .values_list("territoire__dossier", "noms", "total")
    )


def _inside(parts: QuerySet[PartTerritoire]) -> Iterable[tuple[int, str, str]]:
    """By file: the whole communes of which this territory covers a part."""
    return (
        parts.values("territoire__dossier", "commune")
        .annotate(nom_commune=Min(F("commune__nom")))
        .order_by("territoire__dossier", "commune")
        .values_list("territoire__dossier", "commune", "nom_commune")
    )
