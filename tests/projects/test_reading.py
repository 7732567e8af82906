"""A letter read on a page says what its paper says, to those who may read it."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Document
from portal.demonstration.reponses import ASSOCIATION
from projects.models import LettreIntention
from projects.sections import RUBRIQUES, TERRITOIRE
from projects.selectors import letters_for_pages, ordered_request_sections, ordered_sections, with_sections
from projects.services.depositing import deposit
from projects.views.reading import reading_sections, request_parts
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import words

pytestmark = pytest.mark.django_db


def desk() -> Acteur:
    body = OrganisationFactory(genre="guichet", code="guichet-occitanie")
    return acteur(MembershipFactory(organisation=body, droits=["instruire"]))


def read(lettre: LettreIntention, by: Acteur, **kwargs: Any) -> dict[str, Any]:
    page = with_sections(letters_for_pages(by)).get(pk=lettre.pk)
    return reading_sections(page, ordered_sections(page), acteur=by, now=NOW + timedelta(days=400), **kwargs)


def test_the_page_says_word_for_word_what_the_paper_says() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    paper = Document.objects.get(dossier=lettre.dossier_id, modele="lettre").contexte
    printed = {part["titre"]: part["blocs"] for part in paper["sections"]}
    shown = {part["titre"]: part["blocs"] for part in read(lettre, by)["parties"]}
    assert list(shown) == [rubrique.titre for rubrique in RUBRIQUES]
    assert shown == {titre: printed[titre] for titre in shown}


def test_the_bank_account_is_masked_for_everybody() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    for reader in (by, desk()):
        assert str(ASSOCIATION["iban"]) not in "".join(words(read(lettre, reader)["parties"]))


def test_only_who_edits_is_given_the_addresses_that_change() -> None:
    by = porteur()
    lettre = ready_letter(by)
    assert {part["url"] for part in read(lettre, by)["parties"]} == {""}
    edited = {part["ancre"]: part["url"] for part in read(lettre, by, edit=True)["parties"]}
    assert all(edited.values())
    assert edited[TERRITOIRE].endswith("/territoire/")


def test_a_draft_shows_the_territory_being_written() -> None:
    by = porteur()
    lettre = ready_letter(by)
    part = next(part for part in read(lettre, by)["parties"] if part["ancre"] == TERRITOIRE)
    assert "Nailloux" in words(part["blocs"])


def test_the_desk_reads_deposited_pieces_only() -> None:
    by = porteur()
    lettre = ready_letter(by)
    kept = PieceFactory(dossier=lettre.dossier)
    deposit(lettre=lettre, by=by, now=NOW)
    later = PieceFactory(dossier=lettre.dossier)
    own, agents = read(lettre, by), read(lettre, desk())
    assert {piece.pk for piece in own["pieces"]} == {kept.pk, later.pk}
    assert [piece.pk for piece in agents["pieces"]] == [kept.pk]
    assert len(agents["documents"]) == 4


def test_the_request_is_read_with_its_letter_part_by_part() -> None:
    by = porteur()
    lettre = ready_letter(by)
    page = with_sections(letters_for_pages(by)).get(pk=lettre.pk)
    sections = ordered_request_sections(page)
    parts = request_parts(page, sections, now=NOW)
    assert [part["ancre"] for part in parts] == [f"demande-{rubrique.cle}" for rubrique, _ in sections]
    assert all(part["url"].startswith("/") for part in parts)
    assert request_parts(page, [], now=NOW) == []
