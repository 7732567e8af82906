"""Every address of a projet de santé × every role × every state: what answers; what is not yours is a 404."""

from itertools import product
from unittest import mock

import pytest
from django.urls import reverse

from tests.permissions.cast import ROLES, Cast
from tests.permissions.files import canary
from tests.permissions.projets import PROJECTS, STATES, ProjectFile
from tests.permissions.readers import MEMBERS

pytestmark = pytest.mark.django_db
ANSWERS = {200, 302, 409}


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_a_project_answers_its_readers_and_is_a_404_for_the_others(cast: Cast, state: str) -> None:
    file = ProjectFile(cast, state)
    expected = {address: by_state[state] for address, by_state in PROJECTS.items() if state in by_state}
    found: dict[str, set[str]] = {address: set() for address in expected}
    wrong = []
    with mock.patch("django.template.backends.django.Template.render", return_value=""):  # only who, here: not what
        for address, role in product(expected, ROLES):
            status = cast.clients[role].get(file.url(address)).status_code
            if role == "anonyme":
                wrong += [(address, role, status)] if status != 302 else []
            elif status in ANSWERS:
                found[address].add(role)
            elif status != 404:
                wrong.append((address, role, status))
    assert found == expected
    assert wrong == []


POSTS = {
    "projet_forme": {"forme": "document"},
    "projet_fiches": {"mission": "prevention"},
    "projet_section": {"version": "0", "population": "Ailleurs."},
    "projet_territoire_ajouter": {"code": "31395"},
    "projet_retirer": {"motif": "Pas le mien."},
    "projet_deposer": {"exact": "oui", "lues": "oui"},
    "projet_fiche_retirer": {},
    "projet_document": {},
}


@pytest.mark.parametrize("name", POSTS)
def test_a_draft_is_changed_by_nobody_else(cast: Cast, name: str) -> None:
    file = ProjectFile(cast, "brouillon")
    before = (file.projet.sections.count(), list(file.projet.sections.order_by("pk").values_list("contenu", flat=True)))
    for role in sorted(set(ROLES) - {"porteur", "redacteur"}):
        status = cast.clients[role].post(file.url(f"projects:{name}"), POSTS[name]).status_code
        assert status == (302 if role == "anonyme" else 404), role
    projet = file.projet
    projet.refresh_from_db()
    sections = list(projet.sections.order_by("pk").values_list("contenu", flat=True))
    assert (projet.etat, projet.forme, (projet.sections.count(), sections)) == ("brouillon", "rubriques", before)


def test_homes_and_lists_betray_no_draft(cast: Cast) -> None:
    ProjectFile(cast, "brouillon")
    for role in sorted(set(ROLES) - MEMBERS - {"anonyme", "conseiller_invite"}):
        for url in (reverse("portal:accueil_role"), reverse("accounts:messagerie")):
            assert canary("projet") not in cast.clients[role].get(url, follow=True).content.decode(), (role, url)
