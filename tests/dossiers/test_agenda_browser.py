"""The pages of calendars in a browser: at three widths, with axe, without script."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dossiers.models import AbonnementAgenda
from dossiers.services.agenda import subscribe
from tests.factories.accounts import NOW
from tests.factories.projects import deposited_letter, porteur
from tests.journeys import gestures
from tests.journeys.gestures import Check

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (320, 768, 1280)


def look(page: Page, name: str, check_axe: Check, folder: Path) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, f"{name} at {width}"
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    check_axe(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_followed_in_a_calendar_from_its_page_then_no_more(
    open_context: Callable[..., BrowserContext], check_axe: Check, screenshots: Path, scripts: bool
) -> None:
    by = porteur()
    lettre = deposited_letter(by, nom="CPTS du Girou")
    subscribe(dossier=None, by=by, now=NOW)
    page = gestures.come_back(open_context(java_script_enabled=scripts), by.user)
    shown = (lambda name: look(page, name, check_axe, screenshots)) if scripts else (lambda name: None)
    page.goto(f"/lettres/{lettre.pk}/")
    shown("agenda-lettre")
    page.get_by_role("link", name="Suivre ce dossier dans mon agenda").click()
    shown("agenda-dossier")
    page.get_by_role("button", name="Créer une adresse").click()
    address = page.get_by_label("Adresse à copier").input_value()
    assert address.endswith(".ics")
    shown("agenda-adresse")
    page.get_by_role("link", name="Voir toutes mes adresses").click()
    expect(page.get_by_role("link", name="Retirer")).to_have_count(2)
    shown("agendas")
    page.get_by_role("link", name="Retirer l’adresse de CPTS du Girou").click()
    shown("agenda-retirer")
    page.get_by_role("button", name="Retirer l’adresse").click()
    expect(page.get_by_role("status").or_(page.get_by_text("L’adresse est retirée")).first).to_be_visible()
    assert AbonnementAgenda.objects.active().filter(dossier=lettre.dossier).count() == 0
