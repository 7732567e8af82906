"""The daily digest: one a day and a person, nothing twice, nothing lost, nothing to say, no mail."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi, User
from accounts.services.digest import LISTED, send_digests
from accounts.services.inbox import mark_read
from accounts.services.mails import BACKOFF, queue_mail, send_due
from accounts.services.preferences import choose
from accounts.states import EtatEnvoi
from tests.accounts.conftest import MailServer
from tests.factories.accounts import UserFactory

SEVEN = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
"""Seven in Paris, in winter."""
EVENING = SEVEN - timedelta(hours=12)


def grouping() -> User:
    user = UserFactory()
    choose(user=user, rythmes={"etapes": "quotidien"})
    return user


def tell(user: User, sujet: str = "Un avis est rendu", *, at: datetime = EVENING, **more: str) -> Envoi:
    event = uuid4()
    contexte = {"sujet": sujet, "paragraphes": ["Secret du message."], "bouton": "Ouvrir"}
    queue_mail(
        evenement=event, modele="etape", user=user, contexte=contexte, categorie="etapes", now=at,
        url=more.get("url", "/lettres/7/"), dossier_reference=more.get("reference", ""),
    )  # fmt: skip
    return Envoi.objects.get(evenement=event)


def digests() -> list[Envoi]:
    return list(Envoi.objects.filter(modele="recapitulatif").order_by("pk"))


def states() -> list[str]:
    return list(Envoi.objects.exclude(modele="recapitulatif").values_list("etat", flat=True).order_by("pk"))


@pytest.mark.django_db
def test_one_mail_repeats_the_subjects_with_their_links_and_marks_them_sent(settings: object) -> None:
    user, other = grouping(), grouping()
    tell(user, "Un avis est rendu", reference="OCC-31-2026-0007")
    tell(user, "Une pièce est reçue", url="")
    tell(other, "Canari d’un autre")
    assert send_digests(now=SEVEN) == 2
    mine = next(envoi for envoi in digests() if envoi.user == user)
    assert mine.sujet == "Récapitulatif du 17 novembre 2026 : 2 messages".replace(" :", "\u00a0:")
    assert "- Un avis est rendu (OCC-31-2026-0007)" in mine.texte
    assert f"{settings.SITE_URL}/lettres/7/" in mine.texte  # type: ignore[attr-defined]
    piece = Envoi.objects.get(sujet="Une pièce est reçue")
    assert reverse("accounts:message", args=[piece.pk]) in mine.texte
    assert ("Secret" in mine.texte, "Canari" in mine.texte, "Canari" in mine.html) == (False, False, False)
    assert mine.etat == EtatEnvoi.ATTENDU
    assert states() == [EtatEnvoi.ENVOYE] * 3
    assert piece.envoye_at == SEVEN


@pytest.mark.django_db
def test_nothing_before_seven_in_paris_winter_and_summer() -> None:
    tell(grouping())
    assert send_digests(now=SEVEN - timedelta(seconds=1)) == 0
    assert send_digests(now=SEVEN) == 1
    summer = datetime(2027, 7, 1, 5, 0, tzinfo=UTC)
    tell(grouping(), at=summer - timedelta(hours=2))
    assert send_digests(now=summer - timedelta(seconds=1)) == 0
    assert send_digests(now=summer) == 1


@pytest.mark.django_db
def test_one_a_day_what_comes_after_seven_waits_for_the_next_and_a_missed_morning_is_caught_up() -> None:
    user = grouping()
    tell(user)
    assert send_digests(now=SEVEN + timedelta(hours=9)) == 1
    tell(user, "Le soir", at=SEVEN + timedelta(hours=1))
    tell(user, "Écrit à l’aube, arrivé après", at=EVENING)
    assert [send_digests(now=SEVEN + timedelta(hours=hours)) for hours in (9, 10, 16)] == [0, 0, 0]
    assert states() == [EtatEnvoi.ENVOYE, EtatEnvoi.GROUPE, EtatEnvoi.GROUPE]
    assert send_digests(now=SEVEN + timedelta(days=2)) == 1
    assert digests()[1].sujet.endswith("2 messages")


@pytest.mark.django_db
def test_nothing_to_say_no_mail_and_what_was_read_on_the_portal_is_not_repeated() -> None:
    user = grouping()
    mark_read(envoi=tell(user, "Déjà lu"), now=EVENING)
    assert send_digests(now=SEVEN) == 0
    tell(user, "Encore à lire")
    assert send_digests(now=SEVEN) == 1
    assert "Déjà lu" not in digests()[0].texte
    assert states() == [EtatEnvoi.PORTAIL, EtatEnvoi.ENVOYE]


@pytest.mark.django_db
def test_an_account_that_was_closed_gets_none() -> None:
    user = grouping()
    tell(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert send_digests(now=SEVEN) == 0
    assert states() == [EtatEnvoi.GROUPE]


@pytest.mark.django_db
def test_a_long_one_says_how_many_more_and_marks_them_all() -> None:
    user = grouping()
    for number in range(LISTED + 2):
        tell(user, f"Message {number}")
    send_digests(now=SEVEN)
    assert digests()[0].texte.count("- Message") == LISTED
    assert "Et 2 autres messages dans votre messagerie." in digests()[0].texte
    assert set(states()) == {EtatEnvoi.ENVOYE}


@pytest.mark.django_db
def test_the_inbox_keeps_each_message_and_not_the_digest(client: Client) -> None:
    user = grouping()
    tell(user)
    send_digests(now=SEVEN)
    client.force_login(user)
    page = client.get(reverse("accounts:messagerie")).content.decode()
    assert ("Un avis est rendu" in page, "Récapitulatif du" in page) == (True, False)
    assert client.get(reverse("accounts:message", args=[digests()[0].pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_server_that_refuses_or_hangs_delays_it_and_loses_nothing(mail_server: MailServer) -> None:
    user = grouping()
    tell(user)
    mail_server.refused = {user.email}
    send_digests(now=SEVEN)
    assert send_due(now=SEVEN) == 0
    assert (digests()[0].etat, digests()[0].erreur[:15]) == (EtatEnvoi.ATTENDU, "Adresse refusée")
    mail_server.refused, mail_server.hangs = set(), True
    assert send_due(now=SEVEN + BACKOFF[0]) == 0
    mail_server.hangs = False
    assert send_digests(now=SEVEN + timedelta(hours=1)) == 0
    assert send_due(now=SEVEN + timedelta(hours=1)) == 1
    assert len(mail_server.received) == 1
    assert (digests()[0].etat, states()) == (EtatEnvoi.ENVOYE, [EtatEnvoi.ENVOYE])


@pytest.mark.django_db(transaction=True)
def test_written_by_four_at_once_it_is_one_mail() -> None:
    from tests.races.together import Together

    user = grouping()
    tell(user)
    tell(user, "Un autre")
    pool = Together(4)
    try:
        written = pool(*[lambda: send_digests(now=SEVEN)] * 4)
    finally:
        pool.close()
    assert sorted(written) == [0, 0, 0, 1]
    assert [envoi.sujet[-10:] for envoi in digests()] == ["2 messages"]
