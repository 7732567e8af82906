"""Who opens the pages of a request, where they lead, and how many queries they cost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import ConseillerInvite, Dossier
from dossiers.states import Visibilite
from funding.models import DemandeFir
from funding.sections import (
    ATTESTATIONS,
    BUDGET_ASSOCIATION,
    BUDGET_PROJET,
    CHIFFRAGE,
    DEMANDE,
    MOYENS,
    RUBRIQUES,
)
from funding.services.requests import deposit_request
from funding.states import GenreBudget
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur, agent_client
from tests.factories.dossiers import DossierFactory, porteur
from tests.factories.funding import (
    REPONSES,
    demande_prete,
    demande_vide,
    section_url,
    signed_in,
    write_budget,
)
from tests.factories.projects import porteur as porteur_of_letter
from tests.factories.projects import ready_letter

pytestmark = pytest.mark.django_db
CLES = [rubrique.cle for rubrique in RUBRIQUES]


def adviser() -> tuple[Client, Acteur]:
    membership = MembershipFactory(organisation=OrganisationFactory(code="guichet-occitanie", genre="guichet"))
    return agent_client(Client(), membership.user), acteur(membership)


def opened(dossier: Dossier, visibilite: str = Visibilite.GUICHET) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(visibilite=visibilite, reference=f"ESSAI-{dossier.pk}")


# --- Who ---------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in() -> None:
    demande, _ = demande_vide()

    answer = Client().get(section_url(demande, DEMANDE))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_another_association_finds_nothing() -> None:
    demande, _ = demande_prete()
    client = signed_in(porteur(DossierFactory()))

    for address in (section_url(demande, DEMANDE), reverse("funding:demande", args=[demande.pk])):
        assert client.get(address).status_code == 404
    assert client.post(section_url(demande, DEMANDE), {"version": "1"}).status_code == 404
    assert client.post(reverse("funding:reporter", args=[demande.pk])).status_code == 404


def test_a_member_without_the_right_reads_and_cannot_write() -> None:
    demande, _ = demande_prete()
    client = signed_in(porteur(demande.dossier, droits=["gerer"]))

    assert client.get(section_url(demande, DEMANDE)).status_code == 200
    assert "<textarea" not in client.get(section_url(demande, DEMANDE)).content.decode()
    assert client.post(section_url(demande, DEMANDE), {"version": "1", "intitule": "Forcé"}).status_code == 403
    assert client.post(reverse("funding:reporter", args=[demande.pk])).status_code == 403
    assert demande.sections.get(cle=DEMANDE).contenu["intitule"] == "Écrire le projet de santé des Collines"


def test_the_guichet_reads_a_draft_only_when_invited_and_never_writes_it() -> None:
    demande, _ = demande_prete()
    opened(demande.dossier)
    client, agent = adviser()
    address = section_url(demande, DEMANDE)

    assert client.get(address).status_code == 404
    ConseillerInvite.objects.create(
        dossier=demande.dossier, user=agent.user, invite_par=demande.dossier.created_by, created_at=NOW
    )
    assert client.get(address).status_code == 200
    assert client.post(address, {"version": "1"}).status_code == 403


def test_the_ars_reads_nothing_before_the_transmission() -> None:
    demande, by = demande_prete()
    opened(demande.dossier, Visibilite.ARS)
    deposit_request(demande=demande, by=by, now=NOW)
    membership = MembershipFactory(organisation=OrganisationFactory(code="ars-occitanie", genre="ars"))

    assert agent_client(Client(), membership.user).get(section_url(demande, DEMANDE)).status_code == 404


@pytest.mark.parametrize("cle", CLES)
def test_a_deposited_request_is_read_and_a_write_is_a_409(cle: str) -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)
    client = signed_in(by)

    page = client.get(section_url(demande, cle))
    refused = client.post(section_url(demande, cle), {"version": "1"})

    assert page.status_code == 200
    assert 'name="version"' not in page.content.decode()
    assert refused.status_code == 409
    assert "elle ne se modifie plus" in refused.content.decode()


def test_the_guichet_reads_a_deposited_request_whole() -> None:
    demande, by = demande_prete()
    deposit_request(demande=demande, by=by, now=NOW)
    opened(demande.dossier)
    client, _ = adviser()

    page = client.get(reverse("funding:demande", args=[demande.pk])).content.decode()

    assert "Écrire le projet de santé des Collines" in page
    assert "25\u00a0000\u00a0€" in page
    assert "Le budget est équilibré." in page


# --- Cost --------------------------------------------------------------------------------------------------

QUERIES = {
    DEMANDE: 8,
    CHIFFRAGE: 9,
    MOYENS: 7,
    BUDGET_ASSOCIATION: 7,
    BUDGET_PROJET: 7,
    ATTESTATIONS: 7,
}


@pytest.mark.parametrize("cle", CLES)
def test_a_section_costs_the_same_queries_empty_and_filled(cle: str, django_assert_num_queries: Any) -> None:
    for demande, by in (demande_vide(), demande_prete()):
        client = signed_in(by)
        with django_assert_num_queries(QUERIES[cle]):
            assert client.get(section_url(demande, cle)).status_code == 200


def test_the_task_list_costs_the_same_with_one_and_three_requests(django_assert_num_queries: Any) -> None:
    demande, by = demande_prete()
    for requests in (1, 3):
        while DemandeFir.objects.filter(dossier=demande.dossier).count() < requests:
            demande_vide(dossier=demande.dossier, by=by)
        client = signed_in(by)
        with django_assert_num_queries(6):
            assert client.get(reverse("funding:demande", args=[demande.pk])).status_code == 200


def test_a_request_that_goes_with_a_letter_leads_back_to_it() -> None:
    by = porteur_of_letter()
    lettre = ready_letter(by)
    client = signed_in(by)
    home = reverse("projects:lettre", args=[lettre.pk])

    page = client.get(section_url(lettre.demande, ATTESTATIONS)).content.decode()
    saved = client.post(section_url(lettre.demande, ATTESTATIONS), {**REPONSES[ATTESTATIONS], "version": "9"})
    stale = lettre.demande.sections.get(cle=ATTESTATIONS).version
    answer = client.post(section_url(lettre.demande, ATTESTATIONS), {**REPONSES[ATTESTATIONS], "version": str(stale)})

    assert f'href="{home}"' in page
    assert saved.status_code == 409
    assert answer.status_code == 302
    assert answer.url == home


def test_reading_a_whole_request_costs_the_same_with_one_line_and_three(django_assert_num_queries: Any) -> None:
    demande, by = demande_vide()
    client = signed_in(porteur(demande.dossier, droits=["gerer"]))
    for lines in (["65"], ["65", "66", "67"]):
        for genre in GenreBudget:
            write_budget(demande, genre, dict.fromkeys(lines, "10"), by=by)
        with django_assert_num_queries(17):
            assert client.get(reverse("funding:demande", args=[demande.pk])).status_code == 200
