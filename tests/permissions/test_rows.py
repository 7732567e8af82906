"""Every row of the law × every role × every state: who may apply it, and nobody else."""

import copy
from functools import partial

import pytest
from django.db import transaction

from funding.lifecycles import DEMANDE_FIR
from funding.services.requests import deposit_request
from funding.states import EtatDemandeFir
from guichet.kernel.lifecycle import Lifecycle, Refused
from projects.lifecycles import LETTRE
from projects.models import LettreIntention
from projects.services.depositing import deposit, withdraw
from projects.states import EtatLettre
from tests.factories.accounts import NOW
from tests.factories.projects import ready_letter
from tests.permissions.cast import ROLES, Cast

pytestmark = pytest.mark.django_db

ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("LettreIntention", "deposer"): {"porteur": {"brouillon", "incomplete"}},
    ("LettreIntention", "retirer"): {
        "porteur": {"brouillon", "deposee", "incomplete", "en_consultation", "avis_rendu", "transmise"}
    },
    ("DemandeFir", "deposer"): {"porteur": {"brouillon"}},
    ("DemandeFir", "retirer"): {"porteur": {"brouillon", "deposee", "transmise", "incomplete"}},
}
"""Written by hand from the law, not read from the tables: the two must agree."""


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def lettre(cast: Cast) -> LettreIntention:
    letter = ready_letter(cast.porteur)
    cast.invite(letter.dossier, now=NOW)
    return letter


@pytest.mark.parametrize(
    ("cycle", "states"), [(LETTRE, EtatLettre), (DEMANDE_FIR, EtatDemandeFir)], ids=["lettre", "demande"]
)
def test_each_row_is_open_to_its_actor_in_its_states_and_to_nobody_else(
    cycle: Lifecycle, states: type[EtatLettre], cast: Cast, lettre: LettreIntention
) -> None:
    step = lettre if cycle is LETTRE else lettre.demande
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in cycle.table:
        for role in ROLES:
            by = cast.acteurs.get(role)
            for state in states.values:
                there = copy.copy(step)
                there.etat = state
                if not cycle.refusal(there, row.action, by=by, now=NOW):
                    found.setdefault((cycle.name, row.action), {}).setdefault(role, set()).add(state)
    assert found == {key: value for key, value in ALLOWED.items() if key[0] == cycle.name}


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
