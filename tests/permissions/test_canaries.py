"""A canary in everything a person writes in a file, looked for on every surface that each role can reach."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi
from accounts.services.digest import send_digests
from accounts.states import EtatEnvoi
from dossiers.services.agenda import subscribe
from tests.factories.accounts import NOW
from tests.permissions.cast import ROLES, Cast
from tests.permissions.files import File, canary
from tests.permissions.readers import (
    ARS,
    ASKED,
    DESK,
    HANDLERS,
    MEMBERS,
    NOBODY,
    OWN,
    READERS,
    SENT,
    THREADS,
    Readers,
)
from tests.projects.rows import words

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"


def seen(asked: set[str], sent: set[str]) -> Readers:
    return {"en_consultation": asked, "validee": sent}


FILE = seen(MEMBERS | DESK | ASKED, MEMBERS | DESK | ASKED | SENT)
THEN_PARTIES = seen(NOBODY, MEMBERS | DESK | SENT)
OF_THE_DESK = seen(HANDLERS, HANDLERS)

CANARIES: dict[str, Readers] = {
    "nom": seen(MEMBERS | DESK | ASKED | {"ars"}, MEMBERS | DESK | ASKED | SENT),  # the ARS has a card before the file
    "lettre": FILE,
    "acceptee": FILE,
    "proposee": seen(OWN | HANDLERS, OWN | ARS),
    "piece_autre": FILE,
    "piece_rib": FILE,  # its name, on the paper of the letter; not its bytes
    "avis_urps": seen({"urps"} | HANDLERS, {"urps"} | HANDLERS),
    "avis_cpam": seen({"cpam"} | HANDLERS, {"cpam"} | HANDLERS | ARS),
    "avis_msa": seen({"msa"} | HANDLERS, {"msa"} | HANDLERS | ARS),
    "avis_elsm": seen({"elsm"} | HANDLERS, {"elsm"} | HANDLERS | ARS),
    "avis_dd_ars": seen({"dd_ars"} | HANDLERS, HANDLERS | ARS),
    "avis_am": seen(NOBODY, {"cpam"} | ARS),
    "avis_abstention": OF_THE_DESK,
    "avis_deport": OF_THE_DESK,
    "avis_ebauche": seen(NOBODY, NOBODY),
    "releve": OF_THE_DESK,
    "notes_de_seance": OF_THE_DESK,
    "present": OF_THE_DESK,
    "synthese": THEN_PARTIES,
    "demandee": THEN_PARTIES,
    "motivation": THEN_PARTIES,
    "motivation_fir": THEN_PARTIES,
    "preuve": THEN_PARTIES,
    **{
        f"{part}_{name}": seen(by_state.get("en_consultation", NOBODY), by_state["validee"])
        for name, by_state in THREADS.items()
        for part in ("fil", "sujet", "fichier")
    },
}

LISTS = ("projects:lettres", "funding:demandes", "projects:a_venir", "projects:seances")
HOMES = ("portal:accueil_role", "accounts:messagerie", "dossiers:sans_personne", "projects:papier_a_confirmer")
NOT_PAGES = ("dossiers:document", "dossiers:piece", "dossiers:fichier_message")


def surfaces(file: File, role: str) -> Iterator[str]:
    """Every page of the file, home, list, search, export, message, mail and paper that this role can reach."""
    yield from pages(file, role)
    yield from lists(file, role)
    if role != "anonyme":
        yield from file.mails_to(role)
        yield from papers(file, role)
        yield calendar(file, role)


DECIDING = (
    "projects:lettre",
    "projects:dossier",
    "projects:journal",
    "projects:papier",
    "dossiers:pieces",
    "funding:d",
)


def pages(file: File, role: str, *, only: tuple[str, ...] = ("",)) -> Iterator[str]:
    client: Any = file.cast.clients[role]
    urls = [
        file.url(address)
        for address, by_state in READERS.items()
        if role in by_state.get(file.state, NOBODY) and not address.startswith(NOT_PAGES) and address.startswith(only)
    ]
    for url in [*urls, *(reverse(name) for name in HOMES)]:
        yield client.get(url, follow=True).content.decode()


def lists(file: File, role: str) -> Iterator[str]:
    client: Any = file.cast.clients[role]
    for name in LISTS:
        url = reverse(name)
        yield client.get(url).content.decode()
        yield client.get(f"{url}?q=canari").content.decode()
        for kind in ("csv", "xlsx"):
            yield exported(client.get(f"{url}?format={kind}"))


def papers(file: File, role: str) -> Iterator[str]:
    """What is written on each paper this role downloads: its PDF says nothing else."""
    for paper in file.papers():
        if file.cast.clients[role].get(reverse("dossiers:document", args=[paper.pk])).status_code == 200:
            yield " ".join([paper.titre, *words(paper.contexte)])


def calendar(file: File, role: str) -> str:
    """What the calendar of this role reads, of all its files; nothing for a person who acts for nobody."""
    by = file.cast.acteurs[role]
    if by.organisation_id is None:
        return ""
    _, jeton = subscribe(dossier=None, by=by, now=NOW)
    response = Client().get(reverse("dossiers:agenda", args=[jeton]))
    assert response.status_code == 200
    return response.content.decode().replace("\r\n ", "")


def exported(response: Any) -> str:
    """The text of a CSV, or of the sheets of an XLSX; of a page when it is neither."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("state", ["en_consultation", "validee"])
def test_each_role_reads_its_canaries_and_no_other_on_every_surface(state: str) -> None:
    file = File(Cast(), state)
    Envoi.objects.filter(user__isnull=False, created_at__lte=NOW).update(etat=EtatEnvoi.GROUPE, prochain_essai_at=None)
    assert send_digests(now=NOW + timedelta(days=30)) > 0
    found: dict[str, set[str]] = {name: set() for name in CANARIES}
    betrayed = set()
    for role in ROLES:
        text = "\n".join(surfaces(file, role))
        for name in CANARIES:
            if canary(name) in text:
                found[name].add(role)
        if IBAN in text:
            betrayed.add(role)
    assert found == {name: by_state[state] for name, by_state in CANARIES.items()}
    assert betrayed == set()


def test_an_unconfirmed_decision_is_read_by_the_ars_alone() -> None:
    file = File(Cast(), "transmise")
    found: dict[str, set[str]] = {"motivation_en_attente": set(), "preuve_en_attente": set()}
    for role in ROLES:
        text = "\n".join(pages(file, role, only=DECIDING))
        for name, roles in found.items():
            if canary(name) in text:
                roles.add(role)
    assert found == {"motivation_en_attente": ARS, "preuve_en_attente": ARS}
