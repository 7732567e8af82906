"""Every address that carries a key × every role × every state: what answers; what is not yours is a 404."""

import re
from itertools import product
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from dossiers.models import Document
from projects.models import LettreIntention
from projects.services.depositing import deposit
from projects.services.opening import copy_letter
from tests.factories.accounts import NOW
from tests.factories.projects import ready_letter
from tests.permissions import projets
from tests.permissions.cast import ROLES, Cast
from tests.permissions.files import STATES, File, canary
from tests.permissions.projets_des_bureaux import PROJECT_READERS
from tests.permissions.readers import (
    ANSWER_A_POST_ONLY,
    ASKED,
    BODIES,
    DESK,
    INSIDE,
    INVITED,
    MEMBERS,
    READERS,
)

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"
ANSWERS = {200, 302, 409}
FEW = ("urps", "ars", "porteur", "membre_sans_droit", "guichet")
ASKED_IN = {
    "brouillon": ROLES,
    "abandonnee": FEW,
    "deposee": (*FEW, "redacteur", "admin", "dd_ars"),
    "retiree": FEW,
    "en_consultation": INSIDE,
    "transmise": (*FEW, "dd_ars", "cpam", "admin"),
    "validee": ROLES,
}
"""Who is asked in which state, to be quick: everybody about a draft and about a file that went to its end."""


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def answers(client: Client, url: str) -> tuple[int, str]:
    response = client.get(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body.decode(errors="ignore")


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_a_file_answers_its_readers_and_is_a_404_for_the_others(cast: Cast, state: str) -> None:
    file = File(cast, state)
    roles = ASKED_IN[state]
    expected = {address: by_state[state] & set(roles) for address, by_state in READERS.items() if state in by_state}
    found: dict[str, set[str]] = {address: set() for address in expected}
    wrong = []
    with mock.patch("django.template.backends.django.Template.render", return_value=""):  # only who, here: not what
        for address, role in product(expected, roles):
            status = cast.clients[role].get(file.url(address)).status_code
            if role == "anonyme":
                wrong += [(address, role, status)] if status != 302 else []
            elif status in ANSWERS:
                found[address].add(role)
            elif status != 404:
                wrong.append((address, role, status))
    assert found == expected
    assert wrong == []


def test_the_matrix_names_every_address_that_carries_the_key_of_a_file() -> None:
    keyed = set()
    for namespace in ("projects", "funding", "dossiers"):
        resolver = get_resolver().namespace_dict[namespace][1]
        for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
            patterns = [converters for _, _, _, converters in resolver.reverse_dict.getlist(name)]
            if any("pk" in converters for converters in patterns):
                keyed.add(f"{namespace}:{name}")
    posted = ANSWER_A_POST_ONLY | projets.ANSWER_A_POST_ONLY
    named = (*READERS, *projets.PROJECTS, *PROJECT_READERS)
    assert keyed - posted == {address.partition(" ")[0] for address in named}


@pytest.mark.parametrize("state", STATES)
def test_each_paper_and_each_thread_of_a_file_is_in_the_matrix(cast: Cast, state: str) -> None:
    file = File(cast, state)
    known = {address.partition(" ")[2] for address, by_state in READERS.items() if state in by_state}
    made = {key for key in file.keys if key.startswith(("papier_", "fil_", "fichier_"))}
    assert made == {key for key in known if key.startswith(("papier_", "fil_", "fichier_"))}
    assert sorted(file.threads()) == sorted(pk for key in made if key.startswith("fil_") for pk in file.keys[key])


def test_each_address_that_names_a_body_answers_its_people_and_is_a_404_for_the_others(cast: Cast) -> None:
    file = File(cast, "deposee")
    found: dict[str, set[str]] = {address: set() for address in BODIES}
    for address in BODIES:
        for role in ROLES:
            status, body = answers(cast.clients[role], file.body_url(address))
            if status in ANSWERS and role != "anonyme":
                found[address].add(role)
            else:
                assert status == (302 if role == "anonyme" else 404), (address, role)
    assert found == BODIES


def test_homes_lists_messages_and_overlaps_betray_no_draft(cast: Cast) -> None:
    File(cast, "brouillon")
    own = ready_letter(cast.acteurs["autre_association"], nom="CPTS voisine")
    neighbour = reverse("projects:territoire", args=[own.pk])
    urls = [reverse("portal:accueil_role"), reverse("projects:lettres"), reverse("accounts:messagerie"), neighbour]
    for role in sorted(set(ROLES) - MEMBERS - DESK - {"anonyme"}):
        for url in urls:
            response = cast.clients[role].get(url, follow=True)
            assert "CANARI" not in response.content.decode(), (role, url)


def test_the_desk_does_not_see_a_draft_it_was_not_invited_to_in_its_list(cast: Cast) -> None:
    File(cast, "brouillon")
    listed = cast.clients["guichet"].get(reverse("projects:lettres"))
    assert listed.status_code == 200
    assert canary("nom") not in listed.content.decode()
    deposited = ready_letter(cast.porteur, nom="CPTS déposée")
    deposit(lettre=deposited, by=cast.porteur, now=NOW)
    assert "CPTS déposée" in cast.clients["guichet"].get(reverse("projects:lettres")).content.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonyme"])
def test_no_menu_leads_to_a_page_that_is_refused(cast: Cast, role: str) -> None:
    page = cast.clients[role].get(reverse("accounts:profil"))
    links = set(re.findall(r'<a [^>]*href="(/[^"#]*)', page.content.decode()))
    assert reverse("accounts:messagerie") in links
    assert [path for path in sorted(links) if cast.clients[role].get(path).status_code >= 400] == []


@pytest.mark.parametrize("state", ["en_consultation", "validee"])
def test_no_link_of_the_page_of_a_letter_leads_to_what_is_refused(cast: Cast, state: str) -> None:
    file = File(cast, state)
    page, refused = file.url("projects:lettre"), []
    for role in sorted(READERS["projects:lettre"][state]):
        client: Any = cast.clients[role]
        main = client.get(page).content.decode().partition("<main")[2]
        links = set(re.findall(r'<a [^>]*href="(/[^"#]*)', main))
        assert links, role
        with mock.patch("django.template.backends.django.Template.render", return_value=""):
            refused += [(role, path) for path in sorted(links) if client.get(path).status_code >= 400]
    assert refused == []


@pytest.mark.parametrize("state", ["en_consultation", "validee"])
def test_each_body_consulted_finds_its_own_answer_on_the_page_of_the_letter(cast: Cast, state: str) -> None:
    file = File(cast, state)
    url = file.url("projects:lettre")
    pages = {role: answers(cast.clients[role], url)[1] for role in sorted(ASKED)}
    found = {role for role, page in pages.items() if f'href="{file.url(f"projects:avis avis_{role}")}"' in page}
    assert found == ASKED


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
    assert readers == MEMBERS | INVITED
    assert answers(cast.clients["guichet"], file.url("projects:lettre"))[0] == 200


def test_the_whole_iban_is_read_only_where_it_is_typed(cast: Cast) -> None:
    file = File(cast, "validee")
    for document in Document.objects.filter(dossier=file.lettre.dossier).order_by("pk"):
        assert IBAN not in str(document.contexte), document.titre
    draft = ready_letter(cast.acteurs["autre_association"])
    section = reverse("projects:section", args=[draft.pk, "association"])
    readers = {role for role in ROLES if IBAN in answers(cast.clients[role], section)[1]}
    assert readers == {"autre_association"}
