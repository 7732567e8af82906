"""The database is the last judge of a projet de santé: a raw change the law does not know is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from dossiers.models import Decision, Delai, Document, MouvementDelai, OuvertureDecision
from dossiers.services.decisions import record_opening
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante, SectionProjet, VersionProjet
from projects.services.projets.deciding import Opposition, oppose
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.accounts import UserFactory
from tests.factories.bodies import decideur
from tests.factories.dossiers import DossierFactory, PieceFactory, territoire
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, ready_project
from tests.projects.scene import d, paris

pytestmark = pytest.mark.django_db

DEPOSIT = paris("2026-09-14")
GROUND = Opposition(motif="prs", objectifs=("Objectif 3",))


@contextmanager
def forbidden(*words: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert [word for word in words if word not in str(caught.value)] == []


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- The state --------------------------------------------------------------------------------------


def test_every_pair_of_states_the_table_does_not_know_is_refused_and_each_it_knows_is_taken() -> None:
    projet = deposited_project(now=DEPOSIT)
    line = projet.evenements.get(action="deposer")
    known = set(PROJET.pairs())
    for source, target in product(EtatProjet.values, repeat=2):
        if source == target:
            continue
        with transaction.atomic():
            sql("SET LOCAL session_replication_role = replica")
            sql("DELETE FROM projects_evenementprojet WHERE projet_id = %s", projet.pk)
            sql("UPDATE projects_projetsante SET etat = %s WHERE id = %s", source, projet.pk)
            sql("SET LOCAL session_replication_role = DEFAULT")
            line.pk, line.source, line.cible = uuid4(), source, target
            line.save(force_insert=True)
            try:
                with transaction.atomic():
                    sql("UPDATE projects_projetsante SET etat = %s WHERE id = %s", target, projet.pk)
                taken = True
            except DatabaseError:
                taken = False
            transaction.set_rollback(False)
        assert taken is ((source, target) in known), (source, target)


def test_the_pairs_of_the_law() -> None:
    assert PROJET.pairs() == [
        ("brouillon", "depose"),
        ("brouillon", "retire"),
        ("depose", "incomplet"),
        ("depose", "oppose"),
        ("depose", "retire"),
        ("depose", "valide"),
        ("depose", "valide_tacitement"),
        ("incomplet", "depose"),
        ("incomplet", "oppose"),
        ("incomplet", "retire"),
        ("incomplet", "valide"),
        ("oppose", "valide"),
        ("oppose", "valide_tacitement"),
        ("valide", "retrait_prononce"),
        ("valide_tacitement", "incomplet"),
        ("valide_tacitement", "oppose"),
        ("valide_tacitement", "retrait_prononce"),
        ("valide_tacitement", "valide"),
    ]


def test_a_state_the_journal_does_not_tell_is_refused_even_where_the_law_knows_the_pair() -> None:
    by = porteur()
    projet = deposited_project(by, now=DEPOSIT)
    with forbidden("journal"):
        ProjetSante.objects.filter(pk=projet.pk).update(etat="oppose")
    asked_project(by, projet=projet, now=paris("2026-09-20"))
    with forbidden("journal"):
        sql("UPDATE projects_projetsante SET etat = 'depose' WHERE id = %s", projet.pk)
    with forbidden("journal"):
        sql("UPDATE projects_projetsante SET etat = 'valide' WHERE id = %s", projet.pk)
    assert fresh(projet).etat == "incomplet"


def test_a_state_of_another_name_is_refused() -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden("depose"):
        ProjetSante.objects.filter(pk=projet.pk).update(etat="validee")


def test_the_admin_site_edits_no_state_and_no_step(rf: Any) -> None:
    request = rf.get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)
    for model, registered in admin.site._registry.items():
        if not any(field.name == "etat" for field in model._meta.get_fields()):
            continue
        edits = registered.has_change_permission(request) or registered.has_add_permission(request)
        assert not edits or "etat" in registered.get_readonly_fields(request), model
    for model in (ProjetSante, EvenementProjet, VersionProjet, Delai, MouvementDelai, Decision, Document):
        assert not admin.site.is_registered(model)


# --- What was deposited -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["depose_at", "depose_par", "territoire", "dossier", "document", "forme", "origine"])
@pytest.mark.parametrize("etat", ["depose", "oppose"], ids=["same state", "with a lawful state"])
def test_what_a_deposit_wrote_never_changes(name: str, etat: str) -> None:
    projet = deposited_project(now=DEPOSIT)
    other = DossierFactory()
    values: dict[str, Callable[[], Any]] = {
        "depose_at": lambda: paris("2026-09-15"),
        "depose_par": lambda: other.created_by,
        "territoire": lambda: territoire(projet.dossier, "31395", numero=9),
        "dossier": lambda: other,
        "document": lambda: PieceFactory(dossier=projet.dossier),
        "forme": lambda: "document",
        "origine": lambda: "papier",
    }
    if (name, etat) == ("territoire", "oppose"):
        return  # a completion changes both: the table says with which states
    value = values[name]()
    with forbidden():
        ProjetSante.objects.filter(pk=projet.pk).update(**{name: value, "etat": etat})
    if name != "document":  # it has none
        with forbidden():
            ProjetSante.objects.filter(pk=projet.pk).update(**{name: None, "etat": etat})


def test_a_section_deposited_is_neither_changed_nor_removed() -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden("Un projet déposé ne se modifie plus"):
        sql("UPDATE projects_sectionprojet SET contenu = '{}' WHERE projet_id = %s", projet.pk)
    with forbidden("Un projet déposé ne se modifie plus"):
        sql("DELETE FROM projects_sectionprojet WHERE projet_id = %s", projet.pk)
    assert SectionProjet.objects.filter(projet=projet, cle="fiche-1").exists()


def test_no_section_joins_a_deposited_project() -> None:
    projet, other = deposited_project(now=DEPOSIT), ready_project(now=DEPOSIT)
    with forbidden("ne se modifie plus"):
        SectionProjet.objects.create(projet=projet, cle="fiche-9")
    with forbidden("ne se modifie plus"):
        SectionProjet.objects.filter(projet=other, cle="fiche-1").update(projet=projet, cle="fiche-8")


def test_a_version_never_changes_and_never_goes() -> None:
    projet = deposited_project(now=DEPOSIT)
    for change in ("contenu = '{}'", "sha256 = ''", "numero = 7", f"created_at = '{timezone.localdate(DEPOSIT)}'"):
        with forbidden():
            sql(f"UPDATE projects_versionprojet SET {change} WHERE projet_id = %s", projet.pk)
    with forbidden():
        sql("DELETE FROM projects_versionprojet WHERE projet_id = %s", projet.pk)


def test_a_project_deposited_is_not_deleted() -> None:
    projet = deposited_project(now=DEPOSIT)
    with transaction.atomic():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError):
            sql("DELETE FROM projects_projetsante WHERE id = %s", projet.pk)
        transaction.set_rollback(True)


def test_a_file_has_one_project_in_progress() -> None:
    projet = ready_project(now=DEPOSIT)
    with forbidden("projet_un_en_cours"):
        ProjetSante.objects.create(dossier=projet.dossier, created_at=DEPOSIT, created_by=projet.created_by)


# --- The journal ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["action = 'valider'", "prend_effet_le = '2026-01-01'", "acteur_id = NULL", "motif = 'autre'", "donnees = '{}'"],
)
def test_a_line_of_the_journal_never_changes(change: str) -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden():
        sql(f"UPDATE projects_evenementprojet SET {change} WHERE projet_id = %s", projet.pk)
    with forbidden():
        sql("DELETE FROM projects_evenementprojet WHERE projet_id = %s", projet.pk)


@pytest.mark.parametrize("change", ["le = '2026-01-01'", "nature = 'silence'", "dernier_jour = NULL", "requise = true"])
def test_a_line_of_the_ledger_never_changes(change: str) -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden():
        sql(f"UPDATE dossiers_mouvementdelai SET {change} WHERE delai_id = %s", projet.delai_id)
    with forbidden():
        sql("DELETE FROM dossiers_mouvementdelai WHERE delai_id = %s", projet.delai_id)


# --- The dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "dernier_jour = '2026-12-14', echeance_le = '2026-12-15'",
        "dernier_jour = NULL, echeance_le = NULL",
        "echeance_le = '2026-11-16'",
        "origine_le = '2026-09-15'",
        "origine_le = NULL",
        "recu_le = '2026-09-15'",
        "regime = 'rejet'",
        "depart = 'depot'",
        "clos_par = 'decision'",
        "clos_at = now()",
    ],
)
def test_the_dates_of_a_period_follow_its_ledger_and_nothing_else(change: str) -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden():
        sql(f"UPDATE dossiers_delai SET {change} WHERE id = %s", projet.delai_id)


def test_a_false_line_of_the_ledger_gives_no_false_date() -> None:
    """Even with a line to lean on, the last day of an acceptance is two months after its origin."""
    projet = deposited_project(now=DEPOSIT)
    MouvementDelai.objects.create(
        delai=projet.delai,
        nature="reponse",
        le=d("2026-09-20"),
        origine="portail",
        qualite="Personne",
        recorded_at=DEPOSIT,
        dernier_jour=d("2026-12-31"),
        echeance_le=d("2027-01-01"),
    )
    with forbidden("Le dernier jour est à deux mois de l’origine"):
        Delai.objects.filter(pk=projet.delai_id).update(dernier_jour=d("2026-12-31"), echeance_le=d("2027-01-01"))


def test_a_period_ends_by_a_line_of_its_ledger_alone() -> None:
    projet = deposited_project(now=DEPOSIT)
    with forbidden("ne se clôt que par une ligne"):
        sql("UPDATE dossiers_delai SET clos_at = now(), clos_par = 'decision' WHERE id = %s", projet.delai.pk)
    passage(now=paris("2026-11-15"))
    assert fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT


def test_a_period_that_ended_never_changes() -> None:
    projet = deposited_project(now=DEPOSIT)
    passage(now=paris("2026-11-15"))
    for change in ("clos_at = NULL, clos_par = ''", "clos_par = 'decision'", "dernier_jour = dernier_jour"):
        with forbidden():
            sql(f"UPDATE dossiers_delai SET {change} WHERE id = %s", projet.delai_id)
    with forbidden():
        sql("DELETE FROM dossiers_delai WHERE id = %s", projet.delai_id)


@pytest.mark.parametrize("etat", ["depose", "incomplet", "oppose", "silence"])
def test_a_project_does_not_change_its_period(etat: str) -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    other = Delai.objects.create(
        dossier=projet.dossier,
        regime="acceptation",
        depart="reception",
        recu_le=d("2026-10-01"),
        ouvert_at=DEPOSIT,
    )
    if etat == "incomplet":
        asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    if etat == "oppose":
        oppose(projet=projet, opposition=GROUND, motivation="Voir.", by=ars, now=paris("2026-09-20"))
    if etat == "silence":
        passage(now=paris("2026-11-15"))
    with forbidden():
        ProjetSante.objects.filter(pk=projet.pk).update(delai=other)
    with forbidden():
        ProjetSante.objects.filter(pk=projet.pk).update(delai=None)


def test_a_project_validated_by_the_silence_keeps_a_period() -> None:
    projet = deposited_project(now=DEPOSIT)
    passage(now=paris("2026-11-15"))
    line = projet.evenements.get(action="constater_silence")
    with forbidden("projet_silence_a_un_delai"):
        line.pk, line.source, line.cible = uuid4(), "valide_tacitement", "incomplet"
        line.save(force_insert=True)
        ProjetSante.objects.filter(pk=projet.pk).update(etat="incomplet", delai=None)


def test_no_request_of_a_project_goes_without_its_article() -> None:
    by = porteur()
    projet = asked_project(by, projet=deposited_project(by, now=DEPOSIT), now=paris("2026-09-20"))
    with forbidden("piece_requise_a_un_article"):
        sql(
            "UPDATE dossiers_piecedemandee SET fondement = '' WHERE demande_id IN "
            "(SELECT id FROM dossiers_demandepieces WHERE dossier_id = %s)",
            projet.dossier_id,
        )


# --- The decision, the paper --------------------------------------------------------------------------


@pytest.fixture
def opposed() -> ProjetSante:
    by = porteur()
    projet = deposited_project(by, now=DEPOSIT)
    oppose(projet=projet, opposition=GROUND, motivation="Voir.", by=decideur(), now=paris("2026-10-01"))
    record_opening(decision=projet.dossier.decisions.get(), by=by, now=paris("2026-10-02"))
    return fresh(projet)


@pytest.mark.parametrize(
    "change", ["signee_le = '2026-09-30'", "notifiee_le = '2026-09-30'", "donnees = '{}'", "etat = 'ecartee'"]
)
def test_a_decision_taken_never_changes(opposed: ProjetSante, change: str) -> None:
    with forbidden():
        sql(f"UPDATE dossiers_decision SET {change} WHERE etape_id = %s", opposed.pk)
    with forbidden():
        sql("DELETE FROM dossiers_decision WHERE etape_id = %s", opposed.pk)


def test_the_record_of_an_opening_never_changes(opposed: ProjetSante) -> None:
    assert OuvertureDecision.objects.count() == 1
    with forbidden():
        OuvertureDecision.objects.update(ouverte_at=paris("2026-10-03"))
    with forbidden():
        sql("DELETE FROM dossiers_ouverturedecision")


@pytest.mark.parametrize("donnees", [{}, {"motif": ""}, {"motif": "budget"}, {"motif": None}])
def test_no_opposition_is_written_without_one_of_the_two_grounds(opposed: ProjetSante, donnees: dict[str, Any]) -> None:
    row = Decision.objects.values().get(etape_id=opposed.pk)
    row |= {"id": None, "etat": "a_confirmer", "evenement": None, "donnees": donnees}
    with forbidden("decision_opposition_sur_un_motif"):
        Decision.objects.create(**row)


def test_no_opposition_is_written_without_reasons_and_no_validation_without_its_consolidation(
    opposed: ProjetSante,
) -> None:
    row = Decision.objects.values().get(etape_id=opposed.pk)
    row |= {"id": None, "etat": "a_confirmer", "evenement": None}
    with forbidden("decision_refus_motive"):
        Decision.objects.create(**{**row, "motivation": ""})
    with forbidden("decision_validation_se_consolide"):
        Decision.objects.create(**{**row, "nature": "validation_projet"})


def test_what_a_paper_said_never_changes_and_once_annulled_it_stays_so() -> None:
    projet = deposited_project(now=DEPOSIT)
    passage(now=paris("2026-11-15"))
    for change in ("contexte = '{}'", "code_court = 'AAAAAAAAAA'", "modele = 'projet2'"):
        with forbidden():
            sql(f"UPDATE dossiers_document SET {change} WHERE modele = 'attestation'")
    with forbidden("document_annule_dit_pourquoi"):
        Document.objects.filter(modele="attestation").update(annule_at=DEPOSIT)
    Document.objects.filter(modele="attestation").update(annule_at=DEPOSIT, annule_motif="Opposition prouvée.")
    with forbidden():
        Document.objects.filter(modele="attestation").update(annule_at=None, annule_motif="")
    assert projet.dossier.documents.filter(modele="attestation").count() == 1
