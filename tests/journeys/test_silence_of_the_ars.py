"""The silence of the ARS on a projet de santé, in a browser: after a piece, on the last night, proven wrong."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from dossiers.models import Decision, Document, PieceDemandee
from guichet.kernel.civil import PARIS, civil_day, date_longue
from projects.models import ProjetSante
from projects.states import EtatProjet
from tests.factories.bodies import agent, decideur
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project, fresh
from tests.journeys.actors import Actors, on, told
from tests.journeys.gestures import Check, blank_pdf, words_of
from tests.stage.worker import CeleryWorker

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., BrowserContext]


def test_a_piece_asked_and_given_the_date_moved_and_the_attestation_verified(
    open_context: Open, check_axe: Check, celery_worker: CeleryWorker, settings: Any, tmp_path: Path
) -> None:
    settings.REPETITION = True
    actors = Actors(open_context, check_axe)
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=timezone.now() - timedelta(days=10))
    ask_a_piece(actors, ars, projet)
    give_it(actors, by, projet)
    projet = fresh(projet)
    assert (projet.etat, projet.delai.origine_le) == (EtatProjet.DEPOSE, civil_day(timezone.now()))
    move_the_date(actors, projet)
    celery_worker.wait_until(lambda: fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT, seconds=60)
    assert projet.evenements.get(action="constater_silence").prend_effet_le == projet.delai.echeance_le
    celery_worker.wait_until(lambda: not Document.objects.exclude(etat="rendu").exists(), seconds=90)
    read_and_verify(actors, by, projet, tmp_path)


def ask_a_piece(actors: Actors, ars: Any, projet: ProjetSante) -> None:
    """One a text requires: the clock has not begun, and both are told."""
    with actors.as_(ars) as page:
        page.goto(reverse("projects:projet_demander_pieces", args=[projet.pk]))
        page.locator("[name='items-0-intitule']").fill("Délimitation du territoire")
        page.locator("[name='items-0-requise']").select_option("exigee")
        page.locator("[name='items-0-fondement']").fill("CSP, art. L1434-12")
        limit = civil_day(timezone.now()) + timedelta(days=20)
        page.locator("[name='items-0-limite_le']").fill(limit.isoformat())
        actors.look(page)
        page.get_by_role("button", name="Envoyer la demande").click()
        told(page, "Délai non commencé")
        actors.look(page)


def give_it(actors: Actors, by: Any, projet: ProjetSante) -> None:
    item = PieceDemandee.objects.get(demande__dossier=projet.dossier_id)
    with actors.as_(by) as page:
        page.goto(reverse("projects:projet", args=[projet.pk]))
        told(page, "Prochaine étape")
        actors.look(page)
        page.goto(reverse("dossiers:repondre_piece", args=[item.pk]))
        page.get_by_label("Votre réponse").fill("La liste des communes est dans la partie « Le territoire ».")
        page.get_by_role("button", name="Enregistrer la réponse").click()
        expect(page.get_by_role("button", name="Enregistrer la réponse")).to_have_count(0)
        page.goto(reverse("projects:projet_completer", args=[projet.pk]))
        told(page, "Les deux mois courent à partir de l’arrivée")
        actors.look(page)
        page.get_by_role("button", name="Envoyer et compléter le projet").click()
        told(page, "Votre projet est complété.")


def move_the_date(actors: Actors, projet: ProjetSante) -> None:
    """A region rehearses: the administrator goes to the day of the silence, the worker records it."""
    with actors.as_(agent("guichet-occitanie", droits=["administrer"])) as page:
        page.goto(reverse("portal:repetition"))
        left = (projet.delai.echeance_le - civil_day(timezone.now())).days
        page.get_by_role(
            "button", name=f"Avancer de {left} jours jusqu’à l’échéance de {projet.dossier.nom}"
        ).first.click()
        told(page, f"Le portail est maintenant au {date_longue(projet.delai.echeance_le)}.")


def read_and_verify(actors: Actors, by: Any, projet: ProjetSante, folder: Path) -> None:
    with actors.as_(by) as page:
        page.goto(reverse("projects:projet", args=[projet.pk]))
        told(page, "Réputé validé")
        actors.look(page)
        link = page.get_by_role("link", name="Attestation de validation tacite (PDF)").first
        paper = page.request.get(str(link.get_attribute("href"))).body()
        words = words_of(paper)
        assert f"Réputé validé à partir du {date_longue(projet.delai.echeance_le)}" in words
        assert "L232-3" in words
        file = folder / "attestation.pdf"
        file.write_bytes(paper)
        page.goto(reverse("dossiers:verifier"))
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Vérifier le fichier").click()
        told(page, "Ce fichier est authentique")


DEPOT = datetime(2026, 9, 14, 10, tzinfo=PARIS)
LAST = date(2026, 11, 14)


def test_an_opposition_on_the_last_day_at_23_59_counts_and_a_minute_later_it_does_not(
    open_context: Open, check_axe: Check
) -> None:
    actors = Actors(open_context, check_axe)
    ars = decideur()
    in_time, too_late = deposited_project(now=DEPOT), deposited_project(now=DEPOT, nom="CPTS des Vallons")
    with on(datetime.combine(LAST, time(23, 59), tzinfo=PARIS)), actors.as_(ars) as page:
        oppose(page, in_time)
        told(page, "L’opposition est signée")
        actors.look(page)
    with on(datetime.combine(LAST + timedelta(days=1), time(0, 0, 5), tzinfo=PARIS)), actors.as_(ars) as page:
        page.goto(reverse("projects:projet_opposer", args=[too_late.pk]))
        told(page, "Le dernier jour pour décider était le 14 novembre 2026")
        call_command("passage_horloge", verbosity=0)
    assert (fresh(in_time).etat, fresh(too_late).etat) == (EtatProjet.OPPOSE, EtatProjet.VALIDE_TACITEMENT)
    assert fresh(in_time).evenements.filter(action="constater_silence").count() == 0


def oppose(page: Page, projet: ProjetSante) -> None:
    page.goto(reverse("projects:projet_opposer", args=[projet.pk]))
    page.locator("[name='motif'][value='territoire']").check()
    page.locator("[name='raison']").fill("Il coupe en deux le bassin de vie.")
    page.locator("[name='motivation']").fill("Les patients se soignent de l’autre côté de la limite proposée.")
    page.get_by_role("button", name="Signer l’opposition").click()


def test_a_silence_is_proven_wrong_by_two_persons_and_the_attestation_is_annulled(
    open_context: Open, check_axe: Check, celery_worker: CeleryWorker, tmp_path: Path
) -> None:
    actors = Actors(open_context, check_axe)
    types, confirms = decideur(), decideur()
    projet = deposited_project(now=DEPOT)
    with on(datetime.combine(LAST + timedelta(days=4), time(9), tzinfo=PARIS)):
        call_command("passage_horloge", verbosity=0)
        assert fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT
        celery_worker.wait_until(lambda: not Document.objects.exclude(etat="rendu").exists(), seconds=90)
        with actors.as_(types) as page:
            type_paper(page, projet, signer=str(confirms.user.pk), scan=blank_pdf(tmp_path, "recommande.pdf"))
            actors.look(page)
        typed = Decision.objects.get(etape_id=projet.pk)
        with actors.as_(confirms) as page:
            page.goto(reverse("projects:papier_confirmer", args=[typed.pk]))
            told(page, "Ce que la confirmation fait")
            actors.look(page)
            page.get_by_role("button", name="Confirmer la décision").click()
            expect(page.get_by_role("button", name="Confirmer la décision")).to_have_count(0)
        assert fresh(projet).etat == EtatProjet.OPPOSE
        attested = Document.objects.get(dossier=projet.dossier_id, modele="attestation")
        page = open_context().new_page()
        page.goto(reverse("dossiers:verifier", args=[attested.code_court]))
        expect(page.get_by_role("heading", name="Ce document est annulé")).to_be_visible()
        actors.look(page)


def type_paper(page: Page, projet: ProjetSante, *, signer: str, scan: Path) -> None:
    """The opposition left by registered post: signed on D-5, received on D-3, typed on D+4."""
    page.goto(reverse("projects:projet_papier_decision", args=[projet.pk]))
    page.locator("[name='nature'][value='opposition_projet']").check()
    page.locator("[name='signataire']").select_option(signer)
    page.locator("[name='signee_le']").fill("2026-11-09")
    page.locator("[name='notifiee_le']").fill("2026-11-11")
    page.get_by_text("Si c’est une décision").click()
    page.locator("[name='motif'][value='territoire']").check()
    page.locator("[name='raison']").fill("Il coupe en deux le bassin de vie.")
    page.locator("[name='motivation']").fill("Reprise des motifs de la décision.")
    page.locator("[name='scan']").set_input_files(scan)
    page.get_by_role("button", name=re.compile("^Enregistrer$")).click()
    told(page, "Confirmer")
