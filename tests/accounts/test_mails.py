"""The outbox: one row per event, template and address; sent by the worker, tried again, never lost."""

import email
import smtplib
import time
from datetime import timedelta
from email import policy
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import OperationalError, connection, connections, transaction

from accounts.models import Envoi
from accounts.services import mails
from accounts.states import EtatEnvoi
from guichet.kernel.lifecycle import Refused
from tests.accounts.conftest import MailServer
from tests.factories.accounts import NOW, UserFactory

EVENT = UUID("4dfdc1cc-4f5a-4e34-a9f3-2a2f0c2b4b1e")


def queue(evenement: UUID = EVENT, destinataire: str = "camille@exemple.fr", **more: object) -> None:
    contexte = {"organisation": "L’« Essai » & Cie", "invite_par": "Dominique Essai", "expire_at": NOW}
    mails.queue_mail(
        evenement=evenement,
        modele="invitation",
        destinataire=destinataire,
        contexte=contexte,
        now=NOW,
        **{"url": "/comptes/profil/", **more},  # type: ignore[arg-type]
    )


@pytest.mark.django_db
def test_the_same_event_template_and_address_give_one_row() -> None:
    queue()
    queue()
    queue(destinataire="Camille@Exemple.FR ")
    queue(destinataire="autre@exemple.fr")
    assert sorted(Envoi.objects.values_list("destinataire", flat=True)) == ["autre@exemple.fr", "camille@exemple.fr"]


@pytest.mark.django_db
def test_a_mail_to_nobody_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError):
        queue(destinataire="")
    assert not Envoi.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_row_goes_with_the_event_when_the_event_is_rolled_back() -> None:
    def fail_after_queueing() -> None:
        with transaction.atomic():
            queue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_queueing()
    assert not Envoi.objects.exists()


@pytest.mark.django_db
def test_text_is_plain_html_is_escaped_and_both_lead_to_the_page(settings: object) -> None:
    queue()
    envoi = Envoi.objects.get()
    assert envoi.sujet == "Invitation à rejoindre L’« Essai » & Cie"
    assert "« L’« Essai » & Cie »" in envoi.texte.replace("\u00a0", " ")
    assert "&amp; Cie" in envoi.html
    assert f"{settings.SITE_URL}/comptes/profil/" in envoi.texte  # type: ignore[attr-defined]
    assert f'href="{settings.SITE_URL}/comptes/profil/"' in envoi.html  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_line_break_in_a_name_adds_no_header() -> None:
    mails.queue_mail(
        evenement=EVENT,
        modele="invitation",
        destinataire="camille@exemple.fr",
        contexte={"organisation": "X\r\nBcc: tous@exemple.fr", "invite_par": "Y", "expire_at": NOW},
        now=NOW,
    )
    assert mails.send_due(now=NOW) == 1
    assert mail.outbox[0].recipients() == ["camille@exemple.fr"]
    assert mail.outbox[0].subject == "Invitation à rejoindre X Bcc: tous@exemple.fr"


@pytest.mark.django_db(transaction=True)
def test_a_mail_leaves_once_with_its_two_forms_and_its_identifier(mail_server: MailServer) -> None:
    queue()
    assert mails.send_due(now=NOW) == 1
    assert mails.send_due(now=NOW) == 0
    envoi = Envoi.objects.get()
    assert (envoi.etat, envoi.envoye_at, envoi.essais) == (EtatEnvoi.ENVOYE, NOW, 1)
    assert len(mail_server.received) == 1
    received = email.message_from_string(mail_server.received[0], policy=policy.default)
    assert received["Message-ID"] == envoi.message_id
    assert received["To"] == "camille@exemple.fr"
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.django_db(transaction=True)
def test_a_refused_address_waits_its_turn_and_stops_nobody(mail_server: MailServer) -> None:
    mail_server.refused.add("refusee@exemple.fr")
    queue(uuid4(), "refusee@exemple.fr")
    queue(uuid4(), "bonne@exemple.fr")
    assert mails.send_due(now=NOW) == 1
    refused = Envoi.objects.get(destinataire="refusee@exemple.fr")
    assert (refused.etat, refused.essais) == (EtatEnvoi.ATTENDU, 1)
    assert refused.prochain_essai_at == NOW + timedelta(minutes=1)
    assert refused.erreur == "Adresse refusée\u00a0: 550 boite inconnue"


@pytest.mark.django_db(transaction=True)
def test_after_the_last_try_the_mail_is_left_to_the_administrators_who_may_try_again(mail_server: MailServer) -> None:
    mail_server.refused.add("refusee@exemple.fr")
    queue(destinataire="refusee@exemple.fr")
    now, waits = NOW, []
    for _ in range(mails.MAX_ESSAIS):
        assert mails.send_due(now=now) == 0
        next_try = Envoi.objects.get().prochain_essai_at
        if next_try is not None:
            waits.append(int((next_try - now).total_seconds() // 60))
            now = next_try
    envoi = Envoi.objects.get()
    assert (envoi.etat, envoi.essais) == (EtatEnvoi.ECHEC, 8)
    assert waits == [1, 5, 15, 60, 240, 720, 1440]
    mail_server.refused.clear()
    mails.retry(envoi_id=envoi.pk, now=now)
    assert mails.send_due(now=now) == 1
    assert envoi.message_id in mail_server.received[0]
    with pytest.raises(Refused):
        mails.retry(envoi_id=envoi.pk, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_server_that_hangs_costs_one_timeout_and_no_try_to_the_others(mail_server: MailServer) -> None:
    mail_server.hangs = True
    for number in range(3):
        queue(uuid4(), f"camille{number}@exemple.fr")
    started = time.monotonic()
    assert mails.send_due(now=NOW) == 0
    assert time.monotonic() - started < 3
    assert sorted(Envoi.objects.values_list("essais", flat=True)) == [0, 0, 1]
    assert not Envoi.objects.exclude(etat=EtatEnvoi.ATTENDU).exists()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_down_is_noted_and_the_mails_follow_when_it_is_back(
    mail_server: MailServer, settings: object
) -> None:
    port = settings.EMAIL_PORT  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    queue()
    assert mails.send_due(now=NOW) == 0
    assert Envoi.objects.get().erreur.startswith("Serveur de courrier injoignable")
    settings.EMAIL_PORT = port  # type: ignore[attr-defined]
    assert mails.send_due(now=NOW + timedelta(minutes=1)) == 1
    assert Envoi.objects.get().erreur == ""


@pytest.mark.django_db(transaction=True)
def test_dying_between_the_yes_of_the_server_and_our_commit_repeats_the_mail_with_its_identifier(
    mail_server: MailServer,
) -> None:
    queue()
    envoi = Envoi.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    killer = connections.create_connection("default")
    killer.inc_thread_sharing()
    mail_server.before_yes = lambda: terminate(killer, pid)
    with pytest.raises(OperationalError):
        mails.send_due(now=NOW)
    connection.close()
    mail_server.before_yes = lambda: None
    assert Envoi.objects.get().etat == EtatEnvoi.ATTENDU
    assert mails.send_due(now=NOW) == 1
    assert mails.send_due(now=NOW) == 0
    identifiers = [email.message_from_string(text)["Message-ID"] for text in mail_server.received]
    assert identifiers == [envoi.message_id, envoi.message_id]


def terminate(killer: object, pid: int) -> None:
    """End the sender's database session, as the death of the worker would."""
    with killer.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("select pg_terminate_backend(%s, 5000)", [pid])
    killer.close()  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_row_another_worker_holds_is_skipped(mail_server: MailServer) -> None:
    queue(uuid4(), "tenue@exemple.fr")
    queue(uuid4(), "libre@exemple.fr")
    held = Envoi.objects.get(destinataire="tenue@exemple.fr")
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("select 1 from accounts_envoi where id = %s for no key update", [held.pk])
            assert mails.send_due(now=NOW) == 1
    finally:
        other.rollback()
        other.close()
    assert mails.send_due(now=NOW) == 1
    assert len(mail_server.received) == 2


@pytest.mark.django_db
def test_a_secret_link_is_in_the_text_only_and_erased_once_sent() -> None:
    queue(url="/comptes/invitations/canari-secret/", confidentiel=True)
    envoi = Envoi.objects.get()
    assert "canari-secret" in envoi.texte
    assert "canari-secret" in envoi.html
    assert mails.send_due(now=NOW) == 1
    sent = Envoi.objects.filter(pk=envoi.pk).values().get()
    assert "canari-secret" in str(mail.outbox[0].body)
    assert "canari-secret" not in str(sent)
    assert (sent["texte"], sent["html"]) == ("", "")


@pytest.mark.django_db
def test_the_task_sends_what_is_due() -> None:
    from accounts.tasks import envoyer_les_mails

    mails.queue_mail(
        evenement=uuid4(),
        modele="second_facteur_retire",
        user=UserFactory(),
        contexte={},
        now=NOW - timedelta(days=900),
    )
    assert envoyer_les_mails() == 1
    assert mail.outbox[0].subject == "Second facteur retiré"


@pytest.mark.django_db(transaction=True)
def test_a_message_the_server_will_not_take_is_told_in_its_words(mail_server: MailServer) -> None:
    mail_server.refuses_content = True
    queue()
    assert mails.send_due(now=NOW) == 0
    assert Envoi.objects.get().erreur == "Refusé par le serveur de courrier\u00a0: 554 contenu refuse"


@pytest.mark.django_db(transaction=True)
def test_an_address_that_cannot_be_written_does_not_stop_the_others(mail_server: MailServer) -> None:
    queue(uuid4(), "camille\n@exemple.fr")
    queue(uuid4(), "bonne@exemple.fr")
    assert mails.send_due(now=NOW) == 1
    assert Envoi.objects.get(etat=EtatEnvoi.ATTENDU).erreur.startswith("Message impossible à écrire")


def test_every_smtp_error_is_caught_as_an_operating_system_error() -> None:
    assert issubclass(smtplib.SMTPException, OSError)
