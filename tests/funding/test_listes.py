"""The requests of the desks: whose they are, what is late first, what leaves as a file."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from funding.models import DemandeFir
from tests.factories.accounts import agent_client
from tests.factories.bodies import agent, guichet
from tests.factories.projects import deposited_letter, ready_letter, transmitted_letter
from tests.permissions.cast import Cast
from tests.projects.test_listes import content, names, page, table

pytestmark = pytest.mark.django_db
DEMANDES = reverse("funding:demandes")


def ago(days: int) -> datetime:
    """Noon in France, that many days ago."""
    return timezone.now().replace(hour=11, minute=0, second=0, microsecond=0, tzinfo=UTC) - timedelta(days=days)


def test_each_body_lists_the_requests_it_may_open_and_no_other() -> None:
    cast = Cast()
    ready_letter(cast.porteur, nom="Brouillon")
    deposited_letter(cast.porteur, nom="Déposée")
    transmitted_letter(cast.porteur, nom="Transmise")
    transmitted_letter(cast.porteur, nom="Sans demande", demande=False)
    asked = transmitted_letter(cast.porteur, nom="À une URPS")
    urps = cast.acteurs["urps"].organisation_id
    _ask(asked.demande, urps)
    found = {}
    for role, client in cast.clients.items():
        response = client.get(DEMANDES)
        if response.status_code == 200:
            found[role] = set(names(response.content.decode()))
            assert {row[0] for row in table(client, f"{DEMANDES}?format=csv")[1:]} == found[role], role
        elif role != "anonyme":
            assert response.status_code == 404, role
    every = {"Déposée", "Transmise", "À une URPS"}
    assert found == {
        **dict.fromkeys(("guichet", "admin", "conseiller_invite"), every),
        **dict.fromkeys(("ars", "dd_ars", "cpam", "msa", "elsm"), {"Transmise"}),
        "guichet_autre_region": set(),
        "dd_ars_ailleurs": set(),
        "urps": {"À une URPS"},
    }


def _ask(demande: Any, organisation: Any) -> None:
    """Make it a request to another funder, which no page does once it is deposited."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE funding_demandefir SET financeur_id = %s WHERE id = %s", [organisation, demande.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def late() -> None:
    """Requests whose last day is about two, twelve, twenty-seven and fifty-nine days away, and one withdrawn."""
    for nom, days in (("Lointaine", 2), ("Prochaine", 34), ("Proche", 49), ("Urgente", 59)):
        transmitted_letter(nom=nom, now=ago(days))
    from projects.services.depositing import withdraw
    from tests.factories.projects import porteur

    by = porteur()
    withdraw(lettre=transmitted_letter(by, nom="Retirée", now=ago(58)), motif="Abandon.", by=by, now=ago(1))


def test_what_is_late_comes_first_in_the_colours_of_the_clock(client: Client, late: None) -> None:
    html = page(agent_client(client, agent("dd-ars-31").user), DEMANDES)
    assert names(html) == ["Urgente", "Proche", "Prochaine", "Lointaine", "Retirée"]
    cells = [part.split("</td>")[0] for part in html.split('data-label="Dernier jour">')[1:]]
    tones = [next((tone for tone in ("alert", "warn", "info") if f"tag-{tone}" in cell), "") for cell in cells]
    assert tones == ["alert", "warn", "info", "", ""]
    assert cells[-1].strip() == "Aucun"


def test_a_due_date_keeps_what_ends_within_it(client: Client, late: None) -> None:
    agent_client(client, agent("dd-ars-31").user)
    found = {days: names(page(client, f"{DEMANDES}?echeance={days}")) for days in ("7", "15", "30", "31")}
    every = ["Urgente", "Proche", "Prochaine", "Lointaine", "Retirée"]
    assert found == {"7": every[:1], "15": every[:2], "30": every[:3], "31": every}


def test_the_guichet_reads_and_chooses_the_funder_and_the_others_do_not(client: Client) -> None:
    transmitted_letter(nom="À l’ARS")
    asked = transmitted_letter(nom="À une URPS")
    _ask(asked.demande, agent("urps-infirmiers-occitanie").organisation_id)
    desk = agent_client(client, guichet().user)
    assert names(page(desk, f"{DEMANDES}?financeur=urps-infirmiers-occitanie")) == ["À une URPS"]
    assert names(page(desk, f"{DEMANDES}?financeur=ars-occitanie")) == ["À l’ARS"]
    assert "Financeur" not in page(agent_client(Client(), agent("dd-ars-31").user), DEMANDES)


def test_a_file_of_requests_has_amounts_and_days_as_such(client: Client) -> None:
    lettre = transmitted_letter(nom="CPTS des Coteaux")
    demande = DemandeFir.objects.select_related("delai").get(pk=lettre.demande_id)
    agent_client(client, agent("dd-ars-31").user)
    book = load_workbook(io.BytesIO(content(client, f"{DEMANDES}?format=xlsx")))
    head, row = [list(line) for line in book.active.iter_rows()]
    assert [cell.value for cell in head] == [
        "CPTS", "Référence", "Montant demandé", "Montant accordé", "État", "Dernier jour",
    ]  # fmt: skip
    assert [cell.value for cell in row[:5]] == ["CPTS des Coteaux", lettre.dossier.reference, 20000, None, "Transmise"]
    assert row[5].value.date() == demande.delai.dernier_jour
