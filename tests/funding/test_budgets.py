"""The two budgets: balance, whole euros, known lines, in the service and in the database."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from dossiers.services.sections import VersionConflict
from dossiers.states import EtatSection
from funding.models import LigneBudget, LigneNomenclature
from funding.nomenclature import nomenclature
from funding.questions.fields import QuantiteField
from funding.sections import BUDGET_PROJET, CHIFFRAGE, DEMANDE
from funding.selectors import budget_lines, natures_on
from funding.services.budgets import report_chiffrage
from funding.services.requests import deposit_request, withdraw_request
from funding.states import EtatDemandeFir, GenreBudget
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW
from tests.factories.funding import CHIFFRAGE_POSTE, PROJET, demande_prete, demande_vide, write, write_budget

pytestmark = pytest.mark.django_db


def sql(statement: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_the_lines_of_the_database_are_those_of_the_shipped_form() -> None:
    kept = {
        row.code: (row.compte, row.sens, row.volontaire, row.demande, row.libelle)
        for row in LigneNomenclature.objects.all()
    }

    assert kept == {
        ligne.code: (ligne.compte, ligne.sens, ligne.volontaire, ligne.demande, ligne.libelle)
        for ligne in nomenclature().lignes.values()
    }


def test_every_kind_of_need_goes_to_a_line_of_the_form() -> None:
    natures = natures_on(NOW.date())

    assert natures
    assert {nature.ligne for nature in natures.values()} <= nomenclature().lignes.keys()


def test_a_draft_that_does_not_balance_is_saved_and_says_so() -> None:
    demande, by = demande_vide()

    section = write_budget(demande, GenreBudget.ASSOCIATION, {"62_honoraires": "1200", "75_cotisations": "1000"}, by=by)

    assert section.etat == EtatSection.EN_COURS
    assert section.manques == [
        [
            "id_budget",
            "Le budget n’est pas équilibré\u00a0: les charges dépassent les produits de 200\u00a0€ "
            "(1\u00a0200\u00a0€ de charges, 1\u00a0000\u00a0€ de produits).",
        ]
    ]
    assert budget_lines(demande, GenreBudget.ASSOCIATION)[1] == {
        "62_honoraires": Decimal(1200),
        "75_cotisations": Decimal(1000),
    }


def test_in_kind_accounts_must_equal_each_other_apart_from_the_rest() -> None:
    demande, by = demande_vide()

    section = write_budget(
        demande,
        GenreBudget.ASSOCIATION,
        {"62_honoraires": "1000", "75_cotisations": "1500", "86_benevolat": "900", "87_benevolat": "400"},
        by=by,
    )

    assert [phrase for _, phrase in section.manques] == [
        "Le budget n’est pas équilibré\u00a0: les produits dépassent les charges de 500\u00a0€ "
        "(1\u00a0000\u00a0€ de charges, 1\u00a0500\u00a0€ de produits).",
        "Les contributions en nature ne s’équilibrent pas\u00a0: 900\u00a0€ au compte 86, 400\u00a0€ au compte 87.",
    ]


def test_the_amount_asked_is_the_line_of_the_ars_and_follows_it_when_it_changes() -> None:
    demande, by = demande_prete()
    assert demande.sections.get(cle=BUDGET_PROJET).etat == EtatSection.COMPLET

    write(demande, DEMANDE, {"montant": "24000"}, by=by)

    section = demande.sections.get(cle=BUDGET_PROJET)
    assert section.etat == EtatSection.EN_COURS
    assert section.manques == [
        [
            "id_budget",
            "La subvention demandée (24\u00a0000\u00a0€) doit être la ligne de l’ARS, au compte 74, "
            "du budget du projet\u00a0: elle y est de 25\u00a0000\u00a0€.",
        ]
    ]


@pytest.mark.parametrize(
    ("montants", "phrase"),
    [
        ({"68_reve": "100"}, "Le budget contient une ligne que le formulaire ne connaît pas\u00a0: 68_reve."),
        ({"62": "100"}, "Le budget contient une ligne que le formulaire ne connaît pas\u00a0: 62."),
        (
            {"62_honoraires": "12.50"},
            "«\u00a0Rémunérations intermédiaires et honoraires\u00a0»\u00a0: "
            "un montant en euros entiers, au-dessus de zéro.",
        ),
        (
            {"62_honoraires": "-3"},
            "«\u00a0Rémunérations intermédiaires et honoraires\u00a0»\u00a0: "
            "un montant en euros entiers, au-dessus de zéro.",
        ),
    ],
)
def test_unknown_lines_cents_and_negative_amounts_are_refused(montants: dict[str, str], phrase: str) -> None:
    demande, by = demande_vide()

    with pytest.raises(Refused) as refusal:
        write_budget(demande, GenreBudget.PROJET, montants, by=by)

    assert str(refusal.value) == phrase
    assert not demande.budgets.exists()


def test_saving_twice_writes_the_same_lines_once() -> None:
    demande, by = demande_vide()

    first = write_budget(demande, GenreBudget.PROJET, PROJET, by=by, version=0)
    second = write_budget(demande, GenreBudget.PROJET, PROJET, by=by, version=0)

    assert (first.version, second.version) == (1, 1)
    assert LigneBudget.objects.filter(budget__demande=demande).count() == len(PROJET)


def test_a_stale_budget_is_refused_and_nothing_of_it_is_written() -> None:
    demande, by = demande_vide()
    write_budget(demande, GenreBudget.PROJET, PROJET, by=by)

    with pytest.raises(VersionConflict):
        write_budget(demande, GenreBudget.PROJET, {"62_honoraires": "1"}, by=by, version=0)

    assert budget_lines(demande, GenreBudget.PROJET)[1] == {code: Decimal(amount) for code, amount in PROJET.items()}


# --- Needs carried into the budget --------------------------------------------------------------------


def test_needs_are_carried_line_by_line_to_the_nearest_euro_and_other_lines_stay() -> None:
    demande, by = demande_vide()
    write(demande, CHIFFRAGE, CHIFFRAGE_POSTE, by=by)
    write_budget(demande, GenreBudget.PROJET, {"62_honoraires": "1", "74_ars": "25000"}, by=by)

    report_chiffrage(demande=demande, version=1, by=by, now=NOW)

    assert budget_lines(demande, GenreBudget.PROJET)[1] == {
        "64_remuneration": Decimal(8505),  # 300 h × 28,35
        "62_honoraires": Decimal(10500),  # 12 × 7,5 h × 61,11 = 5 499,90 and 4 999,99
        "61_locations": Decimal(275),  # 6 × 45,90 = 275,40
        "74_ars": Decimal(25000),
    }


def test_carrying_needs_over_a_budget_that_moved_writes_nothing() -> None:
    demande, by = demande_vide()
    write(demande, CHIFFRAGE, CHIFFRAGE_POSTE, by=by)
    write_budget(demande, GenreBudget.PROJET, PROJET, by=by)

    with pytest.raises(VersionConflict):
        report_chiffrage(demande=demande, version=0, by=by, now=NOW)

    assert budget_lines(demande, GenreBudget.PROJET)[1]["64_remuneration"] == Decimal(12000)


def test_an_empty_set_of_needs_carries_nothing() -> None:
    demande, by = demande_vide()
    write(demande, CHIFFRAGE, {"temps-0-nature": "indemnisation", "temps-0-heures": "3"}, by=by)

    with pytest.raises(Refused, match="il n’y a rien à reporter"):
        report_chiffrage(demande=demande, version=0, by=by, now=NOW)


def test_needs_beyond_any_amount_are_refused_and_the_budget_stays() -> None:
    demande, by = demande_vide()
    huge = {"nature": "coordination_salariee", "personnes": "1000", "heures": "100000", "taux": "999999999,99"}
    write(demande, CHIFFRAGE, {f"temps-0-{name}": value for name, value in huge.items()}, by=by)
    write_budget(demande, GenreBudget.PROJET, {"74_ars": "25000"}, by=by)

    with pytest.raises(Refused, match="plus que 999\u00a0999\u00a0999,99"):
        report_chiffrage(demande=demande, version=1, by=by, now=NOW)

    assert budget_lines(demande, GenreBudget.PROJET)[1] == {"74_ars": Decimal(25000)}


@pytest.mark.parametrize("typed", ["1e3", "0E+999999", "1_000", "+5", "-0", "NaN", "Infinity", "١٢", "1,234", "100001"])
def test_a_quantity_is_figures_and_a_comma(typed: str) -> None:
    with pytest.raises(ValidationError):
        QuantiteField("Heures").clean(typed)


def test_a_quantity_is_read_as_people_type_it() -> None:
    field = QuantiteField("Heures")
    assert [field.clean(typed) for typed in ("12", " 1\u00a0200,5 ", "7.50", "0", "")] == [
        Decimal(12), Decimal("1200.5"), Decimal("7.5"), Decimal(0), None,
    ]  # fmt: skip


# --- The database, whatever code runs -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ligne", "montant"),
    [("62_honoraires", "-5"), ("62_honoraires", "0"), ("61_assurance", "10.50"), ("inconnue", "10")],
)
def test_the_database_refuses_a_wrong_line(ligne: str, montant: str) -> None:
    demande, by = demande_vide()
    write_budget(demande, GenreBudget.PROJET, {"74_ars": "1000"}, by=by)
    budget = demande.budgets.get()

    with pytest.raises(IntegrityError):
        sql(
            "INSERT INTO funding_lignebudget (budget_id, ligne_id, montant, detail) VALUES (%s, %s, %s, ''); "
            "SET CONSTRAINTS ALL IMMEDIATE",
            budget.pk,
            ligne,
            montant,
        )


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        (
            "UPDATE funding_lignebudget SET montant = montant + 1 WHERE ligne_id = '62_honoraires'",
            "n’est pas équilibré",
        ),
        ("DELETE FROM funding_lignebudget", "Un budget de la demande est vide."),
        (
            "DELETE FROM funding_lignebudget WHERE budget_id = "
            "(SELECT id FROM funding_budgetprevisionnel WHERE genre = 'association'); "
            "DELETE FROM funding_budgetprevisionnel WHERE genre = 'association'",
            "avec un montant et ses deux budgets",
        ),
        ("UPDATE funding_demandefir SET montant_demande = 24000", "n’est pas celle du compte 74"),
        (
            "UPDATE funding_lignebudget SET ligne_id = '74_etat' WHERE ligne_id = '74_ars'",
            "n’est pas celle du compte 74",
        ),
        (
            "UPDATE funding_lignebudget SET ligne_id = '86_benevolat' WHERE ligne_id = '62_honoraires'; "
            "UPDATE funding_lignebudget SET ligne_id = '87_dons' WHERE ligne_id = '75_cotisations'",
            "n’est pas équilibré",
        ),
    ],
)
def test_the_database_judges_the_sums_at_deposit(change: str, phrase: str) -> None:
    demande, _ = demande_prete()
    sql(change)

    with pytest.raises(DatabaseError, match=phrase):
        sql("UPDATE funding_demandefir SET etat = 'deposee', deposee_at = now() WHERE id = %s", demande.pk)


def test_the_database_judges_contributions_in_kind_at_deposit() -> None:
    demande, by = demande_prete()
    write_budget(demande, GenreBudget.PROJET, {**PROJET, "86_benevolat": "500", "87_benevolat": "500"}, by=by)
    sql("UPDATE funding_lignebudget SET montant = 501 WHERE ligne_id = '86_benevolat'")

    with pytest.raises(DatabaseError, match="501.00 € au compte 86, 500.00 € au compte 87"):
        sql("UPDATE funding_demandefir SET etat = 'deposee', deposee_at = now() WHERE id = %s", demande.pk)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE funding_lignebudget SET montant = 1",
        "DELETE FROM funding_lignebudget",
        "INSERT INTO funding_lignebudget (budget_id, ligne_id, montant, detail) "
        "SELECT id, '65', 10, '' FROM funding_budgetprevisionnel",
        "UPDATE funding_budgetprevisionnel SET exercice = 2030",
        "DELETE FROM funding_budgetprevisionnel",
        "UPDATE funding_sectionfir SET contenu = '{}'",
        "DELETE FROM funding_sectionfir",
        "UPDATE funding_demandefir SET montant_demande = 1",
        "UPDATE funding_demandefir SET objet = 'autre'",
    ],
)
def test_nothing_of_a_deposited_request_changes(change: str) -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)

    with pytest.raises(DatabaseError):
        sql(change)


def test_a_line_of_a_draft_cannot_be_moved_into_a_deposited_request() -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)
    draft, other = demande_vide()
    write_budget(draft, GenreBudget.PROJET, {"65": "10"}, by=other)

    with pytest.raises(IntegrityError, match="Cette demande est déposée"):
        sql(
            "UPDATE funding_lignebudget SET budget_id = %s WHERE budget_id = %s",
            demande.budgets.get(genre="projet").pk,
            draft.budgets.get().pk,
        )


def test_the_database_knows_no_other_way_out_of_the_draft() -> None:
    demande, _ = demande_prete()

    with pytest.raises(DatabaseError, match="Invalid transition"):
        sql("UPDATE funding_demandefir SET etat = 'accordee', deposee_at = now() WHERE id = %s", demande.pk)


def test_a_withdrawn_draft_stays_as_it_is() -> None:
    demande, by = demande_vide()
    withdraw_request(demande=demande, motif="Abandon", by=by, now=NOW)

    assert demande.etat == EtatDemandeFir.RETIREE
    with pytest.raises(Refused, match="elle ne se modifie plus"):
        write_budget(demande, GenreBudget.PROJET, PROJET, by=by)
