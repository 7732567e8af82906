"""Pieces: joined, refused, frozen, downloaded only by those who may."""

import hashlib
import io
import threading
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from pypdf import PdfWriter

from accounts.acteur import Acteur
from dossiers.models import ConseillerInvite, Piece
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.services import pieces
from dossiers.services.pieces import add_piece, freeze_pieces, remove_piece
from dossiers.states import GenrePiece
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur, agent_client
from tests.factories.dossiers import DossierFactory, PieceFactory, porteur

pytestmark = pytest.mark.django_db
MO = 1024 * 1024


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    return tmp_path


def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def upload(content: bytes | None = None, nom: str = "statuts.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, pdf() if content is None else content, content_type="text/plain")


def files(storage) -> list:
    return [path for path in storage.rglob("*") if path.is_file()]


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def by(dossier):
    return porteur(dossier)


def join(dossier, by, content=None, nom="statuts.pdf", genre=GenrePiece.STATUTS):
    return add_piece(dossier=dossier, genre=genre, fichier=upload(content, nom), by=by, now=NOW)


# --- The services -------------------------------------------------------------------------------------


def test_a_piece_is_known_by_its_bytes_and_kept_under_a_name_that_says_nothing(dossier, by):
    content = pdf()
    piece = join(dossier, by, content, "Statuts signés.pdf")
    assert (piece.nom, piece.type_mime, piece.taille) == ("Statuts signés.pdf", "application/pdf", len(content))
    assert piece.sha256 == hashlib.sha256(content).hexdigest()
    assert piece.fichier.read() == content
    assert "tatuts" not in piece.fichier.name
    assert piece.fichier.name.endswith(".pdf")


def test_the_day_of_arrival_is_that_of_paris(dossier, by):
    late = datetime(2026, 11, 14, 23, 30, tzinfo=UTC)
    piece = add_piece(dossier=dossier, genre="autre", fichier=upload(), by=by, now=late)
    assert piece.recue_le == date(2026, 11, 15)


def test_the_same_file_of_the_same_kind_is_refused_and_leaves_nothing(dossier, by, storage):
    content = pdf()
    join(dossier, by, content)
    with pytest.raises(ValidationError, match="déjà joint, sous le nom .*statuts.pdf"):
        join(dossier, by, content, "copie.pdf")
    assert len(files(storage)) == 1


def test_the_same_file_under_another_kind_is_kept(dossier, by):
    content = pdf()
    join(dossier, by, content)
    join(dossier, by, content, genre=GenrePiece.RIB)
    assert dossier.pieces.count() == 2


def test_a_refused_file_leaves_nothing_behind(dossier, by, storage):
    with pytest.raises(FileRefused):
        join(dossier, by, b"MZ program")
    assert (dossier.pieces.count(), files(storage)) == (0, [])


def test_a_file_above_the_limit_is_refused(dossier, by, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    with pytest.raises(FileTooLarge):
        join(dossier, by, pdf() + b"\0" * 1000)


def test_a_dossier_keeps_a_bounded_number_of_pieces(dossier, by, monkeypatch):
    monkeypatch.setattr(pieces, "PIECES_MAX", 1)
    join(dossier, by)
    with pytest.raises(ValidationError, match="au plus 1"):
        join(dossier, by, pdf(2))


@pytest.mark.parametrize("who", ["reader", "other", "agent", "alone"])
def test_only_those_who_write_for_the_association_join_or_remove(dossier, by, who):
    kept = join(dossier, by)
    stranger = {
        "reader": lambda: porteur(dossier, droits=["gerer"]),
        "other": lambda: porteur(DossierFactory()),
        "agent": lambda: acteur(MembershipFactory(organisation=OrganisationFactory(genre="guichet", region="zz"))),
        "alone": lambda: Acteur(UserFactory()),
    }[who]()
    with pytest.raises(Refused):
        join(dossier, stranger, pdf(2))
    with pytest.raises(Refused):
        remove_piece(piece=kept, by=stranger)
    assert dossier.pieces.count() == 1


def test_a_removed_piece_takes_its_bytes_with_it(dossier, by, storage, django_capture_on_commit_callbacks):
    piece = join(dossier, by)
    with django_capture_on_commit_callbacks(execute=True):
        remove_piece(piece=piece, by=by)
        remove_piece(piece=piece, by=by)
    assert (dossier.pieces.count(), files(storage)) == (0, [])


def test_a_frozen_piece_is_never_removed(dossier, by, storage):
    piece = join(dossier, by)
    assert freeze_pieces(dossier=dossier, now=NOW) == [piece]
    with pytest.raises(Refused, match="dépôt"):
        remove_piece(piece=piece, by=by)
    assert len(files(storage)) == 1


def test_freezing_keeps_the_date_of_the_first_deposit(dossier, by):
    first = join(dossier, by)
    freeze_pieces(dossier=dossier, now=NOW)
    join(dossier, by, pdf(2))
    later = NOW + timedelta(days=3)
    assert [piece.figee_at for piece in freeze_pieces(dossier=dossier, now=later)] == [NOW, later]
    assert freeze_pieces(dossier=dossier, now=later)[0] == first


@pytest.mark.django_db(transaction=True)
def test_two_people_joining_the_same_file_at_once_join_it_once(dossier, by, storage):
    content, said, start = pdf(), [], threading.Barrier(2)

    def one():
        start.wait()
        try:
            join(dossier, by, content)
            said.append("joined")
        except ValidationError as refused:
            said.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["doublon", "joined"]
    assert (dossier.pieces.count(), len(files(storage))) == (1, 1)


# --- Who sees which -----------------------------------------------------------------------------------


def test_agents_see_what_was_deposited_and_advisers_the_drafts_they_are_invited_to():
    dossier = DossierFactory(depose=True, region="zz")
    frozen, draft = PieceFactory(dossier=dossier, figee_at=NOW), PieceFactory(dossier=dossier)
    secret = PieceFactory(dossier=DossierFactory(region="zz"))
    guichet = OrganisationFactory(genre="guichet", region="zz")
    agent, adviser = acteur(MembershipFactory(organisation=guichet)), acteur(MembershipFactory(organisation=guichet))
    for invited in (dossier, secret.dossier):
        ConseillerInvite.objects.create(
            dossier=invited, user=adviser.user, invite_par=invited.created_by, created_at=NOW
        )
    assert set(pieces_visible_to(agent)) == {frozen}
    assert set(pieces_visible_to(adviser)) == {frozen, draft, secret}
    assert set(pieces_visible_to(porteur(dossier))) == {frozen, draft}
    assert set(pieces_visible_to(None)) == set()


# --- The pages ----------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, by):
    client.force_login(by.user)
    return client


def send(client, dossier, content=None, nom="statuts.pdf", genre="statuts", **more):
    data = {"genre": genre, "fichier": upload(content, nom), **more}
    return client.post(reverse("dossiers:pieces", args=[dossier.pk]), data)


def test_a_piece_is_joined_from_the_page_and_read_back(signed_in, dossier):
    content = pdf()
    answer = send(signed_in, dossier, content, retour="/lettres/1/")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("dossiers:pieces", args=[dossier.pk]) + "?retour=%2Flettres%2F1%2F"
    piece = Piece.objects.get()
    page = signed_in.get(answer["Location"]).content.decode()
    assert "statuts.pdf" in page
    assert piece.sha256[:12] in page
    assert "Aucune donnée de patient" in page
    download = signed_in.get(reverse("dossiers:piece", args=[piece.pk]))
    assert b"".join(download.streaming_content) == content
    assert download["Content-Disposition"] == 'attachment; filename="statuts.pdf"'
    assert download["Content-Type"] == "application/pdf"
    assert download["X-Content-Type-Options"] == "nosniff"
    assert download["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in download["Cache-Control"]


def test_the_same_bytes_under_another_kind_are_told(signed_in, dossier):
    content = pdf()
    send(signed_in, dossier, content)
    send(signed_in, dossier, content, genre="rib")
    page = signed_in.get(reverse("dossiers:pieces", args=[dossier.pk])).content.decode()
    assert "Le même fichier est déjà là comme" in page


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "wordprocessingml.document.main+xml")
        archive.writestr("word/document.xml", b"0" * (30 * MO))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "nom", "genre", "status", "said"),
    [
        (b"", "vide.pdf", "statuts", 422, "Ce fichier est vide."),
        (b"MZ program", "statuts.pdf", "statuts", 422, "contenu est d’un autre type"),
        (bomb(), "lettre.docx", "statuts", 422, "démesuré"),
        (pdf(), "page.html", "statuts", 422, "n’est pas accepté"),
        (pdf(), "a.pdf", "inconnu", 422, "Cette nature de pièce n’existe pas."),
        (pdf(), "a.pdf", "", 422, "Choisissez la nature"),
        (b"%PDF-1.7" + b"\0" * 20 * MO, "gros.pdf", "statuts", 413, "dépasse 20"),
    ],
)
def test_bad_input_gets_its_sentence_and_its_status(signed_in, dossier, storage, content, nom, genre, status, said):
    answer = send(signed_in, dossier, content, nom, genre)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert (Piece.objects.count(), files(storage)) == (0, [])


def test_no_file_at_all_gets_its_sentence(signed_in, dossier):
    answer = signed_in.post(reverse("dossiers:pieces", args=[dossier.pk]), {"genre": "statuts"})
    assert answer.status_code == 422
    assert "Choisissez un fichier." in answer.content.decode()


def test_a_body_of_60_megabytes_is_refused_before_it_is_read(signed_in, dossier):
    address = reverse("dossiers:pieces", args=[dossier.pk])
    answer = signed_in.generic("POST", address, b"\0" * 60 * MO, "multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "20" in answer.content.decode()


def test_a_second_sending_of_the_same_form_is_told(signed_in, dossier):
    content = pdf()
    assert send(signed_in, dossier, content).status_code == 302
    assert send(signed_in, dossier, content).status_code == 422
    assert Piece.objects.count() == 1


def test_a_name_meant_to_trick_is_neutral_on_the_page_and_in_the_download(signed_in, dossier):
    send(signed_in, dossier, nom="<img src=x onerror=alert(1)>\u202efdp.pdf")
    piece = Piece.objects.get()
    page = signed_in.get(reverse("dossiers:pieces", args=[dossier.pk])).content.decode()
    assert "<img src=x" not in page
    download = signed_in.get(reverse("dossiers:piece", args=[piece.pk]))
    assert download["Content-Disposition"] == 'attachment; filename="-img src=x onerror=alert(1)-fdp.pdf"'
    assert piece.nom == "-img src=x onerror=alert(1)-fdp.pdf"


def test_a_piece_is_removed_after_a_confirmation(signed_in, dossier):
    send(signed_in, dossier)
    address = reverse("dossiers:retirer_piece", args=[Piece.objects.get().pk])
    assert "Retirer « statuts.pdf »" in signed_in.get(address).content.decode().replace("\u00a0", " ")
    assert signed_in.post(address).status_code == 302
    assert Piece.objects.count() == 0


def test_a_frozen_piece_answers_409(signed_in, dossier):
    send(signed_in, dossier)
    freeze_pieces(dossier=dossier, now=NOW)
    answer = signed_in.post(reverse("dossiers:retirer_piece", args=[Piece.objects.get().pk]))
    assert answer.status_code == 409
    assert Piece.objects.count() == 1


def test_another_association_finds_nothing(client, dossier):
    piece = PieceFactory(dossier=dossier, nom="secret.pdf")
    client.force_login(porteur(DossierFactory()).user)
    for name, pk in (("pieces", dossier.pk), ("piece", piece.pk), ("retirer_piece", piece.pk)):
        answer = client.get(reverse(f"dossiers:{name}", args=[pk]))
        assert answer.status_code == 404
        assert b"secret" not in answer.content
    assert client.post(reverse("dossiers:retirer_piece", args=[piece.pk])).status_code == 404
    assert send(client, dossier).status_code == 404
    assert Piece.objects.count() == 1


def test_a_stranger_is_asked_to_sign_in(client, dossier):
    piece = PieceFactory(dossier=dossier)
    for name, pk in (("pieces", dossier.pk), ("piece", piece.pk), ("retirer_piece", piece.pk)):
        assert client.get(reverse(f"dossiers:{name}", args=[pk])).status_code == 302


def test_the_guichet_reads_deposited_pieces_without_a_form(client):
    dossier = DossierFactory(depose=True, region="zz")
    PieceFactory(dossier=dossier, nom="deposee.pdf", figee_at=NOW)
    hidden = PieceFactory(dossier=dossier, nom="brouillon.pdf")
    member = MembershipFactory(organisation=OrganisationFactory(genre="guichet", region="zz"))
    client = agent_client(client, member.user)
    page = client.get(reverse("dossiers:pieces", args=[dossier.pk])).content.decode()
    assert "deposee.pdf" in page
    assert "brouillon.pdf" not in page
    assert "Joindre une pièce" not in page
    assert client.get(reverse("dossiers:piece", args=[hidden.pk])).status_code == 404
    assert send(client, dossier).status_code == 409


@pytest.mark.parametrize("address", ["//ailleurs.example/", "/\\\t/ailleurs.example/", "//\t/ailleurs.example/"])
def test_the_way_back_never_leaves_the_site(signed_in, dossier, address):
    page = signed_in.get(reverse("dossiers:pieces", args=[dossier.pk]), {"retour": address})
    assert "ailleurs.example" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_number_of_queries(signed_in, dossier, rows, django_assert_num_queries):
    for _ in range(rows):
        PieceFactory(dossier=dossier)
    with django_assert_num_queries(5):
        page = signed_in.get(reverse("dossiers:pieces", args=[dossier.pk]))
    assert page.content.decode().count("empreinte SHA-256") == rows
