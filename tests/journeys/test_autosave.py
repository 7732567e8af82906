"""What is typed is kept: as one writes, through a failure, a session that ends, a second writer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.demonstration import reponses
from projects.models import LettreIntention
from tests.factories.accounts import PASSWORD, MembershipFactory
from tests.factories.projects import porteur, ready_letter
from tests.journeys import gestures
from tests.journeys.gestures import Check, heading

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile(r"^Enregistré à \d{1,2}\sh\s\d{2}$")
FAILED = re.compile(r"^Échec de l’enregistrement\s: votre texte est gardé ici$")
MINE, THEIRS = "Le territoire vieillit vite.", "Le territoire gagne des habitants."
Windows = Callable[..., BrowserContext]


def needs(letter: LettreIntention) -> str:
    """What the database keeps of the field these tests write."""
    return str(letter.sections.get(cle="besoins").contenu["population"])


def open_needs(page: Page, letter: LettreIntention) -> None:
    page.goto(f"/lettres/{letter.pk}/rubriques/besoins/")
    heading(page, "Les besoins du territoire")


def write(page: Page, text: str) -> None:
    page.get_by_label("La population et sa santé").fill(text)


def test_what_is_typed_is_saved_as_one_writes_and_survives_a_failure_and_a_lost_session(
    open_context: Windows, check_axe: Check
) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    context = open_context()
    page = gestures.come_back(context, by.user)
    open_needs(page, letter)
    expect(page.locator("[data-autosave-state]")).to_have_text(re.compile("^Enregistré le 16 novembre 2026 à "))
    write(page, MINE)
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    assert needs(letter) == MINE
    failure_keeps_the_text(page, letter, check_axe)
    context.clear_cookies()
    write(page, "Écrit après la fin de la session.")
    expect(page.locator("[data-autosave-state]")).to_contain_text("Votre session est terminée")
    gestures.sign_in(context.new_page(), by.user.email, PASSWORD)
    write(page, "Écrit après la fin de la session, puis repris.")
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    assert needs(letter) == "Écrit après la fin de la session, puis repris."


def failure_keeps_the_text(page: Page, letter: LettreIntention, check_axe: Check) -> None:
    """The network falls: it is said; the page is closed; at the next opening the text is offered again."""
    page.route("**/rubriques/besoins/", lambda route: route.abort())
    write(page, "Écrit sans réseau.")
    expect(page.locator("[data-autosave-state]")).to_have_text(FAILED)
    check_axe(page)
    page.context.watch.allow("ERR_FAILED")  # type: ignore[attr-defined]
    assert needs(letter) == MINE
    page.unroute("**/rubriques/besoins/")
    page.once("dialog", lambda dialog: dialog.accept())
    open_needs(page, letter)
    expect(page.get_by_label("La population et sa santé")).to_have_value(MINE)
    check_axe(page)
    page.get_by_role("button", name="Reprendre mon texte").click()
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    assert needs(letter) == "Écrit sans réseau."


def test_a_text_too_long_is_never_cut_in_silence(open_context: Windows, check_axe: Check) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    page = gestures.come_back(open_context(), by.user)
    open_needs(page, letter)
    told = page.locator("#div_id_population .length-told")
    write(page, ("x" * 99 + "\n") * 59 + "x" * 100)
    expect(told).to_have_text(re.compile(r"^6\s000 caractères sur 6\s000\.$"))
    expect(page.locator("[data-autosave-state]")).to_have_text(SAVED)
    assert len(needs(letter)) == 6000
    write(page, ("x" * 99 + "\n") * 59 + "x" * 100 + "de trop")
    expect(told).to_have_text(re.compile(r"^7 caractères de trop\s: 6\s000 au plus\.$"))
    expect(page.get_by_label("La population et sa santé")).to_have_value(re.compile("de trop$"))
    expect(page.locator("#div_id_population .invalid-feedback")).to_be_visible()
    check_axe(page)
    page.context.watch.allow("422")  # type: ignore[attr-defined]


def test_a_bank_account_never_stays_in_the_browser(open_context: Windows) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    page = gestures.come_back(open_context(), by.user)
    page.goto(f"/lettres/{letter.pk}/rubriques/association/")
    page.evaluate("localStorage.setItem('guichet-brouillon:1:/ancien/', JSON.stringify({at: 0, texts: []}))")
    page.reload()
    page.get_by_label("Sigle").fill("ESSAI")
    page.route("**/rubriques/association/", lambda route: route.abort())
    page.get_by_label("IBAN").fill("FR7630006000011234567890189")
    expect(page.locator("[data-autosave-state]")).to_have_text(FAILED)
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "ESSAI" in stored
    assert "FR76" not in stored
    assert "/ancien/" not in stored
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/")
    page.context.watch.allow("ERR_FAILED")  # type: ignore[attr-defined]


def test_the_second_of_two_writers_is_told_and_both_texts_are_shown(open_context: Windows, check_axe: Check) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    colleague = MembershipFactory(organisation=by.membership.organisation, droits=["rediger"]).user  # type: ignore[union-attr]
    first = gestures.come_back(open_context(java_script_enabled=False), colleague)
    second = gestures.come_back(open_context(java_script_enabled=False), by.user)
    for page in (first, second):
        open_needs(page, letter)
    write(first, THEIRS)
    first.get_by_role("button", name="Enregistrer et continuer").click()
    heading(first, "Les professionnels mobilisés")
    write(second, MINE)
    with second.expect_response(lambda answer: answer.request.method == "POST") as caught:
        second.get_by_role("button", name="Enregistrer et continuer").click()
    assert caught.value.status == 409
    told = second.get_by_role("alert")
    expect(told).to_contain_text(f"{colleague} a modifié cette page pendant que vous écriviez")
    expect(told.get_by_role("row", name="La population et sa santé")).to_contain_text(THEIRS)
    expect(told.get_by_role("row", name="La population et sa santé")).to_contain_text(MINE)
    expect(second.get_by_label("La population et sa santé")).to_have_value(MINE)
    assert needs(letter) == THEIRS
    second.get_by_role("button", name="Enregistrer mes réponses").click()
    heading(second, "Les professionnels mobilisés")
    assert needs(letter) == MINE
    assert letter.sections.get(cle="besoins").contenu["priorites"] == reponses.BESOINS["priorites"]


def test_autosave_never_writes_over_another_writer(open_context: Windows, check_axe: Check) -> None:
    by = porteur()
    letter = ready_letter(by, demande=False)
    colleague = MembershipFactory(organisation=by.membership.organisation, droits=["rediger"]).user  # type: ignore[union-attr]
    mine = gestures.come_back(open_context(), by.user)
    theirs = gestures.come_back(open_context(), colleague)
    for page in (mine, theirs):
        open_needs(page, letter)
    write(theirs, THEIRS)
    expect(theirs.locator("[data-autosave-state]")).to_have_text(SAVED)
    write(mine, MINE)
    expect(mine.locator("[data-autosave-state]")).to_contain_text(f"{colleague} a modifié cette page.")
    check_axe(mine)
    assert needs(letter) == THEIRS
    mine.get_by_role("button", name="Enregistrer et continuer").click()
    expect(mine.get_by_role("row", name="La population et sa santé")).to_contain_text(THEIRS)
    check_axe(mine)
    mine.get_by_role("link", name="gardez les réponses déjà enregistrées").click()
    expect(mine.get_by_label("La population et sa santé")).to_have_value(THEIRS)
