"""The papers of a projet de santé: what each must say, drawn without a failure, true on its page of verification."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.forms import CharField
from pypdf import PdfReader

from accounts.acteur import Acteur
from dossiers.models import Decision, Document
from dossiers.services.rendering import render_due
from dossiers.states import EtatDocument, GenrePiece
from dossiers.states import NatureDecision as N
from guichet.kernel.papers import prepared
from projects.conseils import project_reserves
from projects.models import ProjetSante, SectionProjet
from projects.questions.projet import projet_form
from projects.rubriques_projet import FICHE_DOCUMENT
from projects.services.paper import confirm_paper_decision, record_paper_decision
from projects.services.projets.deciding import Opposition, oppose, report_opposition, withdraw_validation
from projects.services.projets.depositing import complete, deposit
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur
from tests.factories.dossiers import PieceFactory
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import (
    asked_project,
    deposited_project,
    fresh,
    give_pieces,
    ready_project,
    required,
    useful,
)
from tests.projects.rows import plain, words
from tests.projects.scene import d, papers, paris

pytestmark = pytest.mark.django_db

DEPOSIT = paris("2026-09-03")


@pytest.fixture
def path() -> tuple[Acteur, Acteur, ProjetSante]:
    """A project that met everything: asked, completed, opposed, restored, withdrawn; six kinds of papers."""
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    now = paris("2026-09-20")
    projet = asked_project(by, required(now=now), useful(now=now), projet=projet, ars=ars, now=now)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    ground = Opposition(motif="prs", objectifs=("Objectif 3",))
    oppose(projet=projet, opposition=ground, motivation="Voir.", by=ars, now=paris("2026-10-20"))
    report_opposition(
        projet=projet,
        fait="Recours gracieux",
        fait_le=d("2026-11-02"),
        motivation="L’objectif est repris.",
        by=ars,
        now=paris("2026-11-10"),
    )
    withdraw_validation(
        projet=projet, motivation="Illégale.", entendue_le=d("2026-11-20"), by=ars, now=paris("2026-12-01")
    )
    return by, ars, fresh(projet)


def test_each_act_has_its_paper_and_each_paper_follows_the_contract_and_is_drawn(path: Any) -> None:
    *_, projet = path
    assert papers(projet) == [
        "projet",
        "accuse_projet",
        "pieces_projet",
        "projet",
        "accuse_projet",
        "decision_projet",
        "decision_projet",
        "decision_projet",
    ]
    for document in Document.objects.order_by("pk"):
        prepared(document.contexte)
    assert render_due(now=paris("2026-12-02")) == 8
    assert set(Document.objects.values_list("etat", "erreur")) == {(EtatDocument.RENDU, "")}


def test_the_request_says_each_piece_the_text_the_limit_and_the_effect(path: Any) -> None:
    told = words(plain(Document.objects.get(modele="pieces_projet").contexte))
    for expected in (
        "Délimitation du territoire",
        "Exigée par un texte : CSP, art. L1434-12",
        "Carte des trajets",
        "Utile : aucun texte ne l’exige",
        "20 octobre 2026",
        "L’effet sur le délai",
    ):
        assert expected in told
    assert any("aucun texte n’exige une de ces pièces" in text for text in told)
    assert any("L114-5" in text or "L114-3" in text for text in told)


def test_a_decision_says_its_ground_its_reasons_its_delegation_its_remedies(path: Any) -> None:
    _, ars, projet = path
    opposition, report, withdrawal = [
        words(plain(Document.objects.get(evenement=decision.evenement).contexte))
        for decision in Decision.objects.order_by("saisie_at")
    ]
    for told in (opposition, report, withdrawal):
        assert "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)" in told
        assert str(ars.user) in told
        assert "Voies et délais de recours" in told
    assert "Le projet ne respecte pas les objectifs du projet régional de santé" in opposition
    assert "Recours gracieux, le 2 novembre 2026" in report
    assert "20 novembre 2026" in withdrawal
    assert any("L242-1" in text for text in withdrawal)
    assert projet.dossier.reference in str(Document.objects.filter(modele="decision_projet").first().contexte)


def filled(cle: str) -> dict[str, Any]:
    """Words of its own in every field of a section that takes words."""
    fields = projet_form(cle, jour=DEPOSIT.date()).fields
    kinds = {
        name: field for name, field in fields.items() if type(field) is CharField and not hasattr(field, "choices")
    }
    return {name: f"Réponse {cle} {number}" for number, name in enumerate(kinds)}


def test_the_project_prints_every_answer_of_every_section_and_action() -> None:
    by = porteur()
    projet = ready_project(by, now=DEPOSIT)
    SectionProjet.objects.create(projet=projet, cle="fiche-2", contenu={}, etat="complet")
    given = {}
    for section in projet.sections.exclude(cle__in=["territoire", "fiche_document"]).order_by("pk"):
        given[section.cle] = section.contenu | filled(section.cle)
        SectionProjet.objects.filter(pk=section.pk).update(contenu=given[section.cle])
    projet = deposited(fresh(projet), by)
    document = Document.objects.get(modele="projet")
    printed = words(document.contexte)
    texts = [text for contenu in given.values() for text in contenu.values() if str(text).startswith("Réponse")]
    assert len(texts) > 20
    assert [text for text in texts if text not in printed] == []
    titles = [part["titre"] for part in document.contexte["sections"]]
    assert [title for title in titles if title.startswith("Fiche-action 2")] != []
    render_due(now=DEPOSIT)
    document.refresh_from_db()
    assert (document.etat, document.erreur) == (EtatDocument.RENDU, "")


def test_one_s_own_document_is_named_with_its_fingerprint_on_its_sheet() -> None:
    by = porteur()
    projet = ready_project(by, now=DEPOSIT)
    piece = PieceFactory(dossier=projet.dossier, genre=GenrePiece.PROJET, nom="projet.pdf")
    ProjetSante.objects.filter(pk=projet.pk).update(forme="document", document=piece)
    SectionProjet.objects.filter(projet=projet, cle=FICHE_DOCUMENT).update(etat="complet")
    deposited(fresh(projet), by)
    document = Document.objects.get(modele="projet")
    assert document.titre == "Fiche du projet de santé"
    table = next(part for part in document.contexte["sections"] if part["titre"] == "Le document déposé")
    assert table["blocs"][0]["lignes"] == [["projet.pdf", piece.sha256]]


def deposited(projet: ProjetSante, by: Acteur) -> ProjetSante:
    codes = [reserve.code for reserve in project_reserves(projet, on=DEPOSIT.date())]
    deposit(projet=projet, reserves_lues=codes, by=by, now=DEPOSIT)
    return fresh(projet)


# --- The attestation --------------------------------------------------------------------------------


def test_the_attestation_says_the_origin_the_last_day_the_effect_and_how_they_are_reached() -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-14"))
    passage(now=paris("2026-12-13", "00:05:00"))
    document = Document.objects.get(modele="attestation")
    lines = dict(plain(document.contexte["sections"][0]["blocs"][0]["lignes"]))
    assert lines["Projet de santé reçu par l’ARS le"] == "3 septembre 2026"
    assert lines["Origine du délai de deux mois"] == "12 octobre 2026"
    assert lines["Dernier jour pour s’opposer"] == "12 décembre 2026"
    assert lines["Réputé validé à partir du"] == "13 décembre 2026"
    told = words(plain(document.contexte))
    assert any("L232-3" in text for text in told)
    assert any("12 octobre 2026" in text and "pièce" in text.lower() for text in told)
    assert render_due(now=paris("2026-12-13"), limit=10) == 6
    document.refresh_from_db()
    pdf = PdfReader(io.BytesIO(default_storage.open(document.fichier.name).read()))
    text = " ".join(plain(" ".join(page.extract_text() for page in pdf.pages)).split())
    assert "12 décembre 2026" in text
    assert "réputé validé à partir du 13 décembre 2026" in text


def test_proven_wrong_it_is_annulled_with_the_reason_and_its_bytes_stay() -> None:
    clerk, ars = agent("dd-ars-31", droits=["instruire"]), decideur()
    projet = deposited_project(now=DEPOSIT)
    passage(now=paris("2026-11-04"))
    render_due(now=paris("2026-11-04"))
    document = Document.objects.get(modele="attestation")
    decision = record_paper_decision(
        step=fresh(projet),
        nature=N.OPPOSITION_PROJET,
        signataire=ars.user,
        signee_le=d("2026-10-30"),
        notifiee_le=d("2026-11-02"),
        motivation="Voir.",
        donnees={"motif": "territoire", "raison": "Il coupe un bassin."},
        scan=scan(),
        by=clerk,
        now=paris("2026-11-10"),
    )
    confirm_paper_decision(decision=decision, by=ars, now=paris("2026-11-11"))
    after = Document.objects.get(pk=document.pk)
    assert (after.sha256, after.fichier.name, after.etat) == (document.sha256, document.fichier.name, "rendu")
    assert after.annule_at == paris("2026-11-11")
    assert plain(after.annule_motif) == "Opposition au projet de santé, le 2 novembre 2026"
