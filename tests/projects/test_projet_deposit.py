"""Depositing a projet de santé: what blocks, what is told, what is frozen, when its period starts; withdrawing it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.acteur import Acteur
from accounts.models import Envoi, Organisation
from dossiers.documents import digest
from dossiers.models import Document, Piece
from dossiers.states import EtatSection, GenrePiece
from projects.conseils import project_reserves
from projects.lifecycles import PROJET
from projects.models import ProjetSante, SectionProjet
from projects.rubriques_projet import FICHE_DOCUMENT
from projects.services.projets.depositing import deposit
from projects.services.projets.writing import remove_sheet
from projects.services.territoire import add_communes
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import porteur
from tests.factories.projets import deposited_project, fresh, ready_project
from tests.projects.rows import plain, words
from tests.projects.scene import colleague, d, last, ledger, papers, paris, refused, titles

pytestmark = pytest.mark.django_db

NOON = paris("2026-09-14", "12:00:00")


def read(projet: ProjetSante) -> list[str]:
    """Every réserve read, by its code."""
    return [reserve.code for reserve in project_reserves(projet, on=NOON.date())]


def depose(projet: ProjetSante, by: Acteur, now: Any = NOON) -> ProjetSante:
    deposit(projet=projet, reserves_lues=read(projet), by=by, now=now)
    return fresh(projet)


# --- What a deposit does ----------------------------------------------------------------------------


def test_a_deposit_changes_the_state_starts_the_period_freezes_and_makes_the_papers() -> None:
    by = porteur()
    projet = depose(ready_project(by, now=NOON), by)
    event = projet.evenements.get()
    assert (event.action, event.source, event.cible) == ("deposer", "brouillon", "depose")
    assert (event.acteur, event.origine, event.fondement) == (by.user, "portail", "projet_sante")
    assert (event.prend_effet_le, event.recorded_at) == (d("2026-09-14"), NOON)
    assert (projet.depose_at, projet.depose_par, projet.origine) == (NOON, by.user, "portail")
    assert projet.territoire.fige_at == NOON
    assert ledger(projet) == [("depot", d("2026-09-14"), d("2026-11-14"))]
    delai = projet.delai
    assert (delai.regime, delai.depart, delai.origine_le) == ("acceptation", "reception", d("2026-09-14"))
    assert (delai.dernier_jour, delai.echeance_le) == (d("2026-11-14"), d("2026-11-15"))
    assert papers(projet) == ["projet", "accuse_projet"]
    assert set(Document.objects.values_list("evenement", flat=True)) == {event.pk}


@pytest.mark.parametrize(
    ("clock", "last_day"), [("23:59:59", "2026-11-14"), ("00:00:00", "2026-11-15")], ids=["before", "after"]
)
def test_the_day_of_a_deposit_is_the_one_in_paris(clock: str, last_day: str) -> None:
    day = "2026-09-14" if clock == "23:59:59" else "2026-09-15"
    projet = deposited_project(now=paris(day, clock))
    assert projet.delai.dernier_jour == d(last_day)


@pytest.mark.parametrize(
    ("received", "last_day", "spoken"),
    [
        ("2026-06-30", "2026-08-30", "2026-08-31"),
        ("2026-07-31", "2026-09-30", "2026-10-01"),
        ("2026-12-31", "2027-02-28", "2027-03-01"),
        ("2027-12-31", "2028-02-29", "2028-03-01"),
        ("2026-03-01", "2026-05-01", "2026-05-02"),
    ],
)
def test_neither_the_end_of_a_month_nor_a_holiday_extends_the_period(received: str, last_day: str, spoken: str) -> None:
    projet = deposited_project(now=paris(received))
    assert (projet.delai.dernier_jour, projet.delai.echeance_le) == (d(last_day), d(spoken))


def test_each_person_is_told_once_in_its_own_words() -> None:
    by, ars, desk, caisse = porteur(), agent("dd-ars-31"), guichet(), agent("cpam-31")
    other = agent("dd-ars-09")
    deposited_project(by, now=NOON)
    assert titles(by) == ["Projet de santé déposé"]
    assert titles(ars) == ["Projet de santé reçu"]
    assert titles(desk) == ["Projet de santé déposé"]
    assert titles(caisse) == ["Projet de santé déposé", "Votre avis est demandé sur un projet de santé"]
    assert titles(other) == []
    mail = Envoi.objects.get(user=by.user)
    assert "Dernier jour de l’ARS : 14 novembre 2026" in plain(mail.texte)


def test_two_deposits_of_one_project_are_one() -> None:
    by = porteur()
    projet = deposited_project(by, now=NOON)
    with refused("l’état est « Déposé » depuis le 14 septembre 2026 à 12 h 00"):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=paris("2026-09-14", "12:00:01"))


# --- The acknowledgement ----------------------------------------------------------------------------


def test_the_acknowledgement_says_all_that_the_code_asks() -> None:
    Organisation.objects.filter(code="dd-ars-31").update(
        adresse="10 chemin du Raisin\n31050 Toulouse", courriel="dd31@exemple.fr", telephone="05 00 00 00 00"
    )
    projet = deposited_project(now=NOON)
    context = plain(Document.objects.get(modele="accuse_projet").contexte)
    told = words(context)
    for expected in (
        "14 septembre 2026",  # received by the ARS
        "10 chemin du Raisin, 31050 Toulouse",
        "dd31@exemple.fr",
        "05 00 00 00 00",
    ):
        assert expected in told
    silence = next(text for text in told if "Le silence gardé" in text)
    assert silence == (
        "Le silence gardé jusqu’au 14 novembre 2026 inclus vaut acceptation : le projet sera réputé validé à partir du "
        "15 novembre 2026, sous réserve que la demande soit complète (CSP, art. L1434-12)."
    )
    assert any("attestation" in text and "L232-3" in text for text in told)
    assert any("L114-5" in text for text in told)
    assert any("R112-11-1" in text for text in told)
    assert str(Organisation.objects.get(code="dd-ars-31").nom) in told
    assert projet.dossier.reference in str(context)


# --- What blocks, what is only told ------------------------------------------------------------------


def test_a_reserve_nobody_read_holds_the_deposit_until_it_is_read() -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    found = read(projet)
    assert len(set(found)) > 1
    with refused("Des réserves ont été relevées"):
        deposit(projet=projet, reserves_lues=[], by=by, now=NOON)
    with refused("Des réserves ont été relevées"):
        deposit(projet=projet, reserves_lues=sorted(set(found))[1:], by=by, now=NOON)
    projet = depose(projet, by)
    assert last(projet, "deposer").donnees == {"reserves": found}
    phrases = [reserve.phrase for reserve in project_reserves(projet, on=NOON.date())]
    assert projet.versions.get().contenu["reserves"] == phrases
    printed = Document.objects.get(modele="projet").contexte["sections"]
    shown = next(part for part in printed if part["titre"] == "Réserves signalées au dépôt")
    assert shown["blocs"][1]["elements"] == phrases


def test_reserves_neither_block_nor_move_the_clock() -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    assert len(read(projet)) > 0
    assert PROJET.refusal(projet, "deposer", by=by, now=NOON) == ""
    assert depose(projet, by).delai.dernier_jour == d("2026-11-14")


@pytest.mark.parametrize(
    ("section", "etat", "sentence"),
    [
        ("identite", EtatSection.EN_COURS, "« L’association et les signataires »"),
        ("territoire", EtatSection.A_COMMENCER, "« Le territoire »"),
        ("diagnostic", EtatSection.A_COMMENCER, "Il reste à compléter"),
        ("fiche-1", EtatSection.A_COMMENCER, "au moins une fiche-action"),
    ],
)
def test_the_territory_the_depositor_and_the_project_block(section: str, etat: str, sentence: str) -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    found = SectionProjet.objects.filter(projet=projet, cle=section).update(etat=etat)
    assert found == 1
    with refused("Il reste à compléter", sentence):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)


def test_without_any_action_it_is_not_a_project() -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    remove_sheet(projet=projet, cle="fiche-1", by=by)
    with refused("Il reste à compléter : au moins une fiche-action."):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)


def test_one_s_own_document_needs_the_document_and_its_sheet_and_nothing_else() -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    ProjetSante.objects.filter(pk=projet.pk).update(forme="document")
    SectionProjet.objects.filter(projet=projet).exclude(cle__in=["identite", "territoire"]).update(etat="a_commencer")
    projet = fresh(projet)
    with refused("Il reste à compléter : « La fiche de synthèse », votre document."):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)
    piece = PieceFactory(dossier=projet.dossier, genre=GenrePiece.PROJET)
    ProjetSante.objects.filter(pk=projet.pk).update(document=piece)
    SectionProjet.objects.filter(projet=projet, cle=FICHE_DOCUMENT).update(etat="en_cours")
    projet = depose(fresh(projet), by)
    assert projet.versions.get().contenu["document"] == piece.sha256
    assert Piece.objects.get(pk=piece.pk).figee_at == NOON


# --- Who deposits -----------------------------------------------------------------------------------


def test_whoever_is_not_the_legal_representative_joins_a_power() -> None:
    projet = ready_project(now=NOON)
    by = colleague(projet, "rediger", "deposer")
    with refused("joignez d’abord son pouvoir"):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)
    PieceFactory(dossier=projet.dossier, genre=GenrePiece.SOUTIEN)
    with refused("joignez d’abord son pouvoir"):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)
    PieceFactory(dossier=projet.dossier, genre=GenrePiece.POUVOIR)
    projet = depose(projet, by)
    assert (projet.etat, projet.depose_par) == ("depose", by.user)


def test_the_representative_named_in_the_project_needs_no_power_whatever_the_case_of_the_address() -> None:
    projet = ready_project(now=NOON)
    by = colleague(projet, "deposer")
    named = {"representant_courriel": by.user.email.upper()}
    SectionProjet.objects.filter(projet=projet, cle="identite").update(contenu=named)
    assert depose(projet, by).etat == "depose"


@pytest.mark.parametrize("who", ["consultant", "elsewhere", "guichet", "ars"])
def test_nobody_else_deposits(who: str) -> None:
    projet = ready_project(now=NOON)
    PieceFactory(dossier=projet.dossier, genre=GenrePiece.POUVOIR)
    people = {
        "consultant": lambda: colleague(projet, "rediger"),
        "elsewhere": porteur,
        "guichet": guichet,
        "ars": decideur,
    }
    by = people[who]()
    with refused("Vous n’avez pas le droit"):
        deposit(projet=projet, reserves_lues=read(projet), by=by, now=NOON)


# --- What is frozen ---------------------------------------------------------------------------------


def test_what_is_deposited_is_a_version_with_its_fingerprint() -> None:
    by = porteur()
    projet = ready_project(by, now=NOON)
    joined = PieceFactory(dossier=projet.dossier, genre=GenrePiece.STATUTS, nom="statuts.pdf")
    projet = depose(projet, by)
    version = projet.versions.get()
    assert (version.numero, version.evenement) == (1, last(projet, "deposer").pk)
    assert version.sha256 == digest(version.contenu)
    assert version.contenu["pieces"] == [["Statuts de l’association\u00a0: statuts.pdf", joined.sha256]]
    assert "Trouver un médecin traitant" in str(version.contenu["parties"])
    assert Piece.objects.get(pk=joined.pk).transmise_at == NOON
    with pytest.raises(DatabaseError, match="Un projet déposé ne se modifie plus"), transaction.atomic():
        SectionProjet.objects.filter(projet=projet).update(contenu={})
    with refused("il ne se modifie plus"):
        add_communes(etape=projet, codes=["31555"], by=by, now=NOON)
