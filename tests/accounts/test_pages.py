"""The inbox, the profile, the failed mails, the list of members: perimeters and number of queries."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi, Membership, User
from accounts.services import mails
from accounts.states import EtatEnvoi
from tests.factories.accounts import NOW, MembershipFactory, UserFactory, agent_client

pytestmark = pytest.mark.django_db

CANARY = "canari-FR7630006000011234567890189"


def tell(user: User, **more: Any) -> Envoi:
    evenement = uuid4()
    values = {"contexte": {}, "modele": "second_facteur_active", "url": "/comptes/profil/", **more}
    mails.queue_mail(evenement=evenement, user=user, now=NOW, **values)
    return Envoi.objects.get(evenement=evenement)


def test_the_inbox_shows_mine_and_nobody_else_s(client: Client) -> None:
    me, other = UserFactory(), UserFactory()
    mine, theirs = tell(me), tell(other)
    Envoi.objects.filter(pk=theirs.pk).update(sujet=f"Objet {CANARY}", texte=CANARY)
    client.force_login(me)
    page = client.get(reverse("accounts:messagerie")).content.decode()
    assert mine.sujet in page
    assert CANARY not in page
    assert client.get(reverse("accounts:message", args=[mine.pk])).status_code == 200
    assert client.get(reverse("accounts:message", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.lu_at is None


def test_opening_a_message_is_recorded_the_first_time_only(client: Client) -> None:
    me = UserFactory()
    mine = tell(me)
    client.force_login(me)
    page = reverse("accounts:message", args=[mine.pk])
    assert "Nouveau" in client.get(reverse("accounts:messagerie")).content.decode()
    client.get(page)
    first = Envoi.objects.get().lu_at
    assert first is not None
    client.get(page)
    assert Envoi.objects.get().lu_at == first
    assert "Nouveau" not in client.get(reverse("accounts:messagerie")).content.decode()


def test_a_secret_mail_is_not_in_the_inbox(client: Client) -> None:
    me = UserFactory()
    secret = tell(me, confidentiel=True)
    client.force_login(me)
    assert secret.sujet not in client.get(reverse("accounts:messagerie")).content.decode()
    assert client.get(reverse("accounts:message", args=[secret.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_with_one_and_three_messages(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    me = UserFactory()
    for _ in range(count):
        tell(me)
    client.force_login(me)
    with django_assert_num_queries(5):  # session, person, capacities, count, messages
        client.get(reverse("accounts:messagerie"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_members_cost_the_same_with_one_and_three_people(
    client: Client, porteuse: Membership, count: int, django_assert_num_queries: Any
) -> None:
    MembershipFactory.create_batch(count, organisation=porteuse.organisation)
    client.force_login(porteuse.user)
    with django_assert_num_queries(6):  # session, person, capacities, invitations, count, members
        client.get(reverse("accounts:membres", args=[porteuse.organisation.code]))


@pytest.mark.parametrize("count", [1, 3])
def test_the_failed_mails_cost_the_same_with_one_and_three_rows(
    client: Client, administratrice: Membership, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        fail(tell(UserFactory()))
    agent_client(client, administratrice.user)
    with django_assert_num_queries(5):  # session, person, capacities, count, mails
        client.get(reverse("accounts:envois"))


def fail(envoi: Envoi) -> Envoi:
    Envoi.objects.filter(pk=envoi.pk).update(
        etat=EtatEnvoi.ECHEC,
        essais=8,
        prochain_essai_at=None,
        erreur="SMTPRecipientsRefused : boite inconnue",
        texte=CANARY,
    )
    return envoi


def test_an_administrator_sees_failed_mails_without_their_text_and_tries_again(
    client: Client, administratrice: Membership
) -> None:
    failed = fail(tell(UserFactory()))
    agent_client(client, administratrice.user)
    page = client.get(reverse("accounts:envois")).content.decode()
    assert "boite inconnue" in page
    assert failed.destinataire in page
    assert CANARY not in page
    assert client.post(reverse("accounts:reessayer", args=[failed.pk])).status_code == 302
    failed.refresh_from_db()
    assert (failed.etat, failed.essais, failed.erreur) == (EtatEnvoi.ATTENDU, 0, "")
    assert client.post(reverse("accounts:reessayer", args=[failed.pk])).status_code == 404


def test_nobody_but_an_administrator_knows_of_failed_mails(
    client: Client, porteuse: Membership, administratrice: Membership
) -> None:
    failed = fail(tell(porteuse.user))
    colleague = MembershipFactory(organisation=administratrice.organisation, droits=["instruire", "gerer"])
    for user in (porteuse.user, colleague.user):
        agent_client(client, user)
        assert client.get(reverse("accounts:envois")).status_code == 404
        assert client.post(reverse("accounts:reessayer", args=[failed.pk])).status_code == 404
        assert client.get(reverse("accounts:organisations")).status_code == 404
    failed.refresh_from_db()
    assert failed.etat == EtatEnvoi.ECHEC


def test_a_person_corrects_its_name(client: Client) -> None:
    me = UserFactory()
    client.force_login(me)
    page = reverse("accounts:profil")
    assert client.post(page, {"prenom": "", "nom": "x" * 101}).status_code == 422
    assert client.post(page, {"prenom": "Alix", "nom": "Nouveau"}).status_code == 302
    me.refresh_from_db()
    assert me.get_full_name() == "Alix Nouveau"


@pytest.mark.parametrize(
    "name",
    ["accounts:profil", "accounts:choisir_qualite", "accounts:messagerie", "accounts:envois", "accounts:organisations"],
)
def test_a_stranger_is_asked_to_sign_in(client: Client, name: str) -> None:
    url = reverse(name)
    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"
