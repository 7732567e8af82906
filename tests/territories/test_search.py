"""What a person types finds what they mean, in the whole country."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from territories.models import Commune, Millesime
from territories.selectors import EPCI, search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("france")]

OCCITANIE = ["09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"]


def names(texte: str, **options: object) -> list[str]:
    return [found.nom for found in search(texte, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    ["saint gaud", "Saint-Gaudens", "SAINT GAUDENS", "gaudens saint", "st gaudens", "saint-gaudens 31", "31800 gaud"],
)
def test_saint_gaudens_is_found_however_it_is_typed(typed: str) -> None:
    assert names(typed)[0] == "Saint-Gaudens"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("nimes", "Nîmes"),
        ("L'Haÿ", "L’Haÿ-les-Roses"),
        ("l’hay les roses", "L’Haÿ-les-Roses"),
        ("oeuilly", "Œuilly"),
        ("oô", "Oô"),
        ("y", "Y"),
        ("mont", "Mont"),
        ("castelnau 31", "Castelnau-d’Estrétefonds"),
        ("ajaccio 2a", "Ajaccio"),
        ("ste maries", "Saintes-Maries-de-la-Mer"),
    ],
)
def test_accents_ligatures_apostrophes_and_short_names(typed: str, first: str) -> None:
    assert names(typed)[0] == first


@pytest.mark.parametrize(
    "typed", ["14e marseille", "marseille 14", "Marseille 14ème", "14eme arrondissement marseille", "13014"]
)
def test_the_fourteenth_of_marseille_is_found_with_its_city(typed: str) -> None:
    found = {each.code: each for each in search(typed)}
    arrondissement = found["13214"]
    assert (arrondissement.nature, arrondissement.parent) == ("arrondissement_municipal", "13055")
    assert arrondissement.population == 60_505
    assert set(found) <= {"13214", "13055"}


def test_the_first_arrondissement_is_not_mistaken_for_the_tenth() -> None:
    assert names("marseille 1") == ["Marseille 1er Arrondissement"]
    assert names("lyon 1er") == ["Lyon 1er Arrondissement"]


def test_a_postcode_gives_its_communes_the_most_populated_first() -> None:
    found = search("31800", limit=50)
    assert [each.code for each in found[:2]] == ["31483", "31585"]
    expected = Commune.objects.filter(codes_postaux__contains=["31800"]).values_list("code", flat=True)
    assert sorted(each.code for each in found) == sorted(expected)
    assert "Toulouse" in names("312")


def test_an_epci_comes_with_its_communes_counted_and_its_inhabitants_in_the_same_answer() -> None:
    found = search("Toulouse métropole")
    assert len(found) == 1
    assert (found[0].nature, found[0].code, found[0].communes) == (EPCI, "243100518", 37)
    members = Commune.objects.filter(epci="243100518").values_list("population", flat=True)
    assert found[0].population == sum(population or 0 for population in members)
    assert names("communauté de communes coeur de lozère") == ["CC Coeur de Lozère"]


def test_exact_names_then_beginnings_then_words_each_by_population() -> None:
    assert names("toulouse") == ["Toulouse", "Toulouse Métropole", "Toulouse-le-Château", "Vieille-Toulouse"]
    homonyms = search("bors")
    assert [each.nom[:4] for each in homonyms[:2]] == ["Bors", "Bors"]
    assert homonyms[0].population >= homonyms[1].population  # type: ignore[operator]


def test_epci_never_crowd_the_communes_out() -> None:
    found = search("saint", limit=12)
    assert len(found) == 12
    assert sum(each.nature == EPCI for each in found) == 4
    assert len(search("saint", limit=1)) == 1
    assert search("saint", limit=0) == []


def test_departements_keep_their_communes_and_the_epci_that_touch_them() -> None:
    everywhere = search("castelnau", limit=100)
    assert {each.departements[0] for each in everywhere} - set(OCCITANIE)
    here = search("castelnau", departements=OCCITANIE, limit=100)
    assert here == [each for each in everywhere if set(each.departements) & set(OCCITANIE)]
    assert search("marseille", departements=["48"]) == []


@pytest.mark.parametrize("typed", ["", "   ", "-’", "zzzz", "&|!", "'):*", "\x00", "\ud800", "x" * 5000, "ﷺ" * 5000])
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    assert search(typed) == []


@pytest.mark.parametrize("typed", ["saint", "31800", "toulouse métropole", "zzzz", "cc"])
def test_a_search_takes_two_queries_whatever_it_finds(typed: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        search(typed, departements=OCCITANIE)
    assert len(queries) == 2


def test_what_the_current_vintage_no_longer_lists_is_not_found() -> None:
    assert names("31800")[0] == "Saint-Gaudens"
    former = Millesime.objects.create(code="2025", courant=False)
    Commune.objects.filter(code="31483").update(millesime=former)
    assert "Saint-Gaudens" not in names("saint-gaudens")
    assert names("31800")[0] == "Villeneuve-de-Rivière"
