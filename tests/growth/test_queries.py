"""What a page asks of the database does not grow with what it shows: one literal number, with 1 row and with 3."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from funding.sections import RUBRIQUES as RUBRIQUES_FIR
from projects.sections import RUBRIQUES
from tests.growth import test_desk_queries as desk
from tests.growth import test_project_desk_queries as project_desks
from tests.growth import test_project_queries as projects
from tests.growth.limits import BYTES_MAX, LIST_MAX, PAGE_MAX
from tests.growth.world import World

pytestmark = pytest.mark.django_db

# Who asks, which address, what its key names, the rest of the address: how many queries.
LISTS: dict[tuple[str, ...], int] = {
    ("guichet", "projects:lettres", ""): 8,
    ("admin", "projects:lettres", ""): 8,
    ("agent", "projects:lettres", ""): 7,  # empty: no line to join
    ("agent", "projects:a_venir", ""): 7,
    ("guichet", "funding:demandes", ""): 8,
    ("agent", "funding:demandes", ""): 6,
    ("porteur", "projects:nouvelle", ""): 4,
    ("porteur", "projects:conseillers", "brouillon"): 7,
    ("porteur", "dossiers:pieces", "brouillon.dossier"): 5,
    ("porteur", "dossiers:pieces", "deposee.dossier"): 5,
    ("guichet", "dossiers:pieces", "deposee.dossier"): 5,
    ("porteur", "projects:territoire", "brouillon"): 12,
    ("porteur", "accounts:messagerie", ""): 5,
    ("guichet", "accounts:messagerie", ""): 5,
    ("agent", "accounts:messagerie", ""): 5,
    ("porteur", "accounts:membres", "association"): 6,
    ("admin", "accounts:membres", "association"): 7,
    ("porteur", "accounts:choisir_qualite", ""): 3,
    ("porteur", "accounts:profil", ""): 3,
    ("admin", "accounts:organisations", ""): 5,
    ("admin", "accounts:pouvoirs", "agence"): 6,
    ("guichet", "accounts:absences", ""): 6,
    ("porteur", "dossiers:agendas", ""): 4,
    ("guichet", "dossiers:agendas", ""): 4,
    ("guichet", "dossiers:sans_personne", ""): 12,
    ("guichet", "dossiers:reaffecter", ""): 5,
    ("admin", "accounts:envois", ""): 5,
    ("admin", "dossiers:echecs", ""): 5,
}
PAGES: dict[tuple[str, ...], int] = {
    ("anonyme", "portal:accueil", ""): 1,
    ("anonyme", "portal:accessibilite", ""): 0,
    ("anonyme", "portal:confidentialite", ""): 0,
    ("anonyme", "portal:mentions_legales", ""): 1,
    ("anonyme", "portal:calculer_un_delai", ""): 0,
    ("anonyme", "dossiers:verifier", ""): 0,
    ("anonyme", "dossiers:verifier", "paper"): 1,
    ("anonyme", "accounts:invitation", "invitation"): 5,
    ("porteur", "accounts:invitation", "invitation"): 4,
    ("porteur", "portal:accueil", ""): 4,
    ("porteur", "portal:calculer_un_delai", ""): 3,
    ("porteur", "portal:accueil_role", ""): 12,
    ("agent", "portal:accueil_role", ""): 14,
    ("guichet", "portal:accueil_role", ""): 12,
    ("admin", "portal:accueil_role", ""): 7,
    ("admin", "portal:administration", ""): 7,
    ("porteur", "projects:lettre", "brouillon"): 9,
    ("porteur", "projects:lettre", "deposee"): 17,
    ("porteur", "projects:lettre", "retiree"): 17,
    ("guichet", "projects:lettre", "deposee"): 17,
    ("guichet", "projects:lettre", "retiree"): 15,
    ("porteur", "projects:verifier", "brouillon"): 19,
    ("porteur", "projects:retirer", "brouillon"): 4,
    ("porteur", "projects:retirer", "deposee"): 4,
    ("porteur", "projects:reprendre", "retiree"): 4,
    ("porteur", "projects:section", "brouillon", "association"): 5,
    ("porteur", "projects:section", "brouillon", "personnes"): 5,
    ("porteur", "projects:section", "brouillon", "territoire"): 3,  # leads to its page
    ("porteur", "projects:section", "brouillon", "acces"): 5,
    ("porteur", "projects:section", "brouillon", "besoins"): 5,
    ("porteur", "projects:section", "brouillon", "mobilisation"): 6,
    ("porteur", "projects:section", "brouillon", "projet"): 6,
    ("porteur", "projects:section", "brouillon", "organisation"): 5,
    ("porteur", "projects:section", "brouillon", "calendrier"): 5,
    ("porteur", "projects:section", "brouillon", "financement"): 5,
    ("porteur", "dossiers:retirer_piece", "piece"): 4,
    ("porteur", "funding:demande", "brouillon.demande"): 6,
    ("porteur", "funding:demande", "deposee.demande"): 16,
    ("guichet", "funding:demande", "deposee.demande"): 15,
    ("porteur", "funding:section", "brouillon.demande", "demande"): 8,
    ("porteur", "funding:section", "brouillon.demande", "chiffrage"): 9,
    ("porteur", "funding:section", "brouillon.demande", "moyens"): 7,
    ("porteur", "funding:section", "brouillon.demande", "budget_association"): 7,
    ("porteur", "funding:section", "brouillon.demande", "budget_projet"): 7,
    ("porteur", "funding:section", "brouillon.demande", "attestations"): 7,
    ("guichet", "funding:section", "deposee.demande", "demande"): 6,
    ("guichet", "funding:section", "deposee.demande", "chiffrage"): 7,
    ("guichet", "funding:section", "deposee.demande", "moyens"): 6,
    ("guichet", "funding:section", "deposee.demande", "budget_association"): 8,
    ("guichet", "funding:section", "deposee.demande", "budget_projet"): 8,
    ("guichet", "funding:section", "deposee.demande", "attestations"): 6,
    ("porteur", "accounts:message", "message"): 5,
    ("porteur", "dossiers:agenda_dossier", "deposee.dossier"): 7,
    ("guichet", "dossiers:agenda_dossier", "deposee.dossier"): 7,
    ("porteur", "dossiers:retirer_agenda", "agenda"): 4,
    ("guichet", "dossiers:affecter", "deposee.dossier"): 10,
    ("porteur", "accounts:preferences", ""): 4,
    ("admin", "accounts:fin_pouvoir", "pouvoir"): 5,
    ("admin", "accounts:reprise", "sans_gestion"): 5,
    ("porteur", "accounts:membre", "membre"): 4,
    ("porteur", "accounts:retirer", "membre"): 4,
}
EVERY = LISTS | PAGES

NO_PAGE = {
    "portal:composants",  # for those who build
    "portal:repetition",  # nowhere but in rehearsals: counted in tests/portal/test_repetition.py
    "portal:vivant",
    "portal:pret",
    "portal:horloge",
    "dossiers:piece",  # bytes
    "dossiers:document",
    "dossiers:agenda",
    "dossiers:fichier_message",
    # answer a POST only
    "projects:deposer",
    "projects:retirer_conseiller",
    "projects:territoire_ajouter",
    "projects:territoire_retirer",
    "projects:territoire_quartier",
    "projects:territoire_pilote",
    "projects:projet_forme",
    "projects:projet_deposer",
    "projects:projet_retirer_conseiller",
    "projects:projet_territoire_ajouter",
    "projects:projet_territoire_retirer",
    "projects:projet_territoire_quartier",
    "projects:projet_territoire_pilote",
    "funding:reporter",
    "dossiers:refaire",
    "dossiers:prendre",
    "projects:seance_monter",
    "accounts:annuler_absence",
    "accounts:reessayer",
    "accounts:renvoyer_invitation",
    "accounts:annuler_invitation",
}


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_costs_the_same_queries_whatever_it_shows(rows: int) -> None:
    world = World(rows)
    found, heavy = {}, {}
    for page in EVERY:
        role, *address = page
        with CaptureQueriesContext(connection) as queries:
            response = world.clients[role].get(world.url(*address))
        assert response.status_code in (200, 302), page
        found[page] = len(queries)
        if len(response.content) > BYTES_MAX:
            heavy[page] = len(response.content)
    assert {page: (n, EVERY[page]) for page, n in found.items() if n != EVERY[page]} == {}
    assert heavy == {}


def test_a_list_asks_at_most_12_queries_and_any_other_page_20() -> None:
    assert max(LISTS.values()) <= LIST_MAX
    assert max(PAGES.values()) <= PAGE_MAX


def test_every_page_of_the_site_is_counted() -> None:
    known = {
        f"{namespace}:{name}"
        for namespace in ("portal", "accounts", "dossiers", "funding", "projects")
        for name in get_resolver().namespace_dict[namespace][1].reverse_dict
        if isinstance(name, str)
    }
    assert known - NO_PAGE == {page[1] for page in (*EVERY, *desk.EVERY, *projects.EVERY, *project_desks.EVERY)}


def test_every_section_of_a_letter_and_of_a_request_is_counted() -> None:
    sections = {page[3] for page in PAGES if page[1] == "projects:section"}
    request_sections = {page[3] for page in PAGES if page[1] == "funding:section"}
    assert sections == {rubrique.cle for rubrique in RUBRIQUES}
    assert request_sections == {rubrique.cle for rubrique in RUBRIQUES_FIR}
