"""The pages of a deposited project for its association: answered, completed, contested, withdrawn, read again."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import Decision
from projects.models import ProjetSante, SectionProjet
from projects.services.projets.deciding import oppose
from projects.services.projets.depositing import complete
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projects import porteur
from tests.factories.projets import (
    asked_project,
    deposited_project,
    fresh,
    give_pieces,
    required,
    useful,
)
from tests.projects.projets.gestures import OPPOSITION, at, plain, rows, url, validated_letter

pytestmark = pytest.mark.django_db


# --- After the deposit --------------------------------------------------------------------------------


def test_a_section_of_a_deposited_project_is_refused_with_its_state(by, pages):
    projet = deposited_project(by)
    stale = pages.post(url("projet_section", projet, "diagnostic"), {"version": 0, "population": "Trop tard."})
    assert (stale.status_code, "ne se modifie plus" in stale.content.decode()) == (409, True)
    for name in ("projet_document", "projet_fiches", "projet_territoire"):
        assert pages.get(url(name, projet)).status_code == 409


def test_an_incomplete_project_is_answered_then_completed(by, pages, clock):
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, required(now=at("2026-09-20")), useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    clock(at("2026-10-15"))
    page = pages.get(url("projet", projet))
    assert rows(page, "etape").phrase == "Prochaine étape\u00a0: répondre à l’ARS"
    assert "Exigées par un texte" in page.content.decode()
    assert "Utiles, sans effet sur le délai" in page.content.decode()
    assert "Compléter le projet" in pages.get(rows(page, "etape").url).content.decode()
    give_pieces(fresh(projet), by=by, now=at("2026-10-12"))
    assert rows(pages.get(url("projet", projet)), "etape").phrase == "Prochaine étape\u00a0: compléter le projet"
    assert "le dernier jour de l’ARS est le 12 décembre 2026" in plain(pages.get(url("projet_completer", projet)))
    assert pages.post(url("projet_completer", projet)).url == url("projet", projet)
    projet = fresh(projet)
    assert (projet.etat, projet.delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 12, 12))


def test_a_required_piece_without_an_answer_keeps_the_project_incomplete(by, pages):
    projet = asked_project(by, now=NOW)
    page = pages.get(url("projet_completer", projet))
    assert "exigée par un texte et n’a pas encore de réponse" in plain(page)
    assert "Envoyer et compléter le projet" not in plain(page), "no button that can only be refused"
    assert f'href="{reverse("dossiers:repondre", args=[projet.dossier_id])}">Répondre</a>' in page.content.decode()
    refused = pages.post(url("projet_completer", projet))
    assert (refused.status_code, "n’a pas encore de réponse" in refused.content.decode()) == (409, True)
    assert fresh(projet).etat == EtatProjet.INCOMPLET


def test_useful_pieces_are_sent_without_moving_a_date(by, pages, clock):
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    clock(at("2026-10-01"))
    page = pages.get(url("projet", projet))
    assert rows(page, "etape").phrase == "L’ARS vous demande des pièces utiles"
    assert pages.post(url("projet_pieces_utiles", projet)).status_code == 409
    give_pieces(fresh(projet), by=by, now=at("2026-10-01"))
    waiting = plain(pages.get(reverse("dossiers:repondre", args=[projet.dossier_id])))
    assert "votre réponse ne change rien au délai" in waiting
    sent = pages.post(url("projet_pieces_utiles", projet), follow=True)
    assert "Le délai ne change pas." in plain(sent)
    assert fresh(projet).delai.dernier_jour == date(2026, 11, 3)
    assert rows(sent, "etape").phrase == "Rien à faire pour l’instant"


def test_a_contested_requirement_shows_both_dates(by, pages, clock):
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, required(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    clock(at("2026-09-25"))
    form = plain(pages.get(url("projet_contester", projet)))
    assert "Dernier jour de l’ARS : 3 novembre 2026" in form
    assert pages.post(url("projet_contester", projet), {"motif": ""}).status_code == 422
    done = pages.post(url("projet_contester", projet), {"motif": "Aucun article ne la cite."}, follow=True)
    assert "Une exigence est contestée" in plain(done)
    assert fresh(projet).etat == EtatProjet.INCOMPLET


def test_a_project_is_withdrawn_with_its_reason(by, pages):
    projet = deposited_project(by)
    assert "son silence ne peut plus le valider" in plain(pages.get(url("projet_retirer", projet)))
    assert pages.post(url("projet_retirer", projet), {"motif": ""}).status_code == 422
    done = pages.post(url("projet_retirer", projet), {"motif": "Nous refaisons le projet."}, follow=True)
    assert rows(done, "etape").phrase == "Ce projet est retiré"
    assert fresh(projet).etat == EtatProjet.RETIRE


def test_the_silence_is_told_with_its_attestation(by, pages, clock):
    projet = deposited_project(by, now=at("2026-09-14"))
    passage(now=at("2026-11-15"))
    clock(at("2026-11-20"))
    pages.force_login(by.user)
    page = pages.get(url("projet", projet))
    assert rows(page, "etape").phrase == "Votre projet de santé est réputé validé depuis le 15 novembre 2026"
    assert "Attestation de validation tacite" in page.content.decode()


def test_the_decision_is_opened_from_the_project(by, pages):
    projet = deposited_project(by)
    oppose(projet=projet, opposition=OPPOSITION, motivation="Voici pourquoi.", by=decideur(), now=NOW)
    decision = projet.dossier.decisions.get()
    read = pages.get(reverse("dossiers:decision", args=[decision.pk]))
    assert (read.status_code, read.context["etape"]["url"]) == (200, url("projet", projet))


# --- Versions, calendar, journal ----------------------------------------------------------------------


def completed_project(by: Acteur) -> ProjetSante:
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, required(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    SectionProjet.objects.filter(projet=projet, cle="diagnostic").update(contenu={"population": "Elle vieillit."})
    give_pieces(fresh(projet), by=by, now=at("2026-10-12"))
    complete(projet=fresh(projet), by=by, now=at("2026-10-15"))
    return fresh(projet)


def test_two_versions_are_read_and_compared(by, pages):
    projet = completed_project(by)
    listed = rows(pages.get(url("projet_versions", projet)), "versions")
    assert [version["nom"] for version in listed] == [
        "Version 2, complétée le 15 octobre 2026",
        "Version 1, déposée le 3 septembre 2026",
    ]
    assert "Elle vieillit." not in pages.get(url("projet_version", projet, 1)).content.decode()
    assert "Elle vieillit." in pages.get(url("projet_version", projet, 2)).content.decode()
    page = pages.get(url("projet_comparer", projet), {"de": 1, "a": 2})
    assert [section.cle for section in page.context["comparaison"].told] == ["diagnostic"]


@pytest.mark.parametrize("query", [{"de": "9"}, {"a": "x"}, {"de": "-1"}, {"a": "99999999999"}])
def test_a_version_that_does_not_exist_is_not_compared(by, pages, query):
    projet = completed_project(by)
    assert pages.get(url("projet_comparer", projet), query).status_code == 404
    assert pages.get(url("projet_version", projet, 7)).status_code == 404


def test_one_version_alone_is_not_compared(by, pages):
    assert pages.get(url("projet_comparer", deposited_project(by))).status_code == 404


def test_the_calendar_tells_the_past_the_day_and_what_comes(by, pages, clock):
    projet = completed_project(by)
    clock(at("2026-11-20"))
    pages.force_login(by.user)
    page = pages.get(url("projet_calendrier", projet))
    assert [(item.day.isoformat(), item.label) for item in rows(page, "chronologie").items] == [
        ("2026-09-03", "Projet de santé déposé"),
        ("2026-09-20", "Pièces exigées demandées"),
        ("2026-10-15", "Projet complété"),
        ("2026-11-20", "Aujourd’hui"),
        ("2026-12-12", "Dernier jour de l’ARS"),
        ("2026-12-13", "Validation par le silence"),
    ]


def test_the_calendar_tells_until_when_pieces_are_awaited_and_a_validation_withdrawn(by, pages, clock):
    projet = deposited_project(by, now=at("2026-09-03"))
    limite = date(2026, 10, 20)
    asked_project(by, required(limite=limite), useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))

    def told(day):
        clock(at(day))
        pages.force_login(by.user)
        page = pages.get(url("projet_calendrier", projet))
        return [(item.day.isoformat(), item.label, item.kind) for item in rows(page, "chronologie").items]

    assert told("2026-10-01")[-1] == ("2026-10-20", "Pièces exigées attendues", "coming")
    give_pieces(fresh(projet), by=by, now=at("2026-10-12"))
    assert told("2026-10-13")[-2:] == [
        ("2026-12-12", "Dernier jour de l’ARS", "coming"),
        ("2026-12-13", "Validation par le silence", "coming"),
    ], "what came counts from its day, sent or not"
    complete(projet=fresh(projet), by=by, now=at("2026-10-14"))
    passage(now=at("2026-12-14"))
    assert told("2026-12-15")[-1] == ("2027-04-12", "Fin du retrait possible", "coming")
    assert told("2027-04-20")[-2:] == [
        ("2027-04-12", "Fin du retrait possible", "done"),
        ("2027-04-20", "Aujourd’hui", "today"),
    ]


def test_the_journal_of_a_file_tells_its_letter_and_its_project(by, pages):
    lettre = validated_letter(by)
    pages.post(reverse("projects:projet_ouvrir", args=[lettre.pk]))
    projet = ProjetSante.objects.get()
    withdrawn = pages.post(url("projet_retirer", projet), {"motif": "Nous recommençons."})
    assert withdrawn.status_code == 302
    acts = [row["acte"] for row in rows(pages.get(url("projet_journal", projet)), "lignes")]
    assert acts[0] == "Retirer le projet de santé"
    assert "Valider la lettre" in acts
    same = [row["acte"] for row in rows(pages.get(reverse("projects:journal", args=[lettre.pk])), "lignes")]
    assert same == acts


def test_a_project_of_another_association_does_not_exist(client):
    projet = deposited_project()
    client.force_login(porteur().user)
    names = ("projet", "projet_verifier", "projet_document", "projet_fiches", "projet_versions", "projet_calendrier")
    assert {client.get(url(name, projet)).status_code for name in names} == {404}


def test_the_reasons_of_a_decision_are_read_in_it_before_the_journal_tells_them(by, pages):
    projet = deposited_project(by)
    oppose(projet=projet, opposition=OPPOSITION, motivation="Voici pourquoi.", by=decideur(), now=NOW)

    def said():
        lines = rows(pages.get(url("projet_journal", projet)), "lignes")
        return next(line["motif"] for line in lines if line["motif"])

    assert said() == "Les raisons se lisent dans la décision."
    taken = Decision.objects.get(etape_id=projet.pk)
    assert taken.ouvertures.count() == 0
    assert "Voici pourquoi." in pages.get(reverse("dossiers:decision", args=[taken.pk])).content.decode()
    assert taken.ouvertures.count() == 1
    assert said() == "Voici pourquoi."
