"""Sums of budgets and of needs: pure functions, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.calculations import Nature, budget_defects, by_line, needs, share, totals, whole_euros
from funding.nomenclature import CHARGE, nomenclature

FORM = nomenclature()
EUROS = st.integers(1, 10**7).map(Decimal)
NATURES = {
    "salaire": Nature("salaire", "temps", "Coordination", "64_remuneration"),
    "salle": Nature("salle", "reunions", "Salle", "61_locations"),
    "devis": Nature("devis", "forfaits", "Devis", "62_honoraires"),
}


@given(st.dictionaries(st.sampled_from(sorted(FORM.lignes)), EUROS))
def test_totals_are_the_sums_of_their_lines_whatever_they_are(montants: dict[str, Decimal]) -> None:
    found = totals(montants, FORM)

    charges = sum(m for code, m in montants.items() if FORM.lignes[code].sens == CHARGE)
    assert (found.general_charges, found.general_produits) == (charges, sum(montants.values()) - charges)
    assert sum(found.comptes.values()) == sum(montants.values())
    assert found.contributions_charges == found.comptes["86"]
    assert found.contributions_produits == found.comptes["87"]


@given(st.dictionaries(st.sampled_from(sorted(FORM.lignes)), EUROS), EUROS)
def test_no_defect_means_every_rule_of_the_form_holds(montants: dict[str, Decimal], asked: Decimal) -> None:
    found = totals(montants, FORM)

    if not budget_defects(found, montant_demande=asked):
        assert found.charges == found.produits
        assert found.general_charges == found.general_produits
        assert found.contributions_charges == found.contributions_produits
        assert montants[FORM.ligne_demande.code] == asked


def test_an_unknown_line_has_no_sum() -> None:
    with pytest.raises(KeyError):
        totals({"99": Decimal(1)}, FORM)


def test_an_empty_budget_says_so_and_nothing_else() -> None:
    assert budget_defects(totals({}, FORM), montant_demande=Decimal(5)) == ["Le budget est vide."]


def test_the_share_of_an_empty_budget_is_not_a_division_by_zero() -> None:
    assert share(Decimal(10), totals({}, FORM)) == "sans objet"


def test_needs_are_counted_to_the_cent_with_their_reason() -> None:
    found = needs(
        {
            "temps": [
                {"nature": "salaire", "libelle": "", "personnes": 3, "heures": "7.25", "taux": "31.17"},
                {"nature": "salaire", "libelle": "Sans taux", "personnes": 3, "heures": "7.25", "taux": None},
                {"nature": "disparue", "libelle": "", "personnes": 1, "heures": "1", "taux": "1"},
            ],
            "reunions": [{"nature": "salle", "libelle": "Halle", "nombre": 0, "cout": "12.00"}],
            "forfaits": [{"nature": "devis", "libelle": "Cabinet", "montant": "1200.5"}],
        },
        NATURES,
    )

    assert [(b.libelle, b.calcul, b.montant, b.ligne) for b in found] == [
        (
            "Coordination",
            "3\u00a0×\u00a07,25\u00a0h\u00a0×\u00a031,17\u00a0€",
            Decimal("677.95"),  # 677,9475
            "64_remuneration",
        ),
        ("Cabinet", "1\u00a0200,50\u00a0€", Decimal("1200.50"), "62_honoraires"),
    ]


@given(st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=20))
def test_a_sum_by_line_loses_no_cent_and_rounding_comes_last(montants: list[Decimal]) -> None:
    rows = [{"nature": "devis", "montant": str(montant)} for montant in montants]

    sums = by_line(needs({"forfaits": rows}, NATURES))

    assert sums == {"62_honoraires": sum(montants)}
    assert abs(whole_euros(sums).get("62_honoraires", Decimal(0)) - sum(montants)) <= Decimal("0.5")


def test_half_a_euro_goes_up_and_less_disappears() -> None:
    assert whole_euros({"65": Decimal("0.50"), "66": Decimal("0.49"), "67": Decimal("2.50")}) == {
        "65": Decimal(1),
        "67": Decimal(3),
    }
