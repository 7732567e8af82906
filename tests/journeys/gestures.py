"""What a person does at a screen: sign in, fill a section, add a row, choose a place. No test lives here."""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pypdf
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.models import User

Check = Callable[[Page], None]
SAVE = "Enregistrer et continuer"


def come_back(context: BrowserContext, user: User) -> Page:
    """A page of a person already signed in: its session, without the form."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page = context.new_page()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": _origin(context, page)}])
    return page


def _origin(context: BrowserContext, page: Page) -> str:
    page.goto(reverse("portal:vivant"))
    return urljoin(page.url, "/")


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").first.fill(password)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def heading(page: Page, title: str) -> None:
    """The page has arrived."""
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Type every answer of a section in its field; a list fills one row after the other."""
    for name, value in answers.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                _fill_row(page, name, number, row)
        elif value is not None:
            answer(page.locator(f"form.form-section [name='{name}']"), value)


def _fill_row(page: Page, name: str, number: int, row: Mapping[str, Any]) -> None:
    """A row of a table, added when it is missing; a count is typed beside its name, which stands there already."""
    first = next(iter(row.values()))
    fixed = page.locator(f"#id_{name} tr", has=page.locator(f"input[type=hidden][value='{first}']"))
    if fixed.count():
        for column, value in list(row.items())[1:]:
            answer(fixed.locator(f"[name$='-{column}']"), value)
        return
    for column, value in row.items():
        field = page.locator(f"[name='{name}-{number}-{column}']")
        if not field.count():
            page.locator(f"[data-rows-add][value='{name}']").click()
        answer(field, value)


def answer(field: Locator, value: Any) -> None:
    """Type, choose or tick, as the field asks."""
    kind = field.first.evaluate("e => e.type || e.tagName")
    if kind == "radio":
        field.and_(field.page.locator(f"[value='{value}']")).check()
    elif kind == "checkbox":
        field.set_checked(bool(value))
    elif kind == "select-one":
        field.select_option(str(value))
    else:
        field.fill(str(value))


def fill_budget(page: Page, lines: Mapping[str, int]) -> None:
    for code, amount in lines.items():
        page.locator(f"[name='m_{code}']").fill(str(amount))


def add_place(page: Page, words: str, button: str, *, told: str, script: bool = True) -> None:
    """Search a place of the territory, press what the answer offers, wait for what it says."""
    page.get_by_label("Commune, code postal ou intercommunalité").fill(words)
    if not script:
        page.get_by_role("button", name="Chercher").click()
    page.locator("#resultats").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(re.compile(told))).to_be_visible()


def join_piece(page: Page, path: Path, nature: str = "Statuts de l’association") -> None:
    page.get_by_label("Nature de la pièce").select_option(label=nature)
    page.get_by_label("Fichier").set_input_files(path)
    page.get_by_role("button", name="Joindre").click()


def blank_pdf(folder: Path, name: str = "statuts.pdf") -> Path:
    """A real PDF of one page."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    path = folder / name
    writer.write(path)
    return path


def words_of(pdf: bytes) -> str:
    """The text of a PDF, spaces made plain."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


def path_in(text: str) -> str:
    """The path of the first address of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None, text
    return found[1]
