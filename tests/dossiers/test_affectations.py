"""Who follows a file in each body: assigned, changed, moved in bulk, told, and the files nobody follows."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Absence, Envoi, Membership, User
from accounts.states import Droit
from dossiers.models import Affectation, Dossier
from dossiers.selectors.affectations import files_without_anyone
from dossiers.selectors.people import in_charge
from dossiers.services.affectations import SUPPLEANT, TITULAIRE, assign, reassign
from guichet.kernel.lifecycle import Refused
from projects.services.depositing import withdraw
from tests.factories.accounts import NOW, MembershipFactory, acteur, agent_client
from tests.factories.bodies import agent, guichet
from tests.factories.projects import consulted_letter, deposited_letter, porteur, transmitted_letter

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate(NOW)
NOTHING = {TITULAIRE: None, SUPPLEANT: None}


def put(dossier: Dossier, by: Acteur, *, titulaire: User | None, suppleant: User | None = None, **more: Any) -> None:
    """As a page that has just been read."""
    rows = Affectation.objects.active(on=TODAY).filter(dossier=dossier, organisation=by.organisation_id)
    seen = {**NOTHING, **dict(rows.values_list("role", "pk").order_by("pk"))}
    wanted = {TITULAIRE: titulaire, SUPPLEANT: suppleant}
    assign(dossier=dossier, wanted=wanted, seen=seen, by=by, now=more.get("now", NOW))


def held(dossier: Dossier) -> list[tuple[str, User]]:
    """Who is in charge and until further notice, titulaire first."""
    rows = Affectation.objects.filter(dossier=dossier, fin_le=None).select_related("user")
    return [(row.role, row.user) for row in rows.order_by("-role", "organisation")]


def client_of(by: Acteur) -> Client:
    return agent_client(Client(), by.user)


@pytest.fixture
def dossier() -> Dossier:
    return transmitted_letter().dossier


def test_a_change_closes_the_charge_and_opens_another_the_past_staying_known(dossier: Dossier) -> None:
    by, other = agent("dd-ars-31"), agent("dd-ars-31")
    put(dossier, by, titulaire=by.user, now=NOW - timedelta(days=3))
    put(dossier, by, titulaire=other.user)
    rows = Affectation.objects.order_by("pk").values_list("user", "debut_le", "fin_le", "affecte_par")
    assert list(rows) == [
        (by.user.pk, date(2026, 11, 13), TODAY, by.user.pk),
        (other.user.pk, TODAY, None, by.user.pk),
    ]
    past = client_of(by).get(reverse("dossiers:affecter", args=[dossier.pk])).content.decode()
    assert "du 13 novembre 2026 au 16 novembre 2026" in past


def test_only_who_is_newly_in_charge_is_told_and_never_oneself(dossier: Dossier) -> None:
    by, other = agent("cpam-31"), agent("cpam-31")
    before = Envoi.objects.count()
    put(dossier, by, titulaire=by.user, suppleant=other.user)
    put(dossier, by, titulaire=by.user, suppleant=other.user)
    told = Envoi.objects.order_by("pk")[before:]
    assert [(envoi.user, envoi.sujet) for envoi in told] == [
        (other.user, f"Un dossier vous est confié\u00a0: {dossier.nom} ({dossier.reference})")
    ]
    assert "en suppléance" in told[0].texte
    assert reverse("projects:lettre", args=[dossier.lettres.get().pk]) == told[0].url


def test_titulaire_and_suppleant_swap_in_one_act(dossier: Dossier) -> None:
    by, other = agent("dd-ars-31"), agent("dd-ars-31")
    put(dossier, by, titulaire=by.user, suppleant=other.user)
    put(dossier, by, titulaire=other.user, suppleant=by.user)
    assert held(dossier) == [(TITULAIRE, other.user), (SUPPLEANT, by.user)]


def test_one_person_does_not_hold_both_roles(dossier: Dossier) -> None:
    by = agent("dd-ars-31")
    with pytest.raises(Refused, match="titulaire et assurer la suppléance"):
        put(dossier, by, titulaire=by.user, suppleant=by.user)
    assert held(dossier) == []


def test_who_changed_it_meanwhile_is_named_and_nothing_is_undone(dossier: Dossier) -> None:
    by, other, third = agent("dd-ars-31"), agent("dd-ars-31"), agent("dd-ars-31")
    put(dossier, by, titulaire=other.user)
    with pytest.raises(Refused, match=f"Entre-temps, {other.user} est devenu titulaire"):
        assign(dossier=dossier, wanted={TITULAIRE: third.user}, seen={TITULAIRE: None}, by=by, now=NOW)
    row = Affectation.objects.get()
    put(dossier, by, titulaire=None)
    with pytest.raises(Refused, match="le titulaire a été retiré"):
        assign(dossier=dossier, wanted={TITULAIRE: third.user}, seen={TITULAIRE: row.pk}, by=by, now=NOW)
    assert held(dossier) == []


def test_one_takes_charge_of_nothing_for_people_of_another_body_or_without_the_right(dossier: Dossier) -> None:
    by, stranger = agent("dd-ars-31"), agent("cpam-31")
    reader = agent("dd-ars-31", droits=["decider"])
    for user in (stranger.user, reader.user):
        with pytest.raises(Refused, match="n’instruit pas de dossier"):
            put(dossier, by, titulaire=user)
    with pytest.raises(Refused, match="pas le droit de dire qui suit"):
        put(dossier, reader, titulaire=by.user)
    with pytest.raises(Refused, match="pas le droit de dire qui suit"):
        put(dossier, agent("dd-ars-48"), titulaire=None)


def test_who_manages_the_people_of_a_body_entrusts_too(dossier: Dossier) -> None:
    manager, other = agent("cpam-31", droits=["gerer"]), agent("cpam-31")
    put(dossier, manager, titulaire=other.user)
    assert held(dossier) == [(TITULAIRE, other.user)]


def test_each_body_has_its_own_people_in_charge(dossier: Dossier) -> None:
    here, there = agent("dd-ars-31"), agent("cpam-31")
    put(dossier, here, titulaire=here.user)
    put(dossier, there, titulaire=there.user)
    assert {user for _, user in held(dossier)} == {here.user, there.user}
    page = client_of(here).get(reverse("dossiers:affecter", args=[dossier.pk])).content.decode()
    assert str(here.user) in page
    assert str(there.user) not in page


@pytest.mark.parametrize("code", ["dd-ars-48", "cpam-09", "urps-infirmiers-occitanie"])
def test_a_file_of_another_perimeter_does_not_exist(dossier: Dossier, code: str) -> None:
    client = client_of(agent(code))
    assert client.get(reverse("dossiers:affecter", args=[dossier.pk])).status_code == 404
    assert client.post(reverse("dossiers:prendre", args=[dossier.pk])).status_code == 404
    assert Affectation.objects.count() == 0


def test_neither_a_draft_nor_an_association_has_these_pages(client: Client) -> None:
    by = porteur()
    draft = deposited_letter(by)
    client.force_login(by.user)
    names = ["dossiers:sans_personne", "dossiers:reaffecter"]
    urls = [reverse("dossiers:affecter", args=[draft.dossier_id]), *map(reverse, names)]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    reader = client_of(agent("guichet-occitanie", droits=["administrer"]))
    assert [reader.get(url).status_code for url in urls] == [404, 404, 404]


def test_one_click_takes_charge_from_the_page_of_the_file_then_the_page_says_who(dossier: Dossier) -> None:
    by = agent("dd-ars-31")
    client, url = client_of(by), reverse("projects:lettre", args=[dossier.lettres.get().pk])
    assert "Je m’en charge" in client.get(url).content.decode()
    answer = client.post(reverse("dossiers:prendre", args=[dossier.pk]))
    assert (answer.status_code, answer["Location"]) == (302, url)
    text = re.sub(r"<[^>]+>", "", client.get(url).content.decode())
    assert f"Titulaire : {by.user}" in text.replace("\u00a0", " ")
    assert "Je m’en charge" not in text
    late = client_of(agent("dd-ars-31")).post(reverse("dossiers:prendre", args=[dossier.pk]))
    assert late.status_code == 409
    assert f"Entre-temps, {by.user} est devenu titulaire" in late.content.decode()


def test_the_form_keeps_what_was_chosen_when_one_person_is_chosen_twice(dossier: Dossier) -> None:
    by = agent("dd-ars-31")
    data = {TITULAIRE: by.user.pk, SUPPLEANT: by.user.pk, "vu_titulaire": "", "vu_suppleant": ""}
    page = client_of(by).post(reverse("dossiers:affecter", args=[dossier.pk]), data)
    assert page.status_code == 422
    assert page.content.decode().count(f'<option value="{by.user.pk}" selected>') == 2


def test_a_mail_about_the_file_is_for_who_is_in_charge_and_who_stands_in(dossier: Dossier) -> None:
    by, sub, stands_in, other, far = (agent("dd-ars-31") for _ in range(5))
    body = by.organisation_id
    assert body is not None
    assert set(in_charge(dossier, [body], on=TODAY)) == {person.user for person in (by, sub, stands_in, other, far)}
    put(dossier, by, titulaire=by.user, suppleant=sub.user)
    assert in_charge(dossier, [body], on=TODAY) == [by.user, sub.user]
    Absence.objects.create(user=by.user, du_le=TODAY, au_le=TODAY, remplacant=stands_in.user)
    Absence.objects.create(user=stands_in.user, du_le=TODAY, au_le=TODAY, remplacant=far.user)
    assert in_charge(dossier, [body], on=TODAY) == [by.user, sub.user, stands_in.user]
    assert in_charge(dossier, [body], on=TODAY + timedelta(days=1)) == [by.user, sub.user]


def test_who_stands_in_for_another_body_or_left_is_not_told(dossier: Dossier) -> None:
    by, outsider = agent("dd-ars-31"), agent("cpam-31")
    put(dossier, by, titulaire=by.user)
    Absence.objects.create(user=by.user, du_le=TODAY, au_le=TODAY, remplacant=outsider.user)
    body = by.organisation_id
    assert body is not None
    assert in_charge(dossier, [body], on=TODAY) == [by.user]
    other = agent("dd-ars-31")
    Membership.objects.filter(user=by.user).update(fin_le=TODAY)
    assert in_charge(dossier, [body], on=TODAY) == [other.user]


def test_files_move_in_bulk_and_the_one_who_receives_them_gets_one_mail() -> None:
    by, leaving, heir = (agent("dd-ars-31") for _ in range(3))
    files = [transmitted_letter().dossier for _ in range(3)]
    put(files[0], by, titulaire=leaving.user, suppleant=heir.user)
    put(files[1], by, titulaire=heir.user, suppleant=leaving.user)
    put(files[2], by, titulaire=leaving.user)
    before = Envoi.objects.count()
    done = reassign(dossier_ids=[f.pk for f in files], source=leaving.user, target=heir.user, by=by, now=NOW)
    assert (done.moved, [file for file, _ in done.kept]) == ([files[0], files[2]], [files[1]])
    assert "déjà titulaire" in done.kept[0][1]
    assert [held(file) for file in files] == [
        [(TITULAIRE, heir.user)],
        [(TITULAIRE, heir.user), (SUPPLEANT, leaving.user)],
        [(TITULAIRE, heir.user)],
    ]
    told = Envoi.objects.order_by("pk")[before:]
    assert [(envoi.user, envoi.sujet) for envoi in told] == [(heir.user, "2 dossiers vous sont confiés")]
    assert files[0].reference in told[0].texte
    assert files[1].reference not in told[0].texte


def test_bulk_takes_neither_a_file_of_another_body_nor_one_already_in_other_hands(dossier: Dossier) -> None:
    by, other = agent("cpam-31"), agent("cpam-31")
    elsewhere = agent("cpam-09")
    done = reassign(dossier_ids=[dossier.pk], source=None, target=elsewhere.user, by=elsewhere, now=NOW)
    assert (done.moved, done.kept) == ([], [])
    put(dossier, by, titulaire=other.user)
    done = reassign(dossier_ids=[dossier.pk], source=None, target=by.user, by=by, now=NOW)
    assert done.kept == [(dossier, f"Titulaire désormais\u00a0: {other.user}.")]
    with pytest.raises(Refused, match="deux personnes différentes"):
        reassign(dossier_ids=[dossier.pk], source=by.user, target=by.user, by=by, now=NOW)
    with pytest.raises(Refused, match="Pas plus de 200 dossiers"):
        reassign(dossier_ids=range(201), source=None, target=by.user, by=by, now=NOW)


@pytest.mark.parametrize("code", ["guichet-occitanie", "dd-ars-31", "cpam-31", "urps-infirmiers-occitanie"])
def test_each_body_previews_ticks_and_confirms(code: str) -> None:
    file = transmitted_letter().dossier if code in ("dd-ars-31", "cpam-31") else consulted_letter().dossier
    by, heir = agent(code), agent(code)
    client, url = client_of(by), reverse("dossiers:reaffecter")
    preview = client.get(url, {"de": "personne", "vers": heir.user.pk}).content.decode()
    assert "1 dossier sans titulaire" in preview
    assert f'name="dossiers" value="{file.pk}"' in preview
    none = client.post(url, {"de": "personne", "vers": heir.user.pk})
    assert none.status_code == 422
    assert "Cochez au moins un dossier." in none.content.decode()
    said = client.post(url, {"de": "personne", "vers": heir.user.pk, "dossiers": [file.pk]}, follow=True)
    assert f"1 dossier est confié à {heir.user}." in said.content.decode()
    assert held(file) == [(TITULAIRE, heir.user)]
    assert client.get(url, {"de": heir.user.pk, "vers": heir.user.pk}).status_code == 422


def test_a_file_is_without_anyone_when_nobody_is_in_charge_or_there_in_the_next_seven_days(dossier: Dossier) -> None:
    by, sub, stands_in = (agent("dd-ars-31") for _ in range(3))

    def alone() -> list[Dossier]:
        return list(files_without_anyone(by, TODAY))

    assert alone() == [dossier]
    put(dossier, by, titulaire=by.user, suppleant=sub.user)
    assert alone() == []
    away = [
        Absence.objects.create(user=by.user, du_le=TODAY, au_le=TODAY + timedelta(days=2)),
        Absence.objects.create(user=by.user, du_le=TODAY + timedelta(days=3), au_le=TODAY + timedelta(days=6)),
    ]
    assert alone() == []
    absence = Absence.objects.create(user=sub.user, du_le=TODAY, au_le=TODAY + timedelta(days=5))
    assert alone() == []
    Absence.objects.filter(pk=absence.pk).update(au_le=TODAY + timedelta(days=6))
    assert alone() == [dossier]
    Absence.objects.filter(pk=away[1].pk).update(remplacant=stands_in.user)
    assert alone() == []
    Absence.objects.create(user=stands_in.user, du_le=TODAY, au_le=TODAY + timedelta(days=6))
    assert alone() == [dossier]


def test_who_left_the_body_follows_nothing_any_more(dossier: Dossier) -> None:
    by, leaving = agent("dd-ars-31"), agent("dd-ars-31")
    put(dossier, by, titulaire=leaving.user)
    Membership.objects.filter(user=leaving.user).update(fin_le=TODAY)
    assert list(files_without_anyone(by, TODAY)) == [dossier]
    page = client_of(by).get(reverse("dossiers:sans_personne")).content.decode()
    assert "n’agit plus pour votre organisme" in page


def test_neither_a_draft_nor_a_file_that_is_over_nor_one_led_elsewhere_waits_for_anyone(dossier: Dossier) -> None:
    desk, person = guichet(), porteur()
    over = deposited_letter(person)
    withdraw(lettre=over, motif="Le projet change.", by=person, now=NOW)
    assert list(files_without_anyone(desk, TODAY)) == [dossier]
    assert list(files_without_anyone(agent("ars-occitanie"), TODAY)) == [dossier]
    Dossier.objects.filter(pk=dossier.pk).update(departement_pilote="81", departements=["31", "81"])
    assert list(files_without_anyone(agent("dd-ars-31"), TODAY)) == []
    assert list(files_without_anyone(agent("dd-ars-81"), TODAY)) == [dossier]


def test_for_the_agency_somebody_of_a_delegation_is_somebody(dossier: Dossier) -> None:
    local = agent("dd-ars-31")
    put(dossier, local, titulaire=local.user)
    assert list(files_without_anyone(agent("ars-occitanie"), TODAY)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_the_same_whatever_they_show(rows: int) -> None:
    by, gone = agent("dd-ars-31"), agent("dd-ars-31")
    for _ in range(rows):
        put(transmitted_letter().dossier, by, titulaire=gone.user)
    Absence.objects.create(user=gone.user, du_le=TODAY, au_le=TODAY + timedelta(days=400))
    client, bulk = client_of(by), {"de": gone.user.pk, "vers": by.user.pk}
    counts = []
    for url, data in ((reverse("dossiers:sans_personne"), {}), (reverse("dossiers:reaffecter"), bulk)):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url, data).content.decode()
        assert page.count('<th scope="row">') == rows
        counts.append(len(queries))
    assert counts == [13, 12]


def test_a_person_without_files_gives_an_empty_state_and_a_file_entrusted_goes_back_to_the_list(
    dossier: Dossier,
) -> None:
    by = acteur(MembershipFactory(organisation=agent("dd-ars-31").membership.organisation, droits=[Droit.INSTRUIRE]))
    client = client_of(by)
    data = {TITULAIRE: by.user.pk, SUPPLEANT: "", "vu_titulaire": "", "vu_suppleant": ""}
    answer = client.post(reverse("dossiers:affecter", args=[dossier.pk]) + "?depuis=liste", data)
    assert (answer.status_code, answer["Location"]) == (302, reverse("dossiers:sans_personne"))
    assert "Chaque dossier est suivi" in client.get(reverse("dossiers:sans_personne")).content.decode()
    other = agent("dd-ars-31")
    empty = client.get(reverse("dossiers:reaffecter"), {"de": "personne", "vers": other.user.pk}).content.decode()
    assert "Aucun dossier" in empty


@pytest.mark.django_db(transaction=True)
def test_two_people_who_take_charge_at_once_one_wins_and_the_other_reads_who() -> None:
    from tests.races.together import Together

    file = deposited_letter().dossier
    desk = [guichet(), guichet()]
    pool = Together(2)

    def take(by: Acteur) -> Any:
        return lambda: assign(dossier=file, wanted={TITULAIRE: by.user}, seen={TITULAIRE: None}, by=by, now=NOW)

    try:
        answers = pool(take(desk[0]), take(desk[1]))
    finally:
        pool.close()
    lost = [answer for answer in answers if answer is not None]
    winner = desk[answers.index(None)].user
    assert [str(answer) for answer in lost] == [
        f"Entre-temps, {winner} est devenu titulaire de ce dossier\u00a0: relisez le suivi avant de le changer."
    ]
    assert held(file) == [(TITULAIRE, winner)]
