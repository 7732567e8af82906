"""Dated settings and articles: the value in force on a day, and their loading."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dossiers.models import Fondement, Reglage
from dossiers.selectors.reglages import fondement, reglage, valeur
from dossiers.services import references

pytestmark = pytest.mark.django_db


def set_(valeur: object, du: str, cle: str = "essai", **kwargs: str) -> Reglage:
    told = {"motif": "Choix de la région.", "source": "Délibération.", **kwargs}
    return Reglage.objects.create(cle=cle, valeur=valeur, applicable_du=du, **told)


@pytest.fixture(autouse=True)
def _settings() -> None:
    set_(2, "2026-03-01")
    set_(1, "2025-01-01")
    set_(9, "2026-01-01", cle="autre")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 12, 31), "défaut"),
        (date(2025, 1, 1), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 2),
        (date(2030, 1, 1), 2),
    ],
)
def test_a_setting_is_that_of_the_day_asked(day: date, expected: object) -> None:
    assert valeur("essai", on=day, defaut="défaut") == expected


def test_a_key_nobody_set_has_no_value() -> None:
    assert reglage("inconnue", on=date(2026, 11, 16)) is None
    assert valeur("inconnue", on=date(2026, 11, 16)) is None


@pytest.mark.parametrize("value", [0, False, "", [], {}])
def test_a_setting_whose_value_is_empty_is_still_a_setting(value: object) -> None:
    set_(value, "2026-05-01", cle="vide")
    assert valeur("vide", on=date(2026, 11, 16), defaut="défaut") == value


def test_an_article_is_cited_in_its_version_of_the_day() -> None:
    for article, du in (("art. 1, ancien", "2020-01-01"), ("art. 1, nouveau", "2026-06-01")):
        Fondement.objects.create(cle="essai", article=article, resume="…", applicable_du=du, source="Essai.")
    assert fondement("essai", on=date(2019, 12, 31)) is None
    assert fondement("essai", on=date(2026, 5, 31)).article == "art. 1, ancien"
    assert fondement("essai", on=date(2026, 6, 1)).article == "art. 1, nouveau"


@pytest.mark.parametrize("lacking", ["motif", "source"])
def test_a_setting_without_a_reason_or_a_source_is_refused(lacking: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        set_(3, "2026-07-01", **{lacking: ""})


def test_loading_again_adds_nothing_and_never_overwrites_what_the_region_decided() -> None:
    Reglage.objects.filter(cle="prefixe_reference").update(valeur="REGION")
    Fondement.objects.filter(cle="accuse_enregistrement").delete()
    counts = (Reglage.objects.count(), Fondement.objects.count())
    told = references.load()
    assert (Reglage.objects.count(), Fondement.objects.count()) == (counts[0], counts[1] + 1)
    assert valeur("prefixe_reference", on=date(2026, 11, 16)) == "REGION"
    assert told == {"fondements": 15, "reglages": 15}


def test_every_basis_the_lifecycles_cite_is_a_dated_article() -> None:
    from funding.lifecycles import DEMANDE_FIR
    from projects.lifecycles import LETTRE

    cited = {row.basis for cycle in (LETTRE, DEMANDE_FIR) for row in cycle.table}
    assert cited - set(Fondement.objects.values_list("cle", flat=True)) == set()
