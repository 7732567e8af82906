"""A projet de santé in a browser: from the validated letter to the acknowledgement of its receipt by the ARS."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from dossiers.models import Document
from portal.demonstration.fiches import DOCUMENT
from portal.demonstration.projet import PROJET
from projects.models import ProjetSante
from projects.services.deciding import validate
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projects import porteur, transmitted_letter
from tests.journeys import gestures
from tests.journeys.actors import press, told
from tests.journeys.gestures import SAVE, Check, heading
from tests.stage.worker import CeleryWorker

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = re.compile(r"^Enregistré à \d{1,2}\sh\s\d{2}$")


def test_a_project_from_the_validated_letter_to_its_acknowledgement(
    open_context: Callable[..., BrowserContext], celery_worker: CeleryWorker, check_axe: Check, tmp_path: Path
) -> None:
    by = porteur()
    lettre = transmitted_letter(by, demande=False)
    validate(lettre=lettre, by=decideur(), now=NOW)
    page = gestures.come_back(open_context(), by.user)
    page.goto(reverse("projects:lettre", args=[lettre.pk]))
    press(page, "Écrire le projet de santé")
    check_axe(page)
    press(page, "Commencer le projet de santé")
    told(page, "Votre projet de santé est ouvert.")
    check_axe(page)
    identity(page, check_axe, by.user.email)
    an_action(page, check_axe)
    own_document(page, check_axe, tmp_path)
    deposit(page, check_axe)
    acknowledgement(page, celery_worker)


def identity(page: Page, check_axe: Check, email: str) -> None:
    """A section carried over from the letter, saved as one writes."""
    press(page, "L’association et les signataires")
    heading(page, "L’association et les signataires")
    told(page, "Repris de la lettre d’intention")
    gestures.fill(page, {**PROJET["identite"], "representant_courriel": email})
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    check_axe(page)
    page.get_by_role("button", name="Enregistrer et revenir à la liste").click()
    told(page, "Enregistré.")


def an_action(page: Page, check_axe: Check) -> None:
    """An example becomes an action in one click, and is saved as one writes although a field is named "action"."""
    page.get_by_role("link", name=re.compile("^(Partir d’un exemple|Exemples, retirer une fiche)")).first.click()
    heading(page, "Les fiches-actions")
    page.get_by_text("4 exemples : Faciliter l’accès à un médecin traitant").click()
    check_axe(page)
    page.get_by_role("button", name=re.compile("^Adapter cet exemple")).first.click()
    told(page, "L’exemple est copié")
    page.get_by_label("Qui pilote").fill("La coordinatrice")
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    check_axe(page)
    page.get_by_role("button", name="Enregistrer et revenir à la liste").click()


def own_document(page: Page, check_axe: Check, folder: Path) -> None:
    """The association changes its mind: its own document, and the short fiche."""
    page.get_by_role("button", name="Choisir de déposer votre document").click()
    told(page, "Joignez votre document")
    press(page, "Joindre le document")
    check_axe(page)
    secret = folder / "faux.pdf"
    secret.write_bytes(b"%PDF-1.7 rien")
    page.get_by_label("Votre document").set_input_files(secret)
    page.get_by_role("button", name="Joindre ce document").click()
    told(page, "À corriger avant de continuer")
    check_axe(page)
    page.get_by_label("Votre document").set_input_files(gestures.blank_pdf(folder, "projet.pdf"))
    page.get_by_role("button", name="Joindre ce document").click()
    told(page, "« projet.pdf » est joint.")
    press(page, "La fiche de synthèse")
    gestures.fill(page, DOCUMENT)
    check_axe(page)
    page.get_by_role("button", name=SAVE).click()


def deposit(page: Page, check_axe: Check) -> None:
    press(page, "Vérifier et déposer")
    heading(page, "Vérifiez vos réponses")
    told(page, "Points signalés, sans bloquer le dépôt")
    check_axe(page)
    page.get_by_role("button", name="Déposer le projet de santé").click()
    told(page, "Cochez la case qui dit que les réponses sont exactes.")
    page.get_by_label("Ces réponses sont exactes").check()
    page.get_by_label("J’ai lu ces points").check()
    page.get_by_role("button", name="Déposer le projet de santé").click()
    told(page, "Votre projet est déposé sous la référence")
    expect(page.get_by_role("heading", name="Rien à faire pour l’instant")).to_be_visible()
    check_axe(page)


def acknowledgement(page: Page, worker: CeleryWorker) -> None:
    projet = ProjetSante.objects.select_related("delai").get()
    worker.wait_until(lambda: not Document.objects.exclude(etat="rendu").exists(), seconds=90)
    page.reload()
    link = page.get_by_role("link", name="Accusé de réception du projet de santé (PDF)")
    answer = page.request.get(str(link.get_attribute("href")))
    words = gestures.words_of(answer.body())
    assert "sous réserve que la demande soit complète" in words
    assert projet.delai is not None
    assert projet.delai.echeance_le is not None
    assert f"{projet.delai.echeance_le.year}" in words
