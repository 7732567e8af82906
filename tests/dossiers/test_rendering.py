"""Papers: written with their event, drawn once by the worker, tried again when they fail."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, connections, transaction

from dossiers.models import Document
from dossiers.services import documents, rendering
from dossiers.states import EtatDocument
from guichet.kernel import pdf
from tests.factories.accounts import NOW
from tests.factories.dossiers import DossierFactory
from tests.kernel.paper_sample import letter

EVENT = UUID("6f1c0f0e-53a0-4b0e-9d3b-0f6a5a2f9f10")
BROKEN = {**letter(), "sections": [{"blocs": [{"genre": "image"}]}]}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    """The files of a test are its own."""
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "media"), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


def create(contexte: dict[str, Any] | None = None, **changes: Any) -> Document:
    values = {"evenement": uuid4(), "modele": "lettre", "titre": "Lettre d’intention", "now": NOW, **changes}
    values.setdefault("dossier", None)
    values["dossier"] = values["dossier"] or DossierFactory(depose=True)
    return documents.create_document(contexte=letter() if contexte is None else contexte, **values)


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.pdf"))


@pytest.mark.django_db
def test_an_event_and_a_template_give_one_paper_however_often_it_is_asked() -> None:
    dossier = DossierFactory(depose=True)
    first = create(evenement=EVENT, dossier=dossier)
    again = create(evenement=EVENT, dossier=dossier, contexte=letter(titre="Autre"))
    other = create(evenement=EVENT, dossier=dossier, modele="accuse_lettre")
    assert again.pk == first.pk
    assert Document.objects.get(pk=first.pk).contexte == letter()
    assert other.pk != first.pk
    assert other.code_court != first.code_court


@pytest.mark.django_db
def test_a_short_code_holds_no_character_that_reads_as_another() -> None:
    codes = [documents.new_code() for _ in range(200)]
    assert {len(code) for code in codes} == {10}
    assert set("".join(codes)) <= set("34679ACDEFGHJKMNPQRTUVWXY")
    assert len(set(codes)) == 200


@pytest.mark.django_db
def test_a_due_paper_is_drawn_stored_and_signed_with_its_digest() -> None:
    document = create()
    assert rendering.render_due(now=NOW) == 1
    document.refresh_from_db()
    content = document.fichier.read()
    assert content.startswith(b"%PDF-1.7")
    assert (document.etat, document.sha256, document.taille) == (
        EtatDocument.RENDU,
        hashlib.sha256(content).hexdigest(),
        len(content),
    )
    assert (document.rendu_at, document.essais, document.erreur) == (NOW, 1, "")
    assert document.version_modele == pdf.template_version()
    assert document.prochain_essai_at is None


@pytest.mark.django_db
def test_a_paper_carries_the_reference_of_its_file_and_its_address_of_verification(settings: Any) -> None:
    settings.SITE_URL = "https://guichet-cpts.example"
    document = create()
    rendering.render_due(now=NOW)
    document.refresh_from_db()
    from pypdf import PdfReader

    text = PdfReader(document.fichier.open("rb")).pages[0].extract_text()
    assert f"https://guichet-cpts.example/verifier/{document.code_court}/" in text
    assert f"Code de vérification {pdf.shown_code(document.code_court)}" in text


@pytest.mark.django_db
def test_a_paper_already_drawn_is_never_drawn_again(tmp_path: Path) -> None:
    document = create()
    rendering.render_due(now=NOW)
    document.refresh_from_db()
    before = (document.sha256, document.fichier.name, document.rendu_at)
    assert rendering.render_due(now=NOW + timedelta(days=400)) == 0
    document.refresh_from_db()
    assert (document.sha256, document.fichier.name, document.rendu_at) == before
    assert len(stored(tmp_path)) == 1


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_a_drawn_paper() -> None:
    document = create()
    rendering.render_due(now=NOW)
    for change in (
        lambda: Document.objects.filter(pk=document.pk).update(sha256="0" * 64),
        lambda: Document.objects.filter(pk=document.pk).delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    assert Document.objects.get(pk=document.pk).sha256 != "0" * 64


@pytest.mark.django_db
def test_drawing_is_limited_to_the_lot_asked_oldest_first() -> None:
    newest, oldest, middle = (create(now=NOW - timedelta(hours=hours)) for hours in (1, 3, 2))
    assert rendering.render_due(now=NOW, limit=2) == 2
    drawn = set(Document.objects.filter(etat=EtatDocument.RENDU).values_list("pk", flat=True))
    assert drawn == {oldest.pk, middle.pk}
    assert rendering.render_due(now=NOW, limit=2) == 1
    assert Document.objects.get(pk=newest.pk).etat == EtatDocument.RENDU


@pytest.mark.django_db
def test_a_paper_that_fails_keeps_its_cause_and_does_not_stop_the_next_ones(tmp_path: Path) -> None:
    broken, sound = create(BROKEN), create()
    assert rendering.render_due(now=NOW) == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert sound.etat == EtatDocument.RENDU
    assert (broken.etat, broken.essais, broken.sha256) == (EtatDocument.ECHEC, 1, "")
    assert broken.erreur == (
        "Le contenu ou le modèle du document est incorrect\u00a0: "
        "contexte.sections[0].blocs[0].genre: inconnu (image) (ValueError)"
    )
    assert broken.prochain_essai_at == NOW + timedelta(minutes=1)
    assert len(stored(tmp_path)) == 1


@pytest.mark.django_db
def test_an_unknown_presentation_is_a_failure_with_its_cause() -> None:
    document = create({"presentation": "affiche"})
    rendering.render_due(now=NOW)
    document.refresh_from_db()
    assert "contexte.presentation: inconnue (affiche)" in document.erreur


@pytest.mark.django_db
def test_a_failed_paper_waits_twice_as_long_each_time_and_six_hours_at_most() -> None:
    document, moment, waits = create(BROKEN), NOW, []
    for _ in range(11):
        rendering.render_due(now=moment)
        document.refresh_from_db()
        assert rendering.render_due(now=document.prochain_essai_at - timedelta(seconds=1)) == 0
        waits.append(int((document.prochain_essai_at - moment).total_seconds() // 60))
        moment = document.prochain_essai_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert document.essais == 11


@pytest.mark.django_db
def test_a_full_disk_is_a_failure_and_the_paper_is_drawn_when_there_is_room(tmp_path: Path) -> None:
    document = create()
    (tmp_path / "media").write_text("a file where the folder should be")
    assert rendering.render_due(now=NOW) == 0
    document.refresh_from_db()
    assert document.etat == EtatDocument.ECHEC
    assert document.erreur.startswith("Le fichier n’a pas pu être écrit\u00a0: ")
    (tmp_path / "media").unlink()
    assert rendering.render_due(now=NOW + timedelta(minutes=1)) == 1
    document.refresh_from_db()
    assert (document.etat, document.erreur, document.essais) == (EtatDocument.RENDU, "", 2)


@pytest.mark.django_db
def test_an_administrator_makes_a_failed_paper_due_at_once_but_never_a_drawn_one() -> None:
    failed, drawn = create(BROKEN), create()
    rendering.render_due(now=NOW)
    assert documents.retry(document_id=failed.pk, now=NOW) is True
    failed.refresh_from_db()
    assert (failed.etat, failed.essais, failed.erreur, failed.prochain_essai_at) == (EtatDocument.ATTENDU, 0, "", NOW)
    assert documents.retry(document_id=drawn.pk, now=NOW) is False


@pytest.mark.django_db
def test_a_broken_context_never_blocks_the_event() -> None:
    with transaction.atomic():
        document = create(BROKEN)
    assert document.etat == EtatDocument.ATTENDU


@pytest.mark.django_db(transaction=True)
def test_the_paper_goes_with_the_event_when_the_event_is_rolled_back() -> None:
    dossier = DossierFactory(depose=True)

    def event_that_fails() -> None:
        with transaction.atomic():
            create(dossier=dossier)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        event_that_fails()
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_paper_another_worker_is_drawing_is_left_to_it() -> None:
    held, free = create(), create()
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Document.objects.select_for_update(of=("self",)).get(pk=held.pk)
            taken.set()
            over.wait(30)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert taken.wait(10)
    assert rendering.render_due(now=NOW) == 1
    over.set()
    other.join()
    assert Document.objects.get(pk=free.pk).etat == EtatDocument.RENDU
    assert Document.objects.get(pk=held.pk).etat == EtatDocument.ATTENDU
    assert rendering.render_due(now=NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_writing_the_file_leaves_the_paper_due(tmp_path: Path, root: Path) -> None:
    document = create()
    program = (
        "import django, os, time\n"
        "from django.conf import settings\n"
        "settings.STORAGES['default']['OPTIONS']['location'] = os.environ['MEDIA_ROOT']\n"
        "django.setup()\n"
        "from datetime import datetime, UTC\n"
        "from dossiers.services import rendering\n"
        "store = rendering._store\n"
        "def then_hang(document, content):\n"
        "    name = store(document, content); print('written', flush=True); time.sleep(60); return name\n"
        "rendering._store = then_hang\n"
        "rendering.render_due(now=datetime(2100, 1, 1, tzinfo=UTC))\n"
    )
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}"
    address = f"postgresql://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {**os.environ, "DATABASE_URL": address, "MEDIA_ROOT": str(tmp_path / "media")}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "written\n"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    document.refresh_from_db()
    assert (document.etat, document.sha256) == (EtatDocument.ATTENDU, "")
    assert len(stored(tmp_path)) == 1
    assert _drawn_once_the_lock_is_gone()
    document.refresh_from_db()
    assert document.etat == EtatDocument.RENDU
    assert default_storage.exists(document.fichier.name)
    assert len(stored(tmp_path)) == 2


def _drawn_once_the_lock_is_gone() -> bool:
    """The server notices the dead client and frees the row within moments."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        if rendering.render_due(now=NOW):
            return True
        time.sleep(0.2)
    return False


@pytest.mark.django_db(transaction=True)
def test_the_worker_draws_what_is_woken(celery_worker: Any) -> None:
    document = create()
    celery_worker.wait_until(lambda: Document.objects.get(pk=document.pk).etat == EtatDocument.RENDU, seconds=40)
    assert Document.objects.get(pk=document.pk).essais == 1
