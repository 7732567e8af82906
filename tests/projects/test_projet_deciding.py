"""Deciding on a projet de santé: the last day, the two grounds, the opinion of the AM, withdrawing, giving up."""

from datetime import date
from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Decision
from projects.models import Avis, ProjetSante
from projects.services.opinions import give as give_opinion
from projects.services.projets.deciding import (
    Opposition,
    oppose,
    prepare,
    report_opposition,
    validate,
    withdraw_validation,
)
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import CRITERES, porteur
from tests.factories.projets import asked_project, deposited_project, fresh
from tests.projects.rows import plain, words
from tests.projects.scene import acts, d, last, ledger, paris, refused, titles

pytestmark = pytest.mark.django_db

DEPOSIT = paris("2026-09-14")
LAST, SPOKEN = paris("2026-11-14", "23:59:59"), paris("2026-11-15", "00:00:00")
GROUND = Opposition(motif="prs", objectifs=("Objectif 3 : les soins non programmés",))


@pytest.fixture
def scene() -> tuple[Acteur, Acteur, ProjetSante]:
    """The association, who decides at the ARS, and a project whose last day is 14 November."""
    by, ars = porteur(), decideur()
    return by, ars, deposited_project(by, now=DEPOSIT)


def opposing(projet: ProjetSante, ars: Acteur, now: Any = LAST, **kwargs: Any) -> ProjetSante:
    given = {"opposition": GROUND, "motivation": "L’objectif 3 n’est pas repris.", **kwargs}
    oppose(projet=projet, by=ars, now=now, **given)
    return fresh(projet)


def validating(projet: ProjetSante, ars: Acteur, now: Any = LAST, **kwargs: Any) -> ProjetSante:
    validate(projet=projet, by=ars, now=now, **{"sans_attendre": "Le délai se termine.", **kwargs})
    return fresh(projet)


# --- The last day -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [opposing, validating])
def test_a_decision_counts_until_the_last_second_of_the_last_day_in_paris(scene: Any, act: Any) -> None:
    _, ars, projet = scene
    with refused("Le dernier jour pour décider était le 14 novembre 2026", "15 novembre 2026", "14 mars 2027"):
        act(projet, ars, SPOKEN)
    projet = act(projet, ars, LAST)
    assert projet.etat == ("oppose" if act is opposing else "valide")
    assert (projet.delai.clos_par, ledger(projet)[-1][:2]) == ("decision", ("decision", d("2026-11-14")))
    row = passage(now=SPOKEN)
    assert (row.dus, fresh(projet).etat) == (0, projet.etat)


@pytest.mark.parametrize("act", [opposing, validating])
def test_an_incomplete_project_may_be_decided_on_any_day(scene: Any, act: Any) -> None:
    by, ars, projet = scene
    projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-11-14"))
    projet = act(projet, ars, paris("2027-05-01"))
    assert projet.etat in ("oppose", "valide")
    assert projet.delai.clos_par == "decision"


@pytest.mark.parametrize("act", [opposing, validating])
@pytest.mark.parametrize("who", ["porteur", "guichet", "caisse", "elsewhere", "instructs"])
def test_only_who_decides_at_the_ars_decides(scene: Any, act: Any, who: str) -> None:
    by, _, projet = scene
    people = {
        "porteur": lambda: by,
        "guichet": guichet,
        "caisse": lambda: agent("cpam-31"),
        "elsewhere": lambda: decideur("dd-ars-09"),
        "instructs": lambda: agent("dd-ars-31", droits=["instruire"]),
    }
    other = people[who]()
    with refused():
        act(projet, other, paris("2026-10-01"))


@pytest.mark.parametrize("act", [opposing, validating])
def test_without_a_delegation_in_force_that_day_nothing_is_decided(scene: Any, act: Any) -> None:
    _, _, projet = scene
    ended = decideur(fin_le=date(2026, 9, 30))
    with refused("a pris fin le 30 septembre 2026"):
        act(projet, ended, paris("2026-10-01"))
    projet = act(projet, ended, paris("2026-09-30", "23:59:59"))
    assert projet.dossier.decisions.get().acte == "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)"


def test_a_decision_taken_is_final_and_says_by_whom_and_when(scene: Any) -> None:
    _, ars, projet = scene
    opposing(projet, ars, paris("2026-10-01", "09:05:00"))
    with refused("l’état est « Opposition » depuis le 1er octobre 2026 à 9 h 05", ars.qualite):
        validating(projet, ars, paris("2026-10-01", "09:06:00"))


# --- The opposition ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ground", "sentence"),
    [
        (Opposition(motif="budget", raison="Trop cher."), "l’un des deux motifs de la loi"),
        (Opposition(motif=""), "l’un des deux motifs de la loi"),
        (Opposition(motif="prs", raison="Rien."), "Nommez l’objectif"),
        (Opposition(motif="prs", objectifs=("", "  ")), "Nommez l’objectif"),
        (Opposition(motif="territoire", objectifs=("Objectif 3",)), "Dites en quoi le territoire"),
    ],
)
def test_an_opposition_rests_on_one_of_the_two_grounds_with_what_it_rests_on(
    scene: Any, ground: Opposition, sentence: str
) -> None:
    _, ars, projet = scene
    with refused(sentence):
        opposing(projet, ars, opposition=ground)


def test_an_opposition_is_motivated(scene: Any) -> None:
    _, ars, projet = scene
    with refused("dites les raisons de droit et de fait"):
        opposing(projet, ars, motivation=" \n ")


def test_an_opposition_keeps_its_ground_its_reasons_its_signatory_and_is_on_paper(scene: Any) -> None:
    by, ars, projet = scene
    ground = Opposition(motif="territoire", raison=" Il coupe un bassin. ", dossier_en_conflit="OCC-31-2026-0007")
    projet = opposing(projet, ars, paris("2026-10-01"), opposition=ground, motivation="Première ligne.\nSeconde.")
    decision = projet.dossier.decisions.get()
    assert (decision.nature, decision.etat, decision.origine) == ("opposition_projet", "prise", "portail")
    assert (decision.evenement, decision.etape_id) == (last(projet, "opposer").pk, projet.pk)
    assert decision.donnees == {
        "motif": "territoire",
        "objectifs": [],
        "raison": "Il coupe un bassin.",
        "dossier_en_conflit": "OCC-31-2026-0007",
    }
    assert (decision.signee_le, decision.disponible_at, decision.consolidation_le) == (
        d("2026-10-01"),
        paris("2026-10-01"),
        None,
    )
    told = words(plain(projet.dossier.documents.get(modele="decision_projet").contexte))
    for expected in (
        "L’ARS s’oppose au projet de santé",
        "Le territoire d’action n’est pas pertinent",
        "Il coupe un bassin.",
        "OCC-31-2026-0007",
        "Première ligne.",
        "Seconde.",
        "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)",
        str(ars.user),
    ):
        assert expected in told
    assert any("L211-2" in text for text in told)
    assert any("recours" in text for text in told)
    assert titles(by)[-1] == "Décision sur votre projet de santé"


# --- The validation ---------------------------------------------------------------------------------


def test_without_the_opinion_of_the_am_the_reason_not_to_wait_is_given(scene: Any) -> None:
    _, ars, projet = scene
    with refused("n’a pas encore donné son avis : dites pourquoi vous ne l’attendez pas"):
        validating(projet, ars, paris("2026-10-01"), sans_attendre=" ")
    projet = validating(projet, ars, paris("2026-10-01"), sans_attendre="La caisse est d’accord, dit-elle.")
    decision = projet.dossier.decisions.get()
    assert decision.donnees == {"sans_attendre": "La caisse est d’accord, dit-elle."}
    assert (decision.consolidation_le, projet.consolidation_le()) == (d("2027-02-01"), d("2027-02-01"))
    told = words(plain(projet.dossier.documents.get(modele="decision_projet").contexte))
    assert "La caisse est d’accord, dit-elle." in told
    assert "Le projet de santé est validé" in told


@pytest.mark.parametrize("sens", ["favorable", "defavorable"])
def test_once_the_am_has_answered_whatever_it_says_no_reason_is_asked(scene: Any, sens: str) -> None:
    _, ars, projet = scene
    caisse = agent("cpam-31")
    avis = Avis.objects.select_related("consultation", "organisation", "dossier").get(organisation__code="cpam-31")
    give_opinion(avis=avis, sens=sens, criteres=CRITERES, by=caisse, now=paris("2026-09-30"))
    projet = validating(projet, ars, paris("2026-10-01"), sans_attendre="")
    assert (projet.etat, projet.dossier.decisions.get().donnees) == ("valide", {})


def test_once_its_due_date_has_passed_the_am_is_no_longer_awaited(scene: Any) -> None:
    _, ars, projet = scene
    passage(now=paris("2026-10-25"))
    assert set(Avis.objects.values_list("etat", flat=True)) == {"sans_reponse"}
    assert validating(projet, ars, paris("2026-10-26"), sans_attendre="").etat == "valide"


def test_the_opinion_is_no_longer_taken_once_decided(scene: Any) -> None:
    _, ars, projet = scene
    caisse = agent("cpam-31")
    validating(projet, ars, paris("2026-10-01"))
    avis = Avis.objects.select_related("consultation", "organisation", "dossier").get(organisation__code="cpam-31")
    with refused("La consultation est close"):
        give_opinion(avis=avis, sens="favorable", criteres=CRITERES, by=caisse, now=paris("2026-10-02"))


def test_a_decision_is_prepared_by_who_instructs_and_signed_by_another(scene: Any) -> None:
    by, ars, projet = scene
    told = {
        "nature": "opposition_projet",
        "donnees": GROUND.donnees(),
        "motivation": "Motif.",
        "remarques": "À relire.",
    }
    with refused("Seul le service qui instruit"):
        prepare(projet=projet, by=by, now=paris("2026-10-01"), **told)
    row = prepare(projet=projet, by=agent("dd-ars-31", droits=["instruire"]), now=paris("2026-10-01"), **told)
    assert (row.nature, row.remarques, acts(projet)) == ("opposition_projet", "À relire.", ["deposer"])
    opposing(projet, ars, paris("2026-10-02"))
    with refused("il n’y a plus à décider"):
        prepare(projet=projet, by=ars, now=paris("2026-10-03"), **told)


# --- Withdrawing a validation -------------------------------------------------------------------------


def withdrawing(projet: ProjetSante, ars: Acteur, now: Any, heard: str, **kwargs: Any) -> ProjetSante:
    given = {"motivation": "Le territoire est celui d’une autre CPTS.", "entendue_le": d(heard), **kwargs}
    withdraw_validation(projet=projet, by=ars, now=now, **given)
    return fresh(projet)


def test_a_tacit_validation_is_withdrawn_within_four_months_of_its_last_day(scene: Any) -> None:
    by, ars, projet = scene
    passage(now=SPOKEN)
    assert fresh(projet).consolidation_le() == d("2027-03-14")
    with refused("ne peut plus être retirée", "14 mars 2027"):
        withdrawing(projet, ars, paris("2027-03-15", "00:00:00"), "2027-03-01")
    projet = withdrawing(projet, ars, paris("2027-03-14", "23:59:59"), "2027-03-01")
    assert projet.etat == "retrait_prononce"
    decision = projet.dossier.decisions.get()
    assert (decision.nature, decision.donnees) == ("retrait_projet", {"entendue_le": "2027-03-01"})
    told = words(plain(projet.dossier.documents.get(modele="decision_projet").contexte))
    assert "1er mars 2027" in told
    assert projet.dossier.documents.get(modele="attestation").annule_at == paris("2027-03-14", "23:59:59")
    assert ledger(projet)[-2:] == [
        ("silence", d("2026-11-15"), d("2026-11-14")),
        ("decision", d("2027-03-14"), d("2026-11-14")),
    ], "what withdrew it is told after the silence, and moves no date"
    assert titles(by)[-1] == "Décision sur votre projet de santé"


def test_an_express_validation_is_withdrawn_within_four_months_of_its_day(scene: Any) -> None:
    _, ars, projet = scene
    validating(projet, ars, paris("2026-10-31"))
    with refused("ne peut plus être retirée", "28 février 2027"):
        withdrawing(projet, ars, paris("2027-03-01", "00:00:00"), "2026-12-01")
    assert withdrawing(projet, ars, paris("2027-02-28", "23:59:59"), "2026-12-01").etat == "retrait_prononce"


def test_a_withdrawal_is_motivated_and_the_cpts_is_heard_on_the_validation_that_exists(scene: Any) -> None:
    by, ars, projet = scene
    passage(now=SPOKEN)
    now = paris("2026-12-10")
    with refused("dites les raisons"):
        withdrawing(projet, ars, now, "2026-12-01", motivation=" ")
    with refused("cette date est dans le futur"):
        withdrawing(projet, ars, now, "2026-12-11")
    with refused("La CPTS est entendue sur une validation qui existe", "15 novembre 2026"):
        withdrawing(projet, ars, now, "2026-11-14")
    with refused():
        withdrawing(projet, by, now, "2026-12-01")


@pytest.mark.parametrize("etat", ["depose", "oppose"])
def test_what_is_not_validated_is_not_withdrawn(scene: Any, etat: str) -> None:
    _, ars, projet = scene
    if etat == "oppose":
        opposing(projet, ars, paris("2026-10-01"))
    with refused("l’état"):
        withdrawing(projet, ars, paris("2026-10-10"), "2026-10-05")


# --- Giving up an opposition ---------------------------------------------------------------------------


def test_an_opposition_is_given_up_on_an_appeal_or_a_judgment_and_the_validation_counts_from_that_day(
    scene: Any,
) -> None:
    by, ars, projet = scene
    opposing(projet, ars, paris("2026-10-01"))
    told = {"motivation": "", "by": ars, "now": paris("2027-06-01")}
    with refused("Dites quel recours"):
        report_opposition(projet=projet, fait=" ", fait_le=d("2027-05-12"), **told)
    with refused("Cette date est après le 1er juin 2027"):
        report_opposition(projet=projet, fait="Jugement", fait_le=d("2027-06-02"), **told)
    with refused("suit l’opposition", "1er octobre 2026"):
        report_opposition(projet=projet, fait="Jugement", fait_le=d("2026-09-30"), **told)
    report_opposition(projet=projet, fait="Jugement du tribunal n° 26", fait_le=d("2027-05-12"), **told)
    projet = fresh(projet)
    assert (projet.etat, projet.consolidation_le()) == ("valide", d("2027-10-01"))
    decision = Decision.objects.get(nature="rapport_projet")
    assert decision.donnees == {"fait": "Jugement du tribunal n° 26", "fait_le": "2027-05-12"}
    printed = words(plain(projet.dossier.documents.get(evenement=decision.evenement).contexte))
    assert "Jugement du tribunal n° 26, le 12 mai 2027" in printed
    assert titles(by)[-1] == "Décision sur votre projet de santé"
    assert acts(projet) == ["deposer", "opposer", "rapporter_opposition"]
    withdrawing(projet, ars, paris("2027-10-01"), "2027-09-01")
