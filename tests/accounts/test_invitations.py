"""The life of an invitation: sent, accepted once by its address, expired, cancelled, forged."""

import re
from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Envoi, Invitation, Membership, Organisation
from accounts.services import invitations, memberships
from accounts.states import Droit, Genre
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur, agent_client

pytestmark = pytest.mark.django_db

INVITED = "dominique@exemple.fr"


def invite(
    by: Membership, email: str = INVITED, droits: tuple[str, ...] = ("rediger",), *, now: datetime = NOW
) -> tuple[Invitation, str]:
    """An invitation and the token its mail carries."""
    invitation = invitations.invite(
        organisation=by.organisation, email=email, droits=list(droits), fonction="Consultant", by=acteur(by), now=now
    )
    return invitation, token_of_last_mail()


def token_of_last_mail() -> str:
    text = Envoi.objects.filter(modele="invitation").latest("id").texte
    match = re.search(r"/comptes/invitations/([\w-]+)/", text)
    assert match
    return match[1]


def test_the_token_is_in_the_mail_and_only_its_hash_in_the_database(porteuse: Membership) -> None:
    invitation, token = invite(porteuse)
    assert invitation.jeton_sha256 == invitations.hash_token(token)
    assert token not in str(Invitation.objects.values().get())
    assert invitation.expire_at == NOW + timedelta(days=14)
    assert invitations.find(token) == invitation


def test_accepting_makes_a_member_with_the_rights_of_the_invitation(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse, droits=("rediger", "deposer"))
    invitee = UserFactory(email=INVITED)
    member = invitations.accept(invitation=invitation, user=invitee, now=NOW)
    assert (member.organisation, member.droits, member.fonction) == (
        porteuse.organisation, ["deposer", "rediger"], "Consultant",
    )  # fmt: skip
    assert member.ajoute_par == porteuse.user


def test_an_invitation_serves_once(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    invitee = UserFactory(email=INVITED)
    invitations.accept(invitation=invitation, user=invitee, now=NOW)
    with pytest.raises(Refused, match=invitations.ENDED):
        invitations.accept(invitation=invitation, user=invitee, now=NOW)
    assert Membership.objects.filter(user=invitee).count() == 1


def test_another_address_cannot_accept_even_with_the_link(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    other = UserFactory()
    with pytest.raises(Refused, match="une autre adresse"):
        invitations.accept(invitation=invitation, user=other, now=NOW)
    assert not Membership.objects.filter(user=other).exists()


def test_an_address_not_verified_cannot_accept(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    invitee = UserFactory(email=INVITED)
    invitee.emailaddress_set.update(verified=False)
    with pytest.raises(Refused):
        invitations.accept(invitation=invitation, user=invitee, now=NOW)


def test_at_its_term_an_invitation_has_expired_and_just_before_it_has_not(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    invitee = UserFactory(email=INVITED)
    with pytest.raises(Refused, match="expiré"):
        invitations.accept(invitation=invitation, user=invitee, now=invitation.expire_at)
    almost = invitation.expire_at - timedelta(seconds=1)
    assert invitations.accept(invitation=invitation, user=invitee, now=almost).user == invitee


def test_sending_again_gives_a_new_link_a_new_term_and_kills_the_former_link(porteuse: Membership) -> None:
    invitation, first = invite(porteuse)
    later = NOW + timedelta(days=20)
    invitations.resend(invitation=invitation, by=acteur(porteuse), now=later)
    second = token_of_last_mail()
    assert second != first
    assert invitations.find(first) is None
    found = invitations.find(second)
    assert found is not None
    assert found.expire_at == later + timedelta(days=14)


def test_a_cancelled_invitation_cannot_be_accepted_nor_sent_again(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    invitations.revoke(invitation=invitation, by=acteur(porteuse), now=NOW)
    with pytest.raises(Refused):
        invitations.accept(invitation=invitation, user=UserFactory(email=INVITED), now=NOW)
    with pytest.raises(Refused):
        invitations.resend(invitation=invitation, by=acteur(porteuse), now=NOW)


def test_a_member_is_not_invited_and_nobody_is_invited_twice(porteuse: Membership) -> None:
    with pytest.raises(Refused, match=invitations.ALREADY_MEMBER):
        invite(porteuse, email=porteuse.user.email.upper())
    invite(porteuse)
    with pytest.raises(Refused, match="déjà en cours"):
        invite(porteuse, email=INVITED.upper())


def test_only_a_manager_of_that_organisation_invites(porteuse: Membership) -> None:
    writer = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    stranger = MembershipFactory()
    for by in (writer, stranger):
        with pytest.raises(Refused, match=memberships.NOT_MANAGER):
            invitations.invite(
                organisation=porteuse.organisation, email=INVITED, droits=[], fonction="", by=acteur(by), now=NOW
            )
    assert not Invitation.objects.exists()


def test_no_association_gives_the_rights_of_an_agent(porteuse: Membership) -> None:
    with pytest.raises(Refused, match=memberships.NOT_GRANTABLE):
        invite(porteuse, droits=(Droit.DECIDER,))


def test_only_an_administrator_makes_an_administrator(administratrice: Membership) -> None:
    manager = MembershipFactory(organisation=administratrice.organisation, droits=["gerer", "instruire"])
    with pytest.raises(Refused, match=memberships.NOT_GRANTABLE):
        invite(manager, droits=(Droit.ADMINISTRER,))
    assert invite(administratrice, droits=(Droit.ADMINISTRER,))[0].droits == ["administrer"]


def test_an_administrator_invites_the_first_person_of_any_body(administratrice: Membership) -> None:
    urps: Organisation = OrganisationFactory(genre=Genre.URPS)
    made = invitations.invite(
        organisation=urps, email=INVITED, droits=["gerer"], fonction="", by=acteur(administratrice), now=NOW
    )
    assert made.organisation == urps


def test_who_became_a_member_meanwhile_does_not_become_one_twice(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    invitee = UserFactory(email=INVITED)
    MembershipFactory(user=invitee, organisation=porteuse.organisation)
    with pytest.raises(Refused, match=invitations.ALREADY_MEMBER):
        invitations.accept(invitation=invitation, user=invitee, now=NOW)
    invitation.refresh_from_db()
    assert invitation.acceptee_at is None


def test_a_stranger_who_posts_is_sent_to_the_page(client: Client, porteuse: Membership) -> None:
    _, token = invite_far(porteuse)
    here = reverse("accounts:invitation", args=[token])
    assert client.post(here)["Location"] == here
    members = reverse("accounts:membres", args=[porteuse.organisation.code])
    assert client.get(members)["Location"] == f"{reverse('account_login')}?next={members}"


# --- the page -------------------------------------------------------------------------------------


def test_a_forged_token_does_not_exist(client: Client, porteuse: Membership) -> None:
    _, token = invite(porteuse, now=timezone.now())
    assert client.get(reverse("accounts:invitation", args=[token])).status_code == 200
    forged = reverse("accounts:invitation", args=[token[:-1] + ("a" if token[-1] != "a" else "b")])
    assert client.get(forged).status_code == 404
    client.force_login(UserFactory(email=INVITED))
    assert client.post(forged).status_code == 404


def test_a_link_that_has_served_says_so_with_410(client: Client, porteuse: Membership) -> None:
    invitation, token = invite(porteuse)
    invitations.revoke(invitation=invitation, by=acteur(porteuse), now=NOW)
    response = client.get(reverse("accounts:invitation", args=[token]))
    assert response.status_code == 410
    assert "n’est plus en cours" in response.content.decode()


def test_the_wrong_person_reads_why_with_409_and_joins_nothing(client: Client, porteuse: Membership) -> None:
    _, token = invite_far(porteuse)
    other = UserFactory()
    client.force_login(other)
    response = client.post(reverse("accounts:invitation", args=[token]))
    assert response.status_code == 409
    assert "une autre adresse" in response.content.decode()
    assert INVITED not in response.content.decode()


def test_a_person_accepts_from_the_page_and_acts_for_the_organisation(client: Client, porteuse: Membership) -> None:
    _, token = invite_far(porteuse)
    invitee = UserFactory(email=INVITED)
    client.force_login(invitee)
    assert client.get(reverse("accounts:invitation", args=[token])).status_code == 200
    response = client.post(reverse("accounts:invitation", args=[token]))
    assert response.status_code == 302
    assert Membership.objects.get(user=invitee).organisation == porteuse.organisation
    assert client.session["qualite"] == porteuse.organisation_id


def test_a_new_person_signs_up_from_the_link_without_a_second_verification(
    client: Client, porteuse: Membership
) -> None:
    _, token = invite_far(porteuse)
    here = reverse("accounts:invitation", args=[token])
    client.get(here)
    data = {
        "prenom": "Dominique", "nom": "Essai", "email": INVITED, "next": here,
        "password1": "une phrase pour essai", "password2": "une phrase pour essai",
    }  # fmt: skip
    response = client.post(reverse("account_signup"), data)
    assert (response.status_code, response["Location"]) == (302, here)
    assert client.post(here).status_code == 302
    assert Membership.objects.get(user__email=INVITED).organisation == porteuse.organisation


def invite_far(by: Membership) -> tuple[Invitation, str]:
    """An invitation whose term is far from the real clock that pages read."""
    invitation, token = invite(by)
    Invitation.objects.filter(pk=invitation.pk).update(expire_at=NOW + timedelta(days=36500))
    return invitation, token


def test_a_manager_invites_from_the_page_of_the_members(client: Client, porteuse: Membership) -> None:
    client.force_login(porteuse.user)
    page = reverse("accounts:membres", args=[porteuse.organisation.code])
    assert client.post(page, {"email": "pas une adresse"}).status_code == 422
    assert client.post(page, {"email": INVITED, "droits": ["decider"]}).status_code == 422
    assert client.post(page, {"email": INVITED, "droits": ["rediger"], "fonction": "Consultante"}).status_code == 302
    assert INVITED in client.get(page).content.decode()
    assert client.post(page, {"email": INVITED, "droits": ["rediger"]}).status_code == 422
    invitation = Invitation.objects.get()
    code = porteuse.organisation.code
    again = reverse("accounts:renvoyer_invitation", args=[code, invitation.pk])
    assert client.post(again).status_code == 409
    Invitation.objects.update(expire_at=F("expire_at") - invitations.BETWEEN_MAILS)
    assert client.post(again).status_code == 302
    assert client.post(reverse("accounts:annuler_invitation", args=[code, invitation.pk])).status_code == 302
    client.get(page)  # shows the message of the cancellation
    assert INVITED not in client.get(page).content.decode()


def test_the_invitations_of_another_association_do_not_exist(client: Client, porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    stranger = MembershipFactory()
    client.force_login(stranger.user)
    for code in (porteuse.organisation.code, stranger.organisation.code):
        for name in ("accounts:renvoyer_invitation", "accounts:annuler_invitation"):
            assert client.post(reverse(name, args=[code, invitation.pk])).status_code == 404
    assert Invitation.objects.pending().count() == 1


def test_an_administrator_opens_the_people_of_any_body(client: Client, administratrice: Membership) -> None:
    urps = OrganisationFactory(genre=Genre.URPS)
    agent_client(client, administratrice.user)
    assert client.get(reverse("accounts:membres", args=[urps.code])).status_code == 200
    assert client.get(reverse("accounts:organisations")).status_code == 200


def test_a_removed_manager_does_not_come_back_by_an_invitation_left_behind(porteuse: Membership) -> None:
    manager = MembershipFactory(organisation=porteuse.organisation, droits=["gerer"])
    left, _ = invite(manager, droits=("gerer",))
    memberships.remove(membership=manager, by=acteur(porteuse), now=NOW)
    invitee = UserFactory(email=INVITED)
    with pytest.raises(Refused, match=invitations.NO_LONGER_MANAGER):
        invitations.accept(invitation=left, user=invitee, now=NOW)
    assert not Membership.objects.filter(user=invitee).exists()
    invitations.resend(invitation=left, by=acteur(porteuse), now=NOW + timedelta(hours=1))
    assert invitations.accept(invitation=left, user=invitee, now=NOW + timedelta(hours=1)).user == invitee


def test_the_portal_does_not_flood_a_mailbox(porteuse: Membership) -> None:
    invitation, _ = invite(porteuse)
    with pytest.raises(Refused, match=invitations.TOO_SOON):
        invitations.resend(invitation=invitation, by=acteur(porteuse), now=NOW + timedelta(minutes=9))
    invitations.resend(invitation=invitation, by=acteur(porteuse), now=NOW + timedelta(minutes=10))
    assert Envoi.objects.filter(modele="invitation").count() == 2


def test_an_organisation_invites_so_many_people_a_day_and_others_the_next(
    porteuse: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "INVITATIONS_A_DAY", 2)
    for n in range(2):
        invite(porteuse, email=f"personne{n}@exemple.fr")
    with pytest.raises(Refused, match=invitations.TOO_MANY):
        invite(porteuse)
    assert invite(MembershipFactory())[0].pk
    later = {"droits": [], "fonction": "", "by": acteur(porteuse), "now": NOW + timedelta(days=1)}
    assert invitations.invite(organisation=porteuse.organisation, email=INVITED, **later).pk
