"""The rehearsal as a region holds it: the date moved in a browser, the silence recorded by the real worker."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import PassageHorloge
from funding.states import EtatDemandeFir
from guichet.kernel.civil import civil_day, date_longue
from tests.factories.accounts import enrol
from tests.factories.bodies import agent, decideur
from tests.factories.projects import fresh, porteur, transmitted_letter
from tests.journeys.gestures import Check, come_back
from tests.stage.worker import CeleryWorker

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/administration/repetition/"
SIZES = {"phone": (320, 720), "tablet": (768, 1024), "wide": (1280, 900)}


def admin() -> Acteur:
    by = agent("guichet-occitanie", droits=["administrer"])
    enrol(by.user)
    return by


def pictures(page: Page, folder: Path, name: str) -> None:
    """The page at three widths, none wider than its screen."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, size)
        page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_region_rehearses_a_silence_in_a_few_gestures(
    script: bool,
    open_context: Callable[..., BrowserContext],
    celery_worker: CeleryWorker,
    check_axe: Check,
    screenshots: Path,
    settings: Any,
) -> None:
    settings.REPETITION = True
    team, ars = porteur(), decideur()
    lettre = transmitted_letter(team, now=timezone.now())
    period = fresh(lettre).demande.delai
    left = (period.echeance_le - civil_day(timezone.now())).days
    page = come_back(open_context(java_script_enabled=script), admin().user)

    page.goto("/administration/")
    page.get_by_role("link", name="Répéter une échéance").click()
    expect(page.get_by_role("complementary", name="Répétition")).to_have_count(0)
    if script:
        check_axe(page)
        pictures(page, screenshots, "repetition-avant")
    page.get_by_role("button", name=f"Avancer de {left} jours jusqu’à l’échéance de {lettre.dossier.nom}").click()
    day = date_longue(period.echeance_le)
    expect(page.get_by_text(f"Le portail est maintenant au {day}.")).to_be_visible()
    expect(page.get_by_role("complementary", name="Répétition")).to_contain_text(f"le portail est au {day}")

    celery_worker.wait_until(lambda: fresh(lettre).demande.etat == EtatDemandeFir.REJETEE_TACITEMENT)
    event = fresh(lettre).demande.evenements.get(action="constater_rejet")
    assert (event.prend_effet_le, civil_day(event.recorded_at), event.origine) == (
        period.echeance_le,
        period.echeance_le,
        "horloge",
    )
    assert civil_day(PassageHorloge.objects.latest("debut_at").debut_at) == period.echeance_le
    told = "Rejet par silence de votre demande"
    celery_worker.wait_until(lambda: any(told in mail["Subject"] for mail in celery_worker.mails()))
    marked = [mail for mail in celery_worker.mails() if told in mail["Subject"]]
    assert [(mail["To"], mail["Subject"].strip().startswith("[Répétition] ")) for mail in marked] == [
        (team.user.email, True)
    ]
    body = marked[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Répétition\u00a0: ce message a été écrit pendant un exercice")
    assert (
        Envoi.objects.filter(user=ars.user, sujet__startswith="[Répétition] Demande rejetée par silence").count() == 1
    )

    page.reload()
    expect(page.get_by_text("L’horloge est à jour")).to_be_visible()
    expect(page.get_by_text(told).first).to_be_visible()
    if script:
        check_axe(page)
        pictures(page, screenshots, "repetition-apres")
    page.goto("/sante/horloge")
    expect(page.get_by_text("à l’heure")).to_be_visible()


def test_the_banner_fits_every_screen_of_the_public_pages(
    open_context: Callable[..., BrowserContext], check_axe: Check, screenshots: Path, settings: Any
) -> None:
    from portal.services.repetition import advance

    settings.REPETITION = True
    advance(jours=57, depuis=0, by=admin(), now=timezone.now())
    page = open_context().new_page()
    for name, path in {"accueil": "/", "connexion": "/comptes/login/", "introuvable": "/nulle/part/"}.items():
        page.goto(path)
        told = date_longue(civil_day(timezone.now()) + timedelta(days=57))
        expect(page.get_by_role("complementary", name="Répétition")).to_contain_text(told)
        check_axe(page)
        pictures(page, screenshots, f"repetition-{name}")
