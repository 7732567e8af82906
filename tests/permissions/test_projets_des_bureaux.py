"""A projet de santé in each of its states × every role: what answers, what a forged post may not write, what leaks."""

from datetime import timedelta
from itertools import product
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse

from accounts.models import Envoi
from projects.lifecycles import PROJET
from tests.factories.paper import scan
from tests.factories.projets import deposited_project
from tests.permissions.cast import ROLES, Cast
from tests.permissions.projets_des_bureaux import DRAFT, LATER, OPINION, PROJECT_READERS, REMARK, STATES, Project
from tests.permissions.test_posts import DATA, changes
from tests.permissions.test_rows import LATER as ROWS_AT
from tests.permissions.test_rows import open_rows

pytestmark = pytest.mark.django_db

ANSWERS = {200, 302, 409}
FORGED: dict[str, Any] = {
    **DATA,
    "le": "2026-09-20",
    "recu_le": "2026-09-20",
    "constat": "volé",
    "motif": "prs",
    "objectifs": "volé",
    "raison": "volé",
    "sans_attendre": "volé",
    "remarques": "volé",
    "nature": "validation_projet",
    "entendue_le": "2026-10-01",
    "fait": "volé",
    "fait_le": "2026-10-01",
    "forme_le": "2026-10-02",
    "genre": "contentieux",
    "issue": "volé",
    "issue_le": "2026-10-03",
    "signee_le": "2026-10-01",
    "notifiee_le": "2026-10-02",
    "confirmer": "1",
    "items-0-intitule": "volé",
    "items-0-requise": "exigee",
    "items-0-fondement": "volé",
    "items-0-limite_le": "2026-12-01",
}
READ_ONLY = {"projects:projet", "dossiers:decision"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are asked after the last day: what is too late answers with its sentence, to whom it is for."""
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: LATER)


def expected_in(state: str) -> dict[str, set[str]]:
    return {address: by_state[state] for address, by_state in PROJECT_READERS.items() if state in by_state}


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_a_project_answers_its_readers_and_is_a_404_for_the_others(state: str) -> None:
    project = Project(Cast(), state)
    expected = expected_in(state)
    found: dict[str, set[str]] = {address: set() for address in expected}
    wrong = []
    with mock.patch("django.template.backends.django.Template.render", return_value=""):  # only who, here: not what
        for address, role in product(expected, ROLES):
            status = project.cast.clients[role].get(project.url(address)).status_code
            if role == "anonyme":
                wrong += [(address, role, status)] if status != 302 else []
            elif status in ANSWERS:
                found[address].add(role)
            elif status != 404:
                wrong.append((address, role, status))
    assert found == expected
    assert wrong == []


@pytest.mark.parametrize("state", STATES)
def test_nobody_else_writes_anything_on_a_project_by_a_forged_post(state: str) -> None:
    project = Project(Cast(), state)
    before = changes()
    wrong = []
    for address, readers in expected_in(state).items():
        name = address.partition(" ")[0]
        may = {"cpam"} if address == "projects:avis avis_cpam" else set() if name in READ_ONLY else readers
        for role in sorted(set(ROLES) - may):
            data = {**FORGED, "fichier": scan(), "scan": scan()}
            with mock.patch("django.template.backends.django.Template.render", return_value=""):
                status = project.cast.clients[role].post(project.url(address), data).status_code
            if status not in ({302} if role == "anonyme" else {403, 404, 405, 409}):
                wrong.append((address, role, status))
    assert wrong == []
    assert changes() == before


def test_what_is_written_for_some_is_read_by_no_one_else() -> None:
    project = Project(Cast(), "depose")
    surfaces = [project.url("projects:projet"), reverse("portal:accueil_role"), reverse("projects:projets")]
    surfaces += [project.url(f"projects:avis avis_{role}") for role in ("cpam", "msa")]
    surfaces += [f"{reverse('projects:projets')}?format=csv", project.url("projects:projet_valider")]
    found: dict[str, set[str]] = {canary: set() for canary in (REMARK, OPINION, DRAFT)}
    for role, url in product(sorted(set(ROLES) - {"anonyme"}), surfaces):
        response = project.cast.clients[role].get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        for canary in found:
            if canary in body.decode(errors="ignore"):
                found[canary].add(role)
    assert found == {REMARK: {"ars", "dd_ars"}, OPINION: {"cpam", "ars", "dd_ars"}, DRAFT: {"msa"}}
    mails = " ".join(f"{mail.sujet} {mail.texte} {mail.html}" for mail in Envoi.objects.order_by("pk"))
    assert "CPTS des Coteaux" in mails
    assert "CANARI" not in mails


def test_a_draft_is_nowhere_to_be_seen_by_the_desks() -> None:
    project = Project(Cast(), "brouillon")
    listed = reverse("projects:projets")
    for role in ("guichet", "conseiller_invite", "ars", "dd_ars", "cpam", "msa", "elsm"):
        response = project.cast.clients[role].get(listed)
        assert response.status_code == 200
        assert "CPTS des Coteaux" not in response.content.decode(), role


HELD = {"depose", "incomplet"}
TACIT = {"valide_tacitement"}
AGENCY = {"ars", "dd_ars"}
OF_THE_ARS: dict[str, dict[str, set[str]]] = {
    "enregistrer_depot_exterieur": dict.fromkeys(AGENCY, {"brouillon"}),
    "demander_pieces": dict.fromkeys(AGENCY, HELD),
    "demander_piece_utile": dict.fromkeys(AGENCY, HELD),
    "constater_non_conforme": dict.fromkeys(AGENCY, {"incomplet"}),
    "renoncer_aux_pieces": dict.fromkeys(AGENCY, {"incomplet"}),
    "completer": dict.fromkeys(AGENCY | {"porteur"}, {"incomplet"}),
    "valider": dict.fromkeys(AGENCY, HELD),
    "opposer": dict.fromkeys(AGENCY, HELD),
    "signaler_a_verifier": dict.fromkeys(AGENCY, TACIT),
    "infirmer_par_opposition": dict.fromkeys(AGENCY, TACIT),
    "infirmer_par_validation": dict.fromkeys(AGENCY, TACIT),
    "infirmer_par_demande_de_pieces": dict.fromkeys(AGENCY, TACIT),
    "prononcer_retrait": dict.fromkeys(AGENCY, TACIT),
    "rapporter_opposition": dict.fromkeys(AGENCY, {"oppose"}),
}
"""Written by hand from the law: who may do what in which state, while the last day is to come."""


def test_each_row_of_the_ars_is_open_to_it_in_its_states_and_to_nobody_else() -> None:
    cast = Cast()
    projet = deposited_project(cast.porteur, now=ROWS_AT - timedelta(days=10))
    open_now = open_rows(PROJET, projet, cast)
    asked = {row.action for row in PROJET.table if row.who != "projet.deposer"}
    found = {action: roles for (_, action), roles in open_now.items() if action in asked}
    assert found == OF_THE_ARS
    over = deposited_project(cast.acteurs["autre_association"], now=ROWS_AT - timedelta(days=70))
    later = {action: roles for (_, action), roles in open_rows(PROJET, over, cast).items() if action in asked}
    assert later["constater_silence"] == {"horloge": {"depose", "oppose"}}
    assert {"valider", "opposer", "demander_pieces", "infirmer_par_opposition"} & set(later) == set()
