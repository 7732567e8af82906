"""What a desk asks is answered item by item: the pages of the association, the files, the form of a desk."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.forms.pieces_demandees import DemanderPiecesForm
from dossiers.models import DemandePieces, Piece, PieceDemandee
from dossiers.services.pieces_demandees import Item, answer_own
from dossiers.views.pieces_demandees import panel_of
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention
from projects.selectors.consultations import requests_on
from projects.services.checking import ask_pieces
from projects.services.depositing import deposit
from tests.factories.accounts import NOW, MembershipFactory, acteur, agent_client
from tests.factories.bodies import guichet
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, fresh, porteur
from tests.journeys.gestures import blank_pdf
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Acteur:
    return porteur()


@pytest.fixture
def lettre(by: Acteur) -> LettreIntention:
    """A letter sent back with two things to answer."""
    found = deposited_letter(by)
    items = [
        Item(intitule="Les statuts", precision="Signés.", limite_le=date(2026, 11, 30)),
        Item(intitule="Le rôle de la MSP", requise=True, fondement="CSP, art. L1434-12"),
    ]
    ask_pieces(lettre=found, items=items, by=guichet(), now=NOW)
    return found


@pytest.fixture
def pages(by: Acteur) -> Client:
    client = Client()
    client.force_login(by.user)
    return client


def first() -> PieceDemandee:
    return PieceDemandee.objects.get(ordre=1)


def page_of(item: PieceDemandee) -> str:
    return reverse("dossiers:repondre_piece", args=[item.pk])


def said(response: Any) -> str:
    return plain(response.content.decode())


def test_each_item_says_what_is_asked_why_and_until_when(pages, lettre) -> None:
    text = said(pages.get(reverse("dossiers:repondre", args=[lettre.dossier_id])))
    assert "0 réponse sur 2" in text
    assert "Pour le 30 novembre 2026." in text
    assert "Dès que possible. Exigée par un texte : CSP, art. L1434-12." in text
    assert [page_of(item) in text for item in PieceDemandee.objects.order_by("ordre")] == [True, True]
    assert reverse("projects:verifier", args=[lettre.pk]) in text


def test_an_item_is_answered_in_words_and_files_and_the_answer_may_change(pages, lettre, by, tmp_path) -> None:
    old = PieceFactory(dossier=lettre.dossier, deposee_par=by.user)
    new = SimpleUploadedFile("statuts.pdf", blank_pdf(tmp_path).read_bytes(), content_type="application/pdf")
    sent = {"reponse": "Les voici.", "pieces": [old.pk], "fichier": new, "genre": "statuts"}
    assert pages.post(page_of(first()), sent)["Location"] == reverse("dossiers:repondre", args=[lettre.dossier_id])
    item = first()
    assert (item.etat, item.reponse, item.repondu_par) == ("repondue", "Les voici.", by.user)
    assert sorted(item.pieces.values_list("genre", flat=True)) == ["autre", "statuts"]
    joined = item.pieces.get(genre="statuts")
    pages.post(page_of(item), {"reponse": "Seulement les statuts.", "pieces": [joined.pk]})
    assert list(first().pieces.all()) == [joined]
    assert first().reponse == "Seulement les statuts."


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Écrivez une réponse, ou joignez une pièce."),
        ({"reponse": "   "}, "Écrivez une réponse, ou joignez une pièce."),
        ({"reponse": "x" * 6001}, "au plus 6000 caractères"),
        ({"reponse": "Oui.", "pieces": ["999999"]}, "Sélectionnez un choix valide"),
        ({"reponse": "Oui.", "genre": "inconnu"}, "Cette nature de pièce n’existe pas."),
    ],
)
def test_an_answer_that_says_nothing_or_too_much_is_not_kept(pages, lettre, by, sent, sentence) -> None:
    PieceFactory(dossier=lettre.dossier, deposee_par=by.user)
    answer = pages.post(page_of(first()), sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert first().etat == "attendue"


def test_a_file_needs_its_kind_and_one_the_portal_does_not_keep_leaves_nothing(pages, lettre, tmp_path) -> None:
    content = blank_pdf(tmp_path).read_bytes()
    without = pages.post(page_of(first()), {"fichier": SimpleUploadedFile("a.pdf", content)})
    assert (without.status_code, "Choisissez la nature de la nouvelle pièce." in said(without)) == (422, True)
    script = SimpleUploadedFile("a.exe", b"MZ\x90\x00")
    assert pages.post(page_of(first()), {"fichier": script, "genre": "autre"}).status_code == 422
    assert not Piece.objects.filter(dossier=lettre.dossier).exists()
    assert first().etat == "attendue"


def test_the_file_of_another_dossier_is_not_offered(pages, lettre) -> None:
    other = PieceFactory(dossier=deposited_letter().dossier)
    assert pages.post(page_of(first()), {"reponse": "Oui.", "pieces": [other.pk]}).status_code == 302
    assert list(first().pieces.all()) == []


def test_nobody_else_answers(lettre, client) -> None:
    addresses = [reverse("dossiers:repondre", args=[lettre.dossier_id]), page_of(first())]
    client.force_login(porteur().user)
    desk = agent_client(Client(), guichet().user)
    manager = Client()
    membership = MembershipFactory(organisation=lettre.dossier.association, droits=["gerer"])
    manager.force_login(membership.user)
    for other in (client, desk, manager):
        assert [other.get(address).status_code for address in addresses] == [404, 404]
        assert other.post(addresses[1], {"reponse": "Oui."}).status_code == 404
    with pytest.raises(Refused, match="Seule une personne de l’association"):
        answer_own(item=first(), reponse="Oui.", pieces=[], fichier=None, genre="", by=acteur(membership), now=NOW)


def test_answered_corrected_and_deposited_again_the_desk_reads_the_answers_with_their_files(pages, lettre, by) -> None:
    piece = PieceFactory(dossier=lettre.dossier, deposee_par=by.user)
    for item in PieceDemandee.objects.order_by("ordre"):
        pages.post(page_of(item), {"reponse": f"Réponse {item.ordre}.", "pieces": [piece.pk]})
    [shown] = panel_of(requests_on(lettre))
    assert (shown["ouverte"], shown["compte"], {line["reponse"] for line in shown["lignes"]}) == (
        True,
        "2 réponses sur 2",
        {""},
    )
    deposit(lettre=fresh(lettre), by=by, now=NOW + timedelta(days=2))
    [shown] = panel_of(requests_on(lettre))
    assert [(line["reponse"], line["pieces"]) for line in shown["lignes"]] == [
        ("Réponse 1.", [piece]),
        ("Réponse 2.", [piece]),
    ]
    piece.refresh_from_db()
    assert (fresh(lettre).etat, piece.figee_at) == ("deposee", NOW + timedelta(days=2))
    closed = pages.post(page_of(first()), {"reponse": "Trop tard."})
    assert closed.status_code == 409
    assert first().reponse == "Réponse 1."
    assert "Rien n’est demandé" in said(pages.get(reverse("dossiers:repondre", args=[lettre.dossier_id])))


# --- The form of a desk that cites texts --------------------------------------------------------------------


def typed(*items: dict[str, str]) -> DemanderPiecesForm:
    data = {f"items-{n}-{name}": value for n, item in enumerate(items) for name, value in item.items()}
    return DemanderPiecesForm(data, jour=NOW.date(), textes=True, limite=True)


def test_a_piece_that_a_text_requires_cites_it_and_every_piece_has_its_limit() -> None:
    form = typed(
        {"intitule": "Comptes", "requise": "exigee", "limite_le": "2026-12-01"},
        {"intitule": "Devis", "limite_le": ""},
    )
    assert plain(form.errors["items"]) == ["« Devis », « Au plus tard le » : donnez une date limite."]
    form = typed({"intitule": "Comptes", "requise": "exigee", "limite_le": "2026-12-01"})
    assert plain(form.errors["items"]) == ["« Comptes » : citez l’article du texte qui l’exige."]
    form = typed(
        {"intitule": "Comptes", "requise": "exigee", "fondement": "CRPA, art. L114-5", "limite_le": "2026-12-01"},
        {"intitule": "", "precision": "", "requise": "", "fondement": "", "limite_le": ""},
        {"intitule": "Devis", "requise": "", "fondement": "inutile", "limite_le": "2026-12-02"},
    )
    assert form.is_valid(), form.errors
    kept = [(item.intitule, item.requise, item.limite_le) for item in form.cleaned_data["items"]]
    assert kept == [("Comptes", True, date(2026, 12, 1)), ("Devis", False, date(2026, 12, 2))]
    assert DemandePieces.objects.count() == 0
