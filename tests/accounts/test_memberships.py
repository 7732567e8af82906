"""Members: rights that change without losing the past, removals at once, and always one manager."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import selectors
from accounts.models import Absence, Delegation, Mandat, Membership, User
from accounts.services import invitations, memberships
from accounts.states import Genre, QualiteMandat
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def change(member: Membership, by: Membership, droits: list[str]) -> Membership:
    return memberships.change_rights(
        membership=member, droits=droits, fonction="Trésorier", representant_legal=False, by=acteur(by), now=NOW
    )


def test_creating_an_association_makes_its_creator_its_manager() -> None:
    user = UserFactory()
    member = memberships.create_association(nom="CPTS de l’Essai", region="76", by=user, now=NOW)
    assert member.organisation.genre == Genre.ASSOCIATION
    assert set(member.droits) == {"rediger", "deposer", "gerer"}
    assert member.debut_le == TODAY


def test_two_associations_of_one_name_are_two(porteuse: Membership) -> None:
    first = memberships.create_association(nom="CPTS", region="76", by=porteuse.user, now=NOW)
    second = memberships.create_association(nom="CPTS", region="76", by=porteuse.user, now=NOW)
    assert first.organisation.code != second.organisation.code


def test_changing_rights_keeps_what_was_allowed_before(porteuse: Membership) -> None:
    member = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    now_member = change(member, porteuse, ["rediger", "deposer"])
    member.refresh_from_db()
    assert (member.fin_le, member.droits) == (TODAY, ["rediger"])
    assert selectors.capacities_of(member.user, on=TODAY) == [now_member]
    assert selectors.capacities_of(member.user, on=TODAY - timedelta(days=1)) == [member]


def test_a_removed_person_reaches_nothing_from_that_day(porteuse: Membership) -> None:
    member = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    memberships.remove(membership=member, by=acteur(porteuse), now=NOW)
    member.refresh_from_db()
    assert (member.fin_le, member.retire_par) == (TODAY, porteuse.user)
    assert selectors.capacities_of(member.user, on=TODAY) == []
    with pytest.raises(Refused, match=memberships.GONE):
        memberships.remove(membership=member, by=acteur(porteuse), now=NOW)


def test_a_removed_person_may_come_back_the_same_day(porteuse: Membership) -> None:
    member = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    memberships.remove(membership=member, by=acteur(porteuse), now=NOW)
    back = memberships.join(
        organisation=porteuse.organisation, user=member.user, droits=[], fonction="", added_by=porteuse.user, now=NOW
    )
    assert selectors.capacities_of(member.user, on=TODAY) == [back]


def test_the_last_manager_neither_leaves_nor_gives_up_the_right(porteuse: Membership) -> None:
    inactive = MembershipFactory(organisation=porteuse.organisation)
    User.objects.filter(pk=inactive.user_id).update(is_active=False)
    with pytest.raises(Refused, match=memberships.LAST_MANAGER):
        memberships.remove(membership=porteuse, by=acteur(porteuse), now=NOW)
    with pytest.raises(Refused, match=memberships.LAST_MANAGER):
        change(porteuse, porteuse, ["rediger"])
    User.objects.filter(pk=inactive.user_id).update(is_active=True)
    memberships.remove(membership=porteuse, by=acteur(porteuse), now=NOW)
    assert list(selectors.members_of(porteuse.organisation, on=TODAY)) == [inactive]


def test_an_administrator_may_leave_a_body_without_manager(administratrice: Membership) -> None:
    sole = MembershipFactory(organisation=OrganisationFactory(genre=Genre.URPS))
    memberships.remove(membership=sole, by=acteur(administratrice), now=NOW)
    assert list(selectors.members_of(sole.organisation, on=TODAY)) == []


def test_people_with_a_right_are_found_once_and_only_while_active(porteuse: Membership) -> None:
    organisation = porteuse.organisation
    writer = MembershipFactory(organisation=organisation, droits=["rediger"])
    MembershipFactory(organisation=organisation, fin_le=TODAY)
    MembershipFactory(organisation=organisation, user=UserFactory(is_active=False))
    MembershipFactory()
    found = selectors.users_with_right([organisation.pk], "rediger", on=TODAY)
    assert list(found) == [porteuse.user, writer.user]
    assert list(selectors.users_with_right([organisation.pk], "deposer", on=TODAY)) == [porteuse.user]


def test_nobody_without_the_right_changes_anything(porteuse: Membership) -> None:
    writer = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    stranger = MembershipFactory()
    for by in (writer, stranger):
        with pytest.raises(Refused, match=memberships.NOT_MANAGER):
            memberships.remove(membership=porteuse, by=acteur(by), now=NOW)
        with pytest.raises(Refused, match=memberships.NOT_MANAGER):
            change(writer, by, ["gerer"])
    with pytest.raises(Refused, match=memberships.NOT_GRANTABLE):
        change(writer, porteuse, ["signer"])


# --- what the database holds ------------------------------------------------------------------------


def refused_by_the_database(make: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()  # type: ignore[operator]


def test_no_two_memberships_of_one_person_in_one_organisation_at_one_time(porteuse: Membership) -> None:
    refused_by_the_database(lambda: MembershipFactory(user=porteuse.user, organisation=porteuse.organisation))
    MembershipFactory(user=porteuse.user)
    assert Membership.objects.filter(user=porteuse.user).count() == 2


def test_an_unknown_right_and_reversed_dates_are_refused(porteuse: Membership) -> None:
    refused_by_the_database(lambda: MembershipFactory(droits=["tout"]))
    refused_by_the_database(lambda: MembershipFactory(fin_le=date(2025, 12, 31)))


def test_mandates_of_one_person_do_not_overlap_and_are_in_force_to_their_last_day() -> None:
    urps = OrganisationFactory(genre=Genre.URPS)
    user = UserFactory()

    def mandate(first: date, last: date) -> Mandat:
        return Mandat.objects.create(
            user=user, organisation=urps, qualite=QualiteMandat.TITULAIRE, debut_le=first, fin_le=last
        )

    mandate(date(2026, 1, 1), date(2026, 6, 30))
    refused_by_the_database(lambda: mandate(date(2026, 6, 30), date(2026, 12, 31)))
    mandate(date(2026, 7, 2), date(2026, 12, 31))
    held = [selectors.holds_mandate(user, urps, on=date(2026, *day)) for day in ((6, 30), (7, 1), (7, 2))]
    assert held == [True, False, True]


def test_a_delegation_covers_up_to_its_ceiling_within_its_dates() -> None:
    from decimal import Decimal

    ars = OrganisationFactory(genre=Genre.ARS, code="ars-occitanie")
    user = UserFactory()
    given = Delegation.objects.create(
        user=user, organisation=ars, objet="Subventions", acte="Essai", plafond=Decimal("50000"),
        debut_le=date(2026, 1, 1), fin_le=date(2026, 12, 31),
    )  # fmt: skip

    def covering(amount: str, day: date) -> list[Delegation]:
        return list(selectors.covering_delegations(user, ars, montant=Decimal(amount), on=day))

    assert covering("50000", TODAY) == [given]
    assert covering("50000.01", TODAY) == []
    assert covering("1", date(2027, 1, 1)) == []


def test_absences_of_one_person_do_not_overlap_and_nobody_stands_in_for_itself() -> None:
    user, other = UserFactory(), UserFactory()
    away = Absence.objects.create(user=user, du_le=TODAY, au_le=TODAY, remplacant=other)
    refused_by_the_database(lambda: Absence.objects.create(user=user, du_le=TODAY, au_le=TODAY))
    refused_by_the_database(lambda: Absence.objects.create(user=other, du_le=TODAY, au_le=TODAY, remplacant=other))
    assert list(selectors.absences_on([user.pk, other.pk], TODAY)) == [away]


def test_an_address_is_stored_in_lower_case_and_known_whatever_its_case() -> None:
    user = User.objects.create_user(" Camille@Exemple.FR", "une phrase d’essai")
    assert user.email == "camille@exemple.fr"
    assert User.objects.get_by_natural_key("CAMILLE@exemple.fr") == user
    refused_by_the_database(lambda: User.objects.filter(pk=user.pk).update(email="Camille@exemple.fr"))


# --- the pages --------------------------------------------------------------------------------------


def test_a_manager_changes_rights_and_removes_from_the_pages(client: Client, porteuse: Membership) -> None:
    member = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    client.force_login(porteuse.user)
    code = porteuse.organisation.code
    page = reverse("accounts:membre", args=[code, member.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"fonction": "x" * 121}).status_code == 422
    assert client.post(page, {"fonction": "Trésorière", "droits": ["deposer"]}).status_code == 302
    current = Membership.objects.get(user=member.user, fin_le=None)
    assert (current.fonction, current.droits) == ("Trésorière", ["deposer"])
    away = reverse("accounts:retirer", args=[code, current.pk])
    assert client.get(away).status_code == 200
    assert client.post(away).status_code == 302
    assert not Membership.objects.filter(user=member.user, fin_le=None).exists()


def test_the_last_manager_reads_why_it_cannot_leave(client: Client, porteuse: Membership) -> None:
    client.force_login(porteuse.user)
    response = client.post(reverse("accounts:retirer", args=[porteuse.organisation.code, porteuse.pk]))
    assert response.status_code == 409
    assert "donnez d’abord ce droit" in response.content.decode()


def test_the_last_manager_reads_why_it_cannot_give_up_its_right(client: Client, porteuse: Membership) -> None:
    client.force_login(porteuse.user)
    page = reverse("accounts:membre", args=[porteuse.organisation.code, porteuse.pk])
    response = client.post(page, {"droits": ["rediger"]})
    assert response.status_code == 422
    assert "donnez d’abord ce droit" in response.content.decode()
    kept = client.post(page, {"droits": ["rediger", "gerer"], "representant_legal": "on"})
    assert kept.status_code == 302
    assert Membership.objects.get(user=porteuse.user, fin_le=None).representant_legal


def test_the_people_of_another_association_do_not_exist(client: Client, porteuse: Membership) -> None:
    stranger = MembershipFactory()
    client.force_login(stranger.user)
    theirs, own = porteuse.organisation.code, stranger.organisation.code
    for url in (
        reverse("accounts:membres", args=[theirs]),
        reverse("accounts:membre", args=[theirs, porteuse.pk]),
        reverse("accounts:membre", args=[own, porteuse.pk]),
        reverse("accounts:retirer", args=[own, porteuse.pk]),
    ):
        assert (client.get(url).status_code, client.post(url).status_code) in [(404, 404), (404, 405)]
    assert Membership.objects.get(pk=porteuse.pk).fin_le is None


def test_a_writer_sees_the_people_and_changes_nothing(client: Client, porteuse: Membership) -> None:
    writer = MembershipFactory(organisation=porteuse.organisation, droits=["rediger"])
    client.force_login(writer.user)
    page = reverse("accounts:membres", args=[porteuse.organisation.code])
    content = client.get(page).content.decode()
    assert porteuse.user.email in content
    assert "Inviter" not in content
    assert client.post(page, {"email": "x@exemple.fr"}).status_code == 404
    assert client.get(reverse("accounts:membre", args=[porteuse.organisation.code, porteuse.pk])).status_code == 404


def test_the_first_administrator_is_named_from_the_command_line_and_then_invites() -> None:
    user = UserFactory()
    call_command("nommer_administrateur", user.email.upper())
    call_command("nommer_administrateur", user.email)
    member = Membership.objects.get(user=user)
    assert (member.organisation.genre, set(member.droits)) == (Genre.GUICHET, {"administrer", "gerer"})
    ars = OrganisationFactory(code="ars-occitanie")
    assert invitations.invite(
        organisation=ars, email="a@exemple.fr", droits=["gerer"], fonction="", by=acteur(member), now=timezone.now()
    ).pk


def test_a_member_of_the_guichet_named_administrator_keeps_its_other_rights() -> None:
    guichet = OrganisationFactory(code="guichet-occitanie")
    member = MembershipFactory(organisation=guichet, droits=["instruire"], fonction="Conseillère")
    named = memberships.name_administrator(user=member.user, region="76", now=NOW)
    assert (set(named.droits), named.fonction) == ({"administrer", "gerer", "instruire"}, "Conseillère")
    assert selectors.capacities_of(member.user, on=TODAY) == [named]


def test_an_unknown_address_or_region_names_nobody() -> None:
    with pytest.raises(CommandError, match="Aucun compte actif"):
        call_command("nommer_administrateur", "inconnue@exemple.fr")
    with pytest.raises(Refused, match=memberships.NO_GUICHET):
        memberships.name_administrator(user=UserFactory(), region="93", now=NOW)
    assert not Membership.objects.filter(droits__contains=["administrer"]).exists()
