"""The same path with JavaScript off: every kind of page is a plain form that a plain browser sends."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers, write_request
from projects.models import LettreIntention
from tests.factories.accounts import PASSWORD
from tests.factories.projects import porteur, ready_letter
from tests.journeys import gestures
from tests.journeys.gestures import SAVE, heading

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 320, "height": 700}


def test_a_letter_is_written_and_deposited_on_a_phone_without_script(
    open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    by = porteur()
    page = open_context(java_script_enabled=False, viewport=PHONE).new_page()
    gestures.sign_in(page, by.user.email, PASSWORD)
    page.get_by_role("link", name="Commencer une lettre d’intention").click()
    page.get_by_label("Nom de la CPTS").fill("CPTS des Coteaux")
    page.get_by_role("button", name="Commencer").click()
    letter = LettreIntention.objects.get()
    write_sections(page, letter)
    for cle in ("personnes", "besoins", "mobilisation", "projet", "organisation"):
        answers = reponses.LETTRE[cle]
        told = {**answers, "representant_courriel": by.user.email} if cle == "personnes" else answers
        save_letter_answers(letter, cle, told, by=by, now=letter.created_at)
    choose_funding(page, letter)
    letter.refresh_from_db()
    write_request(letter.demande, by=by, now=letter.created_at)
    write_budget(page, letter)
    join_piece(page, letter, tmp_path)
    deposit(page, letter)


def write_sections(page: Page, letter: LettreIntention) -> None:
    page.get_by_role("link", name="Continuer").click()
    heading(page, "L’association")
    gestures.fill(page, reponses.ASSOCIATION)
    page.get_by_role("button", name=SAVE).click()
    heading(page, "Les personnes et les pouvoirs")
    page.goto(f"/lettres/{letter.pk}/territoire/")
    gestures.add_place(page, "Nailloux", "Ajouter Nailloux", told="1 commune en plus", script=False)
    page.get_by_role("link", name="Continuer").click()
    heading(page, "L’accès aux soins depuis le territoire")
    gestures.fill(page, reponses.ACCES)
    page.get_by_role("button", name=SAVE).click()
    assert len(letter.sections.get(cle="acces").contenu["lieux"]) == 6
    page.goto(f"/lettres/{letter.pk}/rubriques/calendrier/")
    gestures.fill(page, reponses.CALENDRIER)
    page.get_by_role("button", name=SAVE).click()
    assert [step["etape"] for step in letter.sections.get(cle="calendrier").contenu["etapes"]] == [
        "Recrutement de la coordinatrice",
        "Groupes de travail et diagnostic",
    ]


def choose_funding(page: Page, letter: LettreIntention) -> None:
    page.goto(f"/lettres/{letter.pk}/rubriques/financement/")
    gestures.fill(page, reponses.FINANCEMENT)
    page.get_by_role("button", name=SAVE).click()
    heading(page, "CPTS des Coteaux")


def write_budget(page: Page, letter: LettreIntention) -> None:
    page.goto(f"/demandes/{letter.demande_id}/rubriques/budget_projet/")
    page.locator("[name=m_62_honoraires]").fill("9 500")
    page.get_by_role("button", name=SAVE).click()
    page.goto(f"/demandes/{letter.demande_id}/rubriques/budget_projet/")
    expect(page.get_by_text("Il manque 500 € de produits pour équilibrer le budget.").first).to_be_visible()
    page.locator("[name=m_62_honoraires]").fill("9 000")
    page.get_by_role("button", name=SAVE).click()
    heading(page, "Les attestations")


def join_piece(page: Page, letter: LettreIntention, folder: Path) -> None:
    page.goto(f"/lettres/{letter.pk}/")
    page.get_by_role("link", name="Joindre une pièce").click()
    gestures.join_piece(page, gestures.blank_pdf(folder))
    expect(page.get_by_text("« statuts.pdf » est jointe.")).to_be_visible()
    page.get_by_role("link", name="Retirer statuts.pdf").click()
    page.get_by_role("button", name="Retirer la pièce").click()
    expect(page.get_by_text("« statuts.pdf » est retirée.")).to_be_visible()
    page.get_by_role("link", name="Revenir à la lettre").click()


def deposit(page: Page, letter: LettreIntention) -> None:
    page.get_by_role("link", name="Vérifier et déposer").click()
    page.get_by_label("Ces réponses sont exactes").check()
    page.get_by_role("button", name="Déposer la lettre d’intention").click()
    expect(page.get_by_text(re.compile(r"déposée sous la référence OCC-31-\d{4}-\d{4}"))).to_be_visible()
    letter.refresh_from_db()
    assert letter.etat == "deposee"
    assert letter.demande.etat == "deposee"


def test_a_row_is_added_without_script_and_nothing_typed_is_lost(open_context: Callable[..., BrowserContext]) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    page = gestures.come_back(open_context(java_script_enabled=False), by.user)
    page.goto(f"/lettres/{letter.pk}/rubriques/personnes/")
    page.get_by_label("Fonction du représentant légal").fill("Co-présidente")
    rows = page.locator("#id_personnes tbody tr")
    before = rows.count()
    page.locator("[name='personnes-2-nom']").fill("Lou Fictif")
    page.get_by_role("button", name="Ajouter une ligne").click()
    expect(rows).to_have_count(before + 1)
    assert "#id_personnes" in page.url
    expect(page.get_by_label("Fonction du représentant légal")).to_have_value("Co-présidente")
    expect(page.locator("[name='personnes-2-nom']")).to_have_value("Lou Fictif")
