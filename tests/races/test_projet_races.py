"""The last instant of a projet de santé: four people and two clocks at once, one outcome, everything once."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime
from typing import Any

import pytest

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import AlerteDelai, Decision, Delai, DemandePieces, Document, MouvementDelai
from dossiers.states import NatureDecision as N
from guichet.kernel.lifecycle import Refused
from projects.models import EvenementProjet, ProjetSante
from projects.services.paper import confirm_paper_decision, record_paper_decision
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.depositing import complete, withdraw
from projects.services.projets.pieces import ask_pieces, waive_pieces
from projects.services.silence import record_silence, warn
from tests.factories.bodies import agent, decideur
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required
from tests.projects.rows import plain
from tests.projects.scene import asked, d, paris
from tests.races.together import Together, without_the_law

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, FEWER = 200, 25
DEPOSIT = paris("2026-09-14")
LAST, SPOKEN = paris("2026-11-14", "23:59:59"), paris("2026-11-15", "00:00:00")
GROUND = Opposition(motif="territoire", raison="Il coupe un bassin de vie.")
STATES = {"opposer": "oppose", "valider": "valide", "retirer": "retire", "constater_silence": "valide_tacitement"}
PAPERS = {
    "opposer": "decision_projet",
    "valider": "decision_projet",
    "demander_pieces": "pieces_projet",
    "constater_silence": "attestation",
}


@pytest.fixture
def six(transactional_db: None) -> Iterator[Together]:
    """Six acts at once, each in its own thread and on its own connection."""
    pool = Together(6)
    yield pool
    pool.close()


def undecided(projet: ProjetSante) -> None:
    """Put the project back on the desk of the ARS, as nothing in the portal can."""
    ids = {"projet": projet.pk, "dossier": projet.dossier_id, "delai": projet.delai_id}
    with without_the_law() as cursor:
        cursor.execute("; ".join(UNDO), ids)


UNDO = (
    "DELETE FROM accounts_envoi WHERE evenement IN (SELECT id FROM projects_evenementprojet WHERE projet_id = "
    "%(projet)s AND action <> 'deposer')",
    "DELETE FROM dossiers_document WHERE evenement IN (SELECT id FROM projects_evenementprojet WHERE projet_id = "
    "%(projet)s AND action <> 'deposer')",
    "DELETE FROM dossiers_decision WHERE dossier_id = %(dossier)s",
    "DELETE FROM projects_evenementprojet WHERE projet_id = %(projet)s AND action <> 'deposer'",
    "DELETE FROM dossiers_mouvementdelai WHERE delai_id = %(delai)s AND nature <> 'depot'",
    "DELETE FROM dossiers_piecedemandee WHERE demande_id IN "
    "(SELECT id FROM dossiers_demandepieces WHERE dossier_id = %(dossier)s)",
    "DELETE FROM dossiers_demandepieces WHERE dossier_id = %(dossier)s",
    "UPDATE dossiers_delai SET clos_at = NULL, clos_par = '', origine_le = '2026-09-14', dernier_jour = '2026-11-14', "
    "echeance_le = '2026-11-15' WHERE id = %(delai)s",
    "UPDATE projects_projetsante SET etat = 'depose', a_verifier_at = NULL, delai_id = %(delai)s WHERE id = %(projet)s",
)


def the_acts(projet: ProjetSante, by: Acteur, ars: list[Acteur]) -> dict[str, Callable[[], Any]]:
    """Each as its person sees the project a second before midnight; the clock passes twice, at midnight."""
    item, read = required(now=LAST), fresh(projet)
    return {
        "opposer": lambda: oppose(projet=copy(read), opposition=GROUND, motivation="Voir.", by=ars[0], now=LAST),
        "valider": lambda: validate(projet=copy(read), sans_attendre="Urgence.", by=ars[1], now=LAST),
        "demander_pieces": lambda: ask_pieces(projet=copy(read), items=[item], by=ars[2], now=LAST),
        "retirer": lambda: withdraw(projet=copy(read), motif="Fin.", by=by, now=LAST),
        "horloge 1": lambda: record_silence(delai_id=projet.delai_id, now=SPOKEN),
        "horloge 2": lambda: record_silence(delai_id=projet.delai_id, now=SPOKEN),
    }


def happened(projet: ProjetSante) -> list[EvenementProjet]:
    return list(projet.evenements.exclude(action="deposer").order_by("recorded_at", "action"))


def test_four_people_and_two_clocks_at_the_last_instant_leave_one_outcome(six: Together) -> None:
    by, ars = porteur(), [decideur(), decideur(), decideur()]
    projet = deposited_project(by, now=DEPOSIT)
    ends: dict[str, int] = {}
    for number in range(ROUNDS):
        acts = the_acts(projet, by, ars)
        order = [*acts][number % 6 :] + [*acts][: number % 6]
        outcomes = dict(zip(order, six(*(acts[name] for name in order)), strict=True))
        won = {name.split(" ")[0] for name, outcome in outcomes.items() if not isinstance(outcome, Refused)}
        won = {"constater_silence" if name == "horloge" else name for name in won}
        events = happened(projet)
        assert {event.action for event in events} == won
        assert len(events) == len(won)
        # the law lets an incomplete project be decided or withdrawn: nothing else follows another act
        (end,) = won - {"demander_pieces"}
        read = fresh(projet)
        assert read.etat == STATES[end]
        refused = {name: plain(str(told)) for name, told in outcomes.items() if isinstance(told, Refused)}
        assert len(refused) == 6 - len(won)
        assert [name for name, told in refused.items() if not said(name, told)] == []
        once(read, events, by, end)
        ends[end] = ends.get(end, 0) + 1
        undecided(projet)
    assert set(ends) <= set(STATES)
    assert len(ends) > 1


def said(name: str, told: str) -> bool:
    """A person is told what the state is, since when and by whom; a clock, that it comes for nothing."""
    return "l’état est « " in told or (name.startswith("horloge") and told == "Aucun délai ne court sur ce projet.")


def once(projet: ProjetSante, events: list[EvenementProjet], by: Acteur, end: str) -> None:
    """One paper of each kind, one mail to each person about each event, one decision, one end of the period."""
    ids = [event.pk for event in events]
    papers = Document.objects.filter(evenement__in=ids).values_list("modele", flat=True)
    assert sorted(papers) == sorted(PAPERS[event.action] for event in events if event.action in PAPERS)
    mails = list(Envoi.objects.filter(evenement__in=ids).values_list("evenement", "user").order_by("pk"))
    assert len(mails) == len(set(mails)) > 0
    assert (events[-1].pk, by.user.pk) in mails or end == "retirer"
    assert Decision.objects.filter(dossier=projet.dossier_id).count() == (end in ("opposer", "valider"))
    closing = MouvementDelai.objects.filter(delai=projet.delai_id, nature__in=["decision", "retrait", "silence"])
    assert closing.count() == 1
    assert projet.delai.clos_par == closing.get().nature
    assert DemandePieces.objects.filter(dossier=projet.dossier_id, close_at=None).count() == 0


def test_the_same_decision_sent_twice_is_one_decision(six: Together) -> None:
    ars = decideur()
    projet = deposited_project(now=DEPOSIT)
    for _ in range(FEWER):
        act = lambda: oppose(projet=fresh(projet), opposition=GROUND, motivation="Voir.", by=ars, now=LAST)  # noqa: E731
        outcomes = six(act, act)
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
        assert (Decision.objects.count(), len(happened(projet))) == (1, 1)
        undecided(projet)


def test_two_confirmations_of_one_paper_and_two_late_clocks_prove_the_silence_wrong_once(six: Together) -> None:
    clerk, ars = agent("dd-ars-31", droits=["instruire"]), [decideur(), decideur()]
    projet = deposited_project(now=DEPOSIT)
    late = paris("2026-11-18")
    for _ in range(FEWER):
        paper = record_paper_decision(
            step=fresh(projet),
            nature=N.OPPOSITION_PROJET,
            signataire=ars[0].user,
            signee_le=d("2026-11-11"),
            notifiee_le=d("2026-11-11"),
            motivation="Voir.",
            donnees=GROUND.donnees(),
            scan=scan(shade=1),
            by=clerk,
            now=late,
        )
        outcomes = six(
            lambda paper=paper: confirm_paper_decision(decision=paper, by=ars[0], now=late),
            lambda paper=paper: confirm_paper_decision(decision=paper, by=ars[1], now=late),
            lambda: record_silence(delai_id=projet.delai_id, now=late),
            lambda: record_silence(delai_id=projet.delai_id, now=late),
        )
        assert sum(isinstance(outcome, Refused) for outcome in outcomes[:2]) == 1
        assert sorted(event.action for event in happened(projet)) == ["constater_silence", "infirmer_par_opposition"]
        assert fresh(projet).etat == "oppose"
        assert Document.objects.get(modele="attestation").annule_motif != ""
        undecided(projet)


def test_a_completion_a_waiver_and_the_clocks_agree_with_the_ledger(six: Together) -> None:
    """Whoever comes first, the period is that of the whole ledger, and the silence speaks at its day."""
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=DEPOSIT)
    now = paris("2026-11-20")
    ends = set()
    for _ in range(FEWER):
        asked_project(by, projet=fresh(projet), ars=ars, now=paris("2026-11-10"))
        give_pieces(projet, by=by, now=paris("2026-11-19"))
        outcomes = six(
            lambda: complete(projet=fresh(projet), by=by, now=now),
            lambda: waive_pieces(projet=fresh(projet), motif="Retrouvée.", by=ars, now=now),
            lambda: record_silence(delai_id=projet.delai_id, now=now),
        )
        assert sum(isinstance(outcome, Refused) for outcome in outcomes[:2]) == 1
        read = fresh(projet)
        ends.add((read.etat, read.delai.dernier_jour))
        assert asked(read) == []
        undecided(projet)
        with without_the_law() as cursor:
            cursor.execute("DELETE FROM projects_versionprojet WHERE projet_id = %s AND numero > 1", [projet.pk])
    assert ends <= {("depose", d("2027-01-19")), ("valide_tacitement", d("2026-11-14"))}


def test_the_same_rung_told_by_six_passages_is_told_once(six: Together) -> None:
    ars = decideur()
    projet = deposited_project(now=DEPOSIT)
    moment: datetime = paris("2026-10-30", "06:30:00")
    told = six(*[lambda: warn(delai_id=projet.delai_id, now=moment)] * 6)
    assert sorted(told) == [False] * 5 + [True]
    assert AlerteDelai.objects.count() == 1
    assert Envoi.objects.filter(user=ars.user, sujet__contains="dernier jour").count() == 1
    assert Delai.objects.get().clos_at is None
