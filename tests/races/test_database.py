"""What PostgreSQL refuses whatever code runs: each line is a raw statement that must fail and change nothing."""

import pytest
from django.db import Error, connection, transaction

from accounts.models import Envoi, Membership
from dossiers.models import Document
from dossiers.services.rendering import render_due
from projects.models import LettreIntention
from tests.factories.accounts import NOW
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter

pytestmark = pytest.mark.django_db

FROM_DRAFT = (
    # a state the law does not lead to from a draft
    "UPDATE projects_lettreintention SET etat = 'validee', deposee_at = now() WHERE id = %(lettre)s",
    "UPDATE projects_lettreintention SET etat = 'transmise', deposee_at = now() WHERE id = %(lettre)s",
    # deposited without a date or a territory
    "UPDATE projects_lettreintention SET etat = 'deposee' WHERE id = %(lettre)s",
    # a second letter in progress, a second draft of the territory
    "INSERT INTO projects_lettreintention (dossier_id, etat, sans_demande, created_at, created_by_id) "
    "SELECT dossier_id, 'brouillon', true, now(), created_by_id FROM projects_lettreintention WHERE id = %(lettre)s",
    "INSERT INTO dossiers_territoire (dossier_id, numero, population, taille, bareme, departements, created_at, "
    "created_by_id) SELECT id, 9, 0, 0, '', '{}', now(), created_by_id FROM dossiers_dossier WHERE id = %(dossier)s",
    # opened to the Guichet without a reference
    "UPDATE dossiers_dossier SET visibilite = 'guichet' WHERE id = %(dossier)s",
    # a request deposited although its budget does not balance
    "WITH cassee AS (UPDATE funding_lignebudget SET montant = montant + 1 WHERE id = (SELECT min(l.id) FROM "
    "funding_lignebudget l JOIN funding_budgetprevisionnel b ON b.id = l.budget_id WHERE b.demande_id = %(demande)s)) "
    "SELECT 1; UPDATE funding_demandefir SET etat = 'deposee', deposee_at = now() WHERE id = %(demande)s",
    # the same section, the same piece twice
    "INSERT INTO projects_sectionlettre (lettre_id, cle, etat, contenu, manques, version, repris_de) "
    "VALUES (%(lettre)s, 'besoins', 'complet', '{}', '[]', 0, '')",
)
AFTER_DEPOSIT = (
    # back to the draft, or on to a decision nobody took
    "UPDATE projects_lettreintention SET etat = 'brouillon' WHERE id = %(lettre)s",
    "UPDATE projects_lettreintention SET etat = 'validee' WHERE id = %(lettre)s",
    "UPDATE projects_lettreintention SET deposee_at = NULL WHERE id = %(lettre)s",
    "UPDATE projects_lettreintention SET territoire_id = NULL WHERE id = %(lettre)s",
    "UPDATE funding_demandefir SET etat = 'brouillon' WHERE id = %(demande)s",
    # the dates and keys of the deposit, what was written, the reference, the frozen text of a paper
    "UPDATE projects_lettreintention SET deposee_at = deposee_at - interval '1 day' WHERE id = %(lettre)s",
    "UPDATE funding_demandefir SET deposee_at = deposee_at - interval '1 day' WHERE id = %(demande)s",
    "UPDATE funding_demandefir SET regime = 'aucun' WHERE id = %(demande)s",
    "UPDATE projects_sectionlettre SET contenu = '{}' WHERE lettre_id = %(lettre)s",
    "DELETE FROM projects_sectionlettre WHERE lettre_id = %(lettre)s",
    "UPDATE dossiers_dossier SET reference = 'AUTRE-1' WHERE id = %(dossier)s",
    "UPDATE dossiers_document SET contexte = '{}' WHERE dossier_id = %(dossier)s",
    # the journal
    "UPDATE projects_evenementlettre SET motif = 'autre' WHERE lettre_id = %(lettre)s",
    "UPDATE projects_evenementlettre SET recorded_at = now() - interval '1 day' WHERE lettre_id = %(lettre)s",
    "DELETE FROM projects_evenementlettre WHERE lettre_id = %(lettre)s",
    "UPDATE funding_evenementfir SET acteur_id = NULL WHERE demande_id = %(demande)s",
    "DELETE FROM funding_evenementfir WHERE demande_id = %(demande)s",
    # the frozen territory
    "UPDATE dossiers_territoire SET population = 1 WHERE dossier_id = %(dossier)s",
    "UPDATE dossiers_territoire SET fige_at = NULL WHERE dossier_id = %(dossier)s",
    "DELETE FROM dossiers_territoire WHERE dossier_id = %(dossier)s",
    "UPDATE dossiers_partterritoire SET population = 1 WHERE territoire_id = %(territoire)s",
    "DELETE FROM dossiers_partterritoire WHERE territoire_id = %(territoire)s",
    "INSERT INTO dossiers_partterritoire (territoire_id, commune_id, nom, population, millesime, source, motif) "
    "VALUES (%(territoire)s, '81004', '', 1, '2026', '', '')",
    # what was asked, and its budgets
    "UPDATE funding_demandefir SET montant_demande = 1 WHERE id = %(demande)s",
    "UPDATE funding_lignebudget SET montant = 1 WHERE budget_id IN "
    "(SELECT id FROM funding_budgetprevisionnel WHERE demande_id = %(demande)s)",
    "DELETE FROM funding_lignebudget WHERE budget_id IN "
    "(SELECT id FROM funding_budgetprevisionnel WHERE demande_id = %(demande)s)",
    "UPDATE funding_budgetprevisionnel SET exercice = 2030 WHERE demande_id = %(demande)s",
    "UPDATE funding_sectionfir SET contenu = '{}' WHERE demande_id = %(demande)s",
    # the paper that was drawn
    "UPDATE dossiers_document SET sha256 = repeat('0', 64) WHERE id = %(document)s",
    "UPDATE dossiers_document SET fichier = 'autre.pdf' WHERE id = %(document)s",
    "UPDATE dossiers_document SET contexte = '{}' WHERE id = %(document)s",
    "UPDATE dossiers_document SET etat = 'attendu' WHERE id = %(document)s",
    "DELETE FROM dossiers_document WHERE id = %(document)s",
    # the same paper of the same event, the same mail to the same person
    "INSERT INTO dossiers_document (evenement, modele, dossier_id, titre, contexte, code_court, etat, created_at, "
    "version_modele, fichier, sha256, taille, essais, erreur) SELECT evenement, modele, dossier_id, titre, contexte, "
    "'ZZZZ', 'attendu', now(), '', '', '', 0, 0, '' FROM dossiers_document WHERE id = %(document)s",
    "INSERT INTO accounts_envoi (evenement, modele, destinataire, dossier_reference, sujet, texte, html, url, "
    "confidentiel, message_id, etat, essais, prochain_essai_at, erreur, created_at) SELECT evenement, modele, "
    "destinataire, '', '', '', '', '', false, 'autre', 'attendu', 0, now(), '', now() FROM accounts_envoi "
    "WHERE id = %(envoi)s",
    # a second file of the same reference, a second membership at the same time
    "UPDATE dossiers_dossier SET reference = NULL WHERE id = %(dossier)s",
    "INSERT INTO accounts_membership (user_id, organisation_id, fonction, droits, representant_legal, debut_le) "
    "SELECT user_id, organisation_id, '', '{}', false, debut_le + 1 FROM accounts_membership WHERE id = %(membre)s",
)


@pytest.fixture
def world() -> dict[str, int]:
    by = porteur()
    lettre = deposited_letter(by)
    draft = ready_letter(by, nom="CPTS des Rives")
    PieceFactory(dossier=lettre.dossier)
    render_due(now=NOW, limit=1)
    drawn = Document.objects.get(dossier=lettre.dossier, etat="rendu")
    common = {"document": drawn.pk, "envoi": Envoi.objects.order_by("pk")[0].pk}
    common["membre"] = Membership.objects.get(user=by.user).pk
    return {"draft": {**_ids(draft), **common}, "deposited": {**_ids(lettre), **common}}


def _ids(lettre: LettreIntention) -> dict[str, int | None]:
    version = lettre.dossier.territoires.get()
    return {
        "lettre": lettre.pk,
        "dossier": lettre.dossier_id,
        "demande": lettre.demande_id,
        "territoire": version.pk,
    }


def refusal(statement: str, ids: dict[str, int], *, asleep: bool = False) -> tuple[str, int]:
    """The class of error PostgreSQL gives, "" for none, and how many rows were written; nothing is kept.

    23: a constraint. P0: a trigger. `asleep` silences the triggers.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if asleep:
            cursor.execute("SET LOCAL session_replication_role = replica")
        try:
            with transaction.atomic():
                cursor.execute(statement, ids)
                rows = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would judge
        except Error as refused:
            return getattr(refused.__cause__, "sqlstate", "??")[:2], 0
        finally:
            transaction.set_rollback(True)
        return "", rows


def test_the_database_refuses_what_the_law_does_not_know(world: dict[str, dict[str, int]]) -> None:
    answers = {
        (key, statement): refusal(statement, world[key])[0]
        for key, statements in (("draft", FROM_DRAFT), ("deposited", AFTER_DEPOSIT))
        for statement in statements
    }
    assert [asked for asked, answer in answers.items() if answer not in ("23", "P0")] == []


def test_each_statement_would_write_if_no_trigger_watched(world: dict[str, dict[str, int]]) -> None:
    """What was refused above names rows that exist; a constraint still refuses, since nothing puts it to sleep."""
    answers = {statement: refusal(statement, world["deposited"], asleep=True) for statement in AFTER_DEPOSIT}
    assert [statement for statement, (answer, rows) in answers.items() if not answer and not rows] == []
    assert {answer for answer, _ in answers.values()} == {"", "23"}
    assert sum(rows > 0 for _, rows in answers.values()) >= 20
