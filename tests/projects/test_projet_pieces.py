"""Pieces asked on a projet de santé: what a text requires stops the period, what is merely useful does not."""

from typing import Any

import pytest

from dossiers.models import Delai, MouvementDelai
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.services.decisions import record_opening
from dossiers.services.pieces import remove_piece
from dossiers.services.pieces_demandees import Item, answer, answer_own
from projects.models import ProjetSante
from projects.selectors.projets import if_not_required
from projects.services.projets.deciding import Opposition, oppose
from projects.services.projets.depositing import complete, record_receipt
from projects.services.projets.pieces import (
    ask_pieces,
    ask_useful_pieces,
    contest_requirement,
    judge_piece,
    send_useful_answers,
    waive_pieces,
)
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project, fresh, give_pieces, required, useful
from tests.projects.rows import plain, words
from tests.projects.scene import acts, asked, d, give, last, ledger, papers, paris, refused, set_region, titles

pytestmark = pytest.mark.django_db

DEPOSIT, ASKED = paris("2026-09-03"), paris("2026-09-20")


@pytest.fixture
def scene() -> tuple[Any, Any, ProjetSante]:
    """The association, the ARS, and a project deposited on 3 September: its last day is 3 November."""
    by, ars = porteur(), decideur()
    return by, ars, deposited_project(by, now=DEPOSIT)


def ask(projet: ProjetSante, ars: Any, *items: Item, now: Any = ASKED) -> ProjetSante:
    wanted = items or (required(now=now),)
    (ask_pieces if any(item.requise for item in wanted) else ask_useful_pieces)(
        projet=projet, items=wanted, by=ars, now=now
    )
    return fresh(projet)


# --- Required by a text ------------------------------------------------------------------------------


def test_a_required_piece_makes_the_period_not_begun_and_is_said_so(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    assert (projet.etat, projet.delai.origine_le, projet.delai.dernier_jour) == ("incomplet", None, None)
    assert ledger(projet) == [("depot", d("2026-09-03"), d("2026-11-03")), ("demande", d("2026-09-20"), None)]
    line = MouvementDelai.objects.get(delai=projet.delai_id, nature="demande")
    assert (line.requise, line.fondement, line.limite_le) == (True, "CSP, art. L1434-12", d("2026-10-20"))
    assert line.qualite == ars.qualite
    assert titles(by)[-1] == "Pièces demandées sur votre projet de santé"
    assert papers(projet)[-1] == "pieces_projet"
    printed = words(plain(projet.dossier.documents.get(modele="pieces_projet").contexte))
    assert "Exigée par un texte : CSP, art. L1434-12" in printed
    assert "20 octobre 2026" in printed


def test_a_limit_that_passes_in_silence_changes_nothing(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, required(limite=d("2026-10-05"), now=ASKED))
    row = passage(now=paris("2027-06-01"))
    assert (row.dus, row.constates, row.alertes) == (0, 0, 0)
    projet = fresh(projet)
    assert (projet.etat, projet.delai.dernier_jour, acts(projet)) == ("incomplet", None, ["deposer", "demander_pieces"])
    for item in asked(projet):
        give(item, by=by, now=paris("2027-06-02"))
    complete(projet=projet, by=by, now=paris("2027-06-02"))
    assert fresh(projet).delai.dernier_jour == d("2027-08-02")


@pytest.mark.parametrize(
    ("items", "words_"),
    [
        ([useful(now=ASKED)], "au moins une pièce exigée par un texte"),
        ([Item(intitule="Statuts", requise=True, fondement="CSP")], "Donnez une date limite"),
        ([required(now=ASKED), Item(intitule="Carte")], "Donnez une date limite"),
        ([Item(intitule="Statuts", requise=True, limite_le=d("2026-10-01"))], "citez l’article"),
        ([required(limite=d("2026-09-19"), now=ASKED)], "la date limite est passée"),
        ([], "au moins une pièce exigée par un texte"),
    ],
)
def test_a_request_that_stops_the_clock_names_a_text_and_a_limit(scene: Any, items: list[Item], words_: str) -> None:
    _, ars, projet = scene
    with refused(words_):
        ask_pieces(projet=projet, items=items, by=ars, now=ASKED)


def test_a_required_piece_is_not_asked_as_merely_useful(scene: Any) -> None:
    _, ars, projet = scene
    with refused("se demande par l’autre demande"):
        ask_useful_pieces(projet=projet, items=[required(now=ASKED), useful(now=ASKED)], by=ars, now=ASKED)


def test_a_request_after_the_last_day_is_refused_and_on_its_last_second_is_not(scene: Any) -> None:
    _, ars, projet = scene
    late = paris("2026-11-04", "00:00:00")
    with refused("Le dernier jour pour décider était le 3 novembre 2026"):
        ask_pieces(projet=projet, items=[required(now=late)], by=ars, now=late)
    in_time = paris("2026-11-03", "23:59:59")
    ask_pieces(projet=projet, items=[required(now=in_time)], by=ars, now=in_time)
    passage(now=late)
    assert fresh(projet).etat == "incomplet"


@pytest.mark.parametrize("who", ["porteur", "guichet", "cpam", "dd-ars-09"])
def test_the_ars_alone_asks_waives_and_judges(scene: Any, who: str) -> None:
    by, ars, projet = scene
    other = {"porteur": lambda: by, "guichet": guichet, "cpam": lambda: agent("cpam-31")}.get(who, lambda: agent(who))()
    with refused("Vous n’avez pas le droit"):
        ask_pieces(projet=projet, items=[required(now=ASKED)], by=other, now=ASKED)
    with refused("Vous n’avez pas le droit"):
        ask_useful_pieces(projet=projet, items=[useful(now=ASKED)], by=other, now=ASKED)
    projet = ask(projet, ars)
    item = give(asked(projet)[0], by=by, now=paris("2026-10-01"))
    with refused("Vous n’avez pas le droit"):
        waive_pieces(projet=projet, motif="Non.", by=other, now=paris("2026-10-02"))
    with refused("Vous n’avez pas le droit"):
        judge_piece(item=item, constat="Illisible.", by=other, now=paris("2026-10-02"))


def test_nothing_is_asked_that_stops_a_clock_that_does_not_run() -> None:
    set_region("point_de_reception", "constat")
    projet = deposited_project(now=DEPOSIT)
    ars = decideur()
    with refused("Constatez d’abord la réception"):
        ask_pieces(projet=projet, items=[required(now=ASKED)], by=ars, now=ASKED)


# --- Merely useful -----------------------------------------------------------------------------------


def test_a_useful_piece_has_no_effect_and_both_are_told(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, useful(now=ASKED))
    assert (projet.etat, projet.delai.dernier_jour) == ("depose", d("2026-11-03"))
    assert ledger(projet)[-1] == ("demande", d("2026-09-20"), d("2026-11-03"))
    told = words(plain(projet.dossier.documents.get(modele="pieces_projet").contexte))
    assert "Utile : aucun texte ne l’exige" in told
    assert not any("Si, selon vous, aucun texte" in text for text in told)
    assert titles(by)[-1] == "Pièces demandées sur votre projet de santé"
    passage(now=paris("2026-11-04", "00:00:00"))
    assert fresh(projet).etat == "valide_tacitement"


def test_the_answers_to_useful_pieces_reach_the_ars_without_moving_the_clock(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, useful(now=ASKED))
    (item,) = asked(projet)
    with refused("Répondez d’abord"):
        send_useful_answers(projet=projet, by=by, now=paris("2026-09-25"))
    card = PieceFactory(dossier=projet.dossier, nom="carte.pdf")
    give(item, by=by, now=paris("2026-09-25"), pieces=[card])
    with refused("Vous n’avez pas le droit"):
        send_useful_answers(projet=projet, by=guichet(), now=paris("2026-09-25"))
    send_useful_answers(projet=projet, by=by, now=paris("2026-09-26"))
    assert card in pieces_visible_to(ars)
    assert titles(ars)[-1] == "Réponses aux pièces utiles"
    projet = fresh(projet)
    assert (projet.etat, projet.delai.dernier_jour, asked(projet)) == ("depose", d("2026-11-03"), [])
    assert ledger(projet)[-1] == ("reponse", d("2026-09-25"), d("2026-11-03"))
    with refused("Répondez d’abord"):
        send_useful_answers(projet=projet, by=by, now=paris("2026-09-27"))


def test_while_a_required_piece_is_awaited_the_completion_sends_every_answer(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, useful(now=ASKED))
    projet = ask(projet, ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    with refused("l’état est «"):
        send_useful_answers(projet=projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    assert asked(projet) == []
    assert fresh(projet).delai.dernier_jour == d("2026-12-12")


def test_a_useful_piece_asked_before_the_receipt_was_noted_is_no_part_of_the_ledger() -> None:
    set_region("point_de_reception", "constat")
    by, ars = porteur(), decideur()
    projet = ask(deposited_project(by, now=DEPOSIT), ars, useful(now=paris("2026-09-04")), now=paris("2026-09-04"))
    record_receipt(projet=projet, le=d("2026-09-08"), by=ars, now=paris("2026-09-10"))
    projet = ask(fresh(projet), ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    assert [nature for nature, *_ in ledger(projet)] == ["reception", "demande", "reponse"]
    assert fresh(projet).delai.dernier_jour == d("2026-12-12")


# --- Giving up, contesting ----------------------------------------------------------------------------


def test_waived_the_period_is_as_if_nothing_had_been_asked(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    with refused("Dites pourquoi"):
        waive_pieces(projet=projet, motif=" ", by=ars, now=paris("2026-10-01"))
    waive_pieces(projet=projet, motif="Nous l’avons trouvée.", by=ars, now=paris("2026-10-01"))
    projet = fresh(projet)
    assert (projet.etat, projet.delai.origine_le) == ("depose", d("2026-09-03"))
    assert ledger(projet)[-1] == ("renonciation", d("2026-10-01"), d("2026-11-03"))
    assert titles(by)[-1] == "L’ARS renonce aux pièces demandées"
    assert asked(projet) == []


@pytest.mark.parametrize(("day", "etat"), [("2026-11-03", "depose"), ("2026-11-04", "valide_tacitement")])
def test_waived_after_what_was_the_last_day_the_silence_is_recorded_at_its_day(scene: Any, day: str, etat: str) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    waive_pieces(projet=projet, motif="Aucun texte ne l’exige.", by=ars, now=paris(day))
    projet = fresh(projet)
    assert projet.etat == etat
    if etat == "valide_tacitement":
        assert last(projet, "constater_silence").prend_effet_le == d("2026-11-04")
        assert projet.delai.clos_par == "silence"
        assert papers(projet)[-1] == "attestation"
        assert titles(by)[-2:] == ["L’ARS renonce aux pièces demandées", "Votre projet de santé est réputé validé"]


def test_waived_after_an_answer_the_earlier_request_still_counts(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    projet = ask(fresh(projet), ars, now=paris("2026-11-20"))
    waive_pieces(projet=projet, motif="Inutile.", by=ars, now=paris("2026-12-01"))
    assert fresh(projet).delai.dernier_jour == d("2026-12-12")


def test_a_waiver_that_waited_for_the_lock_comes_after_what_it_waives(scene: Any) -> None:
    """Who clicked first wrote last: the ledger keeps the order of the writing, its instants the order of the clicks."""
    _, ars, projet = scene
    projet = ask(projet, ars, now=paris("2026-09-20", "10:00:01"))
    waive_pieces(projet=projet, motif="Non.", by=ars, now=paris("2026-09-20", "10:00:00"))
    assert [nature for nature, *_ in ledger(projet)] == ["depot", "demande", "renonciation"]
    assert fresh(projet).delai.dernier_jour == d("2026-11-03")


def test_a_requirement_is_contested_without_any_effect_and_both_dates_are_known(scene: Any) -> None:
    by, ars, projet = scene
    with refused("l’état"):
        contest_requirement(projet=projet, motif="Aucun texte.", by=by, now=paris("2026-09-21"))
    projet = ask(projet, ars)
    with refused("Dites pourquoi"):
        contest_requirement(projet=projet, motif="", by=by, now=paris("2026-09-21"))
    with refused("Vous n’avez pas le droit"):
        contest_requirement(projet=projet, motif="Non.", by=ars, now=paris("2026-09-21"))
    contest_requirement(projet=projet, motif="Aucun texte ne l’exige.", by=by, now=paris("2026-09-21"))
    projet = fresh(projet)
    event = last(projet, "contester_exigence")
    assert (event.source, event.cible, event.motif) == ("incomplet", "incomplet", "Aucun texte ne l’exige.")
    assert (projet.delai.dernier_jour, if_not_required(projet.delai).dernier_jour) == (None, d("2026-11-03"))
    assert titles(ars)[-1] == "L’association conteste l’exigence d’une pièce"
    with refused("déjà inscrite"):
        contest_requirement(projet=projet, motif="Encore.", by=by, now=paris("2026-09-22"))
    projet = ask(projet, ars, now=paris("2026-09-23"))
    contest_requirement(projet=projet, motif="Celle-ci non plus.", by=by, now=paris("2026-09-24"))


def test_contested_after_a_completion_the_other_date_is_that_of_the_pieces_already_sent(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    projet = ask(fresh(projet), ars, now=paris("2026-11-20"))
    contest_requirement(projet=projet, motif="Aucun texte.", by=by, now=paris("2026-11-21"))
    shown = if_not_required(fresh(projet).delai)
    waive_pieces(projet=projet, motif="En effet.", by=ars, now=paris("2026-11-22"))
    assert shown.dernier_jour == fresh(projet).delai.dernier_jour == d("2026-12-12")


def test_what_answers_a_request_is_not_removed_and_keeps_its_day(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, now=paris("2026-09-20"))
    (item,) = asked(projet)
    piece = PieceFactory(dossier=projet.dossier, deposee_par=by.user)
    answer(item=item, reponse="", pieces=[piece], by=by, now=paris("2026-10-12"))
    with refused("répond à une demande"):
        remove_piece(piece=piece, by=by)
    answer_own(item=item, reponse="Autrement.", pieces=[], fichier=None, genre="autre", by=by, now=paris("2026-10-15"))
    remove_piece(piece=piece, by=by)
    complete(projet=projet, by=by, now=paris("2026-10-20"))
    assert fresh(projet).delai.dernier_jour == d("2026-12-15")


def test_once_decided_nothing_is_awaited_any_more(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    (item,) = asked(projet)
    ground = Opposition(motif="prs", objectifs=("Objectif 3",))
    oppose(projet=projet, opposition=ground, motivation="Voir.", by=ars, now=paris("2026-10-01"))
    assert asked(projet) == []
    with refused("Cette demande de pièces est close"):
        give(item, by=by, now=paris("2026-10-02"))
    decision = projet.dossier.decisions.get()
    record_opening(decision=decision, by=by, now=paris("2026-10-02"))
    assert Delai.objects.get().clos_par == "decision"


def test_once_the_silence_has_spoken_nothing_is_awaited_any_more(scene: Any) -> None:
    _, ars, projet = scene
    projet = ask(projet, ars, useful(now=ASKED))
    passage(now=paris("2026-11-04"))
    assert (fresh(projet).etat, asked(projet)) == ("valide_tacitement", [])
