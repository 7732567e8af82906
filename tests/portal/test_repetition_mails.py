"""What a rehearsal writes: mails and papers that say so, and leave this machine in no case."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from pypdf import PdfReader

from accounts import tasks as mail_tasks
from accounts.models import Envoi
from accounts.services.mails import queue_mail
from dossiers.models import Document
from dossiers.services.rendering import render_due
from guichet.kernel import instant
from tests.factories.accounts import NOW
from tests.factories.projects import deposited_letter
from tests.portal.rehearsal import PAGE, ahead, write_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rehearsing")]


def letters(folder: Path) -> list[str]:
    return [path.read_text() for path in sorted((folder / "mails").glob("*.log"))]


def test_a_mail_of_a_rehearsal_is_marked_and_no_mail_server_sees_it(tmp_path: Path) -> None:
    plain = write_one()
    assert plain.sujet.startswith("Lettre d’intention à vérifier")
    assert "Répétition" not in plain.texte + plain.html
    assert mail_tasks.envoyer_les_mails() == 1
    assert ([sent.subject for sent in mail.outbox], letters(tmp_path)) == ([plain.sujet], [])
    ahead(57)
    marked = write_one()
    assert marked.sujet == f"[Répétition] {plain.sujet}"
    told = "Répétition\u00a0: ce message a été écrit pendant un exercice, le portail étant au 14 janvier 2027."
    assert marked.texte.startswith(told)
    assert told in marked.html.partition("Bonjour")[0]
    assert mail_tasks.envoyer_les_mails() == 1
    assert len(mail.outbox) == 1
    assert len(letters(tmp_path)) == 1
    assert marked.message_id in letters(tmp_path)[0]
    marked.refresh_from_db()
    assert (marked.etat, bool(marked.texte)) == ("envoye", True)


def test_a_mail_written_before_the_move_reaches_no_mail_server_after_it(tmp_path: Path) -> None:
    write_one()
    ahead(1)
    assert mail_tasks.envoyer_les_mails() == 1
    assert (mail.outbox, len(letters(tmp_path))) == ([], 1)


def test_the_page_shows_the_mails_of_the_rehearsal_and_no_secret_link(client_admin: Client) -> None:
    before = write_one()
    ahead(57)
    after = write_one()
    queue_mail(
        evenement=uuid4(), modele="mot_de_passe", destinataire="camille@exemple.fr", contexte={}, url="/cle-secrete/",
        now=instant.current(), confidentiel=True,
    )  # fmt: skip
    page = client_admin.get(PAGE).content.decode()
    assert after.destinataire in page
    assert before.destinataire not in page
    assert "cle-secrete" not in page
    assert Envoi.objects.get(modele="mot_de_passe").sujet.startswith("[Répétition] ")


def test_a_paper_of_a_rehearsal_says_it_is_worth_nothing() -> None:
    deposited_letter()
    plain = Document.objects.get(modele="accuse_lettre")
    ahead(57)
    deposited_letter(now=instant.current())
    marked = Document.objects.exclude(dossier=plain.dossier).get(modele="accuse_lettre")
    assert "Répétition" not in json.dumps(plain.contexte, ensure_ascii=False)
    assert marked.contexte["sous_titre"].startswith("Répétition – sans valeur")
    assert marked.contexte["mentions"][0].startswith("Ce document a été établi pendant un exercice")
    Document.objects.exclude(pk=marked.pk).update(prochain_essai_at=NOW + timedelta(days=1000))
    assert render_due(now=instant.current()) == 1
    marked.refresh_from_db()
    with marked.fichier.open() as file:
        assert "Répétition – sans valeur" in PdfReader(file).pages[0].extract_text()
    assert marked.contexte["mentions"][1:] == plain.contexte.get("mentions", [])
