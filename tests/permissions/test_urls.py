"""Every address × every role: what answers, and that what is not yours is a 404."""

import re
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from dossiers.models import Document
from dossiers.services.pieces import add_piece
from dossiers.services.rendering import render_due
from projects.models import LettreIntention
from projects.services.depositing import deposit, withdraw
from projects.services.opening import copy_letter
from tests.factories.accounts import NOW
from tests.factories.projects import ready_letter
from tests.permissions.cast import ROLES, Cast

pytestmark = pytest.mark.django_db

OWN = {"porteur", "redacteur"}
MEMBERS = OWN | {"membre_sans_droit"}
DESK = {"guichet", "admin", "conseiller_invite"}
ADVISED = MEMBERS | {"conseiller_invite"}
DEPOSITED = MEMBERS | DESK
HANDLERS = {"guichet", "conseiller_invite"}

READERS: dict[str, dict[str, set[str]]] = {
    # address: state of the letter: who gets an answer other than 404 (signed in people; nobody anonymous)
    "projects:lettre": {"brouillon": ADVISED, "deposee": DEPOSITED, "retiree": DEPOSITED, "abandonnee": ADVISED},
    "projects:section": {"brouillon": OWN, "deposee": OWN, "retiree": OWN, "abandonnee": OWN},
    "projects:territoire": {"brouillon": OWN, "deposee": OWN, "retiree": OWN, "abandonnee": OWN},
    "projects:verifier": {"brouillon": OWN, "deposee": OWN, "retiree": OWN, "abandonnee": OWN},
    "projects:retirer": {
        "brouillon": {"porteur"},
        "deposee": {"porteur"},
        "retiree": {"porteur"},
        "abandonnee": {"porteur"},
    },
    "projects:reprendre": {"brouillon": OWN, "deposee": OWN, "retiree": OWN, "abandonnee": OWN},
    "projects:conseillers": {"brouillon": OWN, "deposee": OWN, "retiree": OWN, "abandonnee": OWN},
    "funding:demande": {"brouillon": ADVISED, "deposee": DEPOSITED, "retiree": DEPOSITED, "abandonnee": ADVISED},
    "funding:section": {"brouillon": ADVISED, "deposee": DEPOSITED, "retiree": DEPOSITED, "abandonnee": ADVISED},
    "dossiers:pieces": {"brouillon": ADVISED, "deposee": DEPOSITED, "retiree": DEPOSITED, "abandonnee": ADVISED},
    "dossiers:piece": {"brouillon": ADVISED, "deposee": DEPOSITED, "retiree": DEPOSITED, "abandonnee": ADVISED},
    "dossiers:affecter": {"brouillon": set(), "deposee": HANDLERS, "retiree": HANDLERS, "abandonnee": set()},
    "dossiers:document": {"deposee": DEPOSITED, "retiree": DEPOSITED},
}
CANARY = "CANARI-7F3A"
IBAN = "FR7630006000011234567890189"


class File:
    """One file of the porteur, in a state, with a piece and a canary in its draft."""

    def __init__(self, cast: Cast, state: str) -> None:
        self.lettre: LettreIntention = ready_letter(
            cast.porteur, nom=f"CPTS {CANARY}", changes={"besoins": {"population": f"{CANARY} besoins"}}
        )
        cast.invite(self.lettre.dossier, now=NOW)
        upload = SimpleUploadedFile(f"{CANARY}.png", PNG, content_type="image/png")
        self.piece = add_piece(dossier=self.lettre.dossier, genre="autre", fichier=upload, by=cast.porteur, now=NOW)
        if state in ("deposee", "retiree"):
            deposit(lettre=self.lettre, by=cast.porteur, now=NOW)
            render_due(now=NOW, limit=1)
        if state in ("retiree", "abandonnee"):
            withdraw(lettre=self.lettre, motif=f"{CANARY} motif", by=cast.porteur, now=NOW)

    def url(self, name: str) -> str:
        arguments: dict[str, list[Any]] = {
            "projects:section": [self.lettre.pk, "besoins"],
            "funding:demande": [self.lettre.demande_id],
            "funding:section": [self.lettre.demande_id, "demande"],
            "dossiers:pieces": [self.lettre.dossier_id],
            "dossiers:piece": [self.piece.pk],
            "dossiers:affecter": [self.lettre.dossier_id],
        }
        if name == "dossiers:document":
            document = Document.objects.filter(dossier=self.lettre.dossier).order_by("pk").first()
            assert document is not None
            return reverse(name, args=[document.pk])
        return reverse(name, args=arguments.get(name, [self.lettre.pk]))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    + _chunk(b"IEND", b"")
)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def answers(client: Client, url: str) -> tuple[int, str]:
    response = client.get(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body.decode(errors="ignore")


@pytest.mark.parametrize("state", ["brouillon", "deposee", "retiree", "abandonnee"])
def test_each_address_of_a_file_answers_its_readers_and_is_a_404_for_the_others(cast: Cast, state: str) -> None:
    file = File(cast, state)
    expected = {name: by_state[state] for name, by_state in READERS.items() if state in by_state}
    found: dict[str, set[str]] = {name: set() for name in expected}
    for name in expected:
        url = file.url(name)
        for role in ROLES:
            status, body = answers(cast.clients[role], url)
            if role == "anonyme":
                assert status == 302, (name, role)
            elif status != 404:
                assert status in (200, 302, 409), (name, role, status)
                found[name].add(role)
                continue
            assert role in MEMBERS or CANARY not in body, (name, role)
            assert IBAN not in body, (name, role)
    assert found == expected


def test_the_matrix_names_every_address_that_carries_the_key_of_a_file() -> None:
    posted_only = {
        "dossiers:prendre",
        "dossiers:refaire",
        "projects:deposer",
        "projects:retirer_conseiller",
        "funding:reporter",
        "dossiers:retirer_piece",
    }
    keyed = set()
    for namespace in ("projects", "funding", "dossiers"):
        resolver = get_resolver().namespace_dict[namespace][1]
        for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
            patterns = [converters for _, _, _, converters in resolver.reverse_dict.getlist(name)]
            if any("pk" in converters for converters in patterns):
                keyed.add(f"{namespace}:{name}")
    territory = {name for name in keyed if name.startswith("projects:territoire_")}
    assert keyed - posted_only - territory == set(READERS)


WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "projects:section": ("besoins", {"version": "0", "population": "volé"}),
    "projects:deposer": ("", {"exact": "oui"}),
    "projects:retirer": ("", {"motif": "volé"}),
    "projects:reprendre": ("", {}),
    "projects:conseillers": ("", {"conseiller": "1"}),
    "projects:retirer_conseiller": ("", {"user": "1"}),
    "funding:section": ("demande", {"version": "0", "montant": "1"}),
    "dossiers:pieces": ("", {"genre": "autre"}),
    "dossiers:retirer_piece": ("", {}),
    "dossiers:affecter": ("", {"titulaire": "", "suppleant": "", "vu_titulaire": "", "vu_suppleant": ""}),
}


def test_nobody_else_writes_anything_by_a_forged_post(cast: Cast) -> None:
    file = File(cast, "brouillon")
    before = snapshot(file)
    for role in sorted(set(ROLES) - OWN):
        for name, (_, data) in WRITES.items():
            url = file.url("dossiers:piece") + "retirer/" if name == "dossiers:retirer_piece" else file.url(name)
            status = cast.clients[role].post(url, data).status_code
            assert status in ({302} if role == "anonyme" else {403, 404, 409}), (name, role, status)
        assert snapshot(file) == before, role


def snapshot(file: File) -> Any:
    lettre = LettreIntention.objects.get(pk=file.lettre.pk)
    return (
        lettre.etat,
        sorted(lettre.sections.values_list("cle", "version")),
        sorted(lettre.demande.sections.values_list("cle", "version")),
        lettre.evenements.count(),
        lettre.dossier.pieces.count(),
        lettre.dossier.conseillers.filter(retire_at=None).count(),
        LettreIntention.objects.filter(dossier=lettre.dossier_id).count(),
    )


def test_homes_lists_messages_and_overlaps_betray_no_draft(cast: Cast) -> None:
    File(cast, "brouillon")
    own = ready_letter(cast.acteurs["autre_association"], nom="CPTS voisine")
    neighbour = reverse("projects:territoire", args=[own.pk])
    urls = [reverse("portal:accueil_role"), reverse("projects:lettres"), reverse("accounts:messagerie"), neighbour]
    for role in sorted(set(ROLES) - MEMBERS - DESK - {"anonyme"}):
        for url in urls:
            response = cast.clients[role].get(url, follow=True)
            assert CANARY not in response.content.decode(), (role, url)


def test_the_desk_does_not_see_a_draft_it_was_not_invited_to_in_its_list(cast: Cast) -> None:
    File(cast, "brouillon")
    listed = cast.clients["guichet"].get(reverse("projects:lettres"))
    assert listed.status_code == 200
    assert CANARY not in listed.content.decode()
    deposited = ready_letter(cast.porteur, nom="CPTS déposée")
    deposit(lettre=deposited, by=cast.porteur, now=NOW)
    assert "CPTS déposée" in cast.clients["guichet"].get(reverse("projects:lettres")).content.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonyme"])
def test_no_menu_leads_to_a_page_that_is_refused(cast: Cast, role: str) -> None:
    page = cast.clients[role].get(reverse("accounts:profil"))
    links = set(re.findall(r'<a [^>]*href="(/[^"#]*)', page.content.decode()))
    assert reverse("accounts:messagerie") in links
    assert [path for path in sorted(links) if cast.clients[role].get(path).status_code >= 400] == []


def test_the_administrator_of_a_region_reaches_no_organisation_of_another(cast: Cast) -> None:
    stranger, code = cast.clients["guichet_autre_region"], cast.acteurs["guichet"].membership.organisation.code
    for organisation in (code, cast.porteur.membership.organisation.code):
        members = reverse("accounts:membres", args=[organisation])
        assert stranger.get(members).status_code == 404
        assert stranger.post(members, {"email": "a@exemple.fr", "droits": ["gerer"]}).status_code == 404
        assert cast.clients["admin"].get(members).status_code == 200
    assert cast.porteur.membership.organisation.nom not in answers(stranger, reverse("accounts:organisations"))[1]


def test_a_letter_begun_again_in_a_file_already_deposited_is_a_draft_like_another(cast: Cast) -> None:
    file = File(cast, "retiree")
    again = copy_letter(lettre=LettreIntention.objects.get(pk=file.lettre.pk), by=cast.porteur, now=NOW)
    url = reverse("projects:lettre", args=[again.pk])
    readers = {role for role in ROLES if cast.clients[role].get(url).status_code == 200}
    assert readers == ADVISED
    assert answers(cast.clients["guichet"], file.url("projects:lettre"))[0] == 200


@pytest.mark.parametrize("state", ["brouillon", "deposee", "retiree"])
def test_the_whole_iban_is_read_only_where_it_is_typed(cast: Cast, state: str) -> None:
    file = File(cast, state)
    places = {name for name, by_state in READERS.items() if by_state.get(state)}
    for name in places:
        url = file.url(name)
        for role in READERS[name][state]:
            assert IBAN not in answers(cast.clients[role], url)[1], (role, name)
    if state == "brouillon":
        section = reverse("projects:section", args=[file.lettre.pk, "association"])
        assert IBAN in answers(cast.clients["porteur"], section)[1]
    for document in Document.objects.filter(dossier=file.lettre.dossier):
        assert IBAN not in str(document.contexte)
