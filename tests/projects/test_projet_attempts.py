"""The receipt the ARS notes, the opinions asked, a project withdrawn, a new attempt."""

from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Delai, Document, Territoire
from projects.conseils import project_reserves
from projects.models import Avis, Consultation, ProjetSante
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.depositing import deposit, record_receipt, withdraw
from projects.services.projets.opening import copy_project
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, draft, fresh, ready_project
from tests.projects.rows import plain, words
from tests.projects.scene import acts, d, last, ledger, papers, paris, refused, set_region, titles

pytestmark = pytest.mark.django_db

NOON = paris("2026-09-14", "12:00:00")


def read(projet: ProjetSante) -> list[str]:
    """Every réserve read, by its code."""
    return [reserve.code for reserve in project_reserves(projet, on=NOON.date())]


def depose(projet: ProjetSante, by: Acteur, now: Any = NOON) -> ProjetSante:
    deposit(projet=projet, reserves_lues=read(projet), by=by, now=now)
    return fresh(projet)


# --- The receipt noted by the ARS -------------------------------------------------------------------


@pytest.fixture
def noted() -> None:
    """A region where the ARS notes that it has the project."""
    set_region("point_de_reception", "constat")


@pytest.mark.usefixtures("noted")
def test_where_the_ars_notes_the_receipt_nothing_runs_before() -> None:
    projet = deposited_project(now=NOON)
    assert (projet.etat, projet.delai_id, Delai.objects.count()) == ("depose", None, 0)
    told = words(plain(Document.objects.get(modele="accuse_projet").contexte))
    assert "À constater par l’ARS" in told
    assert Consultation.objects.count() == 0
    passage(now=paris("2027-06-01"))
    assert fresh(projet).etat == "depose"


@pytest.mark.usefixtures("noted")
def test_the_receipt_noted_starts_the_period_from_its_day_and_acknowledges_it() -> None:
    by, ars = porteur(), agent("dd-ars-31")
    projet = deposited_project(by, now=NOON)
    record_receipt(projet=projet, le=d("2026-09-17"), by=ars, now=paris("2026-09-21"))
    projet = fresh(projet)
    assert ledger(projet) == [("reception", d("2026-09-17"), d("2026-11-17"))]
    assert last(projet, "constater_reception").prend_effet_le == d("2026-09-17")
    assert papers(projet) == ["projet", "accuse_projet", "accuse_projet"]
    assert titles(by)[-1] == "L’ARS a reçu votre projet de santé"
    assert Consultation.objects.get().limite_le == d("2026-10-27")
    with refused("La réception est déjà constatée"):
        record_receipt(projet=projet, le=d("2026-09-18"), by=ars, now=paris("2026-09-21"))


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("le", ["2026-09-13", "2026-09-22"])
def test_a_receipt_is_neither_before_the_deposit_nor_in_the_future(le: str) -> None:
    projet = deposited_project(now=NOON)
    ars = agent("dd-ars-31")
    with refused("ni avant le dépôt, ni dans le futur"):
        record_receipt(projet=projet, le=d(le), by=ars, now=paris("2026-09-21"))


@pytest.mark.usefixtures("noted")
def test_a_receipt_noted_after_two_months_lets_the_silence_speak_at_its_day() -> None:
    projet = deposited_project(now=NOON)
    record_receipt(projet=projet, le=d("2026-09-15"), by=agent("dd-ars-31"), now=paris("2026-12-01"))
    passage(now=paris("2026-12-02"))
    assert last(projet, "constater_silence").prend_effet_le == d("2026-11-16")


def test_a_setting_changed_for_a_past_day_leaves_the_receipt_to_be_noted() -> None:
    set_region("point_de_reception", "constat")
    projet = deposited_project(now=NOON)
    set_region("point_de_reception", "portail", "2026-09-10")
    record_receipt(projet=projet, le=d("2026-09-15"), by=agent("dd-ars-31"), now=paris("2026-09-20"))
    assert fresh(projet).delai.dernier_jour == d("2026-11-15")


@pytest.mark.usefixtures("noted")
def test_nothing_is_decided_before_the_receipt_is_noted() -> None:
    projet, ars = deposited_project(now=NOON), decideur()
    with refused("Constatez d’abord la réception"):
        oppose(
            projet=projet,
            opposition=Opposition(motif="prs", objectifs=("Objectif 3",)),
            motivation="Non.",
            by=ars,
            now=NOON,
        )
    with refused("Constatez d’abord la réception"):
        validate(projet=projet, sans_attendre="Le délai passe.", by=ars, now=NOON)


def test_where_the_deposit_is_the_receipt_the_ars_notes_none() -> None:
    projet = deposited_project(now=NOON)
    ars = agent("dd-ars-31")
    with refused("La réception est déjà constatée"):
        record_receipt(projet=projet, le=d("2026-09-15"), by=ars, now=paris("2026-09-21"))


@pytest.mark.usefixtures("noted")
def test_the_association_does_not_note_its_own_receipt() -> None:
    by = porteur()
    projet = deposited_project(by, now=NOON)
    for other in (by, guichet(), agent("dd-ars-09")):
        with refused("Vous n’avez pas le droit"):
            record_receipt(projet=projet, le=d("2026-09-15"), by=other, now=paris("2026-09-21"))


# --- The opinions -----------------------------------------------------------------------------------


def test_the_opinions_are_asked_21_days_before_the_last_day_of_those_concerned() -> None:
    projet = deposited_project(now=NOON)
    asked = Avis.objects.filter(consultation__projet=projet).order_by("organisation__code")
    codes = list(asked.values_list("organisation__code", flat=True))
    assert "cpam-31" in codes
    assert {code.split("-")[0] for code in codes} == {"cpam", "msa", "elsm"}
    assert Consultation.objects.get().limite_le == d("2026-10-24")
    assert ledger(projet) == [("depot", d("2026-09-14"), d("2026-11-14"))]


def test_a_region_may_ask_the_guichet_too_and_another_number_of_days() -> None:
    set_region("avis_projet_guichet", True)
    set_region("avis_projet_jours_avant", 10)
    projet = deposited_project(now=NOON)
    genres = Avis.objects.filter(consultation__projet=projet).values_list("organisation__genre", flat=True)
    assert "guichet" in set(genres)
    assert Consultation.objects.get().limite_le == d("2026-11-04")


# --- Withdrawing, trying again ----------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["brouillon", "depose", "incomplet"])
def test_the_association_withdraws_with_a_reason(etat: str) -> None:
    by, ars = porteur(), agent("dd-ars-31")
    projet = ready_project(by, now=NOON) if etat == "brouillon" else deposited_project(by, now=NOON)
    if etat == "incomplet":
        projet = asked_project(by, projet=projet, ars=ars, now=paris("2026-09-20"))
    with refused("Dites pourquoi"):
        withdraw(projet=projet, motif="  ", by=by, now=paris("2026-10-01"))
    withdraw(projet=projet, motif="Nous recommençons.", by=by, now=paris("2026-10-01"))
    projet = fresh(projet)
    assert (projet.etat, last(projet, "retirer").motif) == ("retire", "Nous recommençons.")
    if etat == "brouillon":
        assert (projet.delai_id, titles(ars)) == (None, [])
        return
    assert (projet.delai.clos_par, titles(ars)[-1]) == ("retrait", "Projet de santé retiré")
    assert ledger(projet)[-1][:2] == ("retrait", d("2026-10-01"))
    assert not projet.dossier.demandes_pieces.filter(close_at=None).exists()
    passage(now=paris("2027-06-01"))
    assert fresh(projet).etat == "retire"


def test_a_project_the_silence_has_validated_is_not_withdrawn_however_late_the_clock_is() -> None:
    by = porteur()
    projet = deposited_project(by, now=NOON)
    with refused("Réputé validé"):
        withdraw(projet=projet, motif="Trop tard.", by=by, now=paris("2026-11-15", "00:00:00"))
    withdraw(projet=projet, motif="À temps.", by=by, now=paris("2026-11-14", "23:59:59"))
    assert fresh(projet).etat == "retire"


def test_the_ars_does_not_withdraw_for_the_association() -> None:
    projet = deposited_project(now=NOON)
    ars = decideur()
    with refused("Vous n’avez pas le droit"):
        withdraw(projet=projet, motif="Non.", by=ars, now=paris("2026-10-01"))


def test_after_an_opposition_a_new_attempt_starts_from_a_copy_with_a_period_of_its_own() -> None:
    by = porteur()
    first = deposited_project(by, now=NOON)
    with refused("suit une opposition ou un retrait"):
        copy_project(projet=first, by=by, now=paris("2026-10-02"))
    ground = Opposition(motif="territoire", raison="Il coupe un bassin de vie.")
    oppose(projet=first, opposition=ground, motivation="Voir le motif.", by=decideur(), now=paris("2026-10-01"))
    second = fresh(copy_project(projet=first, by=by, now=paris("2026-10-02")))
    assert (second.etat, second.copie_de_id, second.delai_id, second.depose_at) == ("brouillon", first.pk, None, None)
    assert second.sections.get(cle="fiche-1").contenu["objectif"] == "Trouver un médecin traitant"
    second = depose(second, by, paris("2026-10-05"))
    assert second.delai.dernier_jour == d("2026-12-05")
    assert Territoire.objects.filter(dossier=second.dossier, fige_at=None).count() == 0
    assert fresh(first).etat == "oppose"
    assert acts(first) == ["deposer", "opposer"]


def test_a_second_project_is_not_begun_beside_one_in_progress() -> None:
    by = porteur()
    projet = draft(by, now=NOON)
    withdraw(projet=projet, motif="Autrement.", by=by, now=NOON)
    copy_project(projet=projet, by=by, now=NOON)
    with refused("en cours ou validé"):
        copy_project(projet=projet, by=by, now=NOON)
