"""The reference data of Occitanie: thirteen départements, ten URPS, and loading twice changes nothing."""

import json
from collections import Counter
from pathlib import Path

import pytest

from accounts import selectors
from accounts.models import Organisation, Profession
from accounts.services import references
from accounts.states import CategorieProfession, Genre

pytestmark = pytest.mark.django_db

DEPARTEMENTS = {"09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"}


def everything() -> list[dict[str, object]]:
    return [*Organisation.objects.order_by("code").values(), *Profession.objects.order_by("code").values()]


def test_loading_twice_changes_nothing_and_keeps_what_was_typed() -> None:
    references.load(path=references.file_of_region("76"))
    Organisation.objects.filter(code="cpam-31").update(courriel="essai@exemple.fr")
    before = everything()
    references.load(path=references.file_of_region("76"))
    assert everything() == before


def test_occitanie_has_its_bodies() -> None:
    references.load(path=references.file_of_region("76"))
    bodies = Organisation.objects.filter(region="76").exclude(genre=Genre.ASSOCIATION)
    assert Counter(bodies.values_list("genre", flat=True)) == {
        "guichet": 1, "urps": 10, "ars": 1, "dd_ars": 13, "cpam": 13, "msa": 4, "elsm": 13,
    }  # fmt: skip
    for genre in (Genre.DD_ARS, Genre.CPAM, Genre.MSA, Genre.ELSM):
        covered = [code for body in bodies.filter(genre=genre) for code in body.departements]
        assert sorted(covered) == sorted(DEPARTEMENTS)
    lozere = selectors.organisations_for("76", Genre.CPAM, ["48"]).get()
    assert lozere.nom == "Caisse commune de sécurité sociale de la Lozère"
    msa = selectors.organisations_for("76", Genre.MSA, ["31", "81"])
    assert [body.nom for body in msa] == ["MSA Midi-Pyrénées Nord", "MSA Midi-Pyrénées Sud"]
    assert selectors.organisations_for("76", Genre.URPS, ["31"]).count() == 10
    assert not bodies.exclude(courriel="").exists()


def test_each_profession_has_a_category_and_each_urps_speaks_for_one() -> None:
    references.load(path=references.file_of_region("76"))
    found = list(selectors.professions())
    assert {profession.categorie for profession in found} == set(CategorieProfession.values)
    assert len({profession.urps_id for profession in found} - {None}) == 10
    kine = next(profession for profession in found if profession.code == "masseur-kinesitherapeute")
    assert kine.urps is not None
    assert kine.urps.nom == "URPS masseurs-kinésithérapeutes Occitanie"


def test_another_region_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"code": "guichet-essai", "genre": "guichet", "nom": "Guichet d’essai", "departements": ["13"]}
    data = {"region": {"code": "93"}, "organisations": [row], "professions": []}
    (tmp_path / "essai.json").write_text(json.dumps(data), encoding="utf-8")
    monkeypatch.setattr(references, "FOLDER", tmp_path)
    assert references.load(path=references.file_of_region("93")) == {"organisations": 1, "professions": 0}
    assert Organisation.objects.get(code="guichet-essai").region == "93"
    with pytest.raises(LookupError, match="99"):
        references.file_of_region("99")
