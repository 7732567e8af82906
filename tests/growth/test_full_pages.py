"""The fullest page of each kind stays below 60 kB and costs what an almost empty one costs."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Envoi, Organisation
from accounts.states import EtatEnvoi
from dossiers.services.pieces import PIECES_MAX
from dossiers.states import EtatSection
from portal.views.homes import HOME_LETTERS
from projects.models import LettreIntention, SectionLettre
from projects.sections import RUBRIQUES
from projects.states import EtatLettre
from projects.views.listes import LettresView
from tests.factories.accounts import NOW, MembershipFactory, agent_client
from tests.factories.dossiers import DossierFactory, PieceFactory, territoire
from tests.factories.projects import deposited_letter, porteur
from tests.growth.limits import BYTES_MAX
from tests.growth.test_queries import LISTS, PAGES

pytestmark = pytest.mark.django_db


def get(client: Client, url: str) -> tuple[int, int]:
    """Queries and bytes of a page."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries), len(response.content)


def letters(count: int, *, etat: str) -> list[LettreIntention]:
    """Letters of one association, without going through their forms."""
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    made = []
    for _ in range(count):
        dossier = DossierFactory(
            association=association, depose=etat != EtatLettre.BROUILLON, departement_pilote_id="31"
        )
        version = territoire(dossier, "31396", fige_at=NOW if etat != EtatLettre.BROUILLON else None)
        deposited = {} if etat == EtatLettre.BROUILLON else {"deposee_at": NOW, "territoire": version}
        made.append(
            LettreIntention.objects.create(dossier=dossier, etat=etat, created_at=NOW, created_by=by.user, **deposited)
        )
    SectionLettre.objects.bulk_create(
        SectionLettre(lettre=lettre, cle=rubrique.cle, etat=EtatSection.A_COMMENCER)
        for lettre in made
        for rubrique in RUBRIQUES
    )
    return made


def guichet(client: Client) -> Client:
    body = Organisation.objects.get(code="guichet-occitanie")
    return agent_client(client, MembershipFactory(organisation=body, droits=["rediger", "instruire", "gerer"]).user)


def test_a_full_list_of_letters(client: Client) -> None:
    letters(LettresView.PER_PAGE + 1, etat=EtatLettre.DEPOSEE)
    queries, size = get(guichet(client), reverse("projects:lettres"))
    assert queries == LISTS["guichet", "projects:lettres", ""]
    assert size <= BYTES_MAX


@pytest.mark.parametrize("etat", [EtatLettre.BROUILLON, EtatLettre.DEPOSEE])
def test_a_full_home(client: Client, etat: str) -> None:
    made = letters(HOME_LETTERS + 1, etat=etat)
    client.force_login(made[0].created_by)
    queries, size = get(client, reverse("portal:accueil_role"))
    assert queries <= PAGES["porteur", "portal:accueil_role", ""]
    assert size <= BYTES_MAX


def test_the_page_that_opens_a_letter_with_many_drafts(client: Client) -> None:
    made = letters(40, etat=EtatLettre.BROUILLON)
    client.force_login(made[0].created_by)
    queries, size = get(client, reverse("projects:nouvelle"))
    assert queries == LISTS["porteur", "projects:nouvelle", ""]
    assert size <= BYTES_MAX


def test_as_many_pieces_as_a_file_keeps(client: Client) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    PieceFactory.create_batch(PIECES_MAX, dossier=lettre.dossier, figee_at=NOW, nom="compte-rendu-de-réunion.pdf")
    client.force_login(by.user)
    pages = {
        reverse("dossiers:pieces", args=[lettre.dossier_id]): LISTS["porteur", "dossiers:pieces", "deposee.dossier"],
        reverse("projects:lettre", args=[lettre.pk]): PAGES["porteur", "projects:lettre", "deposee"],
    }
    for url, expected in pages.items():
        queries, size = get(client, url)
        assert queries == expected, url
        assert size <= BYTES_MAX, url


def test_a_full_inbox_and_full_lists_of_people_and_of_failed_mails(client: Client) -> None:
    body = Organisation.objects.get(code="guichet-occitanie")
    admin = MembershipFactory(organisation=body, droits=["administrer", "gerer"]).user
    MembershipFactory.create_batch(60, organisation=body, droits=["rediger", "instruire"])
    Envoi.objects.bulk_create(
        Envoi(
            evenement=uuid4(), modele="lettre_recue", destinataire="camille@exemple.fr", user=admin,
            sujet="Une lettre d’intention a été déposée", texte="Bonjour", message_id=f"<{uuid4()}@exemple.fr>",
            etat=EtatEnvoi.ECHEC, essais=8, erreur="Refusé par le serveur de courrier\u00a0: 550", created_at=NOW,
        )
        for _ in range(60)
    )  # fmt: skip
    pages = {
        reverse("accounts:messagerie"): LISTS["guichet", "accounts:messagerie", ""],
        reverse("accounts:envois"): LISTS["admin", "accounts:envois", ""],
        reverse("accounts:organisations"): LISTS["admin", "accounts:organisations", ""],
        reverse("accounts:membres", args=[body.code]): LISTS["porteur", "accounts:membres", "association"],
    }
    for url, expected in pages.items():
        queries, size = get(agent_client(client, admin) if "_auth_user_id" not in client.session else client, url)
        assert queries == expected, url
        assert size <= BYTES_MAX, url
