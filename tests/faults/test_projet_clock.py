"""The clock of the projets de santé under faults: late, twice at once, killed anywhere, away for 26 hours."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections

if TYPE_CHECKING:
    from projects.models import ProjetSante
    from tests.races.together import Together

pytestmark = pytest.mark.django_db(transaction=True)

FILES = 6
KILLS = 3
SEED = 20261126


@pytest.fixture
def together(transactional_db: None) -> "Iterator[Together]":
    from tests.races.together import Together  # models: not before Django is set up

    pool = Together(2)
    yield pool
    pool.close()


@pytest.fixture
def due(transactional_db: None) -> "list[ProjetSante]":
    """Projects whose last day is 14 November, and one whose last day is the 15th: it is not due."""
    from tests.factories.bodies import decideur, guichet
    from tests.factories.projects import porteur
    from tests.factories.projets import deposited_project
    from tests.projects.scene import paris

    decideur()
    guichet()
    projects = [deposited_project(porteur(), now=paris("2026-09-14"), nom=f"CPTS {number}") for number in range(FILES)]
    deposited_project(porteur(), now=paris("2026-09-15"), nom="CPTS du lendemain")
    return projects


def at(day: str, clock: str = "00:05:00") -> datetime:
    from tests.projects.scene import paris

    return paris(day, clock)


def everything_once(projects: "list[ProjetSante]") -> None:
    """Each due project has one event at its legal day, one attestation, one mail a person; the other has nothing."""
    from accounts.models import Envoi
    from dossiers.models import Delai, Document, MouvementDelai
    from projects.models import EvenementProjet
    from tests.projects.scene import d

    events = EvenementProjet.objects.filter(action="constater_silence").order_by("projet")
    found = list(events.values_list("projet", "prend_effet_le"))
    assert found == [(projet.pk, d("2026-11-15")) for projet in projects]
    ids = [event.pk for event in events]
    assert Counter(Document.objects.filter(modele="attestation").values_list("evenement", flat=True)) == Counter(ids)
    mails = Counter(Envoi.objects.filter(evenement__in=ids).values_list("evenement", "user"))
    assert set(mails.values()) == {1}
    people = Counter(event for event, _ in mails)
    assert set(people) == set(ids)
    assert set(people.values()) == {3}  # the association, the ARS, the Guichet
    lines = MouvementDelai.objects.filter(nature="silence").values_list("delai", flat=True)
    assert Counter(lines) == Counter(projet.delai_id for projet in projects)
    closed = Delai.objects.exclude(clos_at=None).values_list("pk", "clos_par")
    assert sorted(closed) == [(projet.delai_id, "silence") for projet in projects]


def test_three_days_late_each_silence_is_recorded_at_its_legal_day(due: "list[ProjetSante]") -> None:
    from projects.services.silence import passage

    late = at("2026-11-18", "03:00:00")
    other = type(due[0]).objects.get(dossier__nom="CPTS du lendemain")
    row = passage(now=late)
    assert (row.dus, row.constates, row.erreurs) == (FILES + 1, FILES + 1, 0)
    days = {
        event.projet_id: event.prend_effet_le.isoformat()
        for event in other.evenements.model.objects.filter(action="constater_silence")
    }
    assert days == {**{projet.pk: "2026-11-15" for projet in due}, other.pk: "2026-11-16"}
    again = passage(now=at("2026-11-18", "04:00:00"))
    assert (again.dus, again.constates) == (0, 0)


def test_twice_at_once_each_silence_is_recorded_once(due: "list[ProjetSante]", together: "Together") -> None:
    from projects.services.silence import passage

    rows = together(lambda: passage(now=at("2026-11-15")), lambda: passage(now=at("2026-11-15")))
    assert (sum(row.constates for row in rows), [row.erreurs for row in rows]) == (FILES, [0, 0])
    everything_once(due)


def test_twice_at_once_each_rung_is_told_once(due: "list[ProjetSante]", together: "Together") -> None:
    from accounts.models import Envoi
    from projects.services.silence import passage

    now = at("2026-11-07", "06:30:00")
    rows = together(lambda: passage(now=now), lambda: passage(now=now))
    assert sum(row.alertes for row in rows) == FILES + 1
    assert [row.erreurs for row in rows] == [0, 0]
    mails = Envoi.objects.filter(sujet__contains="dernier jour dans").order_by("sujet").values_list("sujet", flat=True)
    days = Counter(sujet.split("dans ")[1].split(" ")[0] for sujet in mails)
    assert days == {"7": FILES, "8": 1}  # one person decides there


def test_a_connection_cut_in_the_middle_of_a_lot_costs_nothing_each_file_is_then_recorded_alone(
    due: "list[ProjetSante]", monkeypatch: pytest.MonkeyPatch
) -> None:
    from projects.services import silence
    from projects.services.projets import silence as lots

    real, sizes = lots._write_effects, []

    def cut_the_first_time(done: Any, *, now: datetime) -> None:
        sizes.append(len(done))
        real(done, now=now)
        if len(sizes) == 1:
            other = connections.create_connection("default")
            other.cursor().execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            other.close()

    monkeypatch.setattr(lots, "_write_effects", cut_the_first_time)
    row = silence.passage(now=at("2026-11-15"))
    assert (row.dus, row.constates, row.erreurs, sizes) == (FILES, FILES, 0, [FILES, *[1] * FILES])
    everything_once(due)


PASSAGE = """
import sys, django
from django.conf import settings
django.setup()
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from datetime import datetime
from projects.services.silence import passage
print("ready", flush=True)
sys.stdin.readline()
passage(now=datetime.fromisoformat(sys.argv[2]), lot=2)
print("over", flush=True)
"""


def start_passage(root: Path, now: datetime) -> "subprocess.Popen[str]":
    """A passage in a process of its own on the same database, ready to begin."""
    process = subprocess.Popen(
        [sys.executable, "-c", PASSAGE, str(connection.settings_dict["NAME"]), now.isoformat()],
        cwd=root, env={**os.environ}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_killed_anywhere_nothing_is_half_done_and_the_next_passage_finishes(
    due: "list[ProjetSante]", root: Path
) -> None:
    """Kill -9 as many recordings later as chance says: what is there is whole, the rest is still to do."""
    from dossiers.models import Document, PassageHorloge
    from projects.models import EvenementProjet
    from projects.services.silence import passage

    chance, silences = random.Random(SEED), EvenementProjet.objects.filter(action="constater_silence")
    for _ in range(KILLS):
        before = silences.count()
        process = start_passage(root, at("2026-11-15"))
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        limit = time.monotonic() + 30
        while silences.count() == before and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = set(silences.values_list("pk", flat=True))
        assert set(Document.objects.filter(modele="attestation").values_list("evenement", flat=True)) == whole
    stopped = PassageHorloge.objects.filter(fin_at=None).count()
    row = passage(now=at("2026-11-15", "06:30:00"))
    assert (row.erreurs, row.constates) == (0, FILES - len(whole))
    assert stopped > 0
    everything_once(due)


def test_away_for_26_hours_the_supervisor_and_the_administrators_are_told_and_nothing_legal_changes(
    due: "list[ProjetSante]", monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import Client

    from accounts.models import Envoi, Organisation
    from projects.services import vigil
    from projects.services.silence import passage
    from tests.factories.accounts import MembershipFactory, agent_client
    from tests.projects.rows import plain

    desk = Organisation.objects.get(code="guichet-occitanie")
    admin = MembershipFactory(organisation=desk, droits=["administrer"])
    passage(now=at("2026-11-14", "06:30:00"))
    away = at("2026-11-15", "08:30:01")
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: away)
    told = "L’horloge n’est pas passée depuis le 14 novembre 2026 à 6 h 30."
    answer = Client().get("/sante/horloge")
    assert (answer.status_code, plain(answer.content.decode())) == (503, f"{told}\n")
    home = agent_client(Client(), admin.user).get("/administration/", follow=True)
    assert (home.status_code, told in plain(home.content.decode())) == (200, True)

    monkeypatch.setattr(vigil, "passage", lambda *, now: None)
    assert plain(vigil.watch(now=away)) == told
    mail = Envoi.objects.get(user=admin.user)
    assert "les silences ne sont pas constatés" in plain(mail.texte)
    monkeypatch.undo()
    assert vigil.watch(now=away) == ""
    everything_once(due)
