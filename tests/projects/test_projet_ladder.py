"""The ladder of warnings before the last day of a projet de santé: who, when, once, the latest only."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.acteur import Acteur
from accounts.models import Absence, Envoi
from dossiers.models import Affectation, AlerteDelai, PieceDemandee
from dossiers.services.pieces_demandees import answer
from projects.models import ProjetSante
from projects.selectors.projets import projects_to_decide
from projects.services.projets.deciding import validate
from projects.services.projets.depositing import complete, withdraw
from projects.services.projets.pieces import waive_pieces
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required
from tests.projects.rows import plain
from tests.projects.scene import d, paris

pytestmark = pytest.mark.django_db

DEPOSIT, LAST = paris("2026-09-14"), d("2026-11-14")


def morning(days: int, last: date = LAST) -> datetime:
    """Half past six in Paris, so many days before that last day."""
    return paris((last - timedelta(days=days)).isoformat(), "06:30:00")


def warned() -> list[tuple[date, str]]:
    return list(AlerteDelai.objects.order_by("pk").values_list("dernier_jour", "echelon"))


def told(title: str) -> list[int]:
    """Who received a mail whose title begins so, one number a mail."""
    found = Envoi.objects.filter(sujet__startswith=title).order_by("user", "pk")
    return list(found.values_list("user", flat=True))


def in_days(days: int) -> str:
    return f"Projet de santé\u00a0: dernier jour dans {days} jours"


def test_each_rung_is_told_once_from_its_morning_and_the_last_one_on_the_morning_of_the_last_safe_day() -> None:
    ars = decideur()
    deposited_project(now=DEPOSIT)
    sent = {}
    for days in (31, 30, 29, 16, 15, 8, 7, 3, 2, 1, 0):
        row = passage(now=morning(days))
        assert passage(now=morning(days) + timedelta(hours=6)).alertes == 0
        sent[days] = row.alertes
    assert sent == {31: 0, 30: 1, 29: 0, 16: 0, 15: 1, 8: 0, 7: 1, 3: 0, 2: 1, 1: 1, 0: 0}
    assert warned() == [(LAST, code) for code in ("j-30", "j-15", "j-7", "j-2", "j-1")]
    mails = Envoi.objects.filter(user=ars.user, sujet__contains="dernier jour").order_by("pk")
    assert [plain(mail.sujet).split(" : CPTS")[0] for mail in mails] == [
        "Projet de santé : dernier jour dans 30 jours",
        "Projet de santé : dernier jour dans 15 jours",
        "Projet de santé : dernier jour dans 7 jours",
        "Projet de santé : dernier jour dans 2 jours",
        "Projet de santé : dernier jour demain",
    ]
    for mail in mails:
        text = plain(mail.texte)
        assert "Dernier jour de l’ARS : 14 novembre 2026." in text
        assert ("C’est le dernier jour sûr." in text) is ("demain" in mail.sujet)


def test_a_missed_run_catches_up_and_sends_only_the_latest() -> None:
    ars = decideur()
    deposited_project(now=DEPOSIT)
    assert [passage(now=morning(days)).alertes for days in (5, 4)] == [1, 0]
    assert warned() == [(LAST, "j-7")]
    assert told(in_days(5)) == [ars.user.pk]
    assert passage(now=morning(0)).alertes == 1
    assert warned() == [(LAST, "j-7"), (LAST, "j-1")]
    assert told("Projet de santé\u00a0: dernier jour aujourd’hui") == [ars.user.pk]


def test_once_the_silence_has_spoken_nobody_is_warned() -> None:
    decideur()
    deposited_project(now=DEPOSIT)
    row = passage(now=morning(-1))
    assert (row.constates, row.alertes, warned()) == (1, 0, [])


@pytest.mark.parametrize("end", ["decided", "withdrawn", "incomplete"])
def test_a_project_that_waits_for_nobody_is_not_warned_about(end: str) -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    if end == "decided":
        validate(projet=projet, sans_attendre="Urgence.", by=ars, now=paris("2026-10-01"))
    elif end == "withdrawn":
        withdraw(projet=projet, motif="Fin.", by=by, now=paris("2026-10-01"))
    else:
        asked_project(by, projet=projet, ars=ars, now=paris("2026-10-01"))
    assert [passage(now=morning(days)).alertes for days in (30, 1, -1)] == [0, 0, 0]


def test_a_completion_starts_the_ladder_anew() -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    passage(now=morning(7))
    projet = asked_project(by, projet=projet, ars=ars, now=morning(6))
    assert passage(now=morning(2)).alertes == 0
    give_pieces(projet, by=by, now=morning(1))
    complete(projet=projet, by=by, now=morning(1))
    moved = fresh(projet).delai.dernier_jour
    assert moved == d("2027-01-13")
    assert [passage(now=morning(days, moved)).alertes for days in (31, 30, 7, 6)] == [0, 1, 1, 0]
    assert warned() == [(LAST, "j-7"), (moved, "j-30"), (moved, "j-7")]


def test_pieces_that_came_and_were_not_sent_are_told_to_both_sides_and_the_ladder_counts_from_them() -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=paris("2026-09-03"))
    projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    assert passage(now=paris("2026-10-11", "06:30:00")).alertes == 0
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    arrived = "Projet de santé\u00a0: pièces arrivées, dernier jour le 12\u00a0décembre 2026"
    assert [passage(now=paris("2026-10-13", hour)).alertes for hour in ("00:05:00", "06:30:00")] == [1, 0]
    assert plain(Envoi.objects.filter(user=ars.user).latest("pk").sujet).startswith(plain(arrived))
    assert told("Vos réponses ne sont pas encore envoyées") == [by.user.pk]
    assert [passage(now=paris(f"2026-12-{day}", "06:30:00")).alertes for day in ("05", "10")] == [1, 1]
    complete(projet=projet, by=by, now=paris("2026-12-10", "14:00:00"))
    assert fresh(projet).delai.dernier_jour == d("2026-12-12")
    assert [passage(now=paris(f"2026-12-{day}", "06:30:00")).alertes for day in ("11", "12")] == [1, 0]
    assert [rung for _, rung in warned()] == ["arrive", "j-7", "j-2", "j-1"]
    assert {last for last, _ in warned()} == {d("2026-12-12")}


def test_a_piece_of_two_still_awaited_is_no_arrival() -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=paris("2026-09-03"))
    items = (required(now=paris("2026-09-20")), required("Les statuts", now=paris("2026-09-20")))
    projet = asked_project(by, *items, projet=projet, ars=ars, now=paris("2026-09-20"))
    asked = PieceDemandee.objects.filter(demande__dossier=projet.dossier_id).order_by("pk")
    answer(item=asked[0], reponse="Voici.", by=by, now=paris("2026-10-12"))
    assert passage(now=paris("2026-10-13")).alertes == 0
    assert [row.arrivee_le for row in projects_to_decide(ars)] == [None]
    answer(item=asked[1], reponse="Voici.", by=by, now=paris("2026-10-14"))
    assert [row.arrivee_le for row in projects_to_decide(ars)] == [d("2026-10-14")]
    assert passage(now=paris("2026-10-15")).alertes == 1


def test_a_waiver_gives_back_the_ladder_where_it_was() -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    passage(now=morning(30))
    projet = asked_project(by, projet=projet, ars=ars, now=morning(20))
    waive_pieces(projet=projet, motif="Retrouvée.", by=ars, now=morning(18))
    assert [passage(now=morning(days)).alertes for days in (17, 15)] == [0, 1]
    assert warned() == [(LAST, "j-30"), (LAST, "j-15")]


def assigned(projet: ProjetSante, to: Acteur, role: str = "titulaire") -> None:
    Affectation.objects.create(
        dossier=projet.dossier,
        organisation_id=to.organisation_id,
        user=to.user,
        role=role,
        debut_le=DEPOSIT.date(),
        affecte_par=to.user,
    )


def test_unassigned_everyone_of_the_delegation_assigned_those_in_charge_and_who_decides() -> None:
    first, second, colleague = (agent("dd-ars-31", droits=["instruire"]) for _ in range(3))
    chief = agent("dd-ars-31", droits=["decider"])
    others = [agent("dd-ars-09"), guichet(), agent("cpam-31"), agent("ars-occitanie")]
    projet = deposited_project(now=DEPOSIT)
    passage(now=morning(30))
    assert told(in_days(30)) == [first.user.pk, second.user.pk, colleague.user.pk, chief.user.pk]
    assigned(projet, first)
    assigned(projet, second, "suppleant")
    passage(now=morning(15))
    assert told(in_days(15)) == [first.user.pk, second.user.pk, chief.user.pk]
    assert not Envoi.objects.filter(user__in=[other.user for other in others], sujet__contains="dernier jour").exists()


def test_who_stands_in_is_warned_with_whoever_is_away() -> None:
    holder, stand_in = agent("dd-ars-31", droits=["instruire"]), agent("dd-ars-31", droits=["instruire"])
    projet = deposited_project(now=DEPOSIT)
    assigned(projet, holder)
    Absence.objects.create(user=holder.user, du_le=d("2026-11-01"), au_le=d("2026-11-30"), remplacant=stand_in.user)
    passage(now=morning(15))
    passage(now=morning(7))
    assert told(in_days(15)) == [holder.user.pk]
    assert told(in_days(7)) == [holder.user.pk, stand_in.user.pk]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, client: Any) -> Any:
    """What `/sante/horloge` answers at that instant."""

    def ask(now: datetime) -> tuple[int, str]:
        monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: now)
        response = client.get("/sante/horloge")
        return response.status_code, plain(response.content.decode())

    return ask


def test_the_supervisor_is_told_of_a_project_whose_silence_nobody_recorded(at: Any) -> None:
    deposited_project(now=DEPOSIT)
    passage(now=paris("2026-11-14", "22:00:00"))
    assert at(paris("2026-11-15", "00:59:59")) == (200, "à l’heure\n")
    assert at(paris("2026-11-15", "01:00:00")) == (503, "Échéances passées sans être constatées : 1.\n")
    passage(now=paris("2026-11-15", "01:00:00"))
    assert at(paris("2026-11-15", "01:00:00")) == (200, "à l’heure\n")
    late = paris("2026-11-16", "03:00:01")
    assert at(late) == (503, "L’horloge n’est pas passée depuis le 15 novembre 2026 à 1 h 00.\n")
