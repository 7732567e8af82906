"""Sign-up, verification, sign-in and reset: with the mail server away, and without telling who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi, User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = {
    "prenom": "Dominique",
    "nom": "Essai",
    "email": "Dominique@Exemple.fr",
    "password1": "une phrase pour essai",
    "password2": "une phrase pour essai",
}


def link_in_last_mail(modele: str) -> str:
    text = Envoi.objects.filter(modele=modele).latest("id").texte
    match = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert match
    return match[1]


def test_a_person_signs_up_verifies_its_address_and_enters(client: Client) -> None:
    assert client.post(reverse("account_signup"), NEW).status_code == 302
    user = User.objects.get()
    assert (user.email, user.prenom, user.nom) == ("dominique@exemple.fr", "Dominique", "Essai")
    assert client.get(reverse("accounts:profil")).status_code == 302
    link = link_in_last_mail("verification")
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified
    assert client.post(link).status_code == 302
    assert EmailAddress.objects.get().verified
    client.logout()
    sign_in = {"login": "DOMINIQUE@exemple.fr", "password": NEW["password1"]}
    assert client.post(reverse("account_login"), sign_in)["Location"] == reverse("portal:accueil_role")
    assert client.get(reverse("accounts:profil")).status_code == 200


def test_without_verification_nobody_enters(client: Client) -> None:
    client.post(reverse("account_signup"), NEW)
    response = client.post(reverse("account_login"), {"login": NEW["email"], "password": NEW["password1"]})
    assert response["Location"] == reverse("account_email_verification_sent")
    assert client.get(reverse("accounts:profil")).status_code == 302


def test_sign_up_needs_a_name_and_a_password_that_is_not_the_name(client: Client) -> None:
    content = client.post(reverse("account_signup"), {**NEW, "nom": ""}).content.decode()
    assert "Ce champ est obligatoire" in content
    weak = {
        **NEW,
        "nom": "Montesquieuvolvestre",
        "password1": "montesquieuvolvestre",
        "password2": "montesquieuvolvestre",
    }
    assert "trop semblable" in client.post(reverse("account_signup"), weak).content.decode()
    assert not User.objects.exists()


def test_an_invented_link_of_verification_says_so(client: Client) -> None:
    response = client.get(reverse("account_confirm_email", args=["invente"]))
    assert "n’est plus valable" in response.content.decode()


def test_sign_up_with_a_known_address_looks_the_same_and_tells_its_owner(client: Client) -> None:
    known = UserFactory()
    fresh = client.post(reverse("account_signup"), NEW)
    again = Client().post(reverse("account_signup"), {**NEW, "email": known.email})
    assert (again.status_code, again["Location"]) == (fresh.status_code, fresh["Location"])
    assert Envoi.objects.get(destinataire=known.email).modele == "compte_existant"
    assert User.objects.filter(email=known.email).get() == known


def test_reset_answers_the_same_for_an_unknown_address(client: Client) -> None:
    known = UserFactory()
    answers = []
    for address in (known.email, "inconnue@exemple.fr"):
        response = client.post(reverse("account_reset_password"), {"email": address}, follow=True)
        answers.append((response.redirect_chain, re.sub(r'value="[^"]+"', "", response.content.decode())))
    assert answers[0] == answers[1]
    told = dict(Envoi.objects.values_list("destinataire", "modele"))
    assert told == {known.email: "mot_de_passe", "inconnue@exemple.fr": "compte_inconnu"}


def test_a_password_is_chosen_anew_once_with_the_link(client: Client) -> None:
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = link_in_last_mail("mot_de_passe")
    form = client.get(link)["Location"]
    chosen = {"password1": "une autre phrase longue", "password2": "une autre phrase longue"}
    assert client.post(form, chosen).status_code == 302
    user.refresh_from_db()
    assert user.check_password("une autre phrase longue")
    assert Envoi.objects.latest("id").modele == "mot_de_passe_change"
    assert "n’est plus valable" in Client().get(link, follow=True).content.decode()


def test_links_of_mails_never_follow_the_host_of_the_request(settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    user = UserFactory()
    Client(headers={"host": "pirate.example"}).post(reverse("account_reset_password"), {"email": user.email})
    assert "pirate" not in Envoi.objects.get().texte
    assert f"{settings.SITE_URL}/comptes/password/reset/key/" in Envoi.objects.get().texte  # type: ignore[attr-defined]


def test_the_row_of_a_secret_mail_keeps_no_link_outside_its_text(client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": UserFactory().email})
    envoi = Envoi.objects.get()
    assert (envoi.confidentiel, envoi.url, "key" in envoi.sujet) == (True, "", False)


def test_a_changed_password_is_told_to_its_owner(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    data = {"oldpassword": PASSWORD, "password1": "une autre phrase longue", "password2": "une autre phrase longue"}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert Envoi.objects.get().modele == "mot_de_passe_change"


@pytest.mark.parametrize(
    "name",
    [
        "account_login", "account_signup", "account_reset_password", "account_reset_password_done",
        "account_email_verification_sent", "account_inactive", "account_reset_password_from_key_done",
    ],
)  # fmt: skip
def test_pages_of_entrance_are_ours_and_in_french(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    content = response.content.decode()
    assert '<html lang="fr">' in content
    assert "placeholder" not in content


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "account_logout", "mfa_index", "mfa_activate_totp"]
)
def test_pages_of_the_account_are_ours(client: Client, name: str) -> None:
    client.force_login(UserFactory())
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert '<main id="contenu"' in response.content.decode()
