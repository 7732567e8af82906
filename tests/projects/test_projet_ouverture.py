"""Where the region holds a decision notified at its first opening: an opposition never opened, or opened in time."""

from typing import Any

import pytest

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import OuvertureDecision
from dossiers.services.decisions import record_opening
from projects.models import ProjetSante
from projects.services.projets.deciding import (
    Opposition,
    oppose,
    report_opposition,
    validate,
)
from projects.services.projets.opening import copy_project
from projects.services.projets.outside import register_outside_deposit
from projects.services.projets.silence import record_silence
from projects.services.silence import passage
from tests.factories.bodies import decideur, guichet
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project, fresh
from tests.projects.rows import plain
from tests.projects.scene import acts, colleague, d, last, ledger, papers, paris, refused, set_region, titles

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


# --- The opposition that counts once opened -------------------------------------------------------------


@pytest.fixture
def opened_counts() -> None:
    """A region that holds a decision notified when it is first opened."""
    set_region("notification_portail", "premiere_consultation")


def opens(projet: ProjetSante, by: Acteur, now: Any) -> None:
    record_opening(decision=projet.dossier.decisions.get(nature="opposition_projet"), by=by, now=now)


def test_by_default_an_opposition_made_available_ends_the_period_opened_or_not(scene: Any) -> None:
    _, ars, projet = scene
    projet = opposing(projet, ars, LAST)
    assert (projet.delai.clos_par, OuvertureDecision.objects.count()) == ("decision", 0)


@pytest.mark.usefixtures("opened_counts")
def test_an_opposition_never_opened_lets_the_silence_speak_and_the_file_is_to_be_verified(scene: Any) -> None:
    by, ars, projet = scene
    projet = opposing(projet, ars, LAST)
    assert (projet.etat, projet.delai.clos_at) == ("oppose", None)
    assert passage(now=LAST).dus == 0
    row = passage(now=SPOKEN)
    assert (row.dus, row.constates, row.erreurs) == (1, 1, 0)
    projet = fresh(projet)
    assert (projet.etat, projet.a_verifier_at, projet.delai.clos_par) == ("valide_tacitement", SPOKEN, "silence")
    event = last(projet, "constater_silence")
    assert (event.source, event.prend_effet_le) == ("oppose", d("2026-11-15"))
    assert "n’a pas été ouverte" in event.motif
    assert papers(projet)[-1] == "attestation"
    assert titles(by)[-1] == titles(ars)[-1] == "Situation à vérifier"
    assert "Votre projet de santé est réputé validé" not in titles(by)
    assert passage(now=paris("2026-11-15", "06:30:00")).dus == 0


@pytest.mark.usefixtures("opened_counts")
@pytest.mark.parametrize(("made", "etat"), [("2026-10-30", "oppose"), ("2026-10-31", "valide_tacitement")])
def test_never_opened_it_is_received_at_its_availability_once_fifteen_days_have_passed(
    scene: Any, made: str, etat: str
) -> None:
    _, ars, projet = scene
    opposing(projet, ars, paris(made))
    passage(now=SPOKEN)
    projet = fresh(projet)
    assert projet.etat == etat
    if etat == "oppose":
        assert ledger(projet)[-1][:2] == ("decision", d(made))


@pytest.mark.usefixtures("opened_counts")
def test_no_new_attempt_while_the_silence_may_still_validate_the_first(scene: Any) -> None:
    by, ars, projet = scene
    projet = opposing(projet, ars, paris("2026-11-05"))
    with refused("Ouvrez d’abord la décision d’opposition"):
        copy_project(projet=projet, by=by, now=paris("2026-11-06"))
    with refused("L’association n’a pas encore ouvert l’opposition"):
        register_outside_deposit(
            dossier=projet.dossier, recu_le=d("2026-11-06"), scan=scan(), preuve=None, by=ars, now=paris("2026-11-06")
        )
    opens(projet, by, paris("2026-11-07"))
    copy_project(projet=projet, by=by, now=paris("2026-11-07"))
    assert fresh(projet).delai.clos_par == "decision"
    passage(now=SPOKEN)
    assert fresh(projet).etat == "oppose"


@pytest.mark.usefixtures("opened_counts")
def test_an_opposition_is_not_given_up_once_the_silence_has_spoken_on_it(scene: Any) -> None:
    _, ars, projet = scene
    projet = opposing(projet, ars, LAST)
    with refused("l’état est « Réputé validé »"):
        report_opposition(
            projet=projet, fait="Recours gracieux", fait_le=d("2026-11-14"), motivation="Admis.", by=ars, now=SPOKEN
        )


@pytest.mark.usefixtures("opened_counts")
@pytest.mark.parametrize(
    ("moment", "etat"), [("2026-11-14T23:59:59", "oppose"), ("2026-11-15T00:00:00", "valide_tacitement")]
)
def test_what_counts_is_the_day_it_was_first_opened(scene: Any, moment: str, etat: str) -> None:
    by, ars, projet = scene
    opposing(projet, ars, paris("2026-11-10"))
    opens(projet, by, paris(*moment.split("T")))
    opens(projet, colleague(projet, "rediger"), paris("2026-11-16"))
    row = passage(now=paris("2026-11-17"))
    projet = fresh(projet)
    assert (projet.etat, row.dus, row.erreurs) == (etat, 1, 0)
    assert projet.a_verifier_at == (None if etat == "oppose" else paris("2026-11-17"))
    assert projet.delai.clos_par == ("decision" if etat == "oppose" else "silence")
    if etat == "oppose":
        assert ledger(projet)[-1] == ("decision", d("2026-11-14"), d("2026-11-14"))
        assert acts(projet) == ["deposer", "opposer"]


@pytest.mark.usefixtures("opened_counts")
def test_an_agent_who_reads_the_decision_does_not_open_it_for_the_association(scene: Any) -> None:
    _, ars, projet = scene
    opposing(projet, ars, paris("2026-11-10"))
    for reader in (ars, guichet(), porteur()):
        opens(projet, reader, paris("2026-11-11"))
    passage(now=SPOKEN)
    assert fresh(projet).etat == "valide_tacitement"


@pytest.mark.usefixtures("opened_counts")
def test_the_ladder_says_that_the_opposition_is_not_opened_and_stops_once_it_is(scene: Any) -> None:
    by, ars, projet = scene
    opposing(projet, ars, paris("2026-10-20"))
    passage(now=paris("2026-10-30"))
    assert titles(ars)[-1] == "Projet de santé : dernier jour dans 15 jours"
    mail = Envoi.objects.filter(user=ars.user).order_by("pk").last()
    assert "ne l’a pas encore ouverte" in plain(mail.texte)
    opens(projet, by, paris("2026-11-02"))
    row = passage(now=paris("2026-11-07"))
    assert (row.alertes, row.erreurs) == (0, 0)
    assert fresh(projet).delai.clos_par == "decision"


def test_a_validation_ends_the_period_whatever_the_region_holds_of_openings(scene: Any) -> None:
    set_region("notification_portail", "premiere_consultation")
    _, ars, projet = scene
    projet = validating(projet, ars, LAST)
    assert (projet.etat, projet.delai.clos_par) == ("valide", "decision")


def test_a_silence_recorded_twice_is_refused(scene: Any) -> None:
    _, _, projet = scene
    with refused("Le délai de deux mois n’est pas écoulé"):
        record_silence(projet=projet, now=LAST)
    record_silence(projet=projet, now=SPOKEN)
    with refused("l’état est « Réputé validé »"):
        record_silence(projet=projet, now=SPOKEN)
