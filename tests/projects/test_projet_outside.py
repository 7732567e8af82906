"""What came or was decided on paper: real days, two persons, the silence proven wrong or the file to be verified."""

from datetime import date
from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Decision, Document, Dossier
from dossiers.states import NatureDecision as N
from projects.models import ProjetSante
from projects.selectors.projets import projects_to_verify
from projects.services.paper import confirm_paper_decision, discard_paper_decision, record_paper_decision
from projects.services.projets.deciding import withdraw_validation
from projects.services.projets.depositing import complete, record_receipt, withdraw
from projects.services.projets.pieces import waive_pieces
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, ready_project
from tests.projects.rows import plain
from tests.projects.scene import acts, asked, d, last, ledger, papers, paris, refused, set_region, titles

pytestmark = pytest.mark.django_db

DEPOSIT = paris("2026-09-14")
SPOKEN = paris("2026-11-15", "00:10:00")
TYPED = paris("2026-11-18")
PRS = {"motif": "prs", "objectifs": ["Objectif 3"], "raison": "", "dossier_en_conflit": ""}
PIECES = {
    "pieces": [
        {"intitule": "Délimitation", "requise": True, "fondement": "CSP, art. L1434-12", "limite_le": "2026-12-20"}
    ]
}


@pytest.fixture
def scene() -> tuple[Acteur, Acteur, Acteur, ProjetSante]:
    """The association, who types at the ARS, who decides there, a project whose last day is 14 November."""
    by, clerk, ars = porteur(), agent("dd-ars-31", droits=["instruire"]), decideur()
    return by, clerk, ars, deposited_project(by, now=DEPOSIT)


def typed(projet: ProjetSante, nature: N, *, clerk: Acteur, ars: Acteur, **kwargs: Any) -> Decision:
    """Signed on 11 November, notified by registered post that day, typed on the 18th by the clerk."""
    given: dict[str, Any] = {
        "signee_le": d("2026-11-11"),
        "notifiee_le": d("2026-11-11"),
        "motivation": "L’objectif 3 n’est pas repris." if nature == N.OPPOSITION_PROJET else "",
        "donnees": {N.OPPOSITION_PROJET: PRS, N.DEMANDE_PIECES_PROJET: PIECES}.get(nature),
        "scan": scan(),
        "now": TYPED,
    }
    return record_paper_decision(step=projet, nature=nature, signataire=ars.user, by=clerk, **{**given, **kwargs})


# --- The silence proven wrong ------------------------------------------------------------------------


def test_an_opposition_notified_three_days_before_and_typed_four_days_after_proves_the_silence_wrong(
    scene: Any,
) -> None:
    by, clerk, ars, projet = scene
    passage(now=SPOKEN)
    attestation = Document.objects.get(modele="attestation")
    decision = typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars)
    assert (decision.etat, fresh(projet).etat) == ("a_confirmer", "valide_tacitement")
    confirm_paper_decision(decision=decision, by=ars, now=paris("2026-11-19"))
    projet = fresh(projet)
    assert (projet.etat, projet.a_verifier_at) == ("oppose", None)
    event = last(projet, "infirmer_par_opposition")
    assert (event.source, event.prend_effet_le, event.origine) == ("valide_tacitement", d("2026-11-11"), "papier")
    decision.refresh_from_db()
    assert (decision.etat, decision.evenement, decision.confirmee_par) == ("prise", event.pk, ars.user)
    attestation.refresh_from_db()
    assert attestation.annule_at == paris("2026-11-19")
    assert plain(attestation.annule_motif) == "Opposition au projet de santé, le 11 novembre 2026"
    assert titles(by)[-1] == "Décision sur votre projet de santé"
    assert acts(projet) == ["deposer", "constater_silence", "infirmer_par_opposition"]


@pytest.mark.parametrize("attempt", range(4))
def test_of_two_events_of_one_instant_the_last_written_is_the_last(scene: Any, attempt: int) -> None:
    _, clerk, ars, projet = scene
    confirm_paper_decision(decision=typed(projet, N.VALIDATION_PROJET, clerk=clerk, ars=ars), by=ars, now=TYPED)
    journal = list(projet.evenements.order_by("recorded_at", "pk").values_list("action", flat=True))
    assert journal == ["deposer", "constater_silence", "infirmer_par_validation"]
    withdraw_validation(projet=fresh(projet), motivation="Illégal.", entendue_le=d("2026-11-13"), by=ars, now=TYPED)
    assert fresh(projet).etat == "retrait_prononce"


def test_the_clock_being_late_the_silence_is_recorded_first_then_proven_wrong(scene: Any) -> None:
    _, clerk, ars, projet = scene
    decision = typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars)
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    projet = fresh(projet)
    assert (projet.etat, acts(projet)) == ("oppose", ["deposer", "constater_silence", "infirmer_par_opposition"])
    assert [line[:2] for line in ledger(projet)[1:]] == [("silence", d("2026-11-15")), ("decision", d("2026-11-11"))]
    assert Document.objects.get(modele="attestation").annule_at == TYPED


def test_a_validation_notified_in_time_takes_the_place_of_the_tacit_one(scene: Any) -> None:
    _, clerk, ars, projet = scene
    passage(now=SPOKEN)
    decision = typed(fresh(projet), N.VALIDATION_PROJET, clerk=clerk, ars=ars)
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    projet = fresh(projet)
    assert (projet.etat, projet.consolidation_le()) == ("valide", d("2027-03-11"))
    assert last(projet, "infirmer_par_validation").prend_effet_le == d("2026-11-11")
    assert Document.objects.get(modele="attestation").annule_at == TYPED


def test_a_decision_on_paper_confirmed_in_time_takes_effect_at_the_day_it_was_notified(scene: Any) -> None:
    _, clerk, ars, projet = scene
    told = {"signee_le": d("2026-10-01"), "notifiee_le": d("2026-10-03"), "now": paris("2026-10-05")}
    decision = typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars, **told)
    confirm_paper_decision(decision=decision, by=ars, now=paris("2026-10-06"))
    projet = fresh(projet)
    assert (projet.etat, last(projet, "opposer").prend_effet_le) == ("oppose", d("2026-10-03"))
    assert ledger(projet)[-1][:2] == ("decision", d("2026-10-03"))
    assert "decision_projet" not in papers(projet)  # the scan is the paper


# --- A request for pieces proven ----------------------------------------------------------------------


def test_a_request_received_in_time_opens_a_new_period_with_the_ledger_of_the_old_one(scene: Any) -> None:
    by, clerk, ars, projet = scene
    projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    give_pieces(projet, by=by, now=paris("2026-10-12"))
    complete(projet=projet, by=by, now=paris("2026-10-12"))
    passage(now=paris("2026-12-13"))
    old = fresh(projet).delai
    before = ledger(fresh(projet))
    told = {"signee_le": d("2026-12-01"), "notifiee_le": d("2026-12-03"), "now": paris("2026-12-20")}
    decision = typed(fresh(projet), N.DEMANDE_PIECES_PROJET, clerk=clerk, ars=ars, **told)
    confirm_paper_decision(decision=decision, by=ars, now=paris("2026-12-21"))
    projet = fresh(projet)
    assert projet.etat == "incomplet"
    assert (projet.delai_id == old.pk, projet.delai.recu_le, projet.delai.dernier_jour) == (
        False,
        d("2026-09-14"),
        None,
    )
    assert ledger(projet) == [*before[:-1], ("demande", d("2026-12-03"), None)]
    old.refresh_from_db()
    assert (old.clos_par, old.dernier_jour) == ("silence", d("2026-12-12"))
    assert Document.objects.get(modele="attestation").annule_at == paris("2026-12-21")
    assert titles(by)[-1] == "Pièces demandées sur votre projet de santé"
    give_pieces(projet, by=by, now=paris("2026-12-22"))
    complete(projet=projet, by=by, now=paris("2026-12-22"))
    assert fresh(projet).delai.dernier_jour == d("2027-02-22")
    passage(now=paris("2027-02-23"))
    assert Document.objects.filter(modele="attestation", annule_at=None).count() == 1


def test_the_new_period_waived_lets_the_silence_speak_again_at_its_first_day(scene: Any) -> None:
    _, clerk, ars, projet = scene
    passage(now=SPOKEN)
    decision = typed(fresh(projet), N.DEMANDE_PIECES_PROJET, clerk=clerk, ars=ars)
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    waive_pieces(projet=fresh(projet), motif="Retrouvée.", by=ars, now=paris("2026-11-25"))
    projet = fresh(projet)
    days = projet.evenements.filter(action="constater_silence").values_list("prend_effet_le", flat=True)
    assert (projet.etat, list(days)) == ("valide_tacitement", [d("2026-11-15")] * 2)
    assert list(Document.objects.filter(modele="attestation").order_by("pk").values_list("annule_at", flat=True)) == [
        TYPED,
        None,
    ]


def test_a_period_that_began_by_a_receipt_noted_says_so_again(scene: Any) -> None:
    set_region("point_de_reception", "constat")
    clerk, ars = agent("dd-ars-31", droits=["instruire"]), decideur()
    projet = deposited_project(now=DEPOSIT)
    record_receipt(projet=projet, le=d("2026-09-14"), by=clerk, now=DEPOSIT)
    passage(now=SPOKEN)
    decision = typed(fresh(projet), N.DEMANDE_PIECES_PROJET, clerk=clerk, ars=ars)
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    assert [nature for nature, *_ in ledger(fresh(projet))] == ["reception", "demande"]


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        ({"requise": False}, "au moins une pièce exigée par un texte"),
        ({"limite_le": None}, "Donnez une date limite"),
        ({"fondement": ""}, "citez l’article"),
        ({"limite_le": "2026-11-10"}, "la date limite est passée"),
    ],
)
def test_a_request_on_paper_that_could_never_be_confirmed_is_not_even_typed(
    scene: Any, piece: dict[str, Any], sentence: str
) -> None:
    _, clerk, ars, projet = scene
    told = {"pieces": [{**PIECES["pieces"][0], **piece}]}
    with refused(sentence):
        typed(projet, N.DEMANDE_PIECES_PROJET, clerk=clerk, ars=ars, donnees=told)


# --- To be verified -----------------------------------------------------------------------------------


@pytest.mark.parametrize("nature", [N.OPPOSITION_PROJET, N.VALIDATION_PROJET, N.DEMANDE_PIECES_PROJET])
@pytest.mark.parametrize("late", [True, False], ids=["clock late", "clock on time"])
def test_signed_by_the_last_day_and_notified_after_it_the_silence_stands_and_the_file_is_to_be_verified(
    scene: Any, nature: N, late: bool
) -> None:
    by, clerk, ars, projet = scene
    if not late:
        passage(now=SPOKEN)
    decision = typed(
        fresh(projet), nature, clerk=clerk, ars=ars, signee_le=d("2026-11-14"), notifiee_le=d("2026-11-16")
    )
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    projet = fresh(projet)
    decision.refresh_from_db()
    assert (projet.etat, projet.a_verifier_at) == ("valide_tacitement", TYPED)
    assert (decision.etat, decision.evenement, decision.confirmee_par) == ("a_verifier", None, ars.user)
    event = last(projet, "signaler_a_verifier")
    assert (event.source, event.cible) == ("valide_tacitement", "valide_tacitement")
    assert "signée le 14 novembre 2026, notifiée le 16 novembre 2026" in plain(event.motif)
    assert Document.objects.get(modele="attestation").annule_at is None
    assert titles(by)[-1] == titles(ars)[-1] == "Situation à vérifier"
    assert [found.pk for found in projects_to_verify(ars)] == [projet.pk]
    assert asked(projet) == []


def test_a_later_proof_settles_what_was_to_be_verified(scene: Any) -> None:
    _, clerk, ars, projet = scene
    passage(now=SPOKEN)
    late = typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars, notifiee_le=d("2026-11-16"))
    confirm_paper_decision(decision=late, by=ars, now=TYPED)
    proof = typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars, notifiee_le=d("2026-11-13"))
    confirm_paper_decision(decision=proof, by=ars, now=paris("2026-11-20"))
    projet = fresh(projet)
    assert (projet.etat, projet.a_verifier_at, list(projects_to_verify(ars))) == ("oppose", None, [])


def test_never_notified_is_notified_after_the_last_day(scene: Any) -> None:
    _, clerk, ars, projet = scene
    passage(now=SPOKEN)
    decision = typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars, notifiee_le=None)
    confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    assert (fresh(projet).etat, fresh(projet).a_verifier_at) == ("valide_tacitement", TYPED)


@pytest.mark.parametrize("nature", [N.OPPOSITION_PROJET, N.VALIDATION_PROJET, N.DEMANDE_PIECES_PROJET])
def test_signed_after_the_last_day_it_is_refused_with_the_ways_out(scene: Any, nature: N) -> None:
    _, clerk, ars, projet = scene
    with refused("Le dernier jour pour décider était le 14 novembre 2026", "14 mars 2027"):
        typed(projet, nature, clerk=clerk, ars=ars, signee_le=d("2026-11-15"), notifiee_le=d("2026-11-15"))


# --- Days that cannot be, people who may not ------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "notified", "sentence"),
    [
        ("2026-11-19", "2026-11-19", "ne peut pas porter une date après le 18 novembre 2026"),
        ("2026-11-11", "2026-11-19", "ne peut pas porter une date après le 18 novembre 2026"),
        ("2026-11-11", "2026-11-10", "notifiée avant d’être signée"),
        ("2026-09-13", "2026-09-14", "n’a pas pu être signée avant le 14 septembre 2026"),
    ],
)
def test_no_decision_has_an_impossible_day(scene: Any, signed: str, notified: str, sentence: str) -> None:
    _, clerk, ars, projet = scene
    with refused(sentence):
        typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars, signee_le=d(signed), notifiee_le=d(notified))


def test_the_ground_and_the_reasons_are_asked_of_a_paper_too(scene: Any) -> None:
    _, clerk, ars, projet = scene
    with refused("l’un des deux motifs"):
        typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars, donnees={"motif": "autre"})
    with refused("motivé"):
        typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars, motivation=" ")


def test_whoever_typed_it_does_not_confirm_it_nor_does_who_may_not_decide(scene: Any) -> None:
    by, clerk, ars, projet = scene
    decision = typed(projet, N.OPPOSITION_PROJET, clerk=ars, ars=ars)
    with refused("Vous avez saisi cette décision : une autre personne la confirme"):
        confirm_paper_decision(decision=decision, by=ars, now=TYPED)
    for other in (clerk, by, guichet(), decideur("dd-ars-09")):
        with refused():
            confirm_paper_decision(decision=decision, by=other, now=TYPED)
    confirm_paper_decision(decision=decision, by=decideur(), now=TYPED)
    assert fresh(projet).etat == "oppose"


def test_set_aside_it_has_no_effect_and_stays(scene: Any) -> None:
    _, clerk, ars, projet = scene
    passage(now=SPOKEN)
    decision = typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars)
    with refused("attend déjà d’être confirmée"):
        typed(fresh(projet), N.OPPOSITION_PROJET, clerk=clerk, ars=ars)
    discard_paper_decision(decision=decision, by=ars, now=TYPED)
    assert (Decision.objects.get().etat, fresh(projet).etat) == ("ecartee", "valide_tacitement")
    with refused("déjà « écartée »"):
        confirm_paper_decision(decision=decision, by=ars, now=TYPED)


def test_the_association_the_guichet_and_the_caisse_type_no_decision(scene: Any) -> None:
    by, _, ars, projet = scene
    for other in (by, guichet(), agent("cpam-31")):
        with refused("Seule l’administration qui instruit"):
            typed(projet, N.VALIDATION_PROJET, clerk=other, ars=ars)


def test_the_signatory_held_a_delegation_the_day_it_signed(scene: Any) -> None:
    _, clerk, _, projet = scene
    ended = decideur(fin_le=date(2026, 11, 10))
    with refused("a pris fin le 10 novembre 2026"):
        typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ended)


@pytest.mark.parametrize("etat", ["brouillon", "retire", "oppose"])
def test_no_paper_is_recorded_on_a_project_that_is_not_to_be_decided(scene: Any, etat: str) -> None:
    by, clerk, ars, projet = scene
    if etat == "brouillon":
        projet = ready_project(porteur(), now=DEPOSIT)
        Dossier.objects.filter(pk=projet.dossier_id).update(departements=["31"])
        projet = fresh(projet)
    elif etat == "retire":
        withdraw(projet=projet, motif="Fin.", by=by, now=paris("2026-10-01"))
    else:
        confirm_paper_decision(decision=typed(projet, N.OPPOSITION_PROJET, clerk=clerk, ars=ars), by=ars, now=TYPED)
    with refused("cette décision n’y est pas possible"):
        typed(fresh(projet), N.VALIDATION_PROJET, clerk=clerk, ars=ars)
