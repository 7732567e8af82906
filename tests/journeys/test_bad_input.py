"""What a browser may send wrong: each gets its sentence and its status, nothing is lost, nothing half-done."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.acteur import Acteur
from projects.models import LettreIntention
from tests.factories.projects import porteur, ready_letter
from tests.journeys import gestures
from tests.journeys.gestures import SAVE, Check, heading

pytestmark = pytest.mark.django_db(transaction=True)

DEPOSIT = "Déposer la lettre d’intention"
Place = tuple[Page, LettreIntention, Acteur]


@pytest.fixture
def place(open_context: Callable[..., BrowserContext]) -> Place:
    """A person at the screen, and a letter that waits only for its deposit."""
    by = porteur()
    letter = ready_letter(by)
    return gestures.come_back(open_context(), by.user), letter, by


def status_of(page: Page, button: Locator) -> int:
    """The status of the page a button sends."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as caught:
        button.click()
    return caught.value.status


def test_a_text_too_long_is_refused_with_what_was_typed_kept(place: Place, check_axe: Check) -> None:
    page, letter, _ = place
    page.goto(f"/lettres/{letter.pk}/rubriques/organisation/")
    field = page.get_by_label("La gouvernance envisagée")
    field.evaluate("e => e.removeAttribute('maxlength')")
    field.fill("é" * 6001)
    assert status_of(page, page.get_by_role("button", name=SAVE)) == 422
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("6000 caractères")
    check_axe(page)
    summary.get_by_role("link", name="La gouvernance envisagée").click()
    expect(page.get_by_label("La gouvernance envisagée")).to_have_value("é" * 6001)
    assert len(letter.sections.get(cle="organisation").contenu["gouvernance"]) < 200


def test_of_two_deposits_one_is_made_and_the_other_is_told(place: Place, check_axe: Check) -> None:
    page, letter, _ = place
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"/lettres/{letter.pk}/verifier/")
        window.get_by_label("Ces réponses sont exactes").check()
    page.get_by_role("button", name=DEPOSIT).click()
    expect(page.get_by_text(re.compile("Votre lettre est déposée sous la référence"))).to_be_visible()
    assert status_of(other, other.get_by_role("button", name=DEPOSIT)) == 409
    heading(other, "Cette action n’est plus possible")
    check_axe(other)
    assert letter.evenements.count() == 1
    assert letter.dossier.documents.count() == 4


def test_two_clicks_make_one_deposit(place: Place) -> None:
    page, letter, _ = place
    page.goto(f"/lettres/{letter.pk}/verifier/")
    page.get_by_label("Ces réponses sont exactes").check()
    page.get_by_role("button", name=DEPOSIT).dblclick()
    page.wait_for_url(re.compile(r"/lettres/\d+/(deposer/)?$"))
    page.goto(f"/lettres/{letter.pk}/")
    heading(page, "CPTS des Coteaux")
    assert letter.evenements.count() == 1
    assert letter.dossier.documents.count() == 4


def test_the_letter_of_another_association_does_not_exist(place: Place, check_axe: Check) -> None:
    page, *_ = place
    foreign = ready_letter(nom="CPTS voisine secrète")
    paths = [
        f"/lettres/{foreign.pk}/",
        f"/lettres/{foreign.pk}/verifier/",
        f"/lettres/{foreign.pk}/territoire/",
        f"/lettres/{foreign.pk}/rubriques/besoins/",
        f"/demandes/{foreign.demande_id}/",
        f"/demandes/{foreign.demande_id}/rubriques/budget_projet/",
        f"/dossiers/{foreign.dossier_id}/pieces/",
    ]
    for path in paths:
        answer = page.request.get(path)
        assert answer.status == 404, path
        assert "voisine secrète" not in answer.text(), path
    page.goto(paths[0])
    heading(page, "Page introuvable")
    check_axe(page)


def test_a_form_without_its_token_is_refused_and_writes_nothing(place: Place, check_axe: Check) -> None:
    page, letter, _ = place
    page.goto(f"/lettres/{letter.pk}/verifier/")
    page.get_by_label("Ces réponses sont exactes").check()
    page.locator("form[action$='/deposer/'] [name=csrfmiddlewaretoken]").evaluate("e => e.remove()")
    assert status_of(page, page.get_by_role("button", name=DEPOSIT)) == 403
    heading(page, "Le formulaire n’a pas été accepté")
    check_axe(page)
    assert letter.evenements.count() == 0


def test_a_budget_that_does_not_balance_is_kept_said_and_not_deposited(place: Place, check_axe: Check) -> None:
    page, letter, _ = place
    page.goto(f"/demandes/{letter.demande_id}/rubriques/budget_projet/")
    page.locator("[name=m_62_honoraires]").fill("10000")
    expect(page.get_by_text("Il manque 1 000 € de produits pour équilibrer le budget.").first).to_be_visible()
    page.get_by_role("button", name="Enregistrer et revenir à la liste").click()
    expect(
        page.get_by_text("5 parties complètes sur 6").or_(page.get_by_text("4 parties complètes sur 6"))
    ).to_be_visible()
    page.goto(f"/lettres/{letter.pk}/verifier/")
    missing = page.get_by_role("region", name="Il manque encore ceci pour déposer")
    expect(missing).to_contain_text("Le budget du projet")
    check_axe(page)
    expect(page.get_by_role("button", name=DEPOSIT)).to_have_count(0)
    missing.get_by_role("link").first.click()
    expect(page.locator("[name=m_62_honoraires]")).to_have_value(re.compile(r"10.?000"))


def test_a_file_that_lies_about_its_type_is_refused(place: Place, check_axe: Check, tmp_path: Path) -> None:
    page, letter, _ = place
    lie = tmp_path / "statuts.pdf"
    lie.write_bytes(b"MZ" + b"\0" * 2000)
    page.goto(f"/dossiers/{letter.dossier_id}/pieces/")
    page.get_by_label("Nature de la pièce").select_option("statuts")
    page.get_by_label("Fichier").set_input_files(lie)
    assert status_of(page, page.get_by_role("button", name="Joindre")) == 422
    expect(page.get_by_role("alert")).to_contain_text("Fichier")
    check_axe(page)
    assert letter.dossier.pieces.count() == 0


def test_a_file_of_sixty_megabytes_is_refused_without_being_read(place: Place, tmp_path: Path) -> None:
    page, letter, _ = place
    heavy = tmp_path / "lourd.pdf"
    with heavy.open("wb") as sparse:
        sparse.truncate(60 * 1024 * 1024)
    page.goto(f"/dossiers/{letter.dossier_id}/pieces/")
    page.get_by_label("Nature de la pièce").select_option("statuts")
    page.get_by_label("Fichier").set_input_files(heavy)
    assert status_of(page, page.get_by_role("button", name="Joindre")) == 413
    heading(page, "Fichier trop volumineux")
    assert letter.dossier.pieces.count() == 0


def test_an_unknown_commune_is_said_and_a_forged_one_refused(place: Place, check_axe: Check) -> None:
    page, letter, _ = place
    page.goto(f"/lettres/{letter.pk}/territoire/?q=Zzyzx")
    expect(page.get_by_text("Aucune commune ni intercommunalité pour « Zzyzx ».")).to_be_visible()
    page.goto(f"/lettres/{letter.pk}/territoire/?q=Muret")
    button = page.get_by_role("button", name="Ajouter Muret", exact=True)
    button.evaluate("e => { e.value = '99999'; }")
    assert status_of(page, button) == 422
    expect(page.get_by_role("alert")).to_be_visible()
    check_axe(page)
    assert letter.dossier.territoires.get(fige_at=None).parts.count() == 4
