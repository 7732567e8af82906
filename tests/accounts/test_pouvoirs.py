"""Mandates, delegations of signature, and an association given its first manager again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation, Envoi, Invitation, Mandat, Membership, Organisation
from accounts.rules import administre
from accounts.services.delegations import delegation_for, refuse_without_mandate
from accounts.services.invitations import accept
from accounts.services.memberships import new_association
from accounts.services.pouvoirs import end, give_delegation, give_mandate
from accounts.services.reprise import ask, hand_over
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, MembershipFactory, UserFactory, acteur, agent_client
from tests.factories.bodies import agent, guichet

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate(NOW)
URPS, DD = "urps-infirmiers-occitanie", "dd-ars-31"
WORDS = {"objet": "Décisions relatives aux CPTS", "acte": "Arrêté n° 2026-01"}


def page_of(code: str) -> str:
    return reverse("accounts:pouvoirs", args=[code])


def body(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def test_a_manager_gives_a_mandate_and_its_holder_may_answer_until_its_last_day() -> None:
    manager, elected = agent(URPS, droits=["gerer"], mandat=""), agent(URPS, mandat="")
    more = {"organisation": body(URPS), "user": elected.user, "qualite": "titulaire", "by": manager, "now": NOW}
    mandat = give_mandate(debut_le=date(2026, 1, 1), fin_le=None, **more)
    refuse_without_mandate(by=elected, organisation=body(URPS), on=TODAY)
    with pytest.raises(Refused, match="déjà un mandat de cette URPS à ces dates"):
        give_mandate(debut_le=TODAY, fin_le=None, **more)
    end(pouvoir=mandat, fin_le=TODAY, by=manager, now=NOW)
    refuse_without_mandate(by=elected, organisation=body(URPS), on=TODAY)
    with pytest.raises(Refused, match="pas de mandat"):
        refuse_without_mandate(by=elected, organisation=body(URPS), on=TODAY + timedelta(days=1))
    give_mandate(debut_le=TODAY + timedelta(days=1), fin_le=None, **more)
    with pytest.raises(Refused, match="déjà pris fin le 16 novembre 2026"):
        end(pouvoir=mandat, fin_le=TODAY, by=manager, now=NOW + timedelta(days=1))


def test_a_manager_gives_a_delegation_with_its_ceiling_and_ends_it() -> None:
    manager, director = agent(DD, droits=["gerer"]), agent(DD)
    given = give_delegation(
        organisation=body(DD),
        user=director.user,
        plafond=Decimal(20_000),
        debut_le=TODAY,
        fin_le=None,
        by=manager,
        now=NOW,
        **WORDS,
    )
    asked = {"user": director.user, "organisation": body(DD), "on": TODAY}
    assert delegation_for(montant=Decimal(20_000), **asked) == given
    with pytest.raises(Refused, match="plafonnée"):
        delegation_for(montant=Decimal("20000.01"), **asked)
    with pytest.raises(Refused, match="précéder le début"):
        end(pouvoir=given, fin_le=TODAY - timedelta(days=1), by=manager, now=NOW)
    with pytest.raises(Refused, match="gère les membres"):
        end(pouvoir=given, fin_le=TODAY, by=director, now=NOW)


def test_powers_go_to_members_only_of_the_right_kind_of_body_by_who_manages_it() -> None:
    manager, member, outsider = agent(DD, droits=["gerer"]), agent(DD), agent("cpam-31")
    dates = {"debut_le": TODAY, "fin_le": None, "now": NOW}
    with pytest.raises(Refused, match="invitez-la d’abord"):
        give_delegation(organisation=body(DD), user=outsider.user, plafond=None, by=manager, **dates, **WORDS)
    with pytest.raises(Refused, match="gère les membres"):
        give_delegation(organisation=body(DD), user=member.user, plafond=None, by=member, **dates, **WORDS)
    with pytest.raises(Refused, match="Seules les URPS"):
        give_mandate(organisation=body(DD), user=member.user, qualite="titulaire", by=manager, **dates)
    with pytest.raises(Refused, match="pas de délégation"):
        give_delegation(organisation=body(URPS), user=member.user, plafond=None, by=manager, **dates, **WORDS)
    assert Delegation.objects.count() == 0


def test_members_read_managers_and_administrators_write_others_find_nothing() -> None:
    manager, member, far = agent(DD, droits=["gerer"]), agent(DD), agent("dd-ars-09", droits=["gerer"])
    admin = agent("guichet-occitanie", droits=["administrer"])
    Delegation.objects.create(user=member.user, organisation=body(DD), debut_le=date(2026, 1, 1), **WORDS)
    found = {}
    data = {"user": member.user.pk, "debut_le": TODAY, "plafond": "1500,50", **WORDS}
    for name, person in {"manager": manager, "member": member, "far": far, "admin": admin}.items():
        client = agent_client(Client(), person.user)
        page, written = client.get(page_of(DD)), client.post(page_of(DD), data)
        found[name] = (page.status_code, "Ajouter une délégation" in page.content.decode(), written.status_code)
    assert found == {
        "manager": (200, True, 302),
        "member": (200, False, 404),
        "far": (404, False, 404),
        "admin": (200, True, 302),
    }
    assert list(Delegation.objects.order_by("pk").values_list("plafond", flat=True)[1:]) == [Decimal("1500.50")] * 2


def test_the_page_tells_past_from_present_and_ends_one() -> None:
    manager = agent(URPS, droits=["gerer"])
    client, today = agent_client(Client(), manager.user), timezone.localdate()
    mandat = Mandat.objects.get(user=manager.user)
    url = reverse("accounts:fin_pouvoir", args=[URPS, mandat.pk])
    assert client.post(url, {"fin_le": "2025-12-31"}).status_code == 422
    assert client.post(url, {"fin_le": today - timedelta(days=1)}).status_code == 302
    page = client.get(page_of(URPS)).content.decode()
    assert ("Aucun mandat en vigueur" in page, "Mandats terminés" in page) == (True, True)
    other = Delegation.objects.create(user=manager.user, organisation=body(DD), debut_le=today, **WORDS)
    assert client.get(reverse("accounts:fin_pouvoir", args=[URPS, other.pk + 1000])).status_code == 404


@pytest.mark.parametrize("code", ["guichet-occitanie", "association"])
def test_neither_the_guichet_nor_an_association_has_this_page(code: str) -> None:
    person = agent(code) if code != "association" else acteur(MembershipFactory())
    client = agent_client(Client(), person.user)
    assert client.get(page_of(person.membership.organisation.code)).status_code == 404
    members = client.get(reverse("accounts:membres", args=[person.membership.organisation.code]))
    assert "pouvoirs" not in members.content.decode()


def test_an_association_without_anybody_is_given_its_first_manager_and_the_reason_is_kept() -> None:
    admin = agent("guichet-occitanie", droits=["administrer"])
    association = new_association(nom="Santé du Girou", region="76")
    more = {"organisation": association, "fonction": "Présidente", "by": admin, "now": NOW}
    invitation = hand_over(email="alix@exemple.fr", motif="Dossier reçu sur papier.", **more)
    assert (invitation.motif, invitation.invite_par) == ("Dossier reçu sur papier.", admin.user)
    joined = accept(invitation=invitation, user=UserFactory(email="alix@exemple.fr"), now=NOW)
    assert sorted(joined.droits) == ["deposer", "gerer", "rediger"]
    with pytest.raises(Refused, match="c’est à elle d’inviter"):
        hand_over(email="autre@exemple.fr", motif="Encore.", **more)
    Membership.objects.filter(pk=joined.pk).update(fin_le=TODAY)
    hand_over(email="autre@exemple.fr", motif="La présidente est partie.", **more)
    assert Invitation.objects.filter(organisation=association).count() == 2


def test_only_an_administrator_of_the_region_hands_over_and_only_an_association() -> None:
    admin, desk = agent("guichet-occitanie", droits=["administrer"]), guichet()
    association = new_association(nom="Santé du Girou", region="76")
    more = {"email": "alix@exemple.fr", "fonction": "", "motif": "Papier.", "now": NOW}
    for by in (desk, agent("dd-ars-31")):
        assert not administre.test(by)
        with pytest.raises(Refused, match="administre le portail"):
            hand_over(organisation=association, by=by, **more)
    Organisation.objects.filter(pk=association.pk).update(region="93")
    with pytest.raises(Refused, match="administre le portail"):
        hand_over(organisation=Organisation.objects.get(pk=association.pk), by=admin, **more)
    with pytest.raises(Refused, match="Seule une association"):
        hand_over(organisation=body(DD), by=admin, **more)
    assert Invitation.objects.count() == 0


def test_the_guichet_asks_the_administrators_once_a_day_for_a_person() -> None:
    desk = guichet()
    association = new_association(nom="Santé du Girou", region="76")
    request = {"organisation": association, "email": "alix@exemple.fr", "motif": "Papier.", "now": NOW}
    with pytest.raises(Refused, match="Personne n’administre"):
        ask(by=desk, **request)
    admin = agent("guichet-occitanie", droits=["administrer"])
    ask(by=desk, **request)
    ask(by=desk, **request)
    told = Envoi.objects.get()
    assert (told.user, told.url) == (admin.user, reverse("accounts:reprise", args=[association.code]))
    assert ("alix@exemple.fr" in told.texte, "Papier." in told.texte) == (True, True)
    with pytest.raises(Refused, match="Seul le Guichet"):
        ask(by=agent(DD), **request)


def test_the_pages_of_the_hand_over_are_for_the_guichet_alone() -> None:
    association = new_association(nom="Santé du Girou", region="76")
    url = reverse("accounts:reprise", args=[association.code])
    admin, desk = agent("guichet-occitanie", droits=["administrer"]), guichet()
    strangers = [agent(DD), agent("guichet-occitanie", droits=["rediger"]), acteur(MembershipFactory())]
    assert [agent_client(Client(), person.user).get(url).status_code for person in strangers] == [404, 404, 404]
    asked = agent_client(Client(), desk.user)
    assert asked.post(url, {"email": "alix@exemple.fr", "motif": ""}).status_code == 422
    assert asked.post(url, {"email": "alix@exemple.fr", "motif": "Papier."}).status_code == 302
    done = agent_client(Client(), admin.user)
    data = {"email": "alix@exemple.fr", "fonction": "Présidente", "motif": "Papier."}
    assert done.post(url, data).status_code == 302
    assert Invitation.objects.get().email == "alix@exemple.fr"
    MembershipFactory(organisation=association)
    assert done.get(url).status_code == 409
