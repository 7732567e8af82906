"""Who one acts for, and the second factor without which an agent reaches nothing."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.middleware import WITHOUT_SECOND_FACTOR
from accounts.models import Membership, User
from accounts.states import Genre
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory, agent_client, enrol

pytestmark = pytest.mark.django_db

SAMPLES = {"int": "1", "slug": "essai", "str": "essai", "uuid": "4dfdc1cc-4f5a-4e34-a9f3-2a2f0c2b4b1e", "path": "essai"}


def every_url() -> list[tuple[str, str]]:
    """(name, address) of each pattern of the site, with a sample in place of each parameter."""
    return [
        (name, reverse_pattern(pattern, prefix))
        for name, pattern, prefix in walk(get_resolver(), "", "")
        if not name.startswith("admin:")
    ]


def walk(resolver: Any, namespace: str, prefix: str) -> Any:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from walk(item, inner, prefix + sample(item.pattern))
        elif isinstance(item, URLPattern):
            yield f"{namespace}{item.name}", item, prefix


def reverse_pattern(pattern: URLPattern, prefix: str) -> str:
    return "/" + prefix + sample(pattern.pattern)


def sample(pattern: Any) -> str:
    """The text of a route with its parameters filled; for a regular expression of allauth, a matching text."""
    route = str(pattern)
    if route.startswith("^"):
        return {
            "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/essai/",
            "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-essai/",
        }[route]
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.replace("Converter", "").lower().replace("string", "str")
        route = route.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", SAMPLES["str"])
    return route


@pytest.fixture
def agent(db: None) -> User:
    """An agent who has no second factor yet; its capacity of the moment is an association's."""
    user = UserFactory()
    MembershipFactory(user=user)
    MembershipFactory(user=user, organisation=OrganisationFactory(genre=Genre.CPAM))
    return user


def test_an_agent_without_a_second_factor_reaches_enrolment_and_sign_out_only(client: Client, agent: User) -> None:
    client.force_login(agent)
    enrolment = reverse("mfa_activate_totp")
    reached = set()
    for name, url in every_url():
        if url.startswith(("/sante/", "/agenda/")):
            continue
        for response in (client.get(url), client.post(url)):
            if response.status_code == 302 and response["Location"] == enrolment:
                continue
            reached.add(name)
            client.force_login(agent)
    assert reached == WITHOUT_SECOND_FACTOR


def test_an_htmx_request_is_led_to_enrolment_as_a_whole_page(client: Client, agent: User) -> None:
    client.force_login(agent)
    response = client.get(reverse("accounts:messagerie"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, reverse("mfa_activate_totp"))
    assert response.content == b""


def test_with_the_factor_the_agent_enters_and_without_it_again_is_stopped(client: Client, agent: User) -> None:
    agent_client(client, agent)
    page = reverse("accounts:profil")
    assert client.get(page).status_code == 200
    Authenticator.objects.filter(user=agent).delete()
    assert client.get(page)["Location"] == reverse("mfa_activate_totp")


def test_recovery_codes_alone_are_no_second_factor(client: Client, agent: User) -> None:
    Authenticator.objects.create(user=agent, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(agent)
    assert client.get(reverse("accounts:profil")).status_code == 302


def test_a_porteur_needs_no_second_factor_and_a_former_agent_neither(client: Client, porteuse: Membership) -> None:
    MembershipFactory(
        user=porteuse.user,
        organisation=OrganisationFactory(genre=Genre.CPAM),
        debut_le="2025-01-01",
        fin_le="2025-06-01",
    )
    client.force_login(porteuse.user)
    assert client.get(reverse("accounts:profil")).status_code == 200


def test_the_technical_team_needs_it_too(client: Client) -> None:
    for user in (UserFactory(is_staff=True), MembershipFactory(user=UserFactory(is_staff=True)).user):
        client.force_login(user)
        assert client.get(reverse("accounts:profil")).status_code == 302
        enrol(user)
        assert client.get(reverse("accounts:profil")).status_code == 200


def test_enrolling_opens_the_portal_and_gives_recovery_codes(client: Client, agent: User) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client.force_login(agent)
    url = reverse("mfa_activate_totp")
    page = client.get(url)
    if page.status_code == 302:
        client.post(page["Location"], {"password": "une phrase pour les essais"})
        page = client.get(url)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    refused = client.post(url, {"code": "000000"})
    assert "Code incorrect" in refused.content.decode()
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    response = client.post(url, {"code": code})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(response["Location"])
    assert codes.status_code == 200
    assert codes.content.decode().count("<li><samp>") == 10


@pytest.mark.parametrize("has_codes", [True, False])
def test_the_page_of_the_second_factor_leads_to_a_page_that_exists(
    client: Client, agent: User, has_codes: bool
) -> None:
    agent_client(client, agent)
    if has_codes:
        RecoveryCodes.activate(agent)
    page = client.get(reverse("mfa_index")).content.decode()
    name = "mfa_view_recovery_codes" if has_codes else "mfa_generate_recovery_codes"
    assert f'href="{reverse(name)}"' in page
    assert client.get(reverse(name)).status_code in (200, 302)


# --- in which capacity one acts ----------------------------------------------------------------------


def test_a_stranger_costs_no_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get(reverse("account_login"))


@pytest.mark.parametrize("count", [1, 3])
def test_capacities_cost_one_query_whatever_their_number(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    user = UserFactory()
    MembershipFactory.create_batch(count, user=user)
    client.force_login(user)
    with django_assert_num_queries(3):  # session, person, capacities with the second factor
        client.get(reverse("accounts:choisir_qualite"))


def test_one_acts_in_the_oldest_capacity_until_one_chooses(client: Client) -> None:
    user = UserFactory()
    young = MembershipFactory(user=user, debut_le="2026-03-01", fonction="Trésorière")
    old = MembershipFactory(user=user, debut_le="2026-02-01", fonction="Présidente")
    client.force_login(user)
    page = reverse("accounts:choisir_qualite")
    assert client.get(page).wsgi_request.acteur.qualite == f"Présidente, {old.organisation.nom}"  # type: ignore[attr-defined]
    assert client.post(page, {"organisation": young.organisation_id}).status_code == 302
    chosen = client.get(page).wsgi_request.acteur  # type: ignore[attr-defined]
    assert chosen.qualite == f"Trésorière, {young.organisation.nom}"
    assert (chosen.genre, chosen.organisation_id, chosen.est_agent) == ("association", young.organisation_id, False)


def test_one_cannot_choose_an_organisation_one_does_not_act_for(client: Client, porteuse: Membership) -> None:
    theirs = MembershipFactory()
    client.force_login(porteuse.user)
    for forged in (theirs.organisation_id, "", "abc"):
        assert client.post(reverse("accounts:choisir_qualite"), {"organisation": forged}).status_code == 404
    assert "qualite" not in client.session


def test_a_capacity_that_ended_is_lost_at_once_even_when_chosen(client: Client) -> None:
    user = UserFactory()
    kept = MembershipFactory(user=user)
    lost = MembershipFactory(user=user)
    client.force_login(user)
    client.post(reverse("accounts:choisir_qualite"), {"organisation": lost.organisation_id})
    Membership.objects.filter(pk=lost.pk).update(fin_le="2026-02-01")
    request: Any = client.get(reverse("accounts:choisir_qualite")).wsgi_request
    assert [acteur.organisation_id for acteur in request.acteurs] == [kept.organisation_id]
    assert request.acteur.organisation_id == kept.organisation_id


def test_a_person_without_any_membership_acts_for_itself(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    acteur: Any = client.get(reverse("accounts:choisir_qualite")).wsgi_request.acteur  # type: ignore[attr-defined]
    assert (acteur.user, acteur.genre, acteur.organisation_id, acteur.qualite) == (user, "", None, "")
    assert (acteur.droits, acteur.departements, acteur.region, acteur.est_agent) == (
        frozenset(),
        frozenset(),
        "",
        False,
    )


def test_the_administration_has_no_door_of_its_own(client: Client) -> None:
    staff = UserFactory(is_staff=True, is_superuser=True)
    enrol(staff)
    answer = client.post("/admin/login/", {"username": staff.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
