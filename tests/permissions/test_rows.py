"""Every row of the law × every role × every state: who may apply it, and nobody else."""

import copy
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from dossiers.models import Reglage
from funding.lifecycles import DEMANDE_FIR
from funding.services.requests import deposit_request
from guichet.kernel.lifecycle import Lifecycle, Refused
from projects.lifecycles import AVIS, LETTRE
from projects.models import Avis, LettreIntention
from projects.services.depositing import deposit, withdraw
from projects.states import EtatLettre
from tests.factories.accounts import NOW
from tests.factories.projects import consulted_letter, ready_letter
from tests.permissions.cast import ROLES, Cast

pytestmark = pytest.mark.django_db

PORTEUR, CLOCK = {"porteur"}, "horloge"
DESK = {"guichet", "conseiller_invite"}
ARS = {"ars", "dd_ars"}


def rows(*actors: tuple[set[str], set[str]]) -> dict[str, set[str]]:
    """Role to states, from (roles, states)."""
    return {role: states for roles, states in actors for role in roles}


BEFORE_ARS = {"deposee", "en_consultation", "avis_rendu"}
UNDER_WAY = {"transmise", "incomplete"}
OPEN_OPINION = {"attendu", "brouillon", "sans_reponse"}
ENDED = {"accordee", "refusee", "rejetee_tacitement", "conventionnee", "soldee", "retiree", "retiree_par_ars"}

ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("LettreIntention", "deposer"): rows((PORTEUR, {"brouillon", "incomplete"})),
    ("LettreIntention", "enregistrer_depot_exterieur"): rows((DESK | ARS, {"brouillon"})),
    ("LettreIntention", "demander_pieces"): rows((DESK, {"deposee"})),
    ("LettreIntention", "ouvrir_consultation"): rows((DESK, {"deposee"})),
    ("LettreIntention", "rendre_synthese"): rows((DESK, {"en_consultation"})),
    ("LettreIntention", "rouvrir_consultation"): rows((DESK, {"avis_rendu"})),
    ("LettreIntention", "transmettre"): rows((DESK, BEFORE_ARS)),
    ("LettreIntention", "saisir_ars"): rows((PORTEUR, BEFORE_ARS)),
    ("LettreIntention", "confirmer_validation"): rows(({"cpam"}, {"transmise"})),
    ("LettreIntention", "valider"): rows((ARS, {"transmise"})),
    ("LettreIntention", "refuser"): rows((ARS, {"transmise"})),
    ("LettreIntention", "rectifier"): rows((DESK, BEFORE_ARS), (ARS, {"transmise", "validee"})),
    ("LettreIntention", "retirer"): rows((PORTEUR, {"brouillon", "incomplete", "transmise"} | BEFORE_ARS)),
    ("Avis", "rediger"): rows(({"urps"}, {"attendu", "sans_reponse"})),
    ("Avis", "rendre"): rows(({"urps"} | DESK, OPEN_OPINION)),
    ("Avis", "s_abstenir"): rows(({"urps"}, OPEN_OPINION)),
    ("Avis", "se_deporter"): rows(({"urps"}, OPEN_OPINION)),
    ("Avis", "reprendre"): rows(({"urps"}, {"rendu", "abstention", "deport"})),
    ("Avis", "clore_sans_reponse"): rows(({CLOCK}, {"attendu", "brouillon"})),
    ("DemandeFir", "deposer"): rows((PORTEUR, {"brouillon"})),
    ("DemandeFir", "rouvrir"): rows((DESK, {"deposee"})),
    ("DemandeFir", "enregistrer_depot_exterieur"): rows((DESK | ARS, {"brouillon"})),
    ("DemandeFir", "transmettre"): rows((DESK | PORTEUR, {"deposee"})),
    ("DemandeFir", "demander_pieces"): rows((ARS, UNDER_WAY)),
    ("DemandeFir", "completer"): rows((ARS | PORTEUR, {"incomplete"})),
    ("DemandeFir", "accorder"): rows((ARS, UNDER_WAY)),
    ("DemandeFir", "refuser"): rows((ARS, UNDER_WAY)),
    ("DemandeFir", "constater_rejet"): rows(({CLOCK}, {"deposee"} | UNDER_WAY)),
    ("DemandeFir", "accorder_apres_silence"): rows((ARS, {"rejetee_tacitement"})),
    ("DemandeFir", "demander_motifs"): rows((PORTEUR, {"rejetee_tacitement"})),
    ("DemandeFir", "communiquer_motifs"): rows((ARS, {"rejetee_tacitement"})),
    ("DemandeFir", "declarer_association"): rows((PORTEUR, {"deposee"} | UNDER_WAY | ENDED)),
    ("DemandeFir", "retirer"): rows((PORTEUR, {"brouillon", "deposee"} | UNDER_WAY)),
}
"""Written by hand from the law, not read from the tables: the two must agree."""

LATER = NOW + timedelta(days=70)
"""The due date of the consultation is past, the Guichet had its time, the silence has spoken: no guard stands aside."""


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def lettre(cast: Cast) -> LettreIntention:
    letter = ready_letter(cast.porteur)
    cast.invite(letter.dossier, now=NOW)
    return letter


def open_rows(cycle: Lifecycle, step: Any, cast: Cast) -> dict[tuple[str, str], dict[str, set[str]]]:
    """What each role may do to `step`, whatever its state, once every guard is satisfied."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    actors = {role: cast.acteurs.get(role) for role in ROLES if role != "anonyme"} | {CLOCK: None}
    for row in cycle.table:
        for role, by in actors.items():
            for state in cycle.states.values:
                there = copy.copy(step)
                there.etat = state
                if not cycle.refusal(there, row.action, by=by, now=LATER):
                    found.setdefault((cycle.name, row.action), {}).setdefault(role, set()).add(state)
    return found


def test_each_row_is_open_to_its_actor_in_its_states_and_to_nobody_else(cast: Cast) -> None:
    letter = consulted_letter(cast.porteur)
    cast.invite(letter.dossier, now=NOW)
    opinion = Avis.objects.select_related("consultation", "dossier").get(
        organisation=cast.acteurs["urps"].organisation_id
    )
    found = (
        open_rows(LETTRE, letter, cast) | open_rows(AVIS, opinion, cast) | open_rows(DEMANDE_FIR, letter.demande, cast)
    )
    asked = {"source": "rejetee_tacitement", "cible": "rejetee_tacitement", "recorded_at": LATER}
    letter.demande.evenements.create(action="demander_motifs", prend_effet_le=LATER.date(), origine="portail", **asked)
    answered = open_rows(DEMANDE_FIR, letter.demande, cast)
    found["DemandeFir", "communiquer_motifs"] = answered["DemandeFir", "communiquer_motifs"]
    joint = {"valeur": "conjointe", "applicable_du": NOW.date(), "motif": "Essai", "source": "Essai"}
    Reglage.objects.create(cle="mode_validation_lettre", **joint)
    jointly = open_rows(LETTRE, letter, cast)
    found["LettreIntention", "confirmer_validation"] = jointly["LettreIntention", "confirmer_validation"]
    assert found == ALLOWED


def test_the_services_refuse_everyone_but_the_depositor_and_leave_nothing(cast: Cast, lettre: LettreIntention) -> None:
    for role in sorted(set(ROLES) - {"anonyme", "porteur"}):
        by = cast.acteurs[role]
        for act in (
            partial(deposit, lettre=lettre, by=by, now=NOW),
            partial(withdraw, lettre=lettre, motif="Essai.", by=by, now=NOW),
            partial(deposit_request, demande=lettre.demande, by=by, now=NOW),
        ):
            with pytest.raises(Refused), transaction.atomic():
                act()
        lettre.refresh_from_db()
        assert lettre.etat == EtatLettre.BROUILLON, role
        assert not lettre.evenements.exists(), role
        assert not lettre.demande.evenements.exists(), role
        assert not lettre.dossier.documents.exists(), role
