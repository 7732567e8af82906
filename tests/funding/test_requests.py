"""Opening, depositing, withdrawing and copying a request; its paper."""

import json
from decimal import Decimal
from typing import Any

import pytest

from dossiers.states import EtatSection
from funding.documents.cerfa import cerfa_context
from funding.lifecycles import DEMANDE_FIR
from funding.models import Bareme, DemandeFir, EvenementFir
from funding.sections import ATTESTATIONS, BUDGET_PROJET, CHIFFRAGE, DEMANDE, MOYENS, RUBRIQUES
from funding.selectors import budget_lines, reperes_on
from funding.services.copying import copy_request
from funding.services.references import load
from funding.services.requests import create_request, deposit_request, save_request_section, withdraw_request
from funding.states import EtatDemandeFir, GenreBudget, Regime
from guichet.kernel import papers
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.dossiers import DossierFactory, PieceFactory, porteur
from tests.factories.funding import PROJET, REPONSES, demande_prete, demande_vide, write, write_budget

pytestmark = pytest.mark.django_db
IBAN = "FR7630006000011234567890189"
LETTRE: dict[str, Any] = {
    "association": {
        "statut": "existante",
        "nom": "Association des Collines",
        "siret": "73282932000074",
        "rna": "W313000000",
        "adresse": "1 rue de l’Essai",
        "code_postal": "31190",
        "ville": "Auterive",
        "iban": IBAN,
        "titulaire_compte": "Association des Collines",
    },
    "personnes": {"representant_nom": "Dominique Essai", "representant_fonction": "Présidente"},
    "territoire": {"population": 42318, "taille": 2, "parties": ["Auterive", "Cintegabelle"], "departements": ["31"]},
}


# --- Opening -------------------------------------------------------------------------------------------


def test_a_new_request_has_every_section_empty_and_the_regime_of_its_funder() -> None:
    demande, by = demande_vide()
    urps = OrganisationFactory(genre="urps")
    other = create_request(dossier=demande.dossier, by=by, now=NOW, financeur=urps, objet="aide_urps")

    assert sorted(demande.sections.values_list("cle", "etat", "version")) == sorted(
        (rubrique.cle, EtatSection.A_COMMENCER, 0) for rubrique in RUBRIQUES
    )
    assert (demande.regime, other.regime) == (Regime.REJET, Regime.AUCUN)


def test_only_who_writes_for_the_association_opens_a_request() -> None:
    dossier = DossierFactory()

    with pytest.raises(Refused, match="le droit d’écrire au nom de cette association"):
        demande_vide(dossier=dossier, by=porteur(DossierFactory()))

    assert not DemandeFir.objects.filter(dossier=dossier).exists()


# --- Deposit --------------------------------------------------------------------------------------------


def test_a_complete_request_is_deposited_with_its_amount_in_the_journal() -> None:
    demande, by = demande_prete()

    event = deposit_request(demande=demande, by=by, now=NOW)

    demande.refresh_from_db()
    assert (demande.etat, demande.deposee_at, demande.montant_demande) == (EtatDemandeFir.DEPOSEE, NOW, Decimal(25000))
    assert (event.action, event.source, event.cible, event.fondement) == (
        "deposer",
        "brouillon",
        "deposee",
        "fir_demande",
    )
    assert event.donnees == {"montant_demande": "25000.00"}


def test_what_blocks_the_deposit_is_listed_in_one_sentence() -> None:
    demande, by = demande_vide()

    with pytest.raises(Refused) as refusal:
        deposit_request(demande=demande, by=by, now=NOW)

    assert str(refusal.value) == (
        "La demande de subvention n’est pas prête. «\u00a0La demande\u00a0» est à compléter. "
        "«\u00a0L’association et ses moyens\u00a0» est à compléter. "
        "«\u00a0Le budget de l’association\u00a0» est à compléter. "
        "«\u00a0Le budget du projet\u00a0» est à compléter. «\u00a0Les attestations\u00a0» est à compléter."
    )
    assert not demande.evenements.exists()


def test_an_unbalanced_budget_blocks_the_deposit() -> None:
    demande, by = demande_prete()
    write_budget(demande, GenreBudget.PROJET, {**PROJET, "65": "1"}, by=by)

    assert demande.empechement_depot() == (
        "La demande de subvention n’est pas prête. «\u00a0Le budget du projet\u00a0» est à compléter."
    )


def test_lines_changed_behind_the_section_still_block_the_deposit() -> None:
    demande, by = demande_prete()
    demande.budgets.get(genre="projet").lignes.filter(ligne="62_honoraires").delete()

    with pytest.raises(Refused, match="les produits dépassent les charges de 15\u00a0000\u00a0€"):
        deposit_request(demande=demande, by=by, now=NOW)


def test_needs_left_aside_never_block() -> None:
    demande, by = demande_prete()
    write(demande, CHIFFRAGE, {"temps-0-heures": "3"}, by=by)

    assert demande.sections.get(cle=CHIFFRAGE).etat == EtatSection.EN_COURS
    assert demande.empechement_depot() == ""


def test_who_may_only_write_does_not_deposit() -> None:
    demande, _ = demande_prete()
    writer = porteur(demande.dossier, droits=["rediger"])

    with pytest.raises(Refused, match="pas le droit"):
        deposit_request(demande=demande, by=writer, now=NOW)


def test_who_may_not_write_saves_nothing_through_the_service() -> None:
    demande, _ = demande_vide()
    reader = porteur(demande.dossier, droits=["gerer"])

    with pytest.raises(Refused, match="le droit d’écrire dans cette demande"):
        write(demande, DEMANDE, {"intitule": "Forcé"}, by=reader)

    assert demande.sections.get(cle=DEMANDE).contenu == {}


def test_a_budget_is_not_saved_as_a_plain_section() -> None:
    demande, by = demande_vide()

    with pytest.raises(ValueError, match="save_budget"):
        save_request_section(
            demande=demande, cle=BUDGET_PROJET, contenu={"m_65": "-1"}, manques=[], version=0, by=by, now=NOW
        )


def test_a_second_deposit_is_refused_with_what_happened() -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)

    with pytest.raises(Refused, match="l’état est «\xa0Déposée\xa0» depuis le 16 novembre 2026 à 10\u00a0h\u00a000"):
        deposit_request(demande=demande, by=by, now=NOW)

    assert EvenementFir.objects.filter(demande=demande).count() == 1


def test_a_deposited_request_is_withdrawn_with_its_reason() -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)

    event = withdraw_request(demande=demande, motif="Le projet change.", by=by, now=NOW)

    assert (demande.etat, event.motif) == (EtatDemandeFir.RETIREE, "Le projet change.")
    assert [row.action for row in DEMANDE_FIR.available(demande, by=by, now=NOW)] == ["declarer_association"]


def test_a_copy_keeps_answers_and_budgets_and_asks_to_attest_anew() -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)
    withdraw_request(demande=demande, motif="Reprise", by=by, now=NOW)

    copy = copy_request(demande=demande, by=by, now=NOW)

    assert (copy.etat, copy.montant_demande) == (EtatDemandeFir.BROUILLON, Decimal(25000))
    assert budget_lines(copy, GenreBudget.PROJET) == budget_lines(demande, GenreBudget.PROJET)
    assert copy.sections.get(cle=DEMANDE).contenu == demande.sections.get(cle=DEMANDE).contenu
    assert copy.sections.get(cle=MOYENS).repris_de == "la demande précédente"
    assert copy.sections.get(cle=ATTESTATIONS).contenu == {}
    assert copy.empechement_depot() == (
        "La demande de subvention n’est pas prête. «\u00a0Les attestations\u00a0» est à compléter."
    )
    write(copy, ATTESTATIONS, REPONSES[ATTESTATIONS], by=by)
    deposit_request(demande=copy, by=by, now=NOW)


# --- Reference data -----------------------------------------------------------------------------------------


def test_loading_again_changes_nothing_and_keeps_what_an_administrator_typed() -> None:
    from dossiers.models import Reglage

    Reglage.objects.create(
        cle="fir_amorcage_maximum",
        applicable_du="2026-06-01",
        valeur={"montant": 30000},
        motif="Décision de l’ARS",
        source="Courrier",
    )
    before = (Bareme.objects.count(), Reglage.objects.count())

    load()

    assert (Bareme.objects.count(), Reglage.objects.count()) == before
    assert reperes_on(NOW.date()).maximum == Decimal(30000)


def test_the_barème_of_2019_is_published_with_its_four_sizes() -> None:
    bareme = Bareme.objects.get(code="aci-2019")

    assert (bareme.statut, bareme.applicable_du.isoformat()) == ("publie", "2019-08-25")
    assert list(bareme.seuils.order_by("taille").values_list("taille", "population_min")) == [
        (1, 0),
        (2, 40_000),
        (3, 80_000),
        (4, 175_000),
    ]


def test_the_maximum_of_the_region_is_unknown_and_that_of_another_is_not_taken_for_it() -> None:
    reperes = reperes_on(NOW.date())

    assert reperes.maximum is None
    assert "à confirmer" in reperes.doute
    assert {exemple["region"]: exemple["montants"] for exemple in reperes.exemples}["Bourgogne-Franche-Comté"] == [
        ["au plus", 25000]
    ]


# --- The paper ------------------------------------------------------------------------------------------------


def paper() -> tuple[dict[str, Any], DemandeFir]:
    demande, by = demande_prete()
    PieceFactory(dossier=demande.dossier, nom="statuts.pdf")
    write_budget(demande, GenreBudget.PROJET, {**PROJET, "86_benevolat": "800", "87_benevolat": "800"}, by=by)
    event = deposit_request(demande=demande, by=by, now=NOW)
    return cerfa_context(demande, lettre_contexte=LETTRE, event=event), demande


def test_the_paper_follows_the_form_and_the_contract_of_papers() -> None:
    contexte, _ = paper()

    papers.prepared(contexte)
    assert [(section["numero"], section["titre"]) for section in contexte["sections"]] == [
        ("", "La demande"),
        ("1", "Identification de l’association"),
        ("2", "Relations avec l’administration"),
        ("3", "Relations avec d’autres associations"),
        ("4", "Moyens humains au 31 décembre 2025"),
        ("5", "Budget de l’association"),
        ("6", "Objet de la demande\u00a0: le projet"),
        ("6.1", "Budget du projet"),
        ("7", "Attestations"),
        ("8", "Pièces jointes"),
        ("9", "Annexe\u00a0: chiffrage des besoins"),
    ]
    assert json.loads(json.dumps(contexte)) == contexte


def test_the_paper_prints_both_totals_and_the_share_of_the_subsidy() -> None:
    contexte, _ = paper()
    budget = next(s for s in contexte["sections"] if s["numero"] == "6.1")["blocs"][0]

    assert (budget["legende"], budget["total_charges"], budget["total_produits"]) == (
        "Exercice 2027",
        "27\u00a0000\u00a0€",
        "27\u00a0000\u00a0€",
    )
    assert (budget["total_general_charges"], budget["total_general_produits"]) == (
        "27\u00a0800\u00a0€",
        "27\u00a0800\u00a0€",
    )
    assert [compte["libelle"] for compte in budget["produits"] if compte["demande"] == "oui"] == [
        "Subventions d’exploitation"
    ]
    assert budget["notes"] == [
        "La subvention de 25\u00a0000\u00a0€ représente 92,6\u00a0% du total des produits du projet."
    ]


def test_the_bank_account_never_appears_whole() -> None:
    contexte, _ = paper()
    text = json.dumps(contexte, ensure_ascii=False).replace(" ", "").replace("\u00a0", "")

    assert IBAN not in text
    assert "FR76••••0189" in text
