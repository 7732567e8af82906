"""The advisers of the Guichet whom an association invites to its draft."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.acteur import Acteur
from accounts.models import User
from dossiers.models import ConseillerInvite, Dossier
from dossiers.services.conseillers import invite_adviser, remove_adviser
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur
from tests.factories.dossiers import DossierFactory, porteur

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    return DossierFactory()


@pytest.fixture
def by(dossier: Dossier) -> Acteur:
    return porteur(dossier)


def adviser(code: str = "guichet-occitanie", region: str = "76", genre: str = "guichet", **kwargs: object) -> Acteur:
    body = OrganisationFactory(genre=genre, code=code, region=region)
    return acteur(MembershipFactory(organisation=body, **{"droits": ["instruire"], **kwargs}))


def reads(dossier: Dossier, by: Acteur) -> bool:
    return Dossier.objects.visible_to(by).filter(pk=dossier.pk).exists()


def test_an_invited_adviser_reads_the_draft_and_its_colleague_does_not(dossier, by) -> None:
    invited, colleague = adviser(), adviser()
    invite = invite_adviser(dossier=dossier, user=invited.user, by=by, now=NOW)
    assert (invite.user, invite.invite_par, invite.created_at, invite.retire_at) == (invited.user, by.user, NOW, None)
    assert reads(dossier, invited)
    assert not reads(dossier, colleague)


def test_inviting_twice_is_inviting_once(dossier, by) -> None:
    person = adviser()
    first = invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW)
    assert invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW + timedelta(days=1)) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        ConseillerInvite.objects.create(dossier=dossier, user=person.user, invite_par=by.user, created_at=NOW)


def test_a_removed_adviser_reads_no_more_and_may_be_invited_again(dossier, by) -> None:
    person, other = adviser(), adviser()
    for user in (person.user, other.user):
        invite_adviser(dossier=dossier, user=user, by=by, now=NOW)
    remove_adviser(dossier=dossier, user_id=person.user.pk, by=by, now=NOW + timedelta(days=1))
    assert not reads(dossier, person)
    assert reads(dossier, other)
    again = invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW + timedelta(days=2))
    assert reads(dossier, person)
    rows = ConseillerInvite.objects.filter(user=person.user).order_by("pk").values_list("created_at", "retire_at")
    assert list(rows) == [(NOW, NOW + timedelta(days=1)), (again.created_at, None)]


def test_removing_again_does_not_move_the_day_it_was_done(dossier, by) -> None:
    person = adviser()
    invite = invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW)
    for days in (1, 2):
        remove_adviser(dossier=dossier, user_id=person.user.pk, by=by, now=NOW + timedelta(days=days))
    invite.refresh_from_db()
    assert invite.retire_at == NOW + timedelta(days=1)


def test_an_invitation_to_one_file_opens_no_other(dossier, by) -> None:
    person = adviser()
    neighbour = DossierFactory(association=dossier.association)
    invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW)
    remove_adviser(dossier=neighbour, user_id=person.user.pk, by=by, now=NOW)
    assert reads(dossier, person)
    assert not reads(neighbour, person)


NOT_ADVISERS = {
    "another region": lambda: adviser(code="guichet-ailleurs", region="93"),
    "another body": lambda: adviser(code="ars-occitanie", genre="ars"),
    "without the right": lambda: adviser(droits=["administrer"]),
    "gone": lambda: adviser(fin_le="2026-11-16"),
    "to come": lambda: adviser(debut_le="2026-11-17"),
}


@pytest.mark.parametrize("who", NOT_ADVISERS)
def test_only_an_adviser_of_the_region_in_office_is_invited(dossier, by, who) -> None:
    with pytest.raises(Refused, match="Cette personne n’est pas un conseiller du Guichet de votre région."):
        invite_adviser(dossier=dossier, user=NOT_ADVISERS[who]().user, by=by, now=NOW)
    assert not ConseillerInvite.objects.exists()


def test_only_who_writes_for_the_association_invites_or_removes(dossier, by) -> None:
    person = adviser()
    invite_adviser(dossier=dossier, user=person.user, by=by, now=NOW)
    before = list(ConseillerInvite.objects.values())
    newcomer: User = adviser().user
    for stranger in (porteur(DossierFactory()), porteur(dossier, droits=["gerer"]), person, Acteur(by.user)):
        with pytest.raises(Refused, match="Seule une personne de l’association invite un conseiller."):
            invite_adviser(dossier=dossier, user=newcomer, by=stranger, now=NOW)
        with pytest.raises(Refused, match="Seule une personne de l’association retire un conseiller."):
            remove_adviser(dossier=dossier, user_id=person.user.pk, by=stranger, now=NOW)
    assert list(ConseillerInvite.objects.values()) == before
