"""An opinion against the end of its consultation, at the same instant, two hundred times: in, or refused."""

from functools import partial
from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Document
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, Consultation, EvenementAvis, LettreIntention, Seance
from projects.services import seances
from projects.services.opinions import StaleOpinion, give, recuse, save_draft
from projects.services.synthesis import give_synthesis
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, guichet
from tests.factories.projects import CRITERES, consulted_letter
from tests.races.together import Together, without_the_law

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200
URPS = "urps-infirmiers-occitanie"
GRADED: dict[str, Any] = {"sens": "favorable", "criteres": CRITERES, "commentaire": "À l’instant."}

AGAIN = (
    "DELETE FROM accounts_envoi",
    "DELETE FROM dossiers_document WHERE modele IN ('avis_guichet', 'compte_rendu_seance')",
    "DELETE FROM projects_evenementavis",
    "DELETE FROM projects_evenementlettre WHERE action = 'rendre_synthese'",
    "UPDATE projects_avis SET etat = 'attendu', sens = '', criteres = '{}', commentaire = '', conflit = '', "
    "rendu_at = NULL, version = 0, seance_id = NULL",
    "UPDATE projects_consultation SET sens = '', synthese = '{}', rendue_at = NULL",
    "UPDATE projects_lettreintention SET etat = 'en_consultation' WHERE etat = 'avis_rendu'",
    "UPDATE projects_seance SET close_at = NULL",
)


def consulted_again() -> None:
    """Back to the open consultation nobody answered, as nothing in the portal can."""
    with without_the_law() as cursor:
        for statement in AGAIN:
            cursor.execute(statement)


def read(pk: int) -> Avis:
    """The opinion as a page loads it."""
    return Avis.objects.select_related("consultation__lettre", "organisation", "dossier").get(pk=pk)


def closing(lettre: LettreIntention, desk: Acteur) -> Any:
    own = LettreIntention.objects.select_related("dossier__association", "demande").get(pk=lettre.pk)
    text = {"conclusion": "Avis favorable."}
    return partial(give_synthesis, lettre=own, sens="favorable", synthese=text, by=desk, now=NOW)


def answering(number: int, pk: int, by: Acteur) -> Any:
    """An opinion, or one time in four a déport."""
    if number % 4 == 3:
        return partial(recuse, avis=read(pk), conflit="Membre.", by=by, now=NOW)
    return partial(give, avis=read(pk), **GRADED, by=by, now=NOW)


def counted() -> str:
    """The line of the opinion of the Guichet that says how many answered."""
    paper = Document.objects.get(modele="avis_guichet")
    lines = [line for bloc in paper.contexte["sections"][0]["blocs"] for line in bloc.get("elements", [])]
    return next(line for line in lines if line.startswith("Avis rendus"))


def test_an_opinion_given_while_the_consultation_closes_is_counted_or_refused(together: Together) -> None:
    desk, by = guichet(), agent(URPS)
    lettre = consulted_letter(desk=desk, quorum=0)
    pk = Avis.objects.get(organisation=by.organisation_id).pk
    outcomes = set()
    for number in range(ROUNDS):
        acts = [answering(number, pk, by), closing(lettre, desk)]
        if number % 2:
            acts.reverse()
        told = together(*acts)
        answer, synthesis = reversed(told) if number % 2 else told
        assert not isinstance(synthesis, Refused)
        avis = read(pk)
        refused = isinstance(answer, Refused)
        assert avis.consultation.lettre.etat == "avis_rendu"
        assert Consultation.objects.get(lettre=lettre).sens == "favorable"
        if refused:
            assert "La consultation est close" in str(answer)
        given = "attendu" if refused else ("deport" if number % 4 == 3 else "rendu")
        assert (avis.etat, avis.rendu_at) == (given, None if refused else NOW)
        assert EvenementAvis.objects.count() == (0 if refused else 1)
        rendus, deports = int(given == "rendu"), int(given == "deport")
        assert counted().replace("\u00a0", " ") == (
            f"Avis rendus : {rendus}. Abstentions : 0. Déports : {deports}. Sans réponse : {14 - rendus - deports}."
        )
        outcomes.add(refused)
        consulted_again()
    assert outcomes == {True, False}  # each side won at least once


def test_two_people_of_a_body_at_the_same_instant_one_is_kept_the_other_compares(together: Together) -> None:
    people = [agent(URPS), agent(URPS)]
    consulted_letter()
    pk = Avis.objects.get(organisation=people[0].organisation_id).pk

    def save(by: Acteur, text: str) -> str:
        try:
            save_draft(avis=read(pk), sens="", criteres={}, commentaire=text, version=0, by=by, now=NOW)
        except StaleOpinion as stale:
            return f"compare: {stale.current.commentaire}"
        return f"kept: {text}"

    for _ in range(10):
        told = together(*(partial(save, by, f"Texte {number}") for number, by in enumerate(people)))
        kept = read(pk).commentaire
        assert sorted(told) == [f"compare: {kept}", f"kept: {kept}"]
        consulted_again()


def test_an_opinion_recorded_while_the_session_closes_is_in_its_minutes_or_refused(together: Together) -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    consultation = lettre.consultations.get(nature="guichet")
    held = seances.open_session(tenue_le=NOW.date(), lieu="", by=desk, now=NOW)
    seances.add_points(seance=held, consultations=[consultation.pk], by=desk)
    seances.note_present(seance=held, presents=[{"nom": "Alix Fictif"}], by=desk)
    pk = consultation.avis.get(organisation__code=URPS).pk
    for _ in range(20):
        own = Seance.objects.get(pk=held.pk)
        record = partial(seances.record_opinion, seance=own, avis=read(pk), **GRADED, by=desk, now=NOW)
        recorded, closed = together(record, partial(seances.close_session, seance=held, by=desk, now=NOW))
        assert not isinstance(closed, Refused)
        told = str(Document.objects.get(modele="compte_rendu_seance").contexte)
        avis = read(pk)
        refused = isinstance(recorded, Refused)
        assert (avis.etat, avis.seance_id) == (("attendu", None) if refused else ("rendu", held.pk))
        assert ("À l’instant." in told) == (not refused)
        consulted_again()
