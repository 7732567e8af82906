"""Two people, or one person twice, writing at the same instant: nothing is lost, nothing is done twice."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts.acteur import Acteur
from accounts.models import Invitation, Membership, Organisation
from accounts.services import invitations, memberships
from accounts.services.invitations import accept, hash_token, invite
from dossiers.services.conseillers import invite_adviser
from dossiers.services.sections import VersionConflict
from guichet.kernel.lifecycle import Refused
from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers
from projects.models import LettreIntention
from projects.services.opening import open_letter
from projects.services.territoire import add_communes, add_quartier, choose_pilote
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur
from tests.factories.projects import porteur, ready_letter
from tests.races.together import Together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10


def opened(by: Acteur, nom: str = "CPTS des Rives") -> LettreIntention:
    return open_letter(nom_cpts=nom, nom_association="Santé des Rives", by=by, region="76", now=NOW)


def test_two_people_on_one_section_one_is_kept_the_other_compares(together: Together) -> None:
    by = porteur()
    other = acteur(MembershipFactory(organisation=Organisation.objects.get(pk=by.organisation_id), droits=["rediger"]))
    lettre = opened(by)
    section = lettre.sections.get(cle="besoins")

    def save(person: Acteur, text: str) -> str:
        try:
            save_letter_answers(
                lettre, "besoins", {**reponses.LETTRE["besoins"], "population": text}, by=person, now=NOW
            )
        except VersionConflict as conflict:
            return f"compare: {conflict.current.contenu['population']}"
        return f"kept: {text}"

    for number in range(ROUNDS):
        first, second = f"Première main {number}.", f"Seconde main {number}."
        told = together(lambda: save(by, first), lambda: save(other, second))  # noqa: B023
        section.refresh_from_db()
        kept = section.contenu["population"]
        assert kept in (first, second)
        # Each read the version before the other wrote, or after it: never does a text vanish unsaid.
        assert f"kept: {kept}" in told
        assert told in (
            [f"kept: {first}", f"kept: {second}"],
            [f"kept: {first}", f"compare: {first}"],
            [f"compare: {second}", f"kept: {second}"],
        )


def test_the_same_gestures_on_a_territory_at_once_add_up(together: Together) -> None:
    by = porteur()
    lettre = opened(by)
    quartier = {"code": "31555", "source": "Recensement", "motif": "Bassin de vie", "by": by, "now": NOW}
    together(
        lambda: add_communes(etape=lettre, codes=["31395", "31396"], by=by, now=NOW),
        lambda: add_communes(etape=lettre, codes=["31396", "81004"], by=by, now=NOW),
        lambda: add_quartier(etape=lettre, nom="Nord", population=90_000, **quartier),
        lambda: add_quartier(etape=lettre, nom="Sud", population=80_000, **quartier),
    )
    version = lettre.dossier.territoires.get()
    parts = list(version.parts.order_by("commune", "nom").values_list("commune", "nom", "population"))
    assert [row[:2] for row in parts] == [
        ("31395", ""),
        ("31396", ""),
        ("31555", "Nord"),
        ("31555", "Sud"),
        ("81004", ""),
    ]
    assert version.population == sum(population for *_, population in parts)
    assert version.departements == ["31", "81"]
    choose_pilote(etape=lettre, departement="81", by=by, now=NOW)


def test_a_page_that_opens_a_letter_sent_twice_opens_one_association_and_one_letter(together: Together) -> None:
    for number in range(ROUNDS):
        alone = Acteur(UserFactory())
        outcomes = together(*[lambda: opened(alone)] * 3)  # noqa: B023
        made = [outcome for outcome in outcomes if isinstance(outcome, LettreIntention)]
        assert (len(made), LettreIntention.objects.count()) == (1, number + 1)
        assert Membership.objects.filter(user=alone.user).count() == 1
        assert Organisation.objects.filter(nom="Santé des Rives").count() == number + 1
        assert {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)} == {
            "Votre association est déjà ouverte\u00a0: retrouvez sa lettre à l’accueil."
        }


def test_an_association_that_sends_it_twice_opens_one_letter_and_may_open_another_of_its_name(
    together: Together,
) -> None:
    by = porteur()
    outcomes = together(*[lambda: opened(by)] * 4)
    assert sum(isinstance(outcome, LettreIntention) for outcome in outcomes) == 1
    assert {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)} == {
        "Votre association a déjà commencé une lettre pour «\u00a0CPTS des Rives\u00a0»\u00a0: elle est à l’accueil."
    }
    opened(by, "CPTS des Collines")
    opened(porteur())
    assert LettreIntention.objects.count() == 3


def invited(organisation: Organisation, email: str, by: Acteur) -> Invitation:
    return invite(organisation=organisation, email=email, droits=["rediger"], fonction="", by=by, now=NOW)


def test_an_invitation_accepted_twice_at_once_makes_one_member(together: Together) -> None:
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    for _ in range(ROUNDS):
        person = UserFactory()
        invitation = invited(association, person.email, by)
        outcomes = together(*[lambda: accept(invitation=invitation, user=person, now=NOW)] * 4)  # noqa: B023
        assert sum(isinstance(outcome, Membership) for outcome in outcomes) == 1
        assert {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)} == {invitations.ENDED}
        assert Membership.objects.filter(user=person).count() == 1


def test_two_invitations_of_one_person_accepted_at_once_make_one_member(together: Together) -> None:
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    for number in range(ROUNDS):
        person = UserFactory()
        second = f"seconde.adresse{number}@exemple.fr"
        EmailAddress.objects.create(user=person, email=second, verified=True)
        both = [invited(association, person.email, by), invited(association, second, by)]
        outcomes = together(*(lambda i=i: accept(invitation=i, user=person, now=NOW) for i in both))  # noqa: B023
        assert sum(isinstance(outcome, Membership) for outcome in outcomes) == 1
        assert {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)} == {invitations.ALREADY_MEMBER}


def test_an_invitation_accepted_and_cancelled_at_once_has_one_end(together: Together) -> None:
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    for _ in range(ROUNDS):
        person = UserFactory()
        invitation = invited(association, person.email, by)
        joined, cancelled = together(
            lambda: accept(invitation=invitation, user=person, now=NOW),  # noqa: B023
            lambda: invitations.revoke(invitation=invitation, by=by, now=NOW),  # noqa: B023
        )
        assert isinstance(joined, Refused) != isinstance(cancelled, Refused)
        assert Membership.objects.filter(user=person).exists() == isinstance(joined, Membership)


def test_an_address_invited_twice_at_once_is_invited_once(together: Together) -> None:
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    outcomes = together(*[lambda: invited(association, "attendue@exemple.fr", by)] * 4)
    assert sum(isinstance(outcome, Invitation) for outcome in outcomes) == 1
    assert {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)} == {invitations.ALREADY_INVITED}
    assert Invitation.objects.get().jeton_sha256 != hash_token("")


def test_two_managers_who_remove_each_other_leave_one(together: Together) -> None:
    association = OrganisationFactory()
    one, two = (MembershipFactory(organisation=association, droits=["gerer"]) for _ in range(2))
    outcomes = together(
        lambda: memberships.remove(membership=two, by=acteur(one), now=NOW + timedelta(days=1)),
        lambda: memberships.remove(membership=one, by=acteur(two), now=NOW + timedelta(days=1)),
    )
    assert [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)] == [memberships.LAST_MANAGER]


def test_an_adviser_invited_twice_at_once_is_invited_once(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by, demande=False)
    guichet = Organisation.objects.get(code="guichet-occitanie")
    adviser = MembershipFactory(organisation=guichet, droits=["instruire"]).user
    outcomes = together(*[lambda: invite_adviser(dossier=lettre.dossier, user=adviser, by=by, now=NOW)] * 4)
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert lettre.dossier.conseillers.count() == 1
