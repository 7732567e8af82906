"""The sentences that keep a budget from being deposited, and the figures they give."""

from decimal import Decimal

import pytest

from funding.calculations import Nature, Totaux, budget_defects, imbalance, needs, share, size, totals
from funding.nomenclature import nomenclature

NB = "\u00a0"
FORM = nomenclature()
BALANCED = {"charges": Decimal(1200), "produits": Decimal(1200), "demande": Decimal(800)}


def budget(**changes: int | str) -> Totaux:
    return Totaux(**{**BALANCED, **{name: Decimal(value) for name, value in changes.items()}})


def test_a_balanced_budget_has_no_defect() -> None:
    assert budget_defects(budget(), montant_demande=Decimal(800)) == []
    assert (
        budget_defects(budget(contributions_charges=50, contributions_produits=50), montant_demande=Decimal(800)) == []
    )


@pytest.mark.parametrize(
    ("totaux", "sentence"),
    [
        (
            budget(charges=1500),
            f"Le budget n’est pas équilibré{NB}: les charges dépassent les produits de 300{NB}€ "
            f"(1{NB}500{NB}€ de charges, 1{NB}200{NB}€ de produits).",
        ),
        (
            budget(charges="1199.50"),
            f"Le budget n’est pas équilibré{NB}: les produits dépassent les charges de 0,50{NB}€ "
            f"(1{NB}199,50{NB}€ de charges, 1{NB}200{NB}€ de produits).",
        ),
        (
            budget(charges=1201),
            f"Le budget n’est pas équilibré{NB}: les charges dépassent les produits de 1{NB}€ "
            f"(1{NB}201{NB}€ de charges, 1{NB}200{NB}€ de produits).",
        ),
    ],
)
def test_an_imbalance_says_which_side_and_by_how_much(totaux: Totaux, sentence: str) -> None:
    assert imbalance(totaux) == sentence
    assert budget_defects(totaux, montant_demande=None) == [sentence]


def test_contributions_in_kind_balance_apart() -> None:
    assert budget_defects(budget(contributions_charges=50, contributions_produits=40), montant_demande=None) == [
        f"Les contributions en nature ne s’équilibrent pas{NB}: 50{NB}€ au compte 86, 40{NB}€ au compte 87."
    ]


def test_the_subsidy_asked_stands_on_its_line_of_the_project_only() -> None:
    assert budget_defects(budget(), montant_demande=Decimal(900)) == [
        f"La subvention demandée (900{NB}€) doit être la ligne de l’ARS, au compte 74, du budget du projet{NB}: "
        f"elle y est de 800{NB}€."
    ]
    assert budget_defects(budget(), montant_demande=None) == []
    assert len(budget_defects(budget(), montant_demande=Decimal(0))) == 1


def test_every_defect_is_told_at_once() -> None:
    totaux = budget(charges=1, contributions_charges=2)
    assert len(budget_defects(totaux, montant_demande=Decimal(3))) == 3


@pytest.mark.parametrize(
    ("changes", "empty"),
    [
        ({"charges": 0, "produits": 0}, True),
        ({"charges": 0, "produits": 0, "contributions_charges": 5}, False),
        ({"charges": 0, "produits": 0, "contributions_produits": 5}, False),
        ({"charges": 5, "produits": 0}, False),
        ({"charges": 0, "produits": 5}, False),
    ],
)
def test_a_budget_is_empty_when_nothing_is_on_either_side(changes: dict[str, int], empty: bool) -> None:
    assert budget(**changes).is_empty is empty


def test_the_line_of_the_ars_is_the_subsidy_asked() -> None:
    code = FORM.ligne_demande.code
    assert totals({code: Decimal(20_000), "75_cotisations": Decimal(1)}, FORM).demande == Decimal(20_000)
    assert totals({"75_cotisations": Decimal(1)}, FORM).demande == Decimal(0)
    assert code == "74_ars"


def test_the_share_is_that_of_the_produits() -> None:
    assert share(Decimal(800), budget(produits=1280)) == f"62,5{NB}%"


def test_a_need_half_typed_does_not_hide_the_next_one() -> None:
    natures = {"devis": Nature("devis", "forfaits", "Devis", "62_honoraires")}
    rows = [
        {"nature": "", "montant": "5"},
        {"nature": "devis", "montant": ""},
        {"nature": "devis", "montant": None},
        {"nature": "devis", "montant": "0"},
        {"nature": "devis", "montant": "7"},
    ]
    assert [besoin.montant for besoin in needs({"forfaits": rows}, natures)] == [Decimal("7.00")]
    assert needs({"forfaits": None}, natures) == []


SEUILS = [(3, 80_000), (1, 0), (4, 175_000), (2, 40_000)]


@pytest.mark.parametrize(
    ("population", "taille"),
    [
        (-1, 0),
        (0, 0),
        (1, 1),
        (39_999, 1),
        (40_000, 2),
        (79_999, 2),
        (80_000, 3),
        (174_999, 3),
        (175_000, 4),
        (2_000_000, 4),
    ],
)
def test_the_size_is_that_of_the_last_threshold_reached(population: int, taille: int) -> None:
    assert size(population, SEUILS) == taille


def test_below_the_first_threshold_there_is_no_size() -> None:
    assert size(5_000, [(1, 10_000)]) == 0
    assert size(5_000, []) == 0
