"""The same count for the pages of the desks: opinions, sessions, exchanges, decisions, what came on paper."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.growth.desk import Desk
from tests.growth.limits import BYTES_MAX, LIST_MAX, PAGE_MAX

pytestmark = pytest.mark.django_db

LISTS: dict[tuple[str, ...], int] = {
    ("urps", "projects:lettres", ""): 8,
    ("dd_ars", "projects:lettres", ""): 8,
    ("dd_ars", "projects:a_venir", ""): 7,
    ("dd_ars", "funding:demandes", ""): 7,
    ("guichet", "projects:seances", ""): 5,
    ("urps", "projects:seances", ""): 5,
    ("dd_ars", "projects:papier_a_confirmer", ""): 4,
    ("porteur", "dossiers:echanges", "deposee.dossier"): 9,
    ("guichet", "dossiers:echanges", "deposee.dossier"): 9,
    ("dd_ars", "dossiers:echanges", "transmise.dossier"): 9,
    ("guichet", "projects:journal", "rendue"): 7,
    ("porteur", "projects:journal", "accordee"): 9,
    ("porteur", "dossiers:repondre", "incomplete.dossier"): 8,
}
PAGES: dict[tuple[str, ...], int] = {
    ("urps", "portal:accueil_role", ""): 9,
    ("dd_ars", "portal:accueil_role", ""): 15,
    ("cpam", "portal:accueil_role", ""): 9,
    # the letter, in the hands of each
    ("porteur", "projects:lettre", "incomplete"): 15,
    ("porteur", "projects:lettre", "consultee"): 17,
    ("porteur", "projects:lettre", "accordee"): 20,
    ("guichet", "projects:lettre", "incomplete"): 17,
    ("guichet", "projects:lettre", "consultee"): 19,
    ("guichet", "projects:lettre", "rendue"): 18,
    ("guichet", "projects:lettre", "transmise"): 18,
    ("guichet", "projects:lettre", "accordee"): 18,
    ("urps", "projects:lettre", "consultee"): 16,
    ("cpam", "projects:lettre", "transmise"): 19,
    ("dd_ars", "projects:lettre", "transmise"): 20,
    ("dd_ars", "projects:lettre", "attend"): 20,
    ("dd_ars", "projects:lettre", "accordee"): 19,
    ("porteur", "projects:dossier", "deposee"): 8,
    ("guichet", "projects:dossier", "deposee"): 19,
    ("dd_ars", "projects:dossier", "transmise"): 15,
    # the Guichet
    ("guichet", "projects:demander_pieces", "deposee"): 4,
    ("guichet", "projects:precisions", "incomplete"): 7,
    ("porteur", "projects:precisions", "incomplete"): 7,
    ("guichet", "projects:consulter", "deposee"): 7,
    ("guichet", "projects:relancer", "consultee"): 8,
    ("guichet", "projects:synthese", "consultee"): 12,
    ("guichet", "projects:rouvrir_consultation", "rendue"): 5,
    ("guichet", "projects:transmettre", "rendue"): 7,
    ("porteur", "projects:saisir_ars", "ancienne"): 9,
    ("porteur", "projects:rectifier", "deposee"): 6,
    ("porteur", "projects:rectification", "deposee.rectification"): 4,
    ("guichet", "projects:rectification", "deposee.rectification"): 4,
    # opinions and sessions
    ("urps", "projects:avis", "consultee.avis"): 18,
    ("urps", "projects:avis", "repondue.avis"): 17,
    ("guichet", "projects:avis", "consultee.donne"): 5,
    ("urps", "projects:avis_abstention", "consultee.avis"): 7,
    ("urps", "projects:avis_deport", "consultee.avis"): 9,
    ("urps", "projects:avis_reprendre", "repondue.avis"): 6,
    ("guichet", "projects:seance_nouvelle", ""): 3,
    ("guichet", "projects:seance", "seance"): 10,
    ("guichet", "projects:seance", "seance.close"): 10,
    ("urps", "projects:seance", "seance"): 5,
    ("guichet", "projects:seance_modifier", "seance"): 4,
    ("guichet", "projects:seance_ordre", "seance"): 5,
    ("guichet", "projects:seance_presents", "seance"): 6,
    ("guichet", "projects:seance_clore", "seance"): 4,
    ("guichet", "projects:seance_avis", "seance.avis"): 8,
    ("guichet", "projects:seance_point", "seance.point"): 5,
    ("guichet", "projects:seance_retirer", "seance.point"): 6,
    # the ARS and the Assurance Maladie
    ("cpam", "projects:confirmer_validation", "attend"): 6,
    ("dd_ars", "projects:valider", "transmise"): 14,
    ("dd_ars", "projects:refuser", "transmise"): 7,
    ("porteur", "funding:demande", "transmise.demande"): 19,
    ("porteur", "funding:demande", "silence.demande"): 19,
    ("porteur", "funding:demande", "accordee.demande"): 19,
    ("guichet", "funding:demande", "transmise.demande"): 18,
    ("dd_ars", "funding:demande", "transmise.demande"): 19,
    ("dd_ars", "funding:demande", "motifs.demande"): 19,
    ("dd_ars", "funding:demander_pieces", "transmise.demande"): 4,
    ("dd_ars", "funding:completer", "transmise.demande"): 10,
    ("porteur", "funding:completer", "transmise.demande"): 8,
    ("dd_ars", "funding:refuser", "validee.demande"): 6,
    ("dd_ars", "projects:accorder", "validee.demande"): 7,
    ("porteur", "funding:demander_motifs", "silence.demande"): 5,
    ("dd_ars", "funding:communiquer_motifs", "motifs.demande"): 5,
    ("porteur", "funding:declarer", "accordee.demande"): 7,
    ("porteur", "funding:retirer", "validee.demande"): 5,
    ("porteur", "funding:nouvelle_demande", "deposee.dossier"): 8,
    ("porteur", "funding:verifier_demande", "seule"): 10,
    ("porteur", "dossiers:decision", "decision"): 12,
    ("guichet", "dossiers:decision", "decision"): 11,
    ("dd_ars", "dossiers:decision", "decision"): 11,
    # on paper
    ("guichet", "projects:papier", ""): 3,
    ("guichet", "projects:papier_lettre", ""): 3,  # leads to the choice of the communes
    ("dd_ars", "projects:papier_decision", "transmise"): 6,
    ("dd_ars", "projects:papier_decision_demande", "transmise.demande"): 6,
    ("dd_ars", "projects:papier_confirmer", "attend.decision"): 5,
    # exchanges, pieces asked, links
    ("porteur", "dossiers:nouveau_fil", "deposee.dossier"): 7,
    ("guichet", "dossiers:nouveau_fil", "deposee.dossier"): 7,
    ("porteur", "dossiers:fil", "deposee.fil"): 9,
    ("guichet", "dossiers:fil", "deposee.note"): 9,
    ("dd_ars", "dossiers:fil", "transmise.ars_am"): 9,
    ("porteur", "dossiers:fil_de_piece", "incomplete.demandee"): 8,
    ("porteur", "dossiers:repondre_piece", "incomplete.demandee"): 6,
    ("guichet", "dossiers:lier", "deposee.dossier"): 7,
    ("guichet", "dossiers:deplacer", "deposee.dossier"): 8,
}
EVERY = LISTS | PAGES


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_of_a_desk_costs_the_same_queries_whatever_it_shows(rows: int) -> None:
    desk = Desk(rows)
    found, heavy, refused = {}, {}, {}
    for page in EVERY:
        role, *address = page
        url = desk.url(*address)
        with CaptureQueriesContext(connection) as queries:
            response = desk.clients[role].get(url)
        if response.status_code not in (200, 302):
            refused[page] = response.status_code
        found[page] = len(queries)
        if len(response.content) > BYTES_MAX:
            heavy[page] = len(response.content)
    assert refused == {}
    assert {page: (n, EVERY[page]) for page, n in found.items() if n != EVERY[page]} == {}
    assert heavy == {}


def test_a_list_of_a_desk_asks_at_most_12_queries_and_any_other_page_20() -> None:
    assert max(LISTS.values()) <= LIST_MAX
    assert max(PAGES.values()) <= PAGE_MAX
