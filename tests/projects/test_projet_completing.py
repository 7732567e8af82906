"""Completing a projet de santé: the two months anew, what is frozen and sent, what came outside the portal."""

from typing import Any

import pytest

from dossiers.models import MouvementDelai, Piece
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.services.pieces_demandees import Item, Recue, answer_own
from dossiers.states import GenrePiece
from guichet.kernel.uploads import FileRefused
from projects.models import ProjetSante
from projects.services.projets.depositing import complete
from projects.services.projets.outside import record_received
from projects.services.projets.pieces import (
    ask_pieces,
    ask_useful_pieces,
    judge_piece,
)
from projects.services.projets.writing import choose_form, save_project_section
from projects.services.territoire import add_communes, remove_parts
from tests.factories.bodies import agent, decideur
from tests.factories.dossiers import PieceFactory
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required, useful
from tests.projects.rows import plain
from tests.projects.scene import (
    acts,
    asked,
    colleague,
    d,
    give,
    last,
    ledger,
    papers,
    paris,
    refused,
    titles,
)

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


# --- Completing --------------------------------------------------------------------------------------


def test_the_two_months_run_from_the_arrival_of_the_last_piece_not_from_the_click(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, required("A", now=ASKED), required("B", now=ASKED))
    first, second = asked(projet)
    give(first, by=by, now=paris("2026-10-12", "23:59:59"))
    give(second, by=by, now=paris("2026-10-13", "00:00:00"))
    complete(projet=projet, by=by, now=paris("2026-10-30"))
    projet = fresh(projet)
    assert (projet.etat, projet.delai.origine_le) == ("depose", d("2026-10-13"))
    assert (projet.delai.dernier_jour, projet.delai.echeance_le) == (d("2026-12-13"), d("2026-12-14"))
    assert ledger(projet)[-2:] == [("reponse", d("2026-10-12"), None), ("reponse", d("2026-10-13"), d("2026-12-13"))]
    assert titles(by)[-1] == "Projet de santé complété"
    assert papers(projet)[-2:] == ["projet", "accuse_projet"]
    told = str(plain(projet.dossier.documents.filter(modele="accuse_projet").order_by("pk").last().contexte))
    assert "jusqu’au 13 décembre 2026 inclus" in told


def test_a_required_piece_without_answer_keeps_the_project_incomplete(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, required("A", now=ASKED), required("B", now=ASKED), useful("C", now=ASKED))
    first, second, _ = asked(projet)
    give(first, by=by, now=paris("2026-10-12"))
    with refused("« B » est exigée par un texte et n’a pas encore de réponse"):
        complete(projet=projet, by=by, now=paris("2026-10-12"))
    give(second, by=by, now=paris("2026-10-14"))
    complete(projet=projet, by=by, now=paris("2026-10-15"))
    assert fresh(projet).delai.dernier_jour == d("2026-12-14")  # the useful one, never given, does not count
    assert asked(projet) == []


def test_a_piece_that_does_not_conform_is_answered_again_and_dated_by_the_last_answer(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    item = give(asked(projet)[0], by=by, now=paris("2026-10-12"))
    with refused("Dites ce qui manque encore"):
        judge_piece(item=item, constat=" ", by=ars, now=paris("2026-10-13"))
    judge_piece(item=item, constat="La page 2 manque.", by=ars, now=paris("2026-10-13"))
    assert titles(by)[-1] == "Pièce reçue, mais non conforme"
    event = last(projet, "constater_non_conforme")
    assert (event.acteur, event.motif) == (ars.user, f"{item.intitule}\u00a0: La page 2 manque.")
    with refused("est reçue, mais non conforme"):
        complete(projet=projet, by=by, now=paris("2026-10-13"))
    with refused("n’a pas de réponse à examiner"):
        judge_piece(item=item, constat="Encore.", by=ars, now=paris("2026-10-14"))
    give(item, by=by, now=paris("2026-10-20"))
    complete(projet=projet, by=by, now=paris("2026-10-25"))
    assert fresh(projet).delai.dernier_jour == d("2026-12-20")


def test_a_second_request_while_the_first_waits_counts_the_last_arrival_of_all(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars, required("A", now=ASKED))
    again = paris("2026-11-20")  # after what was the last day: none runs while it is incomplete
    projet = ask(projet, ars, required("B", now=again), now=again)
    assert (projet.etat, projet.delai.dernier_jour) == ("incomplet", None)
    first, second = asked(projet)
    give(second, by=by, now=paris("2026-11-21"))
    with refused("« A »"):
        complete(projet=projet, by=by, now=paris("2026-11-21"))
    give(first, by=by, now=paris("2026-11-23"))
    complete(projet=projet, by=by, now=paris("2026-11-24"))
    assert fresh(projet).delai.dernier_jour == d("2027-01-23")
    assert acts(projet) == ["deposer", "demander_pieces", "demander_pieces", "completer"]


def test_a_request_after_a_completion_starts_again_from_its_own_answer(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    projet = ask(fresh(projet), ars, now=paris("2026-12-12"))
    give_pieces(projet, by=by, now=paris("2026-12-31"))
    complete(projet=projet, by=by, now=paris("2026-12-31"))
    assert fresh(projet).delai.dernier_jour == d("2027-02-28")


def test_each_completion_freezes_a_version_and_the_first_stays(scene: Any) -> None:
    by, ars, projet = scene
    first = projet.versions.get()
    projet = ask(projet, ars)
    section = projet.sections.get(cle="fiche-1")
    contenu = {**section.contenu, "objectif": "Ouvrir le samedi"}
    save_project_section(
        projet=projet, cle="fiche-1", contenu=contenu, manques=[], version=section.version, by=by, now=ASKED
    )
    with refused("elle ne change plus"):
        choose_form(projet=projet, forme="document", by=by)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    one, two = projet.versions.order_by("numero")
    assert (one.contenu, one.sha256) == (first.contenu, first.sha256)
    assert "Trouver un médecin traitant" in str(one.contenu)
    assert "Trouver un médecin traitant" not in str(two.contenu)
    assert "Ouvrir le samedi" in str(two.contenu)
    assert (two.numero, two.evenement) == (2, last(projet, "completer").pk)


def test_the_territory_drawn_again_is_frozen_with_the_completion(scene: Any) -> None:
    by, ars, projet = scene
    before = projet.territoire
    projet = ask(projet, ars)
    add_communes(etape=projet, codes=["31395"], by=by, now=paris("2026-10-01"))  # Muret
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    projet = fresh(projet)
    assert (projet.territoire.numero, projet.territoire.fige_at) == (before.numero + 1, paris("2026-10-12"))
    one, two = projet.versions.order_by("numero")
    assert "Muret" not in str(one.contenu)
    assert "Muret" in str(two.contenu)


def test_a_territory_left_empty_meanwhile_stays_as_it_was_deposited(scene: Any) -> None:
    by, ars, projet = scene
    before = projet.territoire
    projet = ask(projet, ars)
    parts = list(before.parts.values_list("pk", flat=True))
    remove_parts(etape=projet, parts=parts, by=by, now=paris("2026-10-01"))
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    assert fresh(projet).territoire_id == before.pk


def test_a_completion_sends_the_pieces_given_and_lists_neither_the_others_nor_the_proofs_of_the_desks(
    scene: Any,
) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    given = PieceFactory(dossier=projet.dossier, genre=GenrePiece.STATUTS, nom="statuts.pdf")
    PieceFactory(dossier=projet.dossier, genre=GenrePiece.SOUTIEN, nom="plus-tard.pdf")
    PieceFactory(dossier=projet.dossier, genre=GenrePiece.PREUVE, nom="preuve.pdf", figee_at=ASKED)
    give(asked(projet)[0], by=by, now=paris("2026-10-12"), pieces=[given])
    complete(projet=projet, by=by, now=paris("2026-10-13"))
    assert given in pieces_visible_to(ars)
    listed = [name for name, _ in plain(projet.versions.order_by("numero").last().contenu["pieces"])]
    assert listed == ["Statuts de l’association : statuts.pdf"]
    printed = str(projet.dossier.documents.filter(modele="projet").order_by("pk").last().contexte)
    assert "statuts.pdf" in printed
    assert "plus-tard.pdf" not in printed
    assert "preuve.pdf" not in printed


def test_a_member_who_only_writes_answers_but_does_not_complete(scene: Any) -> None:
    _, ars, projet = scene
    projet = ask(projet, ars)
    writer = colleague(projet, "rediger")
    answer_own(
        item=asked(projet)[0],
        reponse="Voici.",
        pieces=[],
        fichier=None,
        genre=GenrePiece.AUTRE,
        by=writer,
        now=paris("2026-10-12"),
    )
    with refused("Vous n’avez pas le droit"):
        complete(projet=projet, by=writer, now=paris("2026-10-12"))


def test_a_completion_moves_the_due_date_of_the_opinions_and_asks_nobody_twice(scene: Any) -> None:
    by, ars, projet = scene
    caisse = agent("cpam-31")
    projet = ask(projet, ars)
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    assert projet.consultation.limite_le == d("2026-11-21")
    assert "Votre avis est demandé sur un projet de santé" not in titles(caisse)


# --- Outside the portal ------------------------------------------------------------------------------


def test_pieces_received_outside_count_from_their_real_day(scene: Any) -> None:
    _, ars, projet = scene
    projet = ask(projet, ars)
    (item,) = asked(projet)
    recue = Recue(item=item, recue_le=d("2026-10-12"), fichier=scan())
    record_received(projet=projet, recues=[recue], by=ars, now=paris("2026-10-20"))
    projet = fresh(projet)
    assert (projet.etat, projet.delai.dernier_jour) == ("depose", d("2026-12-12"))
    assert (last(projet, "completer").origine, last(projet, "completer").acteur) == ("papier", ars.user)
    line = MouvementDelai.objects.get(delai=projet.delai_id, nature="reponse")
    assert (line.origine, line.le, line.recorded_at) == ("papier", d("2026-10-12"), paris("2026-10-20"))
    assert Piece.objects.get(repond_a=item).recue_le == d("2026-10-12")


@pytest.mark.parametrize("paper", ["2026-10-05", "2026-10-19"], ids=["first", "last"])
def test_a_piece_in_two_parts_is_dated_by_the_last_part_whichever_way_it_came(scene: Any, paper: str) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    item = give(asked(projet)[0], by=by, now=paris("2026-10-12"))
    recue = Recue(item=item, recue_le=d(paper), reponse="La seconde partie, par courrier.")
    record_received(projet=projet, recues=[recue], by=ars, now=paris("2026-10-20"))
    assert fresh(projet).delai.origine_le == max(d("2026-10-12"), d(paper))


def test_pieces_received_long_ago_let_the_silence_speak_at_its_day(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    recue = Recue(item=asked(projet)[0], recue_le=d("2026-10-12"), reponse="Reçue au guichet.")
    record_received(projet=projet, recues=[recue], by=ars, now=paris("2027-01-05"))
    projet = fresh(projet)
    assert (projet.etat, projet.delai.clos_par) == ("valide_tacitement", "silence")
    assert last(projet, "constater_silence").prend_effet_le == d("2026-12-13")
    assert papers(projet)[-1] == "attestation"
    assert titles(by)[-1] == "Votre projet de santé est réputé validé"


@pytest.mark.parametrize("day", ["2026-09-19", "2026-10-21"])
def test_a_piece_is_received_neither_before_it_was_asked_nor_in_the_future(scene: Any, day: str) -> None:
    _, ars, projet = scene
    projet = ask(projet, ars)
    recue = Recue(item=asked(projet)[0], recue_le=d(day), reponse="Reçue.")
    with refused("ni avant la demande, ni dans le futur"):
        record_received(projet=projet, recues=[recue], by=ars, now=paris("2026-10-20"))


def test_what_came_outside_is_recorded_by_the_ars_for_its_own_request_with_a_real_file(scene: Any) -> None:
    by, ars, projet = scene
    projet = ask(projet, ars)
    other = asked_project(by, projet=deposited_project(porteur(), now=DEPOSIT), ars=ars, now=ASKED)
    foreign = Recue(item=asked(other)[0], recue_le=d("2026-10-12"), reponse="Reçue.")
    with refused("n’a pas été demandée pour ce projet"):
        record_received(projet=projet, recues=[foreign], by=ars, now=paris("2026-10-20"))
    own = Recue(item=asked(projet)[0], recue_le=d("2026-10-12"), reponse="Reçue.")
    with refused("Seul le service qui a demandé la pièce"):
        record_received(projet=projet, recues=[own], by=by, now=paris("2026-10-20"))
    false = Recue(item=asked(projet)[0], recue_le=d("2026-10-12"), fichier=scan("piece.pdf"))
    with pytest.raises(FileRefused):
        record_received(projet=projet, recues=[false], by=ars, now=paris("2026-10-20"))
    assert fresh(projet).etat == "incomplet"
