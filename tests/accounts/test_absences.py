"""Absences: noted by oneself or by who manages the body, never two at once; who stands in is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Absence, Envoi, User
from accounts.services.absences import cancel, note
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, MembershipFactory, acteur, agent_client
from tests.factories.bodies import agent

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate(NOW)
URL = "/comptes/absences/"


def noted(by: Acteur, *, user: User | None = None, start: int = 5, end: int = 9, **more: Any) -> Absence:
    """From `start` to `end` days after today."""
    days = {"du_le": TODAY + timedelta(days=start), "au_le": TODAY + timedelta(days=end)}
    return note(user=user or by.user, **days, remplacant=more.get("remplacant"), by=by, now=NOW)


def test_a_person_notes_its_absence_and_who_stands_in_is_told_at_once() -> None:
    by, other = agent("dd-ars-31"), agent("dd-ars-31")
    absence = noted(by, remplacant=other.user)
    assert (absence.du_le, absence.au_le) == (date(2026, 11, 21), date(2026, 11, 25))
    told = Envoi.objects.get()
    assert (told.user, told.sujet, told.etat) == (other.user, f"Absence de {by.user}", "attendu")
    assert "du 21 novembre 2026 au 25 novembre 2026" in told.texte
    cancel(absence=absence, by=by, now=NOW)
    assert Absence.objects.count() == 0
    last = Envoi.objects.order_by("-pk")[0]
    assert (last.user, "n’est plus en absence" in last.texte) == (other.user, True)


@pytest.mark.parametrize(("start", "end"), [(5, 9), (9, 12), (1, 5), (6, 7), (1, 20)])
def test_two_absences_of_a_person_never_share_a_day_and_the_sentence_says_which(start: int, end: int) -> None:
    by = agent("dd-ars-31")
    noted(by)
    with pytest.raises(Refused, match="déjà notée du 21 novembre 2026 au 25 novembre 2026"):
        noted(by, start=start, end=end)
    noted(by, start=10, end=12)
    noted(by, start=0, end=4)
    assert Absence.objects.count() == 3


def test_a_manager_notes_those_of_its_body_and_of_no_other() -> None:
    manager, other = agent("dd-ars-31", droits=["gerer"]), agent("dd-ars-31")
    absence = noted(manager, user=other.user, remplacant=manager.user)
    assert absence.user == other.user
    cancel(absence=absence, by=manager, now=NOW)
    with pytest.raises(Refused, match="personnes d’un même organisme"):
        noted(manager, user=agent("cpam-31").user)
    with pytest.raises(Refused, match="personnes d’un même organisme"):
        noted(manager, remplacant=agent("cpam-31").user)
    with pytest.raises(Refused, match="si vous en gérez les personnes"):
        noted(other, user=manager.user)
    assert Absence.objects.count() == 0


def test_what_makes_no_sense_is_refused_with_a_sentence() -> None:
    by = agent("dd-ars-31")
    with pytest.raises(Refused, match="terminée"):
        noted(by, start=-9, end=-1)
    with pytest.raises(Refused, match="précéder le premier"):
        noted(by, start=5, end=4)
    with pytest.raises(Refused, match="ne se remplace pas soi-même"):
        noted(by, remplacant=by.user)


def test_coming_back_early_keeps_the_days_already_away() -> None:
    by = agent("dd-ars-31")
    absence = noted(by, start=-3, end=9)
    cancel(absence=absence, by=by, now=NOW)
    assert Absence.objects.values_list("du_le", "au_le").get() == (TODAY - timedelta(3), TODAY - timedelta(1))
    with pytest.raises(Refused, match="terminée"):
        cancel(absence=absence, by=by, now=NOW)
    absence.delete()
    again = noted(by, start=0, end=2)
    cancel(absence=again, by=by, now=NOW)
    with pytest.raises(Refused, match="déjà été supprimée"):
        cancel(absence=again, by=by, now=NOW)


def test_a_colleague_neither_reads_nor_cancels_the_absences_of_another_on_this_page() -> None:
    by, other, manager = agent("dd-ars-31"), agent("dd-ars-31"), agent("dd-ars-31", droits=["gerer"])
    far = agent("cpam-31", droits=["gerer"])
    soon = timezone.localdate() + timedelta(days=3)
    absence = Absence.objects.create(user=by.user, du_le=soon, au_le=soon)
    url = reverse("accounts:annuler_absence", args=[absence.pk])
    for person in (other, far):
        client = agent_client(Client(), person.user)
        assert f"l’absence de {by.user}" not in client.get(URL).content.decode()
        assert client.post(url).status_code == 404
    client = agent_client(Client(), manager.user)
    assert f"l’absence de {by.user}" in client.get(URL).content.decode()
    assert client.post(url).status_code == 302
    assert Absence.objects.count() == 0


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    by, other = agent("dd-ars-31"), agent("dd-ars-31")
    client, soon = agent_client(Client(), by.user), timezone.localdate() + timedelta(days=3)
    wrong = client.post(URL, {"du_le": soon, "au_le": soon - timedelta(days=1), "remplacant": other.user.pk})
    assert wrong.status_code == 422
    assert f'value="{soon.isoformat()}"' in wrong.content.decode()
    Absence.objects.create(user=other.user, du_le=soon, au_le=soon)
    data = {"du_le": soon, "au_le": soon + timedelta(days=1), "remplacant": other.user.pk}
    page = client.post(URL, data, follow=True).content.decode()
    assert f"L’absence de {by.user} est notée" in page
    assert f"{other.user} sera aussi en absence pendant une partie de ces jours." in page
    assert client.post(URL, data).status_code == 422


def test_who_does_not_manage_is_not_asked_for_whom_and_cannot_say_it() -> None:
    by, other = agent("dd-ars-31"), agent("dd-ars-31")
    client, soon = agent_client(Client(), by.user), timezone.localdate() + timedelta(days=3)
    assert 'name="personne"' not in client.get(URL).content.decode()
    client.post(URL, {"personne": other.user.pk, "du_le": soon, "au_le": soon})
    assert Absence.objects.get().user == by.user


def test_an_association_has_no_such_page(client: Client) -> None:
    client.force_login(acteur(MembershipFactory()).user)
    assert client.get(URL).status_code == 404
    assert client.post(URL, {}).status_code == 404
