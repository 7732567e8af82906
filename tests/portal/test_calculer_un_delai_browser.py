"""The page "Calculer un délai" in a browser: at three widths, by axe, with the keyboard, without script."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

PAGE = "/calculer-un-delai/"
AU, ASKED, ANSWERED = "2026-11-21", "2026-09-20", "2026-10-12"
Open = Callable[..., BrowserContext]
pytestmark = pytest.mark.django_db(transaction=True)
LONG = urlencode(
    {
        "regime": "rejet",
        "recu": "2026-09-03",
        "pieces-0-demandee_le": ASKED,
        "pieces-0-recue_le": ANSWERED,
        "pieces-1-nature": "utile",
        "pieces-1-demandee_le": ASKED,
        "au": AU,
    }
)
WRONG = "recu=2026-02-30&pieces-0-demandee_le=2026-09-20&pieces-0-recue_le=2026-09-12&au=demain"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_answer_and_its_refusals_hold_in_the_window_and_pass_axe(
    open_context: Open, check_axe: Callable[[Page], None], scheme: str
) -> None:
    page = open_context(color_scheme=scheme).new_page()
    for query in (LONG, WRONG):
        page.goto(f"{PAGE}?{query}")
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, (query, width)
        check_axe(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_period_is_computed_with_and_without_script(open_context: Open, script: bool) -> None:
    page = open_context(java_script_enabled=script, viewport={"width": 320, "height": 700}).new_page()
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Calculer ce délai").click()
    page.get_by_label("Jour de réception").fill("2026-09-03")
    page.get_by_label("Jour où l’on se place").fill(AU)
    page.locator("[name='pieces-0-demandee_le']").fill("2026-09-10")
    page.locator("[name='pieces-0-recue_le']").fill("2026-09-30")
    page.get_by_role("button", name="Ajouter une pièce").click()
    page.locator("[name='pieces-1-demandee_le']").fill(ASKED)
    page.locator("[name='pieces-1-recue_le']").fill(ANSWERED)
    page.locator("[name='pieces-1-recue_le']").press("Enter")  # computes; asks for no row more
    expect(page.get_by_text("samedi 12 décembre 2026")).to_be_visible()
    page.get_by_role("link", name="Lien vers cette réponse").click()
    expect(page.get_by_text("Pièce exigée par un texte, demandée le 20 septembre 2026, reçue le 12")).to_be_visible()


def test_a_line_of_the_summary_leads_to_its_field(page: Page) -> None:
    page.goto(f"{PAGE}?{WRONG}")
    page.get_by_role("link", name="Pièce 1, reçue le").click()
    assert page.evaluate("document.activeElement.name") == "pieces-0-recue_le"
