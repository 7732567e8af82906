"""The public pages, the pages of refusal and the health of the service."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import BrowserContext, Page

PUBLIC = ["/", "/accessibilite/", "/confidentialite/", "/mentions-legales/", "/calculer-un-delai/", "/composants/"]
REFUSALS = ["400", "403", "403_csrf", "404", "409", "413", "422", "429", "500", "503"]
WITHOUT_REQUEST = ["400", "403_csrf", "413", "429", "500", "503"]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:")
CONTEXT = {"phrase": "Le délai est passé.", "limite_mo": 20}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_opens_without_an_account_and_holds_no_inline_code(client: Client, path: str) -> None:
    answer = client.get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert INLINE.findall(text) == []
    assert len(answer.content) < 60_000
    assert text.count("<h1") == 1
    assert '<html lang="fr">' in text


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_asks_nothing_of_another_site(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', text) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_the_policy_of_contents_allows_our_own_files_only(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["img-src"] == "'self' data:"


def test_the_public_home_names_the_region_and_the_four_steps(client: Client) -> None:
    text = client.get("/").content.decode()
    steps = re.search(r'<ol class="steps">(.*?)</ol>', text, re.DOTALL)
    assert "en région Occitanie" in text
    assert steps is not None
    assert re.findall(r"<h3>(.*?)</h3>", steps[1]) == [
        "Se réunir",
        "Déposer la lettre d’intention",
        "Transmettre le projet de santé",
        "Signer le contrat",
    ]


def test_the_accessibility_statement_does_not_claim_an_audit(client: Client) -> None:
    text = client.get("/accessibilite/").content.decode()
    assert "<h1>Accessibilité\u00a0: non audité</h1>" in text


def test_the_legal_notice_says_which_vintage_of_communes_is_used(client: Client) -> None:
    assert "millésime" in client.get("/mentions-legales/").content.decode()


def test_the_components_are_not_shown_in_production(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    assert client.get("/composants/").status_code == 404


def test_the_banner_of_training_is_on_every_page_of_a_demonstration_and_nowhere_else(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    assert "données inventées" in client.get("/accessibilite/").content.decode()
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    assert "données inventées" not in client.get("/accessibilite/").content.decode()


@pytest.mark.parametrize("status", REFUSALS)
def test_each_refusal_is_a_page_in_french_that_leads_somewhere(client: Client, status: str) -> None:
    request = client.get("/").wsgi_request
    text = render_to_string(f"{status}.html", CONTEXT, None if status in WITHOUT_REQUEST else request)
    assert '<html lang="fr">' in text
    assert text.count("<h1>") == 1
    assert 'href="/"' in text
    assert INLINE.findall(text) == []


@pytest.mark.parametrize("status", WITHOUT_REQUEST)
def test_a_page_shown_when_the_database_is_away_asks_it_nothing(django_assert_num_queries: object, status: str) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        render_to_string(f"{status}.html", CONTEXT)


def test_an_unknown_address_is_a_404_in_the_portals_style(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Page introuvable" in answer.content.decode()


def test_the_process_answers_alive_without_a_query(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = client.get("/sante/vivant")
    assert (answer.status_code, answer.content) == (200, b"vivant\n")


def test_the_service_is_ready_when_the_database_answers(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        answer = client.get("/sante/pret")
    assert answer.status_code == 200


def test_the_service_is_not_ready_when_the_database_refuses(client: Client) -> None:
    def refuse(*arguments: object) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(refuse):
        answer = client.get("/sante/pret")
    assert answer.status_code == 503


def test_a_health_page_is_never_kept_by_a_cache(client: Client) -> None:
    assert "no-store" in client.get("/sante/vivant")["Cache-Control"]


def test_every_component_says_what_it_needs() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "components"
    silent = {path.name for path in folder.glob("*.html") if "{% comment %}" not in path.read_text()}
    assert silent == {"footer.html", "head.html", "logo.html"}  # they need nothing


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_public_pages_hold_in_the_window_and_pass_axe(
    open_context: Callable[..., BrowserContext], check_axe: Callable[[Page], None], width: int, scheme: str
) -> None:
    page = open_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    for path in [*PUBLIC, "/nulle-part/"]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, path
        check_axe(page)


@pytest.mark.django_db(transaction=True)
def test_the_choice_of_a_dark_display_survives_the_next_page(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="Passer en affichage sombre").click()
    page.goto("/accessibilite/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 24, 23)"


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


@pytest.mark.django_db(transaction=True)
def test_the_balance_of_a_budget_follows_what_one_types(page: Page) -> None:
    page.goto("/composants/")
    balance = page.locator("[data-budget-balance]")
    assert balance.text_content() == "Il manque 3\u00a0000\u00a0€ de produits pour équilibrer le budget."
    page.get_by_label("Cotisations").fill("7 000,50")
    assert balance.text_content() == "Les produits dépassent les charges de 0,50\u00a0€."
    page.get_by_label("Cotisations").fill("7000")
    assert balance.text_content() == "Le budget est équilibré."
