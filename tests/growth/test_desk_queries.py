"""The same count for the pages of the desks: opinions, sessions, exchanges, decisions, what came on paper."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.growth.desk import Desk
from tests.growth.limits import BYTES_MAX, LIST_MAX, PAGE_MAX

pytestmark = pytest.mark.django_db

LISTS: dict[tuple[str, ...], int] = {
    ("urps", "projects:lettres", ""): 0,
    ("dd_ars", "projects:lettres", ""): 0,
    ("dd_ars", "projects:a_venir", ""): 0,
    ("dd_ars", "funding:demandes", ""): 0,
    ("guichet", "projects:seances", ""): 0,
    ("urps", "projects:seances", ""): 0,
    ("dd_ars", "projects:papier_a_confirmer", ""): 0,
    ("porteur", "dossiers:echanges", "deposee.dossier"): 0,
    ("guichet", "dossiers:echanges", "deposee.dossier"): 0,
    ("dd_ars", "dossiers:echanges", "transmise.dossier"): 0,
    ("guichet", "projects:journal", "rendue"): 0,
    ("porteur", "projects:journal", "accordee"): 0,
    ("porteur", "dossiers:repondre", "incomplete.dossier"): 0,
}
PAGES: dict[tuple[str, ...], int] = {
    ("urps", "portal:accueil_role", ""): 0,
    ("dd_ars", "portal:accueil_role", ""): 0,
    ("cpam", "portal:accueil_role", ""): 0,
    # the letter, in the hands of each
    ("porteur", "projects:lettre", "incomplete"): 0,
    ("porteur", "projects:lettre", "consultee"): 0,
    ("porteur", "projects:lettre", "accordee"): 0,
    ("guichet", "projects:lettre", "incomplete"): 0,
    ("guichet", "projects:lettre", "consultee"): 0,
    ("guichet", "projects:lettre", "rendue"): 0,
    ("guichet", "projects:lettre", "transmise"): 0,
    ("guichet", "projects:lettre", "accordee"): 0,
    ("urps", "projects:lettre", "consultee"): 0,
    ("cpam", "projects:lettre", "transmise"): 0,
    ("dd_ars", "projects:lettre", "transmise"): 0,
    ("dd_ars", "projects:lettre", "attend"): 0,
    ("dd_ars", "projects:lettre", "accordee"): 0,
    ("porteur", "projects:dossier", "deposee"): 0,
    ("guichet", "projects:dossier", "deposee"): 0,
    ("dd_ars", "projects:dossier", "transmise"): 0,
    # the Guichet
    ("guichet", "projects:demander_pieces", "deposee"): 0,
    ("guichet", "projects:precisions", "incomplete"): 0,
    ("porteur", "projects:precisions", "incomplete"): 0,
    ("guichet", "projects:consulter", "deposee"): 0,
    ("guichet", "projects:relancer", "consultee"): 0,
    ("guichet", "projects:synthese", "consultee"): 0,
    ("guichet", "projects:rouvrir_consultation", "rendue"): 0,
    ("guichet", "projects:transmettre", "rendue"): 0,
    ("porteur", "projects:saisir_ars", "ancienne"): 0,
    ("porteur", "projects:rectifier", "deposee"): 0,
    ("porteur", "projects:rectification", "deposee.rectification"): 0,
    ("guichet", "projects:rectification", "deposee.rectification"): 0,
    # opinions and sessions
    ("urps", "projects:avis", "consultee.avis"): 0,
    ("urps", "projects:avis", "repondue.avis"): 0,
    ("guichet", "projects:avis", "consultee.donne"): 0,
    ("urps", "projects:avis_abstention", "consultee.avis"): 0,
    ("urps", "projects:avis_deport", "consultee.avis"): 0,
    ("urps", "projects:avis_reprendre", "repondue.avis"): 0,
    ("guichet", "projects:seance_nouvelle", ""): 0,
    ("guichet", "projects:seance", "seance"): 0,
    ("guichet", "projects:seance", "seance.close"): 0,
    ("urps", "projects:seance", "seance"): 0,
    ("guichet", "projects:seance_modifier", "seance"): 0,
    ("guichet", "projects:seance_ordre", "seance"): 0,
    ("guichet", "projects:seance_presents", "seance"): 0,
    ("guichet", "projects:seance_clore", "seance"): 0,
    ("guichet", "projects:seance_avis", "seance.avis"): 0,
    ("guichet", "projects:seance_point", "seance.point"): 0,
    ("guichet", "projects:seance_retirer", "seance.point"): 0,
    # the ARS and the Assurance Maladie
    ("cpam", "projects:confirmer_validation", "transmise"): 0,
    ("dd_ars", "projects:valider", "transmise"): 0,
    ("dd_ars", "projects:refuser", "transmise"): 0,
    ("porteur", "funding:demande", "transmise.demande"): 0,
    ("porteur", "funding:demande", "silence.demande"): 0,
    ("porteur", "funding:demande", "accordee.demande"): 0,
    ("guichet", "funding:demande", "transmise.demande"): 0,
    ("dd_ars", "funding:demande", "transmise.demande"): 0,
    ("dd_ars", "funding:demande", "motifs.demande"): 0,
    ("dd_ars", "funding:demander_pieces", "transmise.demande"): 0,
    ("dd_ars", "funding:completer", "transmise.demande"): 0,
    ("porteur", "funding:completer", "transmise.demande"): 0,
    ("dd_ars", "funding:refuser", "validee.demande"): 0,
    ("dd_ars", "projects:accorder", "validee.demande"): 0,
    ("porteur", "funding:demander_motifs", "silence.demande"): 0,
    ("dd_ars", "funding:communiquer_motifs", "motifs.demande"): 0,
    ("porteur", "funding:declarer", "accordee.demande"): 0,
    ("porteur", "funding:retirer", "validee.demande"): 0,
    ("porteur", "funding:nouvelle_demande", "deposee.dossier"): 0,
    ("porteur", "funding:verifier_demande", "seule"): 0,
    ("porteur", "dossiers:decision", "decision"): 0,
    ("guichet", "dossiers:decision", "decision"): 0,
    ("dd_ars", "dossiers:decision", "decision"): 0,
    # on paper
    ("guichet", "projects:papier", ""): 0,
    ("guichet", "projects:papier_lettre", ""): 0,  # leads to the choice of the communes
    ("dd_ars", "projects:papier_decision", "transmise"): 0,
    ("dd_ars", "projects:papier_decision_demande", "transmise.demande"): 0,
    ("dd_ars", "projects:papier_confirmer", "attend.decision"): 0,
    # exchanges, pieces asked, links
    ("porteur", "dossiers:nouveau_fil", "deposee.dossier"): 0,
    ("guichet", "dossiers:nouveau_fil", "deposee.dossier"): 0,
    ("porteur", "dossiers:fil", "deposee.fil"): 0,
    ("guichet", "dossiers:fil", "deposee.note"): 0,
    ("dd_ars", "dossiers:fil", "transmise.ars_am"): 0,
    ("porteur", "dossiers:fil_de_piece", "incomplete.demandee"): 0,
    ("porteur", "dossiers:repondre_piece", "incomplete.demandee"): 0,
    ("guichet", "dossiers:lier", "deposee.dossier"): 0,
    ("guichet", "dossiers:deplacer", "deposee.dossier"): 0,
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
    assert found == EVERY
    assert heavy == {}


def test_a_list_of_a_desk_asks_at_most_12_queries_and_any_other_page_20() -> None:
    assert max(LISTS.values()) <= LIST_MAX
    assert max(PAGES.values()) <= PAGE_MAX
