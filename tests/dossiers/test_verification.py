"""The public page of verification: what it says of a paper, and what it never says."""

import hashlib
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dossiers.models import Document
from dossiers.services import documents, rendering
from dossiers.views import verification
from tests.factories.accounts import NOW
from tests.factories.dossiers import DossierFactory
from tests.kernel.paper_sample import letter

SECRET = "Canari du contenu"
PAGE = "/verifier/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "media"), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def paper(db: None) -> Document:
    """A drawn paper whose content must stay unknown to the page."""
    cache.clear()
    bloc = {"genre": "texte", "paragraphes": [SECRET]}
    document = documents.create_document(
        evenement=uuid4(),
        modele="lettre",
        dossier=DossierFactory(depose=True, nom=f"CPTS {SECRET}"),
        titre="Lettre d’intention",
        contexte=letter(bloc, reference=f"REF {SECRET}"),
        now=NOW,
    )
    rendering.render_due(now=NOW)
    document.refresh_from_db()
    return document


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main", 1)[1])
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " ").replace("&nbsp;", " "))


def of(document: Document) -> str:
    return reverse("dossiers:verifier", args=[document.code_court])


def upload(content: bytes, name: str = "papier.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_the_page_opens_without_an_account(client: Client, db: None) -> None:
    response = client.get(PAGE)
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    assert "Vérifier un document" in text(response)


@pytest.mark.parametrize(
    "write", [str, str.lower, lambda code: f" {code[:5]}-{code[5:]} ", lambda code: f"{code[:5]} {code[5:]}"]
)
def test_a_code_typed_in_any_way_leads_to_its_address(write: Any, client: Client, paper: Document) -> None:
    response = client.post(PAGE, {"code": write(paper.code_court)})
    assert (response.status_code, response["Location"]) == (303, of(paper))


def test_a_known_code_says_what_and_when_and_nothing_of_the_content(client: Client, paper: Document) -> None:
    response = client.get(of(paper))
    shown = text(response)
    assert response.status_code == 200
    assert "Ce code est celui d’un document du portail" in shown
    assert "Lettre d’intention" in shown
    assert SECRET not in response.content.decode()
    assert paper.dossier.reference not in response.content.decode()


def test_a_code_in_lower_case_in_the_address_is_sent_to_its_own(client: Client, paper: Document) -> None:
    response = client.get(f"/verifier/{paper.code_court.lower()}/")
    assert (response.status_code, response["Location"]) == (302, of(paper))


def test_an_unknown_code_is_a_404_with_its_sentence(client: Client, paper: Document) -> None:
    response = client.get("/verifier/3333333333/")
    assert response.status_code == 404
    assert "Ce code n’est pas connu" in text(response)


def test_a_paper_not_drawn_yet_is_not_known(client: Client, db: None) -> None:
    waiting = documents.create_document(
        evenement=uuid4(), modele="x", dossier=DossierFactory(), titre="Lettre", contexte=letter(), now=NOW
    )
    assert client.get(of(waiting)).status_code == 404


def test_the_very_file_is_recognised_and_not_kept(client: Client, paper: Document, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*.pdf"))
    response = client.post(PAGE, {"fichier": upload(paper.fichier.read())})
    assert response.status_code == 200
    assert "Ce fichier est authentique" in text(response)
    assert SECRET not in response.content.decode()
    assert sorted(tmp_path.rglob("*.pdf")) == before


def test_a_file_changed_by_one_byte_is_not_known(client: Client, paper: Document) -> None:
    response = client.post(of(paper), {"fichier": upload(paper.fichier.read() + b"\n")})
    shown = text(response)
    assert response.status_code == 200
    assert "Ce fichier n’est pas connu" in shown
    assert "Lettre d’intention" not in shown


def test_a_digest_typed_with_spaces_and_capitals_is_recognised(client: Client, paper: Document) -> None:
    typed = f" {paper.sha256[:32].upper()} {paper.sha256[32:]} "
    assert "Ce fichier est authentique" in text(client.post(PAGE, {"empreinte": typed}))


def test_a_file_is_told_apart_from_the_paper_of_another_code(client: Client, paper: Document) -> None:
    other = documents.create_document(
        evenement=uuid4(), modele="accuse", dossier=paper.dossier, titre="Accusé", contexte=letter(), now=NOW
    )
    rendering.render_due(now=NOW)
    response = client.post(of(other), {"empreinte": paper.sha256})
    assert "ce n’est pas le document de ce code" in text(response)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"code": "ABC"}, "Un code compte dix lettres et chiffres"),
        ({"code": ""}, "Ce champ est obligatoire"),
        ({"empreinte": "xyz"}, "Une empreinte SHA-256 compte 64 caractères"),
        ({}, "Choisissez un fichier, ou tapez son empreinte."),
        ({"fichier": SimpleUploadedFile("vide.pdf", b"")}, "vide"),
    ],
)
def test_what_cannot_be_checked_gets_its_sentence_and_422(
    data: dict[str, Any], sentence: str, client: Client, db: None
) -> None:
    response = client.post(PAGE, data)
    assert response.status_code == 422
    assert sentence in text(response)


def test_a_file_heavier_than_any_paper_is_refused(client: Client, db: None, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    response = client.post(PAGE, {"fichier": upload(b"x" * (1024 * 1024 + 1))})
    assert response.status_code == 422
    assert "dépasse 1 Mo" in text(response)


def test_an_address_that_asks_too_often_waits_a_minute(client: Client, paper: Document) -> None:
    empty = hashlib.sha256(b"").hexdigest()
    for _ in range(60):
        assert client.post(PAGE, {"empreinte": empty}).status_code == 200
    refused = client.post(PAGE, {"empreinte": paper.sha256})
    assert refused.status_code == 429
    assert "Trop de vérifications" in text(refused)
    assert "authentique" not in text(refused)
    assert client.get(of(paper)).status_code == 200


def test_a_reader_who_asks_once_a_minute_is_never_refused(client: Client, db: None, monkeypatch: Any) -> None:
    cache.clear()
    monkeypatch.setattr(verification, "PERIOD_SECONDS", 0.001)
    answers = {client.post(PAGE, {"code": "7K4MR9TXQ3"}).status_code for _ in range(verification.TRIES + 5)}
    assert answers == {303}


def test_a_post_without_its_token_is_refused(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(PAGE, {"code": "3333333333"}).status_code == 403


def test_an_answer_costs_the_same_queries_whatever_the_number_of_papers(
    client: Client, paper: Document, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        client.get(of(paper))
    for number in range(2):
        documents.create_document(
            evenement=uuid4(), modele=f"m{number}", dossier=paper.dossier, titre="x", contexte=letter(), now=NOW
        )
    rendering.render_due(now=NOW)
    with django_assert_num_queries(1):
        client.get(of(paper))
