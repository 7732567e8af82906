"""What the pages of a projet de santé ask of the database, for its association and for who reads it: with 1 row, with
3. `test_queries` knows which pages are counted here.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.services.conseillers import invite_adviser
from portal.demonstration.reponses import COMMUNES
from projects.models import ProjetSante
from projects.rubriques_projet import FICHE_DOCUMENT, RUBRIQUES_PROJET
from projects.services.projets.deciding import oppose
from projects.services.projets.depositing import complete
from projects.services.projets.writing import add_sheet, choose_form
from tests.factories.accounts import NOW, MembershipFactory, enrol
from tests.factories.bodies import decideur
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import porteur
from tests.factories.projets import (
    asked_project,
    deposited_project,
    draft,
    fresh,
    give_pieces,
    ready_project,
    required,
    useful,
)
from tests.growth.limits import BYTES_MAX, LIST_MAX, PAGE_MAX
from tests.projects.projets.gestures import OPPOSITION, validated_letter

pytestmark = pytest.mark.django_db

SECTIONS = {"territoire": 3, "partenaires": 6, "missions": 6}
"""What a section asks, where it is not 5: the territory leads to its page, two need reference data."""

LISTS: dict[tuple[str, ...], int] = {
    ("porteur", "projects:projet_conseillers", "brouillon"): 7,
    ("porteur", "projects:projet_territoire", "brouillon"): 12,
    ("porteur", "projects:projet_fiches", "brouillon"): 6,
    ("porteur", "projects:projet_versions", "complete"): 6,
}
PAGES: dict[tuple[str, ...], int] = {
    ("porteur", "projects:projet", "brouillon"): 15,
    ("porteur", "projects:projet", "depose"): 15,
    ("porteur", "projects:projet", "incomplet"): 20,
    ("porteur", "projects:projet", "oppose"): 18,
    ("dd_ars", "projects:projet", "depose"): 16,
    ("porteur", "projects:projet_ouvrir", "lettre"): 5,
    ("porteur", "projects:projet_reprendre", "oppose"): 5,
    ("porteur", "projects:projet_document", "document"): 4,
    ("porteur", "projects:projet_fiche_retirer", "brouillon", "fiche-1"): 5,
    ("porteur", "projects:projet_verifier", "brouillon"): 17,
    ("porteur", "projects:projet_completer", "incomplet"): 10,
    ("porteur", "projects:projet_pieces_utiles", "utile"): 8,
    ("porteur", "projects:projet_contester", "incomplet"): 10,
    ("porteur", "projects:projet_retirer", "depose"): 4,
    ("porteur", "projects:projet_version", "complete", "1"): 6,
    ("porteur", "projects:projet_comparer", "complete"): 6,
    ("dd_ars", "projects:projet_comparer", "complete"): 6,
    ("porteur", "projects:projet_dossier", "depose"): 7,
    ("porteur", "projects:projet_calendrier", "complete"): 7,
    ("porteur", "projects:projet_journal", "complete"): 7,
    ("porteur", "projects:calendrier", "lettre"): 8,
    **{
        ("porteur", "projects:projet_section", "brouillon", rubrique.cle): SECTIONS.get(rubrique.cle, 5)
        for rubrique in RUBRIQUES_PROJET
    },
    ("porteur", "projects:projet_section", "brouillon", "fiche-1"): 6,
    ("porteur", "projects:projet_section", "document", FICHE_DOCUMENT): 6,
    ("porteur", "portal:accueil_role", ""): 17,
}
EVERY = LISTS | PAGES


class Projects:
    """`clients[role]`; one project of the porteur in each state, with `rows` of everything around it."""

    def __init__(self, rows: int) -> None:
        self.rows, self.porteur = rows, porteur()
        agent = MembershipFactory(organisation=Organisation.objects.get(code="dd-ars-31"), droits=["instruire"])
        enrol(agent.user)
        self.clients: dict[str, Client] = {}
        for role, user in (("porteur", self.porteur.user), ("dd_ars", agent.user)):
            self.clients[role] = Client()
            self.clients[role].force_login(user)
        self.keys: dict[str, int] = {"lettre": validated_letter(self.porteur).pk}
        for state in ("brouillon", "document", "depose", "incomplet", "utile", "complete", "oppose"):
            self.keys[state] = getattr(self, f"_{state}")(self.porteur).pk

    def _brouillon(self, by: Acteur) -> ProjetSante:
        projet = ready_project(by, nom="CPTS brouillon", communes=COMMUNES[: self.rows])
        guichet = Organisation.objects.get(code="guichet-occitanie")
        for _ in range(self.rows):
            add_sheet(projet=projet, mission="prevention", by=by, now=NOW)
            PieceFactory(dossier=projet.dossier)
            adviser = MembershipFactory(organisation=guichet, droits=["instruire"]).user
            invite_adviser(dossier=projet.dossier, user=adviser, by=by, now=NOW)
        return projet

    def _document(self, by: Acteur) -> ProjetSante:
        projet = draft(by, nom="CPTS document")
        choose_form(projet=projet, forme="document", by=by)
        return projet

    def _depose(self, by: Acteur) -> ProjetSante:
        for number in range(self.rows - 1):
            deposited_project(by, nom=f"CPTS déposée {number}", communes=COMMUNES[:1])
        return deposited_project(by, nom="CPTS déposée", communes=COMMUNES[: self.rows])

    def _asked(self, by: Acteur, nom: str, *kinds: Any) -> ProjetSante:
        projet = deposited_project(by, nom=nom, communes=COMMUNES[: self.rows])
        items = [kind(f"Pièce {number}") for kind in kinds for number in range(self.rows)]
        return asked_project(by, *items, projet=projet, now=NOW)

    def _incomplet(self, by: Acteur) -> ProjetSante:
        return self._asked(by, "CPTS incomplète", required, useful)

    def _utile(self, by: Acteur) -> ProjetSante:
        return self._asked(by, "CPTS utile", useful)

    def _complete(self, by: Acteur) -> ProjetSante:
        projet = self._asked(by, "CPTS complétée", required)
        for turn in range(self.rows):
            later = NOW + timedelta(minutes=10 * turn)
            asked = fresh(projet) if not turn else asked_project(by, projet=fresh(projet), now=later)
            give_pieces(asked, by=by, now=later + timedelta(minutes=1))
            complete(projet=asked, by=by, now=later + timedelta(minutes=2))
        return projet

    def _oppose(self, by: Acteur) -> ProjetSante:
        projet = deposited_project(by, nom="CPTS opposée")
        oppose(projet=projet, opposition=OPPOSITION, motivation="Voici.", by=decideur(), now=NOW)
        return projet

    def url(self, name: str, key: str = "", *more: str) -> str:
        return reverse(name, args=[*([self.keys[key]] if key else []), *more])


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_of_a_project_costs_the_same_queries_whatever_it_shows(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW + timedelta(hours=6))
    world = Projects(rows)
    found, heavy, refused = {}, {}, {}
    for page in EVERY:
        role, *address = page
        with CaptureQueriesContext(connection) as queries:
            response = world.clients[role].get(world.url(*address))
        if response.status_code not in (200, 302):
            refused[page] = response.status_code
        found[page] = len(queries)
        if len(response.content) > BYTES_MAX:
            heavy[page] = len(response.content)
    assert refused == {}
    assert {page: (n, EVERY[page]) for page, n in found.items() if n != EVERY[page]} == {}
    assert heavy == {}


def test_a_list_asks_at_most_12_queries_and_any_other_page_of_a_project_20() -> None:
    assert max(LISTS.values()) <= LIST_MAX
    assert max(PAGES.values()) <= PAGE_MAX
