"""Two administrators move the portal's date at the same moment: it moves once, the other is told."""

from typing import Any

import pytest

from guichet.kernel.lifecycle import Refused
from portal.models import AvanceDate
from portal.services.repetition import MEANWHILE, advance
from tests.factories.accounts import NOW
from tests.factories.bodies import agent
from tests.races.together import Together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10


def test_two_moves_at_once_do_not_add_up(together: Together, settings: Any) -> None:
    settings.REPETITION = True
    one, other = (agent("guichet-occitanie", droits=["administrer"]) for _ in range(2))
    for number in range(ROUNDS):
        depuis = number * 5
        answers = together(
            *[lambda by=by: advance(jours=5, depuis=depuis, by=by, now=NOW) for by in (one, other)]  # noqa: B023
        )
        refused = [str(answer) for answer in answers if isinstance(answer, Refused)]
        assert refused == [MEANWHILE]
        assert list(AvanceDate.objects.order_by("-total").values_list("total", flat=True))[0] == depuis + 5
    assert AvanceDate.objects.count() == ROUNDS
