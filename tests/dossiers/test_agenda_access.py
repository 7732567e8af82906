"""Calendars of files: who reads what at which address, until when; the pages that make and revoke one."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation, User
from dossiers.models import AbonnementAgenda, ConseillerInvite
from dossiers.services.agenda import AGENDAS_MAX, note_read, revoke, subscribe
from dossiers.services.conseillers import invite_adviser
from guichet.kernel.lifecycle import Refused
from tests.dossiers.calendars import address, dates, named, read, status
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur
from tests.factories.bodies import agent, guichet
from tests.factories.projects import (
    consulted_letter,
    porteur,
    ready_letter,
    transmitted_letter,
)
from tests.funding.desk import at_desk, at_the_ars, later, on

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
PAGE = reverse("dossiers:agendas")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on(NOW):
        yield


def test_a_file_of_another_region_a_neighbour_and_a_draft_never_appear() -> None:
    demande, _ = at_the_ars()
    lettre = consulted_letter(nom="CPTS consultée", others=())
    ready_letter(nom="CPTS brouillon")
    elsewhere = OrganisationFactory(genre="ars", code="ars-ailleurs", region="93")
    readers = {
        "another region": acteur(MembershipFactory(organisation=elsewhere)),
        "another département": agent("dd-ars-48"),
        "a caisse before the letter is sent": agent("cpam-81"),
        "another association": porteur(),
        "the Guichet elsewhere": acteur(
            MembershipFactory(organisation=OrganisationFactory(genre="guichet", code="guichet-93", region="93"))
        ),
    }
    assert {name: dates(address(by)) for name, by in readers.items()} == dict.fromkeys(readers, [])
    seen = {title.partition(" – ")[2] for _, title in dates(address(guichet()))}
    assert seen == {named(lettre), f"{demande.dossier.nom} ({demande.dossier.reference})"}


def test_a_body_consulted_reads_nothing_of_the_request() -> None:
    at_the_ars()
    by = agent("urps-infirmiers-occitanie")
    lettre = consulted_letter(nom="CPTS consultée")
    assert {title.partition(" – ")[2] for _, title in dates(address(by))} == {named(lettre)}


def test_an_address_of_one_file_says_that_file_alone() -> None:
    by = porteur()
    first, second = (transmitted_letter(by, nom=f"CPTS {n}") for n in ("Nord", "Sud"))
    both = {title.partition(" – ")[2] for _, title in dates(address(by))}
    assert both == {named(first), named(second)}
    url = address(by, first.dossier)
    assert {title.partition(" – ")[2] for _, title in dates(url)} == {named(first)}
    organisation = Organisation.objects.get(pk=by.organisation_id)
    assert str(read(url)["X-WR-CALNAME"]) == f"Guichet CPTS – CPTS Nord ({organisation.nom})"


def test_an_address_reads_in_the_capacity_it_was_made_for_and_no_other() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    other = acteur(MembershipFactory(user=by.user))
    assert dates(address(other)) == []
    assert {title.partition(" – ")[2] for _, title in dates(address(by))} == {named(lettre)}


def test_a_membership_that_ends_ends_its_addresses_and_no_other() -> None:
    by = porteur()
    transmitted_letter(by)
    other = acteur(MembershipFactory(user=by.user))
    ended, kept = address(by), address(other)
    assert (status(ended), status(kept)) == (200, 200)
    Membership.objects.filter(pk=by.membership.pk).update(fin_le=TODAY)
    assert (status(ended), status(kept)) == (404, 200)


def test_a_person_who_is_no_longer_active_reads_nothing() -> None:
    by = porteur()
    url = address(by)
    assert status(url) == 200
    User.objects.filter(pk=by.user.pk).update(is_active=False)
    assert status(url) == 404


def test_an_agent_without_its_second_factor_reads_nothing_whatever_its_capacity() -> None:
    by = agent("ars-occitanie")
    association = acteur(MembershipFactory(user=by.user))
    urls = [address(by), address(association)]
    assert [status(url) for url in urls] == [200, 200]
    by.user.authenticator_set.all().delete()
    assert [status(url) for url in urls] == [404, 404]


def test_a_person_who_lost_the_file_reads_nothing_of_it_there() -> None:
    by, adviser = porteur(), guichet()
    lettre = ready_letter(by)
    invite_adviser(dossier=lettre.dossier, user=adviser.user, by=by, now=NOW)
    one, every = address(adviser, lettre.dossier), address(adviser)
    assert status(one) == 200
    ConseillerInvite.objects.update(retire_at=NOW)
    assert (status(one), status(every)) == (404, 200)


def test_a_revoked_address_never_answers_again_and_the_others_do() -> None:
    by = porteur()
    first, second = address(by), address(by)
    row = AbonnementAgenda.objects.order_by("pk")[0]
    revoke(abonnement=row, by=by, now=NOW)
    assert (status(first), status(second)) == (404, 200)
    with pytest.raises(DatabaseError), transaction.atomic():
        AbonnementAgenda.objects.filter(pk=row.pk).update(revoque_at=None)
    with pytest.raises(Refused, match="n’est pas la vôtre"):
        revoke(abonnement=AbonnementAgenda.objects.order_by("pk")[1], by=porteur(), now=NOW)


def test_an_unknown_address_is_refused_in_one_query_without_a_session_even_to_a_signed_in_person() -> None:
    client = at_desk(porteur())
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/agenda/inconnu.ics")
    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert [query["sql"].partition('FROM "')[2].partition('"')[0] for query in queries] == ["dossiers_abonnementagenda"]
    assert (dict(response.cookies), response.get("Vary", "")) == ({}, "")


def test_an_answer_is_kept_nowhere_and_sets_no_cookie() -> None:
    response = Client().get(address(porteur()))
    told = {name: response[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")}
    assert told == {
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Referrer-Policy": "no-referrer",
    }
    assert dict(response.cookies) == {}


def test_head_answers_and_post_does_not() -> None:
    url, client = address(porteur()), Client(enforce_csrf_checks=True)
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert client.post(url).status_code == 405


def test_the_token_is_shown_once_has_256_bits_and_is_stored_nowhere() -> None:
    by = porteur()
    client = at_desk(by)
    page = client.post(PAGE)
    assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (
        200,
        "private, no-store",
        "no-referrer",
    )
    jetons = set(re.findall(r"/agenda/([^.]+)\.ics", page.content.decode()))
    (jeton,) = jetons
    assert len(jeton) == 43, "32 bytes in base 64"
    assert status(f"/agenda/{jeton}.ics") == 200
    assert jeton not in client.get(PAGE).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM dossiers_abonnementagenda a")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(session_data, '') FROM django_session")
        (sessions,) = cursor.fetchone()
    assert AbonnementAgenda.objects.get().empreinte in row
    assert jeton not in row + sessions


def test_a_reading_is_noted_at_most_once_an_hour() -> None:
    url = address(porteur())
    noted = lambda: AbonnementAgenda.objects.get().lu_at  # noqa: E731
    assert noted() is None
    read(url)
    with on(NOW + timedelta(minutes=59)):
        read(url)
    assert noted() == NOW
    with on(NOW + timedelta(minutes=60)):
        read(url)
    assert noted() == NOW + timedelta(minutes=60)
    revoked = AbonnementAgenda.objects.get()
    AbonnementAgenda.objects.update(revoque_at=later(1))
    note_read(abonnement=revoked, now=later(2))
    assert noted() == NOW + timedelta(minutes=60)


def test_a_person_has_twenty_addresses_at_most_those_revoked_not_counted() -> None:
    by, other = porteur(), porteur()
    for _ in range(AGENDAS_MAX):
        address(by)
    with pytest.raises(Refused, match="déjà 20 adresses"):
        address(by)
    address(other)
    page = at_desk(by).get(PAGE).content.decode()
    assert "Créer une adresse" not in page
    revoke(abonnement=AbonnementAgenda.objects.filter(user=by.user).order_by("pk")[0], by=by, now=NOW)
    address(by)
    assert AbonnementAgenda.objects.active().filter(user=by.user).count() == AGENDAS_MAX


def test_an_address_is_for_a_file_one_opens_and_a_body_one_acts_for() -> None:
    lettre = ready_letter()
    with pytest.raises(Refused, match="pas accès"):
        address(guichet(), lettre.dossier)
    with pytest.raises(Refused, match="vous n’agissez pour aucune"):
        address(Acteur(UserFactory()))
    assert AbonnementAgenda.objects.count() == 0


def test_a_person_lists_its_addresses_makes_one_of_a_file_and_takes_it_back() -> None:
    by = porteur()
    lettre = transmitted_letter(by, nom="CPTS du Girou")
    client = at_desk(by)
    assert "Aucune adresse pour l’instant" in client.get(PAGE).content.decode()
    link = reverse("dossiers:agenda_dossier", args=[lettre.dossier_id])
    assert f'href="{link}"' in client.get(reverse("projects:lettre", args=[lettre.pk])).content.decode()
    assert f'href="{link}"' in client.get(reverse("funding:demande", args=[lettre.demande_id])).content.decode()
    assert "CPTS du Girou" in client.get(link).content.decode()
    (url,) = set(re.findall(r"/agenda/[^.]+\.ics", client.post(link).content.decode()))
    read(url)
    page = client.get(PAGE).content.decode()
    assert ("CPTS du Girou" in page, "lue la dernière fois le 16 novembre 2026" in page) == (True, True)
    row = AbonnementAgenda.objects.get()
    remove = reverse("dossiers:retirer_agenda", args=[row.pk])
    assert "Retirer cette adresse d’agenda" in client.get(remove).content.decode()
    assert status(url) == 200, "a page changes nothing"
    assert client.post(remove).url == PAGE
    assert status(url) == 404
    assert "Aucune adresse pour l’instant" in client.get(PAGE).content.decode()
    assert client.get(remove).status_code == 404


def test_an_address_that_answers_no_more_says_so_on_the_page_of_its_person() -> None:
    by, adviser = porteur(), guichet()
    lettre = ready_letter(by, nom="CPTS du Girou")
    invite_adviser(dossier=lettre.dossier, user=adviser.user, by=by, now=NOW)
    subscribe(dossier=lettre.dossier, by=adviser, now=NOW)
    client = at_desk(adviser)
    page = client.get(PAGE).content.decode()
    assert ("CPTS du Girou" in page, "Ne répond plus" in page) == (True, False)
    ConseillerInvite.objects.update(retire_at=NOW)
    page = client.get(PAGE).content.decode()
    assert ("CPTS du Girou" in page, "Ne répond plus" in page) == (False, True)


def test_the_addresses_of_another_person_do_not_exist_even_for_its_colleague() -> None:
    by = porteur()
    colleague = acteur(MembershipFactory(organisation_id=by.organisation_id))
    made, _ = subscribe(dossier=None, by=by, now=NOW)
    client = at_desk(colleague)
    remove = reverse("dossiers:retirer_agenda", args=[made.pk])
    assert (client.get(remove).status_code, client.post(remove).status_code) == (404, 404)
    assert "Aucune adresse pour l’instant" in client.get(PAGE).content.decode()
    made.refresh_from_db()
    assert made.revoque_at is None


def test_a_person_who_acts_for_nobody_is_told_why_it_has_no_calendar() -> None:
    page = at_desk(Acteur(UserFactory())).get(PAGE).content.decode()
    assert "vous n’agissez encore pour aucune" in page
    assert "Créer une adresse" not in page
