"""Each page of a letter at three widths, light and dark: it holds in the window, has no fault, stays light."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext

from accounts.acteur import Acteur
from accounts.models import Profession
from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers
from projects import sections
from projects.models import LettreIntention
from projects.services.depositing import withdraw
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur, enrol
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.journeys import gestures
from tests.journeys.gestures import Check

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (320, 768, 1280)
SIZE_LIMIT = 60_000


def writing_pages(letter: LettreIntention) -> dict[str, str]:
    own = [rubrique.cle for rubrique in sections.RUBRIQUES if rubrique.cle != sections.TERRITOIRE]
    return {
        "accueil-porteur": "/accueil/",
        "nouvelle": "/lettres/nouvelle/",
        "lettre": f"/lettres/{letter.pk}/",
        **{f"rubrique-{cle}": f"/lettres/{letter.pk}/rubriques/{cle}/" for cle in own},
        "territoire": f"/lettres/{letter.pk}/territoire/",
        "verifier": f"/lettres/{letter.pk}/verifier/",
        "conseillers": f"/lettres/{letter.pk}/conseillers/",
        "pieces": f"/dossiers/{letter.dossier_id}/pieces/?retour=/lettres/{letter.pk}/",
        "demande": f"/demandes/{letter.demande_id}/rubriques/demande/",
        "chiffrage": f"/demandes/{letter.demande_id}/rubriques/chiffrage/",
        "moyens": f"/demandes/{letter.demande_id}/rubriques/moyens/",
        "budget": f"/demandes/{letter.demande_id}/rubriques/budget_projet/",
        "attestations": f"/demandes/{letter.demande_id}/rubriques/attestations/",
    }


def look_at(
    context: BrowserContext, user: Any, pages: dict[str, str], check_axe: Check, folder: Path, scheme: str
) -> None:
    page = gestures.come_back(context, user)
    for name, path in pages.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, f"{path} at {width}"
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=width != 768)
        if scheme == "dark":  # the whole path, in test_letter.py, runs axe on the same pages in light
            check_axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_that_write_a_letter_hold_in_the_window(
    open_context: Callable[..., BrowserContext], check_axe: Check, screenshots: Path, scheme: str
) -> None:
    by = porteur()
    letter = ready_letter(by)
    PieceFactory(dossier=letter.dossier, deposee_par=by.user)
    pages = writing_pages(letter)
    if scheme == "dark":
        pages = {name: pages[name] for name in ("lettre", "rubrique-mobilisation", "verifier", "budget")}
    look_at(open_context(color_scheme=scheme), by.user, pages, check_axe, screenshots, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_that_read_a_letter_hold_in_the_window(
    open_context: Callable[..., BrowserContext], check_axe: Check, screenshots: Path, scheme: str
) -> None:
    by = porteur()
    letter, ended = deposited_letter(by), deposited_letter(by, nom="CPTS du Girou")
    withdraw(lettre=ended, motif="Le projet en rejoint un autre.", by=by, now=NOW)
    guichet = OrganisationFactory(genre="guichet", code="guichet-occitanie")
    agent = MembershipFactory(organisation=guichet, droits=["instruire"]).user
    enrol(agent)
    own = {
        "accueil-deposee": "/accueil/",
        "lecture-porteur": f"/lettres/{letter.pk}/",
        "retirer": f"/lettres/{letter.pk}/retirer/",
        "reprendre": f"/lettres/{ended.pk}/reprendre/",
    }
    theirs = {
        "liste": "/lettres/",
        "lecture-guichet": f"/lettres/{letter.pk}/",
        "demande-lue": f"/demandes/{letter.demande_id}/",
    }
    if scheme == "dark":
        own, theirs = (
            {"accueil-deposee": "/accueil/"},
            {"lecture-guichet": f"/lettres/{letter.pk}/", "liste": "/lettres/"},
        )
    look_at(open_context(color_scheme=scheme), by.user, own, check_axe, screenshots, scheme)
    look_at(open_context(color_scheme=scheme), agent, theirs, check_axe, screenshots, scheme)


MANY: dict[str, dict[str, Any]] = {
    "personnes": {
        "personnes": [{"nom": f"Alix Fictif {n}", "profession": "Infirmière", "role": "autre"} for n in range(25)]
    },
    "acces": {
        "lieux": [{"recours": "ehpad", "structure": f"EHPAD {n}", "commune": "Revel", "minutes": n} for n in range(25)]
    },
    "calendrier": {
        "etapes": [{"etape": f"Réunion {n}", "debut": "2027-01-04", "fin": "2027-02-26"} for n in range(25)]
    },
}


def filled(by: Acteur, **kwargs: Any) -> LettreIntention:
    """A letter with twenty-five rows in each of its tables, one per profession in the counts."""
    letter = ready_letter(by, **kwargs)
    counts = [
        {"profession": code, "mobilises": 10, "presents": 20}
        for code in Profession.objects.order_by("ordre").values_list("code", flat=True)
    ]
    for cle, rows in {**MANY, "mobilisation": {"professionnels": counts}}.items():
        save_letter_answers(letter, cle, {**reponses.LETTRE[cle], **rows}, by=by, now=NOW)
    return letter


def test_a_page_stays_light_with_twenty_five_rows(client: Client) -> None:
    by = porteur()
    letter = filled(by)
    client.force_login(by.user)
    sizes = {path: len(client.get(path).content) for path in writing_pages(letter).values()}
    assert {path: size for path, size in sizes.items() if size > SIZE_LIMIT} == {}


def test_an_invited_adviser_reads_the_draft_and_its_contents(client: Client) -> None:
    from dossiers.services.conseillers import invite_adviser

    by = porteur()
    letter = filled(by)
    guichet = OrganisationFactory(genre="guichet", code="guichet-occitanie")
    adviser = acteur(MembershipFactory(organisation=guichet, droits=["instruire"]))
    enrol(adviser.user)
    client.force_login(adviser.user)
    assert client.get(f"/lettres/{letter.pk}/").status_code == 404
    invite_adviser(dossier=letter.dossier, user=adviser.user, by=by, now=NOW)
    text = client.get(f"/lettres/{letter.pk}/").content.decode()
    assert [f'<a href="#{rubrique.cle}">' in text for rubrique in sections.RUBRIQUES] == [True] * 10
    assert reponses.ASSOCIATION["iban"] not in text
