"""Reads of the official list: search, communes of an EPCI, populations, attribution."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce

from territories.models import Commune, CommuneQuerySet, Epci, Millesime
from territories.words import expression, written_out

EPCI = "epci"


@dataclass(frozen=True)
class Trouve:
    """One answer of the search.

    `nature` is a value of `Commune.Nature`, or `EPCI`. `departements` are codes: one for a commune, every one an EPCI
    touches. `population` is None where none is published; `communes` counts the members of an EPCI, else 1; `parent`
    is the code of an arrondissement's city, "" otherwise.
    """

    nature: str
    code: str
    nom: str
    departements: tuple[str, ...]
    departement_nom: str
    codes_postaux: tuple[str, ...]
    population: int | None
    communes: int
    parent: str


def search(texte: str, *, departements: Collection[str] | None = None, limit: int = 12) -> list[Trouve]:
    """Communes, municipal arrondissements and EPCI of the vintage in force found under what a person typed.

    Every word typed begins a word of the name or a postcode, or is the number of an arrondissement or of a
    département; accents, case, hyphens and order do not count. Exact names come first, then names that begin so,
    then the most populated. EPCI take at most a third of the answers when communes fill the rest. Two queries.
    `departements` keeps the communes of these départements and the EPCI that touch them.
    """
    words = expression(texte)
    if not words or limit <= 0:
        return []
    sought = SearchQuery(words, search_type="raw", config="simple")
    nom = written_out(texte)
    among_communes = _communes(sought, nom, departements, limit)
    among_epci = _epci(sought, nom, departements, max(limit // 3, limit - len(among_communes)))
    ranked = [*among_communes[: limit - len(among_epci)], *among_epci]
    ranked.sort(key=lambda each: (each[0], -(each[1].population or 0)))
    return [found for _, found in ranked]


def communes_of_epci(code: str) -> CommuneQuerySet[Commune]:
    """The whole communes of an EPCI, by name, with their département; none for an unknown code."""
    return (
        Commune.objects.current()
        .whole()
        .filter(epci=code if code.isalnum() else "")
        .select_related("departement")
        .order_by("nom_normalise", "code")
    )


def communes(codes: Collection[str]) -> dict[str, Commune]:
    """The communes and arrondissements of these codes that the vintage in force lists, with their département."""
    readable = [code for code in codes if code.isalnum()]  # a forged code may hold what PostgreSQL cannot read
    found = Commune.objects.current().filter(code__in=readable).select_related("departement")
    return {commune.code: commune for commune in found.order_by("code")}


def populations(codes: Collection[str]) -> dict[str, int]:
    """Inhabitants by code in the vintage in force; 0 where none is published; an unknown code is absent."""
    found = Commune.objects.current().filter(code__in=codes).order_by("code")
    return dict(found.values_list("code", Coalesce("population", 0)))


def attribution() -> str:
    """The sentence the licence asks for, "" while nothing is loaded."""
    millesime = Millesime.objects.filter(courant=True).first()
    if millesime is None:
        return ""
    return (
        f"Territoires\N{NO-BREAK SPACE}: {millesime.source}, millésime {millesime.code}. "
        f"Populations\N{NO-BREAK SPACE}: {millesime.population_reference}. {millesime.licence}."
    )


def _communes(
    sought: SearchQuery, nom: str, departements: Collection[str] | None, limit: int
) -> list[tuple[int, Trouve]]:
    found = Commune.objects.current().filter(mots=sought).select_related("departement")
    if departements is not None:
        found = found.filter(departement__in=departements)
    ranked = found.annotate(rang=_rank(nom)).order_by("rang", F("population").desc(nulls_last=True), "code")
    return [(commune.rang, _commune_found(commune)) for commune in ranked[:limit]]


def _epci(sought: SearchQuery, nom: str, departements: Collection[str] | None, limit: int) -> list[tuple[int, Trouve]]:
    found = Epci.objects.current().filter(mots=sought)
    if departements is not None:
        found = found.filter(departements__overlap=list(departements))
    ranked = found.annotate(rang=_rank(nom)).order_by("rang", "-population", "code")
    return [(epci.rang, _epci_found(epci)) for epci in ranked[:limit]]


def _rank(nom: str) -> Case:
    """0 for the name itself, 1 for the beginning of the name, 2 for its words."""
    return Case(
        When(nom_normalise=nom, then=Value(0)),
        When(nom_normalise__startswith=nom, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _commune_found(commune: Commune) -> Trouve:
    return Trouve(
        nature=commune.nature,
        code=commune.code,
        nom=commune.nom,
        departements=(commune.departement_id,),
        departement_nom=commune.departement.nom,
        codes_postaux=tuple(commune.codes_postaux),
        population=commune.population,
        communes=1,
        parent=commune.parent_id or "",
    )


def _epci_found(epci: Epci) -> Trouve:
    return Trouve(
        nature=EPCI,
        code=epci.code,
        nom=epci.nom,
        departements=tuple(epci.departements),
        departement_nom="",
        codes_postaux=(),
        population=epci.population,
        communes=epci.nombre_communes,
        parent="",
    )
