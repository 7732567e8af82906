"""Two versions side by side, in a browser: what is read aloud, what is seen, where the links lead."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, Page

from guichet.kernel.comparison import compare

NAMES = {"avant": "Version 1", "apres": "Version 2", "court_avant": "Version 1", "court_apres": "Version 2"}
SIDES = (
    "[...document.querySelectorAll('#partie-besoins .row-changed td')].slice(0, 2).map(c => c.getBoundingClientRect())"
)


def shown(before: str, after: str) -> str:
    parts = [
        [{"cle": "a", "titre": "A", "blocs": [{"genre": "texte", "paragraphes": [text]}]}] for text in (before, after)
    ]
    return render_to_string("components/comparison_versions.html", {"comparaison": compare(*parts), **NAMES})


def test_what_was_typed_is_escaped_in_every_segment() -> None:
    text = shown("Avant <b>un</b>", "Avant <i>deux</i>")
    assert "<b>" not in text
    assert "<i>" not in text
    assert "&lt;" in text


def test_two_versions_that_say_the_same_are_said_so() -> None:
    text = shown("Trois médecins.", "Trois médecins.")
    assert "Les deux versions disent la même chose." in text
    assert "<del>" not in text
    assert "<ins>" not in text


@pytest.mark.django_db(transaction=True)
def test_a_change_is_read_aloud_and_the_summary_leads_to_it(page: Page) -> None:
    page.goto("/composants/")
    row = page.get_by_role("table", name="L’association, Version 1 et Version 2").get_by_role("row")
    cells = row.filter(has_text="81").get_by_role("cell")
    assert [" ".join(text.split()) for text in cells.all_text_contents()] == [
        "retiré : 62 (fin)",
        "ajouté : 81 (fin)",
    ]
    page.get_by_role("link", name="Les actions").click()
    assert page.evaluate("document.activeElement.id") == "partie-actions"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "beside"), [(1280, True), (991, False), (320, False)])
def test_versions_are_side_by_side_where_there_is_room_and_else_one_under_the_other(
    open_context: Callable[..., BrowserContext], width: int, beside: bool
) -> None:
    page: Page = open_context(viewport={"width": width, "height": 900}).new_page()
    page.goto("/composants/")
    left, right = page.evaluate(SIDES)
    assert (left["top"] == right["top"], left["right"] <= right["left"]) == (beside, beside)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
