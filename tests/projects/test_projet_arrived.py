"""Every required piece came and was not sent: what has come counts from its day, whoever clicks first."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.agenda import Etendue, jalons_of
from dossiers.services.pieces_demandees import answer, answer_own
from dossiers.states import NatureDecision as N
from portal.views.homes.projets import clock_line
from projects.models import ProjetSante
from projects.selectors.desks import project_urgencies
from projects.selectors.paper import effect_on_project
from projects.selectors.projets import projects_to_decide
from projects.services.paper import confirm_paper_decision, record_paper_decision
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.depositing import complete
from projects.services.projets.pieces import ask_pieces, judge_piece
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required
from tests.projects.projet_desk import signed_in, text
from tests.projects.rows import plain
from tests.projects.scene import asked, d, last, paris, refused, titles

pytestmark = pytest.mark.django_db

PRS = {"motif": "prs", "objectifs": ["Objectif 3"], "raison": "", "dossier_en_conflit": ""}
LAST, AFTER = paris("2026-12-12", "23:59:59"), paris("2026-12-13", "00:00:00")


@pytest.fixture
def scene() -> tuple[Any, Any, ProjetSante]:
    """A piece asked on 20 September came on 12 October and was not sent: the last day is 12 December."""
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=paris("2026-09-03"))
    projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    return by, ars, fresh(projet)


def opposing(projet: ProjetSante, ars: Any, now: Any) -> None:
    oppose(
        projet=projet, opposition=Opposition(motif="prs", objectifs=("Objectif 3",)), motivation="Non.", by=ars, now=now
    )


def test_until_the_last_second_the_ars_opposes(scene: Any) -> None:
    _, ars, projet = scene
    opposing(projet, ars, LAST)
    assert fresh(projet).etat == "oppose"


def test_after_it_the_ars_neither_decides_nor_asks_nor_judges(scene: Any) -> None:
    _, ars, projet = scene
    since = ("12 décembre 2026", "13 décembre 2026")
    with refused(*since):
        opposing(projet, ars, AFTER)
    with refused(*since):
        validate(projet=projet, sans_attendre="Le délai passe.", by=ars, now=AFTER)
    with refused(*since):
        ask_pieces(projet=projet, items=[required("Les statuts", now=AFTER)], by=ars, now=AFTER)
    with refused(*since):
        judge_piece(item=asked(projet)[0], constat="Illisible.", by=ars, now=AFTER)


def test_whenever_the_association_sends_the_silence_is_recorded_at_its_day(scene: Any) -> None:
    by, _, projet = scene
    complete(projet=projet, by=by, now=paris("2027-01-20"))
    projet = fresh(projet)
    assert (projet.etat, projet.delai.dernier_jour) == ("valide_tacitement", d("2026-12-12"))
    assert last(projet, "constater_silence").prend_effet_le == d("2026-12-13")


@pytest.mark.parametrize(("notified", "etat"), [("2026-12-12", "oppose"), ("2026-12-13", "incomplet")])
def test_a_paper_is_judged_by_the_same_day(scene: Any, notified: str, etat: str) -> None:
    _, ars, projet = scene
    decision = record_paper_decision(
        step=projet, nature=N.OPPOSITION_PROJET, signataire=ars.user, by=agent("dd-ars-31", droits=["instruire"]),
        signee_le=d("2026-12-10"), notifiee_le=d(notified), motivation="Non.", donnees=PRS, scan=scan(),
        now=paris("2026-12-15"),
    )  # fmt: skip
    effect = effect_on_project(fresh(projet), decision, on=d("2026-12-16"))
    if etat == "oppose":
        confirm_paper_decision(decision=decision, by=ars, now=paris("2026-12-16"))
    else:
        with refused("12 décembre 2026"):
            confirm_paper_decision(decision=decision, by=ars, now=paris("2026-12-16"))
    assert (fresh(projet).etat, effect.possible) == (etat, etat == "oppose")
    assert ("Le dernier jour pour décider était le 12 décembre" in plain(effect.phrase)) == (etat == "incomplet")


def test_past_the_last_day_the_association_is_told_once_to_send(scene: Any) -> None:
    by, ars, _ = scene
    for day in ("2026-10-13", "2026-12-12"):
        passage(now=paris(day))
    before = titles(ars)
    assert [passage(now=paris(f"2026-12-{day}")).alertes for day in (13, 14)] == [1, 0]
    assert titles(by)[-1] == "Envoyez votre projet complété : le délai de l’ARS est passé"
    assert titles(ars) == before


def test_the_home_of_the_ars_says_the_last_day_of_what_came_then_that_nothing_is_left_for_it(scene: Any) -> None:
    _, ars, projet = scene
    days = (d("2026-10-13"), d("2026-12-12"), d("2026-12-13"))
    lines = [clock_line(projects_to_decide(ars).get(pk=projet.pk), day) for day in days]
    assert [(line.etat, line.ailleurs) for line in lines] == [
        ("Pièces arrivées", False),
        ("Pièces arrivées", False),
        ("Délai passé", True),
    ]
    assert "12 décembre 2026" in plain(lines[0].quand)
    assert "l’association doit encore envoyer" in lines[2].quand


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (
            "2026-10-13",
            "même si l’association ne les a pas encore envoyées. Sans opposition, le projet est réputé validé",
        ),
        ("2026-12-13", "Dès que l’association enverra ses réponses, la validation sera inscrite à sa date"),
    ],
)
def test_the_page_and_the_list_give_the_last_day_of_what_came(scene: Any, on: Any, day: str, sentence: str) -> None:
    by, ars, projet = scene
    on(day)
    desk, reader = signed_in(ars), Client()
    reader.force_login(by.user)
    for person in (reader, desk):
        page = text(person.get(reverse("projects:projet", args=[projet.pk])))
        assert sentence in page
        assert "samedi 12 décembre 2026" in page
        assert "dernier jour est le 12 décembre 2026" in page, "explained line by line, as on every period"
    listed = desk.get(reverse("projects:projets")).content.decode()
    assert "12 décembre 2026" in listed
    left = {"2026-10-13": "60\u00a0jours restants", "2026-12-13": "Dépassé"}[day]
    assert f"{left}, pièces arrivées, pas envoyées" in listed
    near = desk.get(reverse("projects:projets"), {"echeance": "7"}).content.decode()
    assert "Aucun projet" in near, "neither far from it, nor once nothing is left to the ARS"


def test_what_came_is_counted_and_sorted_by_its_last_day(scene: Any, on: Any) -> None:
    _, ars, projet = scene
    later = deposited_project(now=paris("2026-10-20"), nom="CPTS du lendemain")
    sooner = deposited_project(now=paris("2026-10-05"), nom="CPTS de la veille")
    assert [row.pk for row in projects_to_decide(ars)] == [sooner.pk, projet.pk, later.pk]
    found = [project_urgencies(ars, on=d(day)) for day in ("2026-12-04", "2026-12-05", "2026-12-12", "2026-12-13")]
    assert [each.sept for each in found] == [1, 2, 2, 2], "its last day included; then the two others only"
    on("2026-12-05")
    client = signed_in(ars)
    listed = client.get(reverse("projects:projets")).content.decode()
    order = ["CPTS de la veille", projet.dossier.nom, "CPTS du lendemain"]
    assert sorted(order, key=listed.index) == order
    near = client.get(reverse("projects:projets"), {"echeance": "7"}).content.decode()
    assert [name in near for name in order] == [True, True, False]


def test_the_agenda_has_the_days_of_what_came_and_keeps_them_once_it_is_sent(scene: Any) -> None:
    by, ars, projet = scene
    days = {by: ["2026-12-12", "2026-12-13"], ars: ["2026-12-11", "2026-12-12", "2026-12-13"]}

    def told(acteur: Any, since: str = "2026-11-01") -> list[tuple[str, str]]:
        found = jalons_of(Etendue(acteur=acteur, dossier=projet.dossier, depuis=d(since)))
        return [(jalon.cle, jalon.le.isoformat()) for jalon in found if jalon.categorie == "Délai"]

    def ranks() -> set[int]:
        found = jalons_of(Etendue(acteur=by, dossier=projet.dossier, depuis=d("2026-11-01")))
        return {jalon.rang for jalon in found if jalon.categorie == "Délai"}

    before, (first,) = {acteur: told(acteur) for acteur in (by, ars)}, ranks()
    assert {acteur: [day for _, day in found] for acteur, found in before.items()} == days
    assert told(by, since="2026-12-13") == before[by][1:]
    complete(projet=projet, by=by, now=paris("2026-11-20"))
    assert {acteur: told(acteur) for acteur in (by, ars)} == before
    (sent,) = ranks()
    assert sent > first, "an agenda takes what is newer"


def test_an_answer_changed_moves_the_event_of_the_agenda_and_says_it_moved(scene: Any) -> None:
    by, _, projet = scene

    def last_day() -> tuple[str, str, int]:
        found = jalons_of(Etendue(acteur=by, dossier=projet.dossier, depuis=d("2026-11-01")))
        (jalon,) = (each for each in found if each.cle.endswith("-dernier-jour"))
        return jalon.cle, jalon.le.isoformat(), jalon.rang

    cle, day, rang = last_day()
    answer(item=asked(projet)[0], reponse="Une autre réponse.", by=by, now=paris("2026-10-20"))
    moved = last_day()
    assert (day, moved[:2]) == ("2026-12-12", (cle, "2026-12-20"))
    assert moved[2] > rang


def test_an_answer_that_does_not_conform_is_no_arrival(scene: Any) -> None:
    _, ars, projet = scene
    judge_piece(item=asked(projet)[0], constat="Illisible.", by=ars, now=paris("2026-10-20"))
    opposing(projet, ars, paris("2026-12-20"))
    assert fresh(projet).etat == "oppose"


def test_the_same_answer_saved_again_did_not_arrive_again(scene: Any) -> None:
    by, _, projet = scene
    (item,) = asked(projet)
    told = {"item": item, "pieces": [], "fichier": None, "genre": "autre", "by": by}
    answer_own(reponse=" Voici la pièce. ", **told, now=paris("2026-10-20"))
    item.refresh_from_db()
    assert item.recue_le == d("2026-10-12")
    answer_own(reponse="Une autre.", **told, now=paris("2026-10-20"))
    item.refresh_from_db()
    assert item.recue_le == d("2026-10-20")
