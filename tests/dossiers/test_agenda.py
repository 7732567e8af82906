"""Calendars of files: what they say of each step, how it moves, what it costs."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.agenda import Etendue
from dossiers.models import Delai, Dossier
from dossiers.selectors.agenda import of_period
from dossiers.services.delais import Acte, close
from dossiers.states import NatureMouvement
from funding.services.instruction import ask_pieces
from projects.models import LettreIntention
from projects.services.checking import ask_pieces as ask_precisions
from projects.services.consulting import reopen_consultation
from projects.services.seances import add_points, edit_session, open_session
from projects.services.synthesis import give_synthesis
from tests.dossiers.calendars import address, dates, named, read
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.bodies import agent, guichet
from tests.factories.projects import (
    consulted_letter,
    deposited_letter,
    fresh,
    porteur,
    transmitted_letter,
)
from tests.funding.desk import REQUIRED, USEFUL, at_the_ars, later, on

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on(NOW):
        yield


def test_the_period_of_a_request_is_three_days_for_an_agent_and_two_for_the_association() -> None:
    demande, by = at_the_ars()
    file = f"{demande.dossier.nom} ({demande.dossier.reference})"
    own = [
        (date(2027, 1, 16), f"Dernier jour du délai – {file}"),
        (date(2027, 1, 17), f"Le silence vaut rejet – {file}"),
    ]
    assert dates(address(by)) == own
    assert dates(address(agent("ars-occitanie"))) == [(date(2027, 1, 15), f"Dernier jour sûr – {file}"), *own]


def test_an_event_is_an_all_day_private_one_that_makes_nobody_busy_and_leads_to_its_page() -> None:
    demande, by = at_the_ars()
    calendar = read(address(by))
    assert (calendar["METHOD"], str(calendar["X-WR-CALNAME"]).partition(" (")[0]) == (
        "PUBLISH",
        "Guichet CPTS – tous mes dossiers",
    )
    last = calendar.events[0]
    page = f"http://127.0.0.1:8000{reverse('funding:demande', args=[demande.pk])}"
    told = {name: last[name].to_ical().decode() for name in ("CLASS", "TRANSP", "CATEGORIES", "URL")}
    assert told == {"CLASS": "PRIVATE", "TRANSP": "TRANSPARENT", "CATEGORIES": "Délai", "URL": page}
    assert (last.start, last.end, last["DTSTART"].params["VALUE"]) == (date(2027, 1, 16), date(2027, 1, 17), "DATE")
    told = "Le délai d’examen de la demande de subvention se termine à la fin de ce jour."
    assert last["DESCRIPTION"] == f"{told}\n{page}"
    assert not last.alarms.times
    assert calendar.walk("VALARM") + calendar.walk("VTIMEZONE") == []


def test_a_period_that_moves_is_the_same_event_of_a_higher_rank() -> None:
    demande, by = at_the_ars()
    url = address(by)
    before = {str(event["UID"]): event for event in read(url).events}
    ask_pieces(demande=demande, items=[REQUIRED], by=agent("dd-ars-31"), now=later(1))
    with on(later(1)):
        after = {str(event["UID"]): event for event in read(url).events}
    assert len(after) == 3
    (pieces,) = [uid for uid in after if uid.startswith("pieces-")]
    assert after.keys() - {pieces} == before.keys()
    for uid, event in before.items():
        assert after[uid].start == event.start + timedelta(days=33), "from 17 November to 20 December"
        assert after[uid].sequence > event.sequence
        assert (event["LAST-MODIFIED"].dt, after[uid]["LAST-MODIFIED"].dt) == (NOW, later(1))


def test_pieces_asked_are_one_event_a_day_for_those_who_read_the_request_until_they_are_answered() -> None:
    demande, by = at_the_ars()
    ask_pieces(demande=demande, items=[REQUIRED, USEFUL], by=agent("dd-ars-31"), now=NOW)
    file = f"{demande.dossier.nom} ({demande.dossier.reference})"
    expected = (date(2026, 12, 20), f"2 pièces attendues – {file}")
    for reader in (by, guichet(), agent("ars-occitanie"), agent("cpam-31")):
        assert expected in dates(address(reader)), reader.qualite
    url = address(by, demande.dossier)
    item = demande.dossier.demandes_pieces.get().items.order_by("ordre")[0]
    type(item).objects.filter(pk=item.pk).update(etat="repondue", recue_le=TODAY)
    assert (date(2026, 12, 20), f"Pièce attendue – {file}") in dates(url)
    demande.dossier.demandes_pieces.update(close_at=NOW)
    assert [day for day, _ in dates(url) if day == date(2026, 12, 20)] == []


def test_precisions_on_a_letter_are_for_those_who_answer_and_the_desk_that_asked() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by, demande=False)
    ask_precisions(lettre=lettre, items=[USEFUL], by=desk, now=NOW)
    expected = [(date(2026, 12, 20), f"Pièce attendue – {named(lettre)}")]
    member = acteur(MembershipFactory(organisation_id=by.organisation_id, droits=[]))
    admin = agent("guichet-occitanie", droits=["administrer"])
    found = {name: dates(address(who)) for name, who in
             (("porteur", by), ("desk", desk), ("member", member), ("admin", admin))}  # fmt: skip
    assert found == {"porteur": expected, "desk": expected, "member": [], "admin": []}


def test_an_opinion_to_give_is_for_its_body_the_end_of_the_consultation_for_the_guichet() -> None:
    desk = guichet()
    lettre = consulted_letter(by := porteur(), desk=desk, limite_le=date(2026, 12, 16), demande=False)
    body = agent("urps-infirmiers-occitanie")
    asked = (date(2026, 12, 16), f"Avis à rendre – {named(lettre)}")
    assert dates(address(body)) == [asked]
    assert dates(address(agent("cpam-31"))) == [asked]
    assert dates(address(desk)) == [(date(2026, 12, 16), f"Fin de la consultation – {named(lettre)}")]
    assert dates(address(by)) == []
    (event,) = read(address(body, lettre.dossier)).events
    avis = lettre.consultations.get().avis.get(organisation=body.organisation_id)
    assert str(event["URL"]).endswith(reverse("projects:avis", args=[avis.pk]))


def test_a_consultation_opened_again_moves_the_same_event() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, limite_le=date(2026, 12, 16), quorum=0)
    url = address(agent("urps-infirmiers-occitanie"))
    (before,) = read(url).events
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Favorable."}, by=desk, now=NOW)
    assert dates(url) == []
    reopen_consultation(lettre=fresh(lettre), motif="Une réponse.", limite_le=date(2027, 1, 8), by=desk, now=later(2))
    (after,) = read(url).events
    assert after["UID"] == before["UID"]
    assert (before.sequence, after.sequence, after.start) == (0, 1, date(2027, 1, 8))


def test_a_session_is_one_event_for_the_desk_and_for_the_bodies_that_have_a_file_there() -> None:
    desk = guichet()
    first, second = (consulted_letter(desk=desk, nom=f"CPTS {n}", others=()) for n in ("Nord", "Sud"))
    third = consulted_letter(desk=desk, nom="CPTS Est", others=())
    seance = open_session(tenue_le=date(2026, 12, 1), lieu="Toulouse", by=desk, now=NOW)
    add_points(seance=seance, consultations=[x.consultations.get().pk for x in (first, second)], by=desk)
    body, other = agent("urps-infirmiers-occitanie"), agent("cpam-31")
    whole = (date(2026, 12, 1), "Séance du Guichet – 2 dossiers")
    for reader in (desk, body):
        url = address(reader)
        assert [told for told in dates(url) if "Séance" in told[1]] == [whole]
        one = [told for told in dates(address(reader, first.dossier)) if "Séance" in told[1]]
        assert one == [(date(2026, 12, 1), f"Séance du Guichet – {named(first)}")]
        assert [told for told in dates(address(reader, third.dossier)) if "Séance" in told[1]] == []
    assert [told for told in dates(address(other)) if "Séance" in told[1]] == []
    edit_session(seance=seance, tenue_le=date(2026, 12, 3), lieu="Albi", notes="", by=desk)
    assert (date(2026, 12, 3), whole[1]) in dates(url)


def test_both_regimes_of_silence_have_their_words() -> None:
    dossier = Dossier(nom="CPTS des Coteaux", reference="ESSAI-1")
    by = agent("ars-occitanie")
    told = {}
    for regime, objet in (("rejet", "de la demande de subvention"), ("acceptation", "du projet de santé")):
        period = Delai(pk=7, regime=regime, dernier_jour=date(2027, 1, 16), echeance_le=date(2027, 1, 17))
        found = of_period(period, dossier=dossier, objet=objet, url="/x/", acteur=by, mouvement_at=NOW)
        told[regime] = [(jalon.le.day, jalon.titre.partition(" – ")[0], jalon.phrase) for jalon in found]
    assert [row[2] for row in told["acceptation"]] == [
        "Le délai d’examen du projet de santé se termine le lendemain\u00a0: décider ce jour est plus sûr.",
        "Le délai d’examen du projet de santé se termine à la fin de ce jour.",
        "Sans réponse avant ce jour, le silence vaut validation du projet de santé.",
    ]
    assert [row[:2] for row in told["rejet"]] == [
        (15, "Dernier jour sûr"),
        (16, "Dernier jour du délai"),
        (17, "Le silence vaut rejet"),
    ]
    unknown = Delai(pk=8, regime="acceptation", dernier_jour=None, echeance_le=None)
    assert of_period(unknown, dossier=dossier, objet="", url="", acteur=by, mouvement_at=NOW) == []


def test_a_calendar_goes_back_sixty_days_and_no_further() -> None:
    consulted_letter(limite_le=date(2026, 12, 16))
    url = address(agent("urps-infirmiers-occitanie"))
    with on(later(30 + 60)):
        assert len(dates(url)) == 1
    with on(later(30 + 61)):
        assert dates(url) == []


def test_a_period_that_ended_leaves_the_calendar() -> None:
    demande, by = at_the_ars()
    url = address(by)
    assert len(dates(url)) == 2
    close(demande.delai, NatureMouvement.DECISION, le=NOW.date(), acte=Acte(None, NOW))
    assert dates(url) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_calendar_asks_the_same_queries_whatever_it_holds(rows: int) -> None:
    by, desk = porteur(), guichet()
    for n in range(rows):
        lettre = transmitted_letter(by, nom=f"CPTS transmise {n}")
        ask_pieces(demande=_request(lettre), items=[REQUIRED, USEFUL], by=agent("dd-ars-31"), now=NOW)
        asked = deposited_letter(by, nom=f"CPTS incomplète {n}")
        ask_precisions(lettre=asked, items=[USEFUL], by=desk, now=NOW)
        held = consulted_letter(by, nom=f"CPTS consultée {n}", desk=desk)
        seance = open_session(tenue_le=TODAY + timedelta(days=n), lieu="", by=desk, now=NOW)
        add_points(seance=seance, consultations=[held.consultations.get(nature="guichet").pk], by=desk)
    readers = {"porteur": by, "guichet": desk, "ars": agent("ars-occitanie"), "cpam": agent("cpam-31")}
    urls = {name: address(who) for name, who in readers.items()}
    found, shown = {}, {}
    for name, url in urls.items():
        with CaptureQueriesContext(connection) as queries:
            shown[name] = len(dates(url))
        found[name] = len(queries)
    assert shown == {"porteur": rows * 8, "guichet": rows * 13, "ars": rows * 4, "cpam": rows * 7}
    assert found == {"porteur": 9, "guichet": 11, "ars": 10, "cpam": 10}


def _request(lettre: LettreIntention) -> Any:
    assert lettre.demande is not None
    return type(lettre.demande).objects.for_pages().get(pk=lettre.demande_id)


def test_a_calendar_holds_a_thousand_dates_at_most_the_first_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    by = porteur()
    for n in range(2):
        with on(later(n)):
            transmitted_letter(by, nom=f"CPTS {n}", now=later(n))
    url = address(by)
    whole = dates(url)
    assert len(whole) == 4
    monkeypatch.setattr("dossiers.agenda.JALONS_MAX", 3)
    assert dates(url) == whole[:3]


def test_a_source_is_asked_for_one_person_one_file_and_from_one_day() -> None:
    by = porteur()
    first, second = (transmitted_letter(by, nom=f"CPTS {n}") for n in ("Nord", "Sud"))
    rows = LettreIntention.objects.all()
    asked = Etendue(acteur=by, dossier=first.dossier, depuis=date(2026, 1, 1))
    assert list(asked.borner(rows, le="transmise_at__date")) == [first]
    every = Etendue(acteur=by, dossier=None, depuis=date(2026, 1, 1))
    assert list(every.borner(rows, le="transmise_at__date")) == [first, second]
    late = Etendue(acteur=by, dossier=None, depuis=TODAY + timedelta(days=1))
    assert list(late.borner(rows, le="transmise_at__date")) == []
