"""The clock under faults: two passages at once, a passage beside a decision, a database that goes away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections

if TYPE_CHECKING:
    from tests.races.together import Together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together(transactional_db: None) -> "Iterator[Together]":
    from tests.races.together import Together  # models: not before Django is set up

    pool = Together(2)
    yield pool
    pool.close()


def morning(day: date) -> datetime:
    from tests.factories.accounts import NOW

    return datetime(day.year, day.month, day.day, 6, tzinfo=NOW.tzinfo)


LAST = date(2027, 1, 16)


def test_two_passages_at_once_record_each_silence_once_and_tell_each_person_once(together: "Together") -> None:
    from accounts.models import Envoi
    from funding.models import EvenementFir
    from projects.services.silence import passage
    from tests.factories.bodies import decideur
    from tests.factories.projects import transmitted_letter

    decideur()
    for number in range(4):
        transmitted_letter(nom=f"CPTS {number}")
    rows = together(
        lambda: passage(now=morning(LAST + timedelta(days=1))), lambda: passage(now=morning(LAST + timedelta(days=1)))
    )
    assert sum(row.constates for row in rows) == 4
    assert [row.erreurs for row in rows] == [0, 0]
    events = EvenementFir.objects.filter(action="constater_rejet").order_by("demande")
    assert len(set(events.values_list("demande", flat=True))) == events.count() == 4
    mails = Envoi.objects.filter(sujet__contains="silence").values_list("user", "dossier_reference").order_by("pk")
    assert len(mails) == len(set(mails))
    assert len(mails) > 0


def test_two_passages_at_once_warn_once(together: "Together") -> None:
    from accounts.models import Envoi
    from dossiers.models import AlerteDelai
    from projects.services.silence import passage
    from tests.factories.bodies import decideur
    from tests.factories.projects import transmitted_letter

    decideur()
    for number in range(4):
        transmitted_letter(nom=f"CPTS {number}")
    now = morning(LAST - timedelta(days=7))
    rows = together(lambda: passage(now=now), lambda: passage(now=now))
    assert (sum(row.alertes for row in rows), [row.erreurs for row in rows]) == (4, [0, 0])
    assert AlerteDelai.objects.count() == Envoi.objects.filter(sujet__startswith="Il reste 7 jours").count() == 4


def test_a_passage_and_a_decision_on_the_last_night_leave_one_outcome(together: "Together") -> None:
    from projects.services.deciding import validate
    from projects.services.silence import passage
    from tests.factories.bodies import decideur
    from tests.factories.projects import fresh, transmitted_letter

    ars = decideur()
    lettre = transmitted_letter()
    midnight = morning(LAST + timedelta(days=1))
    decided, row = together(
        lambda: validate(lettre=fresh(lettre), accorde=Decimal(10_000), by=ars, now=morning(LAST)),
        lambda: passage(now=midnight),
    )
    demande = fresh(lettre).demande
    actions = list(demande.evenements.order_by("recorded_at", "id").values_list("action", flat=True))
    assert row.erreurs == 0
    if row.constates:  # the silence spoke first: what was decided came after it, or was refused
        assert actions.count("constater_rejet") == 1
        assert "accorder" not in actions
    else:
        assert (demande.etat, actions.count("accorder"), actions.count("constater_rejet")) == ("accordee", 1, 0)
    assert demande.delai.clos_par == ("silence" if row.constates else "decision")
    assert decided is not None


def test_a_connection_cut_in_the_middle_costs_one_file_that_the_next_passage_records(
    monkeypatch: Any,
) -> None:
    from projects.services import silence
    from tests.factories.projects import fresh, transmitted_letter

    letters = [transmitted_letter(nom=f"CPTS {number}") for number in range(3)]
    real, calls = silence.record_rejection, []

    def cut_at_the_second(*, demande: Any, now: datetime) -> Any:
        calls.append(demande.pk)
        if len(calls) == 2:
            other = connections.create_connection("default")
            other.cursor().execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            other.close()
        return real(demande=demande, now=now)

    monkeypatch.setattr(silence, "record_rejection", cut_at_the_second)
    row = silence.passage(now=morning(LAST + timedelta(days=1)))
    assert (row.dus, row.constates, row.erreurs) == (3, 2, 1)
    states = [fresh(lettre).demande.etat for lettre in letters]
    assert states == ["rejetee_tacitement", "transmise", "rejetee_tacitement"]

    monkeypatch.setattr(silence, "record_rejection", real)
    row = silence.passage(now=morning(LAST + timedelta(days=2)))
    assert (row.dus, row.constates, row.erreurs) == (1, 1, 0)
    effects = [lettre.demande.evenements.get(action="constater_rejet").prend_effet_le for lettre in letters]
    assert effects == [LAST + timedelta(days=1)] * 3
