"""Entering, seen in a browser: without JavaScript, on a phone, with axe on each page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Envoi
from accounts.states import Genre
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 320, "height": 700}


def link_in_last_mail() -> str:
    match = re.search(r"https?://[^/\s]+(/\S+)", Envoi.objects.latest("id").texte)
    assert match
    return match[1]


def fits(page: Page) -> None:
    """Nothing of the page is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_person_creates_an_account_on_a_phone_without_javascript(
    open_context: Callable[..., Any], check_axe: Callable[[Page], None]
) -> None:
    page = open_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(reverse("account_signup"))
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="À corriger avant de continuer")).to_be_visible()
    page.get_by_label("Prénom").fill("Dominique")
    page.get_by_label("Nom", exact=False).nth(1).fill("Essai")
    page.get_by_label("Adresse électronique").fill("dominique@exemple.fr")
    page.locator("[name=password1]").fill("une phrase pour essai")
    page.locator("[name=password2]").fill("une phrase pour essai")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="Vérifiez votre adresse")).to_be_visible()
    page.goto(link_in_last_mail())
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("L’adresse dominique@exemple.fr est vérifiée.")).to_be_visible()


def test_the_pages_of_entrance_have_no_fault_of_accessibility(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in ("account_login", "account_signup", "account_reset_password", "account_email_verification_sent"):
        page.goto(reverse(name))
        check_axe(page)
        fits(page)
    page.goto(reverse("account_signup"))
    page.get_by_role("button", name="Créer mon compte").click()
    check_axe(page)


def test_an_agent_is_led_to_its_second_factor_then_in(page: Page, check_axe: Callable[[Page], None]) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    agent = MembershipFactory(organisation=OrganisationFactory(genre=Genre.CPAM)).user
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill(agent.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Mettre en service le second facteur")).to_be_visible()
    check_axe(page)
    fits(page)
    page.get_by_text("Je ne peux pas viser le dessin").click()
    secret = page.locator("samp").inner_text()
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Mettre en service").click()
    expect(page.locator("samp")).to_have_count(10)
    check_axe(page)
    fits(page)
    page.goto(reverse("accounts:profil"))
    expect(page.get_by_role("heading", name="Votre profil")).to_be_visible()
    check_axe(page)
