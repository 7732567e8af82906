"""Signing in, writing and depositing with the keyboard alone; the place of the focus is always seen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers
from projects.services.territoire import remove_parts
from tests.factories.accounts import NOW, PASSWORD
from tests.factories.projects import porteur, ready_letter
from tests.journeys.gestures import heading

pytestmark = pytest.mark.django_db(transaction=True)

FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    // Inside a date the browser's own calendar button takes its turn, with the browser's own ring.
    const within = !e.matches(":focus");
    const ringed = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const label = e.labels?.[0]?.textContent || e.getAttribute("aria-label") || e.textContent || "";
    return {
        name: e.name || "", value: e.value || "", tag: e.tagName, words: label.replace(/\\s+/g, " ").trim(),
        seen: within || (ringed(style) && box.width > 0 && box.bottom > 0),
    };
}"""


def tab_to(page: Page, words: str = "", *, name: str = "", most: int = 120) -> None:
    """Press Tab until the focus is on what says these words or has this name; each stop on the way is visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            continue
        assert stop["seen"], f"the focus is not seen on {stop} of {page.url}"
        if (words and stop["words"].startswith(words)) or (name and stop["name"] == name):
            return
    raise AssertionError(f"{words or name} is not reached with Tab on {page.url}")


def type_in(page: Page, name: str, text: str) -> None:
    tab_to(page, name=name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_a_letter_is_finished_and_deposited_with_the_keyboard_alone(
    open_context: Callable[..., BrowserContext],
) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    draft = letter.dossier.territoires.get(fige_at=None)
    remove_parts(etape=letter, parts=list(draft.parts.values_list("pk", flat=True)), by=by, now=NOW)
    save_letter_answers(letter, "calendrier", {}, by=by, now=NOW)
    save_letter_answers(letter, "association", {**reponses.ASSOCIATION, "statut": ""}, by=by, now=NOW)
    page = open_context().new_page()
    sign_in(page, by.user.email)
    tab_to(page, "Continuer")
    page.keyboard.press("Enter")
    heading(page, "L’association")
    write_association(page)
    choose_place(page, letter.pk)
    add_step(page, letter.pk)
    deposit(page, letter.pk)


def sign_in(page: Page, email: str) -> None:
    page.goto("/comptes/login/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["words"] == "Aller au contenu"
    assert page.evaluate(FOCUS)["seen"]
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    type_in(page, "login", email)
    type_in(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Bonjour Camille")


def write_association(page: Page) -> None:
    tab_to(page, name="statut")
    page.keyboard.press("Space")
    expect(page.get_by_label("Elle est déclarée")).to_be_checked()
    type_in(page, "sigle", "SDC")
    tab_to(page, "Enregistrer et revenir à la liste")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enregistré.")).to_be_visible()


def choose_place(page: Page, pk: int) -> None:
    page.goto(f"/lettres/{pk}/territoire/")
    type_in(page, "q", "Nailloux")
    expect(page.get_by_role("button", name="Ajouter Nailloux", exact=True)).to_be_visible()
    tab_to(page, "Ajouter Nailloux")
    page.keyboard.press("Space")
    expect(page.get_by_text("1 commune en plus dans le territoire.")).to_be_visible()
    tab_to(page, "Continuer")


def add_step(page: Page, pk: int) -> None:
    page.goto(f"/lettres/{pk}/rubriques/calendrier/")
    tab_to(page, "Ajouter une ligne")
    page.keyboard.press("Space")
    assert re.fullmatch(r"etapes-\d+-etape", page.evaluate(FOCUS)["name"])
    page.keyboard.type("Première réunion")
    type_in(page, "projet_prevu_le", "")
    page.keyboard.type("09302027")
    tab_to(page, "Enregistrer et continuer")
    page.keyboard.press("Enter")
    heading(page, "Le financement")


def deposit(page: Page, pk: int) -> None:
    page.goto(f"/lettres/{pk}/verifier/")
    tab_to(page, name="exact")
    page.keyboard.press("Space")
    tab_to(page, "Déposer la lettre d’intention")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Votre lettre est déposée sous la référence"))).to_be_visible()
