"""Appeals: recorded by the desk of the ARS against a decision, settled once, read by the association."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import Decision, Recours
from dossiers.services.recours import record_appeal, settle_appeal
from guichet.kernel.lifecycle import Refused
from projects.services.projets.deciding import Opposition, oppose
from tests.factories.accounts import agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

RECEIVED = datetime(2026, 9, 14, 9, tzinfo=UTC)
OPPOSED = datetime(2026, 10, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: LATER)


def opposed(by: Acteur | None = None) -> Decision:
    projet = deposited_project(by, now=RECEIVED)
    ground = Opposition(motif="prs", objectifs=("Accès aux soins",))
    oppose(projet=projet, opposition=ground, motivation="Raisons.", by=decideur(), now=OPPOSED)
    return Decision.objects.select_related("dossier").get()


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def test_an_appeal_is_recorded_then_settled_and_the_association_reads_both() -> None:
    by = porteur()
    decision = opposed(by)
    desk = agent_client(Client(), agent("dd-ars-31", droits=["instruire"]).user)
    add = reverse("dossiers:recours", args=[decision.pk])
    given = {"genre": "gracieux", "forme_le": "2026-10-20", "observations": "Le diagnostic est complet."}
    assert desk.post(add, given)["Location"] == reverse("dossiers:decision", args=[decision.pk])
    row = Recours.objects.get()
    reader = Client()
    reader.force_login(by.user)
    page = text(reader.get(reverse("dossiers:decision", args=[decision.pk])))
    assert "Formé le 20 octobre 2026. Il attend son issue." in page
    assert "Enregistrer un recours" not in page
    end = reverse("dossiers:recours_issue", args=[row.pk])
    assert end in desk.get(reverse("dossiers:decision", args=[decision.pk])).content.decode()
    assert desk.post(end, {"issue": "Rejet.", "issue_le": "2026-11-18"}).status_code == 302
    assert "Issue du 18 novembre 2026 : Rejet." in text(reader.get(reverse("dossiers:decision", args=[decision.pk])))
    assert desk.get(end).status_code == 409
    assert desk.post(end, {"issue": "Autre.", "issue_le": "2026-11-19"}).status_code == 409


def test_dates_that_cannot_be_are_said_beside_their_field() -> None:
    decision = opposed()
    desk = agent_client(Client(), decideur().user)
    add = reverse("dossiers:recours", args=[decision.pk])
    for day in ("2026-09-30", "2026-11-21", "", "2026-13-01"):
        assert desk.post(add, {"genre": "contentieux", "forme_le": day}).status_code == 422, day
    assert desk.post(add, {"genre": "amiable", "forme_le": "2026-10-20"}).status_code == 422
    row = record_appeal(decision=decision, genre="contentieux", forme_le=date(2026, 10, 20), by=decideur(), now=LATER)
    end = reverse("dossiers:recours_issue", args=[row.pk])
    for given in ({"issue_le": "2026-10-19"}, {"issue_le": "2026-11-21"}, {"issue": ""}):
        assert desk.post(end, {"issue": "Rejet.", "issue_le": "2026-11-18", **given}).status_code == 422, given
    assert Recours.objects.get().issue_le is None


def test_a_second_appeal_of_the_same_kind_waits_for_the_outcome_of_the_first() -> None:
    decision, by = opposed(), decideur()
    first = record_appeal(decision=decision, genre="gracieux", forme_le=date(2026, 10, 20), by=by, now=LATER)
    with pytest.raises(Refused, match="attend déjà son issue"), transaction.atomic():
        record_appeal(decision=decision, genre="gracieux", forme_le=date(2026, 10, 21), by=by, now=LATER)
    record_appeal(decision=decision, genre="contentieux", forme_le=date(2026, 10, 21), by=by, now=LATER)
    settle_appeal(recours=first, issue="Rejet.", issue_le=date(2026, 11, 1), by=by, now=LATER)
    record_appeal(decision=decision, genre="gracieux", forme_le=date(2026, 11, 2), by=by, now=LATER)
    assert list(Recours.objects.order_by("pk").values_list("genre", flat=True)) == [
        "gracieux",
        "contentieux",
        "gracieux",
    ]


@pytest.mark.parametrize("code", ["guichet-occitanie", "cpam-31", "dd-ars-09"])
def test_nobody_but_the_ars_of_the_file_records_or_settles_one(code: str) -> None:
    decision = opposed()
    row = record_appeal(decision=decision, genre="gracieux", forme_le=date(2026, 10, 20), by=decideur(), now=LATER)
    by = agent(code)
    client = agent_client(Client(), by.user)
    given = {"genre": "contentieux", "forme_le": "2026-10-21", "issue": "Rejet.", "issue_le": "2026-11-01"}
    for name, key in (("recours", decision.pk), ("recours_issue", row.pk)):
        assert client.get(reverse(f"dossiers:{name}", args=[key])).status_code == 404
        assert client.post(reverse(f"dossiers:{name}", args=[key]), given).status_code == 404
    with pytest.raises(Refused, match="Seul le service de l’ARS"), transaction.atomic():
        record_appeal(decision=decision, genre="contentieux", forme_le=date(2026, 10, 21), by=by, now=LATER)
    with pytest.raises(Refused, match="Seul le service de l’ARS"), transaction.atomic():
        settle_appeal(recours=row, issue="Rejet.", issue_le=date(2026, 11, 1), by=by, now=LATER)
    assert list(Recours.objects.values_list("issue_le", flat=True)) == [None]


def test_the_database_keeps_an_appeal_as_it_was_settled() -> None:
    row = record_appeal(decision=opposed(), genre="gracieux", forme_le=date(2026, 10, 20), by=decideur(), now=LATER)
    settle_appeal(recours=row, issue="Rejet.", issue_le=date(2026, 11, 1), by=decideur(), now=LATER)
    for change in ({"issue": "Autre."}, {"forme_le": date(2026, 10, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Recours.objects.filter(pk=row.pk).update(**change)


def test_the_guichet_reads_the_appeals_of_a_decision_it_reads() -> None:
    decision = opposed()
    record_appeal(decision=decision, genre="gracieux", forme_le=date(2026, 10, 20), by=decideur(), now=LATER)
    client = agent_client(Client(), guichet().user)
    assert "Recours gracieux" in text(client.get(reverse("dossiers:decision", args=[decision.pk])))
