"""What the association is told of its project, in every state, in the words of the home and of the page."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from accounts.acteur import Acteur
from projects.models import ProjetSante, SectionProjet
from projects.selectors.projets import projects_for_pages, with_sections
from projects.services.projets.deciding import oppose, validate, withdraw_validation
from projects.services.projets.depositing import withdraw
from projects.services.silence import passage
from projects.views.projets import steps
from projects.views.steps import Step
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projets import (
    asked_project,
    deposited_project,
    draft,
    give_pieces,
    ready_project,
    required,
    useful,
)
from tests.projects.projets.gestures import OPPOSITION, at, url

pytestmark = pytest.mark.django_db


def told(projet: ProjetSante, by: Acteur, *, deposits: bool = True, now: datetime = NOW) -> Step:
    read = with_sections(projects_for_pages(by)).get(pk=projet.pk)
    suivi = steps.follow_ups([read]).get(read.pk, steps.NOTHING_KNOWN)
    return steps.next_step(read, deposits=deposits, now=now, suivi=suivi)


def jalons(projet: ProjetSante, by: Acteur) -> list[tuple[str, str]]:
    read = with_sections(projects_for_pages(by)).get(pk=projet.pk)
    suivi = steps.follow_ups([read]).get(read.pk, steps.NOTHING_KNOWN)
    return [(each["quand"], each["titre"]) for each in steps.milestones(read, suivi)]


def test_a_draft_is_led_to_what_blocks_then_to_an_action_then_to_its_deposit(by):
    projet = draft(by)
    assert told(projet, by).url == url("projet_section", projet, "identite")
    ready = ready_project(by, nom="CPTS du Volvestre")
    sheets = SectionProjet.objects.filter(projet=ready, cle__startswith="fiche-")
    sheets.update(etat="a_commencer")
    assert told(ready, by).url == url("projet_fiches", ready)
    sheets.update(etat="en_cours")
    assert told(ready, by).url == url("projet_verifier", ready)
    assert told(ready, by, deposits=False).phrase == "Prochaine étape\u00a0: faire déposer le projet"


def test_a_draft_of_its_own_document_is_led_to_the_document(by):
    projet = ready_project(by)
    ProjetSante.objects.filter(pk=projet.pk).update(forme="document")
    assert told(projet, by).url == url("projet_document", projet)


def test_deposited_the_silence_is_told_with_its_dates(by):
    projet = deposited_project(by, now=at("2026-09-14"))
    found = told(projet, by, now=at("2026-10-01"))
    assert (found.phrase, found.url) == ("Rien à faire pour l’instant", "")
    assert found.detail == (
        "L’ARS examine votre projet jusqu’au 14 novembre 2026. Sans opposition d’ici là, il est réputé validé le "
        "15 novembre 2026."
    )
    assert [titre for _, titre in jalons(projet, by)] == [
        "Projet commencé",
        "Projet déposé",
        "L’ARS examine le projet",
        "Dernier jour de l’ARS",
        "Sans opposition, réputé validé",
    ]


def test_after_the_last_day_a_clock_that_is_late_changes_no_right(by):
    projet = deposited_project(by, now=at("2026-09-14"))
    assert "son silence valide le projet" in told(projet, by, now=at("2026-11-15")).detail


def test_where_the_ars_notes_the_receipt_no_date_is_promised(by, monkeypatch):
    monkeypatch.setattr("projects.services.projets.depositing.valeur", lambda *args, **kwargs: "constat")
    projet = deposited_project(by, now=at("2026-09-14"))
    assert told(projet, by).detail.startswith("L’ARS doit constater le jour où elle a reçu le projet")
    assert jalons(projet, by)[-1] == ("Aujourd’hui", "L’ARS constate la réception")


def test_what_a_text_requires_comes_before_what_is_useful(by):
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, required(now=at("2026-09-20")), useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    found = told(projet, by, now=at("2026-09-21"))
    assert (found.phrase, found.echeance) == ("Prochaine étape\u00a0: répondre à l’ARS", "Pour le 20 octobre 2026")
    assert found.url == reverse("dossiers:repondre", args=[projet.dossier_id])
    give_pieces(projet, by=by, now=at("2026-10-01"))
    assert told(projet, by, now=at("2026-10-01")).url == url("projet_completer", projet)
    assert told(projet, by, deposits=False, now=at("2026-10-01")).url == ""


def test_a_useful_piece_is_asked_without_fear(by):
    projet = deposited_project(by, now=at("2026-09-03"))
    asked_project(by, useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    found = told(projet, by, now=at("2026-09-21"))
    assert "Aucun texte ne les exige\u00a0: le délai continue de courir." in found.detail
    assert found.bouton == "Répondre"


def test_validated_opposed_withdrawn_and_annulled_lead_to_what_follows(by):
    validated = deposited_project(by)
    validate(projet=validated, sans_attendre="Urgence.", by=decideur(), now=NOW)
    assert told(validated, by).phrase == "Votre projet de santé est validé"
    opposed = deposited_project(by, nom="CPTS du Volvestre")
    oppose(projet=opposed, opposition=OPPOSITION, motivation="Voici.", by=decideur(), now=NOW)
    assert (told(opposed, by).phrase, told(opposed, by).bouton) == ("L’ARS s’oppose à votre projet", "Lire la décision")
    gone = deposited_project(by, nom="CPTS de la Lèze")
    withdraw(projet=gone, motif="Nous refaisons.", by=by, now=NOW)
    assert told(gone, by).url == url("projet_reprendre", gone)
    withdraw_validation(projet=validated, motivation="Illégale.", entendue_le=NOW.date(), by=decideur(), now=NOW)
    assert told(validated, by).phrase == "L’ARS a retiré la validation de votre projet"


def test_the_silence_leads_to_its_attestation_and_a_late_decision_is_told(by):
    projet = deposited_project(by, now=at("2026-09-14"))
    passage(now=at("2026-11-15"))
    found = told(projet, by, now=at("2026-11-16"))
    assert (found.bouton, found.url) == ("Lire l’attestation", f"{url('projet', projet)}#documents")
    ProjetSante.objects.filter(pk=projet.pk).update(a_verifier_at=at("2026-11-16"))
    assert told(projet, by).phrase == "Votre projet est réputé validé, à vérifier"


def test_the_follow_ups_of_many_projects_take_as_many_queries_as_those_of_one(by, django_assert_num_queries):
    many = [
        asked_project(by, required(), now=NOW, projet=deposited_project(by, nom=f"CPTS {n}"))
        for n in ("des Coteaux", "du Volvestre", "de la Lèze")
    ]
    for few in (many[:1], many):
        read = list(projects_for_pages(by).filter(pk__in=[each.pk for each in few]))
        with django_assert_num_queries(4):
            found = steps.follow_ups(read)
        assert {len(each.demandes) for each in found.values()} == {1}
        assert {each.dates["deposer"] for each in found.values()} == {date(2026, 11, 16)}
