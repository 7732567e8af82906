"""The same count for the pages of the desks on a projet de santé, whatever they list."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import NOW
from tests.growth.limits import BYTES_MAX, LIST_MAX, PAGE_MAX
from tests.growth.projets import ProjectDesk

pytestmark = pytest.mark.django_db

LISTS: dict[tuple[str, str, str], int] = {
    ("dd_ars", "projects:projets", ""): 8,
    ("guichet", "projects:projets", ""): 8,
    ("dd_ars", "projects:projet_papier_choisir", ""): 4,
}
PAGES: dict[tuple[str, str, str], int] = {
    ("dd_ars", "portal:accueil_role", ""): 15,
    ("guichet", "portal:accueil_role", ""): 12,
    ("elsm", "portal:accueil_role", ""): 7,
    ("dd_ars", "projects:projet", "depose"): 17,
    ("dd_ars", "projects:projet", "incomplet"): 20,
    ("dd_ars", "projects:projet", "oppose"): 17,
    ("dd_ars", "projects:projet", "silence"): 18,
    ("guichet", "projects:projet", "oppose"): 18,
    ("cpam", "projects:projet", "depose"): 15,
    ("elsm", "projects:avis", "avis_elsm"): 11,
    ("dd_ars", "projects:avis", "avis_cpam"): 5,
    ("dd_ars", "projects:projet", "constat"): 13,
    ("dd_ars", "projects:projet_constater", "constat"): 4,
    ("dd_ars", "projects:projet_demander_pieces", "depose"): 5,
    ("dd_ars", "projects:projet_juger", "piece"): 9,
    ("dd_ars", "projects:projet_recues", "incomplet"): 7,
    ("dd_ars", "projects:projet_renoncer", "incomplet"): 8,
    ("dd_ars", "projects:projet_preparer", "depose"): 13,
    ("dd_ars", "projects:projet_valider", "depose"): 10,
    ("dd_ars", "projects:projet_opposer", "depose"): 16,
    ("dd_ars", "projects:projet_prononcer_retrait", "silence"): 6,
    ("dd_ars", "projects:projet_rapporter", "oppose"): 6,
    ("dd_ars", "projects:projet_papier", "dossier"): 6,
    ("dd_ars", "projects:projet_papier_decision", "depose"): 11,
    ("dd_ars", "projects:papier_confirmer", "a_confirmer"): 5,
    ("dd_ars", "dossiers:decision", "decision"): 11,
    ("dd_ars", "dossiers:recours", "decision"): 4,
    ("dd_ars", "dossiers:recours_issue", "recours"): 4,
    ("guichet", "projects:projet_sans_lettre", ""): 3,
}
EVERY = LISTS | PAGES


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime(2026, 11, 25, 9, tzinfo=NOW.tzinfo)
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: later)


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_of_a_project_costs_the_same_queries_whatever_it_shows(rows: int) -> None:
    desk = ProjectDesk(rows)
    found, heavy, refused = {}, {}, {}
    for page in EVERY:
        role, *address = page
        with CaptureQueriesContext(connection) as queries:
            response = desk.clients[role].get(desk.url(*address))
        if response.status_code != 200:
            refused[page] = response.status_code
        found[page] = len(queries)
        if len(response.content) > BYTES_MAX:
            heavy[page] = len(response.content)
    assert refused == {}
    assert found == EVERY
    assert heavy == {}


def test_a_list_of_projects_asks_at_most_12_queries_and_any_other_page_20() -> None:
    assert max(LISTS.values()) <= LIST_MAX
    assert max(PAGES.values()) <= PAGE_MAX
