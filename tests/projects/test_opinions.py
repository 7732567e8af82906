"""The services of an opinion: what is required to give it, what each answer leaves, who is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.acteur import Acteur
from accounts.models import Absence, Envoi, Mandat
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, LettreIntention
from projects.models.lettre import quorum
from projects.selectors.avis import likely_conflict
from projects.services.opinions import (
    StaleOpinion,
    abstain,
    close_unanswered,
    give,
    opinion_defects,
    recuse,
    save_draft,
    take_back,
)
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, guichet
from tests.factories.projects import CRITERES, consulted_letter, give_opinion

pytestmark = pytest.mark.django_db

URPS = "urps-infirmiers-occitanie"
GRADED: dict[str, Any] = {"sens": "favorable", "criteres": CRITERES, "commentaire": "Utile."}
EMPTY: dict[str, Any] = {"sens": "", "criteres": {}, "commentaire": ""}


def of(by: Acteur, lettre: LettreIntention) -> Avis:
    found = Avis.objects.select_related("consultation", "organisation", "dossier")
    return found.get(consultation__lettre=lettre, organisation=by.organisation_id)


def every_answer(avis: Avis, by: Acteur) -> list[Callable[[], Any]]:
    return [
        lambda: save_draft(avis=avis, **GRADED, version=0, by=by, now=NOW),
        lambda: give(avis=avis, **GRADED, by=by, now=NOW),
        lambda: abstain(avis=avis, motif="", by=by, now=NOW),
        lambda: recuse(avis=avis, conflit="Un lien.", by=by, now=NOW),
    ]


def refused(acts: list[Callable[[], Any]], because: str) -> None:
    for act in acts:
        with pytest.raises(Refused, match=because):
            act()


def test_each_criterion_is_graded_and_explained_where_it_is_not_satisfactory() -> None:
    told = {**CRITERES, "besoins": {"note": "insuffisant", "commentaire": " "}, "projet": {"note": "excellent"}}
    assert opinion_defects("", told, on=NOW) == {
        "sens": "Choisissez le sens de l’avis.",
        "besoins": "Expliquez votre appréciation sur «\u00a0Les besoins du territoire\u00a0».",
        "projet": "Appréciez «\u00a0Le projet au regard des missions\u00a0».",
    }
    assert opinion_defects("favorable", CRITERES, on=NOW) == {}


def test_each_answer_leaves_what_it_says_and_only_that() -> None:
    by = agent(URPS)
    lettre = consulted_letter()
    avis = of(by, lettre)
    draft = {"sens": "favorable", "criteres": CRITERES, "commentaire": "Un brouillon."}
    kept = {}
    for name, act in {
        "rendu": lambda: give(avis=avis, **GRADED, by=by, now=NOW),
        "abstention": lambda: abstain(avis=avis, motif="Peu concernés.", by=by, now=NOW),
        "deport": lambda: recuse(avis=avis, conflit=" Ma sœur y exerce. ", by=by, now=NOW),
    }.items():
        avis.refresh_from_db()
        save_draft(avis=avis, **draft, version=avis.version, by=by, now=NOW)
        act()
        kept[name] = Avis.objects.values_list("etat", "sens", "criteres", "commentaire", "conflit").get(pk=avis.pk)
        take_back(avis=avis, by=by, now=NOW)
    assert kept == {
        "rendu": ("rendu", "favorable", CRITERES, "Utile.", ""),
        "abstention": ("abstention", "", {}, "Peu concernés.", ""),
        "deport": ("deport", "", {}, "", "Ma sœur y exerce."),
    }
    avis.refresh_from_db()
    assert (avis.etat, avis.rendu_at, avis.conflit) == ("brouillon", None, "")
    actions = avis.evenements.order_by("recorded_at", "pk").values_list("action", flat=True)
    assert sorted(actions) == ["rediger", "rendre", "reprendre", "reprendre", "reprendre", "s_abstenir", "se_deporter"]


def test_a_page_opened_before_the_answer_was_taken_back_overwrites_nothing() -> None:
    by = agent(URPS)
    avis = of(by, consulted_letter())
    save_draft(avis=avis, **EMPTY, version=0, by=by, now=NOW)
    give(avis=avis, **GRADED, by=by, now=NOW, version=1)
    take_back(avis=avis, by=by, now=NOW)
    for act in (
        lambda: save_draft(avis=avis, **{**GRADED, "commentaire": "Autre."}, version=1, by=by, now=NOW),
        lambda: give(avis=avis, **{**GRADED, "commentaire": "Autre."}, version=1, by=by, now=NOW),
    ):
        with pytest.raises(StaleOpinion) as stale:
            act()
        assert stale.value.current.commentaire == "Utile."
    assert give(avis=avis, **GRADED, by=by, now=NOW, version=1).cible == "rendu"  # the same text: nothing to compare


def test_after_the_synthesis_every_answer_is_refused_with_its_sentence() -> None:
    desk, by, other = guichet(), agent(URPS), agent("cpam-31")
    lettre = consulted_letter(desk=desk, quorum=0)
    give_opinion(lettre, other)
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    closed = "La consultation est close\u00a0: la lettre est «\u00a0avis rendu\u00a0». Aucun avis n’est plus reçu."
    refused(every_answer(of(by, lettre), by), closed)
    refused([lambda: take_back(avis=of(other, lettre), by=other, now=NOW)], closed)
    assert of(by, lettre).etat == "attendu"
    assert of(other, lettre).etat == "rendu"


def test_a_transmission_without_synthesis_closes_the_consultation_too() -> None:
    desk, by = guichet(), agent(URPS)
    lettre = consulted_letter(desk=desk)
    transmit(lettre=lettre, by=desk, now=NOW)
    refused(every_answer(of(by, lettre), by), "la lettre est «\u00a0transmise à l’ARS\u00a0»")


def test_a_substitute_answers_while_every_holder_is_away_and_an_ended_mandate_never() -> None:
    holders = [agent(URPS), agent(URPS)]
    by = agent(URPS, mandat="suppleant")
    ended = agent(URPS, mandat="")
    Mandat.objects.create(
        user=ended.user,
        organisation=ended.membership.organisation,
        qualite="titulaire",
        debut_le=date(2025, 1, 1),
        fin_le=NOW.date() - timedelta(days=1),
    )
    lettre = consulted_letter()
    Absence.objects.create(user=holders[0].user, du_le=NOW.date(), au_le=NOW.date())
    refused(every_answer(of(by, lettre), by), f"Vous êtes suppléant\u00a0: {holders[1].user}, titulaire")
    refused(every_answer(of(by, lettre), ended), "Vous n’avez pas de mandat de l’URPS")
    assert of(by, lettre).etat == "attendu"
    Absence.objects.create(user=holders[1].user, du_le=NOW.date(), au_le=NOW.date())
    assert give(avis=of(by, lettre), **GRADED, by=by, now=NOW).cible == "rendu"


def test_nobody_answers_for_another_body_and_the_guichet_only_in_a_session() -> None:
    desk, by, other = guichet(), agent(URPS), agent("urps-pharmaciens-occitanie")
    lettre = consulted_letter(desk=desk)
    avis = of(by, lettre)
    for act in every_answer(avis, other):
        with pytest.raises(Refused):
            act()
    refused(
        [lambda: give(avis=avis, **GRADED, by=desk, now=NOW)], "Le Guichet n’enregistre un avis que dans une séance"
    )
    for act in every_answer(avis, desk):
        with pytest.raises(Refused):
            act()
    assert of(by, lettre).etat == "attendu"


def test_a_late_answer_is_taken_after_the_clock_closed_it_and_counts_for_the_quorum() -> None:
    desk, by = guichet(), agent(URPS)
    lettre = consulted_letter(desk=desk)
    avis = of(by, lettre)
    save_draft(avis=avis, **GRADED, version=0, by=by, now=NOW)
    with pytest.raises(Refused, match="La date limite n’est pas passée"):
        close_unanswered(avis=avis, now=NOW + timedelta(days=30))
    close_unanswered(avis=avis, now=NOW + timedelta(days=31))
    assert of(by, lettre).commentaire == "Utile."  # what was drafted is still there for the body
    give(avis=of(by, lettre), **GRADED, by=by, now=NOW + timedelta(days=40))
    etats = list(lettre.consultations.get().avis.compte_au_quorum().order_by("pk").values_list("etat", flat=True))
    assert quorum(etats, 6) == (1, 6)
    assert quorum(["rendu", "abstention", *["deport"] * 5, *["attendu"] * 3], 6) == (2, 5)


def test_the_guichet_learns_who_answered_not_what_it_said() -> None:
    desk, by = guichet(), agent(URPS)
    lettre = consulted_letter(desk=desk)
    told = {**GRADED, "commentaire": "CANARI", "sens": "defavorable"}
    event = give(avis=of(by, lettre), **told, by=by, now=NOW)
    mail = Envoi.objects.get(evenement=event.pk)
    assert mail.user == desk.user
    assert f"{by.membership.organisation.nom} a répondu à la consultation." in mail.texte
    assert "CANARI" not in mail.texte + mail.html
    assert "favorable" not in mail.texte.lower()


def test_a_person_named_in_the_letter_is_seen_whatever_its_accents_and_titles() -> None:
    by = agent(URPS)
    people = [{"nom": "Dr Fictive Hélène", "profession": "Infirmière", "role": "autre", "commune": ""}]
    lettre = consulted_letter(changes={"personnes": {"personnes": people}})
    avis = Avis.objects.select_related("dossier__association", "consultation__lettre").get(pk=of(by, lettre).pk)
    seen = {}
    for prenom, nom in (("Hélène", "Fictive"), ("HELENE", "fictive"), ("Hélène", "Autre"), ("", "")):
        by.user.prenom, by.user.nom = prenom, nom
        found = likely_conflict(avis, by.user)
        seen[f"{prenom} {nom}"] = found and found.lien
    told = "Je suis nommé dans cette lettre."
    assert seen == {"Hélène Fictive": told, "HELENE fictive": told, "Hélène Autre": None, " ": None}
