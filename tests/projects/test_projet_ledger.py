"""Whatever is asked, answered, waived and completed, in any order: the dates stored are those of the kernel."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dossiers.models import Delai, MouvementDelai
from guichet.kernel.deadlines import Depart, Ledger, PieceDemandee, Regime, compute
from guichet.kernel.lifecycle import Refused
from projects.models import ProjetSante
from projects.services.projets.depositing import complete
from projects.services.projets.pieces import ask_pieces, ask_useful_pieces, judge_piece, waive_pieces
from tests.factories.bodies import decideur
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project, fresh, required, useful
from tests.projects.scene import asked, give, paris

pytestmark = pytest.mark.django_db

DEPOSIT = date(2026, 9, 14)
EXAMPLES, STEPS = 15, 8
ACTS = ("demander", "demander_utile", "repondre", "juger", "completer", "renoncer")
ASKED_AGAIN = [("demander", 6), ("repondre", 10), ("completer", 3), ("demander", 40), ("renoncer", 5)]
TWICE_OPEN = [("demander", 6), ("demander", 40), ("repondre", 1), ("renoncer", 1)]
NOT_CONFORM = [
    ("demander_utile", 2),
    ("demander", 2),
    ("repondre", 5),
    ("juger", 1),
    ("repondre", 9),
    ("completer", 0),
]
TWICE_DONE = [
    ("demander", 0),
    ("repondre", 0),
    ("completer", 0),
    ("demander", 0),
    ("repondre", 40),
    ("completer", 40),
]
STEP = st.tuples(st.sampled_from(ACTS), st.integers(min_value=0, max_value=40))


class Told:
    """The same facts, kept by the test as a lawyer would: what was asked, and what became of it."""

    def __init__(self) -> None:
        self.pieces: dict[int, dict[str, Any]] = {}

    def ask(self, items: list[Any], le: date, requise: bool) -> None:
        for item in items:
            self.pieces.setdefault(item.pk, {"demandee_le": le, "requise": requise, "limite_le": item.limite_le})

    def close(self, items: list[Any], *, waived: date | None) -> None:
        """What the project knew of its open pieces when they were closed."""
        for item in items:
            item.refresh_from_db()
            fact = self.pieces[item.pk]
            if waived is not None:
                fact["renoncee_le"] = waived
            elif item.recue_le:
                fact["recue_le"] = item.recue_le

    def compute(self) -> Any:
        pieces = tuple(PieceDemandee(**fact) for fact in self.pieces.values())
        return compute(Ledger(regime=Regime.ACCEPTATION, recu_le=DEPOSIT, depart=Depart.RECEPTION, pieces=pieces))


def at(day: date) -> datetime:
    return paris(day.isoformat())


def act(name: str, projet: ProjetSante, *, on: date, by: Any, ars: Any, told: Told) -> None:
    """One act through its service; what the law refuses that day leaves the facts as they are."""
    before = asked(projet)
    now = at(on)
    if name == "demander":
        ask_pieces(projet=projet, items=[required(f"R{on}", now=now)], by=ars, now=now)
        told.ask([item for item in asked(projet) if item not in before], on, True)
    elif name == "demander_utile":
        ask_useful_pieces(projet=projet, items=[useful(f"U{on}", now=now)], by=ars, now=now)
        told.ask([item for item in asked(projet) if item not in before], on, False)
    elif name == "repondre" and before:
        give(before[0] if on.day % 2 else before[-1], by=by, now=now)
    elif name == "juger" and before:
        judge_piece(item=before[-1], constat="Illisible.", by=ars, now=now)
    elif name == "completer":
        complete(projet=projet, by=by, now=now)
        told.close(before, waived=None)
    elif name == "renoncer":
        waive_pieces(projet=projet, motif="Inutile.", by=ars, now=now)
        told.close(before, waived=on)


def agree(projet: ProjetSante, told: Told) -> None:
    """The period, its last line, the kernel and the trigger of the database say the same dates."""
    projet = fresh(projet)
    expected = told.compute()
    stored = (projet.delai.origine_le, projet.delai.dernier_jour, projet.delai.echeance_le)
    assert stored == (expected.origine, expected.dernier_jour, expected.echeance_le)
    line = MouvementDelai.objects.filter(delai=projet.delai_id).order_by("pk").last()
    assert (line.dernier_jour, line.echeance_le) == stored[1:]
    if projet.delai.clos_at is None:
        wrong = (expected.dernier_jour or DEPOSIT) + timedelta(days=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            Delai.objects.filter(pk=projet.delai_id).update(dernier_jour=wrong, echeance_le=wrong + timedelta(days=1))


@pytest.fixture
def scene() -> tuple[Any, Any, ProjetSante]:
    by, ars = porteur(), decideur()
    return by, ars, deposited_project(by, now=at(DEPOSIT))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=1, max_size=STEPS))
@example(steps=ASKED_AGAIN)
@example(steps=TWICE_OPEN)
@example(steps=NOT_CONFORM)
@example(steps=TWICE_DONE)
def test_the_dates_stored_are_those_of_the_kernel_on_the_same_facts(scene: Any, steps: list[tuple[str, int]]) -> None:
    by, ars, projet = scene
    told, on = Told(), DEPOSIT
    with transaction.atomic():
        done = set()
        for name, days in steps:
            on += timedelta(days=days)
            try:
                with transaction.atomic():
                    act(name, fresh(projet), on=on, by=by, ars=ars, told=told)
                done.add(name)
            except Refused:
                continue
            agree(projet, told)
        transaction.set_rollback(True)
    assert Delai.objects.get(pk=projet.delai_id).dernier_jour == date(2026, 11, 14)
