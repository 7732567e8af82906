"""Notification preferences: what leaves at once, once a day, or is read on the portal alone."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Envoi, PreferenceEnvoi
from accounts.services.mails import queue_mail
from accounts.services.preferences import choose, preferences_of
from accounts.states import CategorieEnvoi, EtatEnvoi, RythmeEnvoi
from tests.factories.accounts import NOW, UserFactory

pytestmark = pytest.mark.django_db

URL = "/comptes/notifications/"


def test_without_a_word_everything_leaves_at_once_and_the_page_shows_it(client: Client) -> None:
    user = UserFactory()
    assert preferences_of(user) == dict.fromkeys(("etapes", "echanges", "rappels"), "immediat")
    client.force_login(user)
    page = client.get(URL).content.decode()
    assert page.count(" checked") == 3
    assert "toujours envoyés aussitôt" in page
    assert f'href="{URL}"' in page


def test_each_category_follows_its_choice_and_account_and_legal_mails_none(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    data = {"etapes": "quotidien", "echanges": "portail", "rappels": "immediat"}
    assert client.post(URL, data).status_code == 302
    assert preferences_of(user) == data
    for categorie in CategorieEnvoi.values:
        queue_mail(
            evenement=uuid4(),
            modele="etape",
            user=user,
            contexte={"sujet": categorie, "paragraphes": ["…"], "bouton": "Ouvrir"},
            categorie=categorie,
            now=NOW,
        )
    assert dict(Envoi.objects.values_list("categorie", "etat").order_by("pk")) == {
        "compte": EtatEnvoi.ATTENDU,
        "legal": EtatEnvoi.ATTENDU,
        "etapes": EtatEnvoi.GROUPE,
        "echanges": EtatEnvoi.PORTAIL,
        "rappels": EtatEnvoi.ATTENDU,
    }


def test_choosing_again_replaces(client: Client) -> None:
    user = UserFactory()
    for rythme in RythmeEnvoi.values:
        choose(user=user, rythmes={"etapes": rythme})
    assert list(PreferenceEnvoi.objects.values_list("user", "categorie", "rythme")) == [(user.pk, "etapes", "portail")]


@pytest.mark.parametrize("data", [{"etapes": "jamais"}, {}, {"legal": "portail"}])
def test_a_forged_choice_changes_nothing(client: Client, data: dict[str, str]) -> None:
    client.force_login(UserFactory())
    assert client.post(URL, data).status_code == 422
    assert PreferenceEnvoi.objects.count() == 0


def test_a_legal_category_is_never_of_choice() -> None:
    with pytest.raises(ValueError):
        choose(user=UserFactory(), rythmes={"legal": "portail"})
