"""The list itself: what it must hold, and the traps of its source."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.db.models import Count, F, Sum

from territories.models import Commune, Departement, Epci, Millesime
from territories.selectors import attribution, communes, communes_of_epci, populations
from territories.services.loading import newest_file, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("france")]

OCCITANIE = {
    "09": 155_722,
    "11": 379_648,
    "12": 279_609,
    "30": 770_940,
    "31": 1_471_468,
    "32": 192_645,
    "34": 1_230_289,
    "46": 176_473,
    "48": 76_486,
    "65": 231_349,
    "66": 496_855,
    "81": 397_352,
    "82": 265_817,
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(settings.BASE_DIR, "scripts", "build_territories.py")
    spec = importlib.util.spec_from_file_location("build_territories", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_occitanie_has_its_communes_departements_epci_and_inhabitants() -> None:
    region = Commune.objects.current().whole().filter(departement__region="76")
    totals = region.aggregate(communes=Count("pk"), epci=Count("epci", distinct=True), inhabitants=Sum("population"))
    assert totals == {"communes": 4446, "epci": 164, "inhabitants": 6_124_653}
    by_departement = region.order_by("departement").values_list("departement").annotate(Sum("population"))
    assert dict(by_departement) == OCCITANIE
    assert set(Departement.objects.filter(region="76").values_list("code", flat=True)) == set(OCCITANIE)
    assert not region.filter(epci=None).exists()


def test_the_country_has_every_commune_and_every_municipal_arrondissement() -> None:
    assert Commune.objects.whole().count() == 34_969
    assert Commune.objects.exclude(parent=None).count() == 45
    assert Epci.objects.count() == 1_255
    assert Departement.objects.count() == 109


def test_lozere_is_in_occitanie_and_mende_is_its_capital_town() -> None:
    mende = communes(["48095"])["48095"]
    assert (mende.nom, mende.departement.nom, mende.departement.region_id) == ("Mende", "Lozère", "76")
    assert (mende.codes_postaux, mende.population) == (["48000"], 12_464)
    assert Commune.objects.filter(departement="48").count() == 152


@pytest.mark.parametrize(
    ("city", "number", "inhabitants"), [("75056", 20, 2_103_778), ("13055", 16, 886_040), ("69123", 9, 519_127)]
)
def test_the_arrondissements_of_a_city_add_up_to_the_city(city: str, number: int, inhabitants: int) -> None:
    parts = Commune.objects.filter(parent=city)
    assert parts.count() == number
    assert parts.aggregate(Sum("population"))["population__sum"] == inhabitants
    assert populations([city]) == {city: inhabitants}
    assert set(parts.values_list("epci", flat=True)) == {Commune.objects.get(code=city).epci_id}


def test_an_epci_counts_its_communes_never_the_arrondissements_nor_the_older_vintage() -> None:
    members = Commune.objects.whole().order_by("epci").values_list("epci").annotate(Count("pk"), Sum("population"))
    summed = {code: (number, inhabitants) for code, number, inhabitants in members if code}
    stored = {epci.code: (epci.nombre_communes, epci.population) for epci in Epci.objects.order_by("code")}
    assert stored == summed
    toulouse = Epci.objects.get(code="243100518")
    assert (toulouse.nom, toulouse.nombre_communes, toulouse.departements) == ("Toulouse Métropole", 37, ["31"])


def test_an_epci_that_straddles_departements_names_them_all() -> None:
    straddling = Epci.objects.filter(departements__len__gt=1).order_by("code")
    assert straddling.filter(departements__overlap=list(OCCITANIE)).exists()
    for epci in straddling:
        found = Commune.objects.filter(epci=epci).order_by("departement").values_list("departement", flat=True)
        assert epci.departements == list(found.distinct())


def test_the_communes_of_an_epci_come_by_name_without_the_arrondissements() -> None:
    metropole = Commune.objects.get(code="13055").epci_id
    assert metropole is not None
    found = list(communes_of_epci(metropole))
    assert len(found) == 92
    assert [commune.nom_normalise for commune in found] == sorted(commune.nom_normalise for commune in found)
    assert {commune.nature for commune in found} == {"commune"}
    assert {commune.departement_id for commune in found} == {"13", "83", "84"}
    assert list(communes_of_epci("000000000")) == []


def test_a_population_that_is_not_published_is_unknown_in_the_list_and_nothing_in_a_sum() -> None:
    unknown = Commune.objects.filter(population=None).order_by("code").values_list("code", flat=True)
    assert list(unknown) == ["98411", "98412", "98413", "98414", "98415", "98901"]
    assert populations(["98412", "31483", "99999"]) == {"98412": 0, "31483": 12_139}


def test_the_attribution_names_the_source_the_vintage_the_populations_and_the_licence() -> None:
    text = attribution()
    for expected in (
        "Insee",
        "DGCL",
        "La Poste",
        "millésime 2026",
        "populations municipales 2023",
        "Licence Ouverte 2.0",
    ):
        assert expected in text
    Millesime.objects.update(courant=False)
    assert attribution() == ""


def test_every_commune_is_of_the_current_vintage_and_every_arrondissement_of_the_departement_of_its_city() -> None:
    assert Commune.objects.exclude(millesime="2026").count() == 0
    assert Commune.objects.exclude(parent=None).exclude(departement=F("parent__departement")).count() == 0


def test_the_committed_file_is_the_one_the_script_accepts(script: ModuleType) -> None:
    assert newest_file() == script.TARGET
    reference = read(newest_file().read_bytes())
    data = {name: getattr(reference, name) for name in ("regions", "departements", "epci", "communes")}
    script.verify(data)
    assert {**reference.millesime} == script.MILLESIME
    data["communes"][0]["population"] += 1
    next(row for row in data["communes"] if row["departement"] == "48")["population"] += 1
    with pytest.raises(SystemExit, match=r"6124653.*6124654"):
        script.verify(data)


def test_the_script_refuses_another_archive(script: ModuleType, tmp_path: Path) -> None:
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"not the pinned package")
    with pytest.raises(SystemExit, match="is not the pinned integrity"):
        script.read(archive)
