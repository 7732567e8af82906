"""Loading: all or a few départements, once, again, and a newer vintage over an older one."""

import json
import lzma
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from territories.models import Commune, Departement, Epci, Millesime, Region
from territories.selectors import communes, populations, search
from territories.services.loading import load

pytestmark = pytest.mark.django_db

REGION = {"code": "76", "nom": "Occitanie"}
DEPARTEMENTS = [
    {"code": "31", "nom": "Haute-Garonne", "region": "76"},
    {"code": "32", "nom": "Gers", "region": "76"},
    {"code": "65", "nom": "Hautes-Pyrénées", "region": "76"},
]
EPCI = [
    {"code": "200000001", "nom": "CC des Deux Rives", "type": "CC"},
    {"code": "200000002", "nom": "CA de l'Aval", "type": "CA"},
]


@pytest.fixture(autouse=True)
def _empty() -> None:
    for model in (Commune, Epci, Departement, Region, Millesime):
        model._default_manager.all()._raw_delete("default")  # type: ignore[attr-defined]


def commune(code: str, nom: str, epci: str | None, population: int, departement: str = "31") -> dict[str, Any]:
    return {
        "code": code,
        "nom": nom,
        "nature": "commune",
        "parent": None,
        "departement": departement,
        "epci": epci,
        "codes_postaux": [f"{departement}000"],
        "population": population,
    }


def vintage(folder: Path, year: str, communes: list[dict[str, Any]]) -> Path:
    used = {row["epci"] for row in communes}
    tables = {
        "regions": [REGION],
        "departements": DEPARTEMENTS,
        "epci": [row for row in EPCI if row["code"] in used],
        "communes": communes,
    }
    data: dict[str, Any] = {
        name: {"columns": list(rows[0]), "rows": [list(row.values()) for row in rows]} for name, rows in tables.items()
    }
    data["millesime"] = {"code": year, "source": "essai", "licence": "essai", "population_reference": "essai"}
    path = folder / f"communes-{year}.json.xz"
    path.write_bytes(lzma.compress(json.dumps(data).encode()))
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return vintage(
        tmp_path,
        "2030",
        [
            commune("31001", "Amont", "200000001", 100),
            commune("65001", "Rive", "200000001", 50, "65"),
            commune("31002", "L'Aval", "200000002", 900),
            commune("32001", "Ailleurs", None, 7, "32"),
        ],
    )


def test_a_second_call_does_nothing_and_takes_one_query(first: Path) -> None:
    assert load(path=first).communes == 4
    with CaptureQueriesContext(connection) as queries:
        assert load(path=first).communes == 0
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_a_few_departements_bring_the_whole_of_their_epci_and_nothing_else(first: Path) -> None:
    assert load(departements=["31"], path=first).communes == 3
    assert set(Commune.objects.values_list("code", flat=True)) == {"31001", "31002", "65001"}
    assert Epci.objects.get(code="200000001").population == 150
    assert Millesime.objects.get().perimetre == ["31"]


def test_loading_more_adds_to_what_is_loaded(first: Path) -> None:
    load(departements=["31"], path=first)
    assert load(departements=["31"], path=first).communes == 0
    load(departements=["32"], path=first)
    assert Commune.objects.current().count() == 4
    assert Millesime.objects.get().perimetre == ["31", "32"]
    assert load(departements=["31", "32"], path=first).communes == 0
    assert load(path=first).communes == 4
    assert Millesime.objects.get().perimetre is None
    assert load(departements=["65"], path=first).communes == 0


def test_a_newer_vintage_takes_the_place_of_the_older_without_mixing_populations(first: Path, tmp_path: Path) -> None:
    load(path=first)
    assert {found.nom for found in search("aval")} == {"L’Aval", "CA de l’Aval"}
    second = vintage(
        tmp_path,
        "2031",
        [commune("31001", "Amont-la-Neuve", "200000001", 170), commune("65001", "Rive", "200000001", 55, "65")],
    )
    load(path=second)
    assert populations(["31001", "65001", "31002"]) == {"31001": 170, "65001": 55}
    assert Epci.objects.get(code="200000001").population == 225
    assert [found.nom for found in search("amont")] == ["Amont-la-Neuve"]
    assert search("aval") == []
    former = Commune.objects.get(code="31002")
    assert (former.nom, former.population, former.millesime_id) == ("L’Aval", 900, "2030")
    assert communes(["31002"]) == {}
    assert list(Millesime.objects.filter(courant=True).values_list("code", flat=True)) == ["2031"]


def test_a_corrected_file_of_the_same_vintage_is_loaded_again(first: Path, tmp_path: Path) -> None:
    load(path=first)
    corrected = vintage(tmp_path, "2030", [commune("31001", "Amont", "200000001", 101)])
    assert load(path=corrected).communes == 1
    assert populations(["31001"]) == {"31001": 101}


def test_an_unknown_departement_is_refused_and_nothing_is_written(first: Path) -> None:
    with pytest.raises(CommandError, match=r"Département inconnu : 99\."):
        call_command("charger_territoires", departements="31,99", fichier=first)
    assert not Millesime.objects.exists()
    assert not Commune.objects.exists()


def test_the_command_says_what_it_did(first: Path) -> None:
    said = StringIO()
    call_command("charger_territoires", departements="31, 65", fichier=first, stdout=said)
    call_command("charger_territoires", departements="65", fichier=first, stdout=said)
    assert said.getvalue().splitlines() == [
        "Territoires : 3 communes du millésime 2030 chargées.",
        "Territoires : le millésime 2030 est déjà chargé.",
    ]


def test_the_database_refuses_an_arrondissement_without_a_city_and_two_vintages_in_force(first: Path) -> None:
    load(path=first)
    with pytest.raises(IntegrityError, match="arrondissement_d_une_commune"), transaction.atomic():
        Commune.objects.filter(code="31001").update(nature="arrondissement_municipal")
    with pytest.raises(IntegrityError, match="arrondissement_d_une_commune"), transaction.atomic():
        Commune.objects.filter(code="31001").update(parent="31002")
    with pytest.raises(IntegrityError, match="un_seul_millesime_courant"), transaction.atomic():
        Millesime.objects.create(code="2029", courant=True)


@pytest.mark.parametrize("model", [Millesime, Region, Departement, Epci, Commune])
def test_the_admin_only_reads(model: type) -> None:
    request = RequestFactory().get("/")
    request.user = get_user_model()(is_superuser=True, is_staff=True, is_active=True)
    page = admin.site.get_model_admin(model)
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
