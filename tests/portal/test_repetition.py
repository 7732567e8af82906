"""A rehearsal: an administrator moves the portal's date forward; what takes `now` follows, and nothing else."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as current_settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import tasks as mail_tasks
from accounts.acteur import Acteur
from accounts.models import Envoi, Membership
from accounts.services.mails import queue_mail
from accounts.services.preferences import choose
from accounts.states import RECAPITULATIF
from dossiers import tasks as paper_tasks
from dossiers.models import Document, PassageHorloge
from dossiers.services.documents import create_document
from guichet.kernel import instant
from guichet.kernel.lifecycle import Refused
from portal.models import JOURS_MAX, AvanceDate
from portal.services.repetition import advance
from projects import tasks as clock_tasks
from projects.services.silence import passage
from tests.factories.accounts import NOW, UserFactory
from tests.factories.projects import deposited_letter, fresh, transmitted_letter
from tests.permissions.cast import ROLES, Cast
from tests.portal.rehearsal import PAGE, REAL, ahead, text, write_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rehearsing")]

SILENCE = date(2027, 1, 17)
"""The first day on which the silence of a request received on NOW has spoken."""
UNTIL_SILENCE = 60


def banner(html: bytes) -> str:
    found = re.search(r'<aside class="banner banner-warn".*?</aside>', html.decode(), re.DOTALL)
    return text(found[0]) if found else ""


# --- Where it exists --------------------------------------------------------------------------------


def test_without_a_rehearsal_the_page_does_not_exist_and_a_date_moved_before_changes_nothing(
    client_admin: Client, admin: Acteur, settings: Any
) -> None:
    ahead(100, admin)
    settings.REPETITION = False
    assert {client_admin.get(PAGE).status_code, Client().get(PAGE).status_code} == {404}
    assert client_admin.post(PAGE, {"jours": "5", "depuis": "100"}).status_code == 404
    assert AvanceDate.objects.get().total == 100
    with pytest.raises(Refused, match="ne s’avance pas"):
        advance(jours=5, depuis=100, by=admin, now=REAL)
    home = client_admin.get("/administration/")
    assert home.wsgi_request.now == REAL
    assert PAGE not in home.content.decode()
    assert banner(home.content) == ""


def test_without_a_rehearsal_no_query_is_asked_for_it(settings: Any) -> None:
    ahead(100)
    settings.REPETITION = False
    with CaptureQueriesContext(connection) as queries:
        assert Client().get("/accessibilite/").wsgi_request.now == REAL
        assert instant.current() == REAL
    assert list(queries) == []
    settings.REPETITION = True
    with CaptureQueriesContext(connection) as queries:
        assert Client().get("/accessibilite/").wsgi_request.now == REAL + timedelta(days=100)
    assert len(queries) == 1


def test_only_an_administrator_of_a_guichet_opens_the_page_and_moves_the_date() -> None:
    cast = Cast()
    opened = {role for role in ROLES if cast.clients[role].get(PAGE).status_code == 200}
    assert opened == {"admin", "guichet_autre_region"}
    for role in sorted(set(ROLES) - opened):
        status = cast.clients[role].post(PAGE, {"jours": "5", "depuis": "0"}).status_code
        assert status == (302 if role == "anonyme" else 404), role
    assert not AvanceDate.objects.exists()
    assert cast.clients["admin"].post(PAGE, {"jours": "5", "depuis": "0"}).status_code == 302
    assert AvanceDate.objects.get().acteur == cast.acteurs["admin"].user


# --- What moves -------------------------------------------------------------------------------------


def test_moves_add_up_and_each_says_who_from_where_to_where_and_when(admin: Acteur) -> None:
    ahead(3, admin)
    ahead(10, admin)
    rows = AvanceDate.objects.order_by("total").values_list("depuis", "total", "acteur", "recorded_at")
    assert list(rows) == [(0, 3, admin.user.pk, REAL), (3, 13, admin.user.pk, REAL)]
    assert instant.current() == REAL + timedelta(days=13)


@pytest.mark.parametrize(
    ("jours", "depuis"),
    [(0, 40), (-1, 40), (5, 0), (5, 41), (JOURS_MAX - 39, 40)],
    ids=["nothing", "backwards", "read before another moved it", "never reached", "beyond the bound"],
)
def test_a_move_that_is_not_forward_from_where_one_is_or_too_far_is_refused(
    jours: int, depuis: int, admin: Acteur
) -> None:
    ahead(40, admin)
    with pytest.raises(Refused):
        advance(jours=jours, depuis=depuis, by=admin, now=REAL)
    assert [row.total for row in AvanceDate.objects.all()] == [40]


def test_the_bound_itself_may_be_reached(admin: Acteur) -> None:
    assert ahead(JOURS_MAX, admin).total == JOURS_MAX == 400


def test_the_database_keeps_moves_forward_bounded_and_unchanged(admin: Acteur) -> None:
    row = ahead(40, admin)
    wrong = [{"depuis": 40, "total": 40}, {"depuis": 41, "total": 3}, {"depuis": 40, "total": 401}]
    for values in [*wrong, {"depuis": 0, "total": 9}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            AvanceDate.objects.create(**values, acteur=admin.user, recorded_at=REAL)
    with pytest.raises(DatabaseError), transaction.atomic():
        AvanceDate.objects.filter(pk=row.pk).update(total=41)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    assert instant.days() == 40


def test_after_a_move_the_clock_is_woken_once_it_is_committed(
    admin: Acteur, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as woken:
        ahead(1, admin)
    assert [getattr(call, "args", None) for call in woken] == [("projects.passer_l_horloge",)]


def test_every_task_is_at_the_date_of_the_portal() -> None:
    lettre = transmitted_letter()
    reader = UserFactory()
    choose(user=reader, rythmes={"etapes": "quotidien"})
    contexte = {"sujet": "Un avis est rendu", "paragraphes": ["…"], "bouton": "Ouvrir"}
    queue_mail(evenement=uuid4(), modele="etape", user=reader, contexte=contexte, categorie="etapes", now=NOW)
    ahead(UNTIL_SILENCE)
    then = datetime(2027, 1, 17, 9, 0, tzinfo=UTC)
    assert clock_tasks.passer_l_horloge() == 1
    assert list(PassageHorloge.objects.values_list("debut_at", flat=True)) == [then]
    event = fresh(lettre).demande.evenements.get(action="constater_rejet")
    assert (event.prend_effet_le, event.recorded_at) == (SILENCE, then)
    assert mail_tasks.envoyer_les_recapitulatifs() == 1
    assert Envoi.objects.get(modele=RECAPITULATIF).created_at == then
    assert mail_tasks.envoyer_les_mails() > 0
    assert set(Envoi.objects.filter(etat="envoye").values_list("envoye_at", flat=True)) == {then}
    Document.objects.update(prochain_essai_at=NOW + timedelta(days=1000))
    event = uuid4()
    create_document(
        evenement=event, modele="essai", dossier=lettre.dossier, titre="Essai", contexte={"sections": []}, now=then
    )
    paper_tasks.rendre_les_documents()
    assert Document.objects.get(evenement=event).prochain_essai_at == then + timedelta(minutes=1)
    ahead(40)
    assert clock_tasks.surveiller_l_horloge() == ""
    assert PassageHorloge.objects.latest("debut_at").debut_at == then + timedelta(days=40)


def test_every_command_is_at_the_date_of_the_portal() -> None:
    person = UserFactory()
    ahead(UNTIL_SILENCE)
    call_command("passage_horloge", stdout=io.StringIO())
    assert PassageHorloge.objects.get().debut_at == datetime(2027, 1, 17, 9, 0, tzinfo=UTC)
    call_command("nommer_administrateur", person.email, stdout=io.StringIO())
    assert Membership.objects.get(user=person).debut_le == SILENCE
    out = io.StringIO()
    call_command("echeance", "--recu", "2026-11-16", "--regime", "rejet", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["au"], answer["etat"]) == ("2027-01-17", "expire")


def test_an_act_of_the_portal_is_recorded_at_the_date_of_the_portal(client_admin: Client) -> None:
    lettre = deposited_letter()
    client = Client()
    client.force_login(lettre.dossier.created_by)
    ahead(30)
    client.post(reverse("projects:retirer", args=[lettre.pk]), {"motif": "Le projet change."})
    event = fresh(lettre).evenements.get(action="retirer")
    assert (event.recorded_at, event.prend_effet_le) == (REAL + timedelta(days=30), date(2026, 12, 18))


def test_nobody_is_signed_out_by_a_move_and_the_second_factor_stays_good(client_admin: Client) -> None:
    assert client_admin.get("/administration/").status_code == 200
    ahead(JOURS_MAX)
    assert client_admin.get("/administration/").status_code == 200
    session = client_admin.session
    assert session.get_expiry_date(modification=REAL) == REAL + timedelta(hours=12)


# --- What people see --------------------------------------------------------------------------------


def test_the_banner_is_on_every_page_while_the_date_is_not_the_real_one(client_admin: Client) -> None:
    wanted = (
        "Répétition : le portail est au 14 janvier 2027 (date réelle : 18 novembre 2026). "
        "Les courriels sont gardés, et marqués « Répétition »."
    )
    stranger = Client()
    pages = [(stranger, path) for path in ("/", "/comptes/login/", "/nulle/part/", "/mentions-legales/")]
    pages += [(client_admin, path) for path in ("/accueil/", PAGE, "/comptes/profil/", "/lettres/0/")]
    assert {banner(client.get(path).content) for client, path in pages} == {""}
    ahead(57)
    assert {path: banner(client.get(path).content) for client, path in pages} == {path: wanted for _, path in pages}


def test_the_administration_of_django_says_it_too(admin: Acteur, client_admin: Client) -> None:
    type(admin.user).objects.filter(pk=admin.user.pk).update(is_staff=True)
    assert "le portail est au" not in text(client_admin.get("/admin/").content)
    ahead(57)
    assert "Répétition : le portail est au 14 janvier 2027 (date réelle : 18 novembre 2026)." in text(
        client_admin.get("/admin/").content
    )


def test_the_home_of_the_administrators_leads_to_the_page(client_admin: Client) -> None:
    assert f'href="{PAGE}"' in client_admin.get("/administration/").content.decode()
    assert "Le portail est à la date réelle." in text(client_admin.get("/administration/").content)
    ahead(57)
    assert "Le portail est au 14 janvier 2027." in text(client_admin.get("/administration/").content)


def test_the_page_offers_the_day_of_each_silence_the_nearest_first(client_admin: Client) -> None:
    transmitted_letter(nom="CPTS loin", now=NOW + timedelta(days=1))
    transmitted_letter(nom="CPTS proche")
    closed = transmitted_letter(nom="CPTS close", now=NOW - timedelta(days=100))
    passage(now=NOW - timedelta(days=1))
    assert fresh(closed).demande.delai.clos_at is not None
    html = client_admin.get(PAGE).content.decode()
    rows = [text(row) for row in re.findall(r"<li><span><a .*?</li>", html, re.DOTALL)]
    assert [re.sub(r"OCC-\S+", "REF", row) for row in rows] == [
        "CPTS proche Rejet de la subvention REF · le 17 janvier 2027, dans 60 jours "
        "Avancer de 60 jours jusqu’à l’échéance de CPTS proche",
        "CPTS loin Rejet de la subvention REF · le 18 janvier 2027, dans 61 jours "
        "Avancer de 61 jours jusqu’à l’échéance de CPTS loin",
    ]
    done = client_admin.post(PAGE, {"jours": "60", "depuis": "0"}, follow=True)
    assert "Le portail est maintenant au 17 janvier 2027." in text(done.content)
    assert "CPTS loin" in text(done.content)
    clock_tasks.passer_l_horloge()
    recorded = re.search(r'id="constates".*?</section>', client_admin.get(PAGE).content.decode(), re.DOTALL)
    assert recorded is not None
    assert "effet au 17 janvier 2027, constaté le 17 janvier 2027 à 10 h 00" in text(recorded[0])
    assert "CPTS close" not in recorded[0]
    assert "CPTS proche" not in text(done.content).partition("Aller jusqu’à une échéance")[2]


def test_what_is_typed_wrong_is_said_and_nothing_moves(client_admin: Client) -> None:
    ahead(390)
    for typed, told in {
        "": "Indiquez de combien de jours avancer la date.",
        "deux": "Indiquez un nombre entier de jours.",
        "0": "Choisissez de 1 à 10 jours.",
        "-3": "Choisissez de 1 à 10 jours.",
        "11": "Choisissez de 1 à 10 jours.",
        "99999999999999999999": "Choisissez de 1 à 10 jours.",
    }.items():
        answer = client_admin.post(PAGE, {"jours": typed, "depuis": "390"})
        assert answer.status_code == 422
        assert told in text(answer.content)
    assert instant.days() == 390
    late = client_admin.post(PAGE, {"jours": "2", "depuis": "0"})
    assert late.status_code == 409
    assert "La date du portail a été avancée entre-temps." in text(late.content)
    assert instant.days() == 390
    client_admin.post(PAGE, {"jours": "10", "depuis": "390"})
    assert "déjà toute l’avance permise" in text(client_admin.get(PAGE).content)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_queries_whatever_it_shows(rows: int, client_admin: Client) -> None:
    for number in range(rows):
        transmitted_letter(nom=f"CPTS {number}")
        transmitted_letter(nom=f"CPTS close {number}", now=NOW - timedelta(days=100))
        ahead(1)
        write_one()
    assert clock_tasks.passer_l_horloge() == rows
    with CaptureQueriesContext(connection) as queries:
        client_admin.get(PAGE)
    assert len(queries) == 14


# --- Health -----------------------------------------------------------------------------------------


def health(name: str) -> tuple[int, str]:
    answer = Client().get(f"/sante/{name}")
    return answer.status_code, answer.content.decode().replace("\u00a0", " ")


def test_the_health_of_the_clock_follows_the_date_of_the_portal_until_it_passes_again() -> None:
    transmitted_letter()
    clock_tasks.passer_l_horloge()
    assert health("horloge") == (200, "à l’heure\n")
    ahead(UNTIL_SILENCE)
    assert health("horloge") == (503, "L’horloge n’est pas passée depuis le 18 novembre 2026 à 10 h 00.\n")
    assert clock_tasks.passer_l_horloge() == 1
    assert health("horloge") == (200, "à l’heure\n")


def test_the_other_pages_of_health_read_nothing_of_the_rehearsal() -> None:
    ahead(3)
    with CaptureQueriesContext(connection) as queries:
        assert health("vivant") == (200, "vivant\n")
        assert health("pret") == (200, "prêt\n")
    assert [query["sql"] for query in queries] == ["SELECT 1"]


def test_the_settings_of_tests_do_not_rehearse_by_themselves() -> None:
    from guichet.settings import test as settings_of_tests

    assert settings_of_tests.REPETITION is False
    assert current_settings.REPETITION is True
