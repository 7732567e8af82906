"""Writing a letter section by section, and what a section changes beyond itself."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Dossier
from dossiers.services.sections import VersionConflict
from dossiers.states import EtatSection
from funding.models import DemandeFir
from guichet.kernel.lifecycle import Refused
from portal.demonstration.ecriture import save_letter_answers
from portal.demonstration.reponses import ASSOCIATION, BESOINS, FINANCEMENT, LETTRE
from projects.models import LettreIntention
from projects.services.depositing import withdraw
from projects.services.opening import open_letter
from projects.services.territoire import add_communes
from projects.services.writing import save_letter_section
from projects.states import EtatLettre
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import everything

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def by() -> Acteur:
    return porteur()


@pytest.fixture
def lettre(by: Acteur) -> LettreIntention:
    return open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW)


def save(lettre: LettreIntention, by: Acteur, *, version: int = 0, cle: str = "besoins", **contenu: Any) -> Any:
    return save_letter_section(
        lettre=lettre, cle=cle, contenu=contenu, manques=[("id_x", "Il manque.")], version=version, by=by, now=LATER
    )


def fresh(lettre: LettreIntention) -> LettreIntention:
    return LettreIntention.objects.select_related("dossier", "demande").get(pk=lettre.pk)


def test_a_saved_section_keeps_the_text_the_writer_and_the_instant(lettre, by) -> None:
    save(lettre, by, population="Un texte.")
    kept = lettre.sections.get(cle="besoins")
    assert (kept.contenu, kept.version, kept.etat) == ({"population": "Un texte."}, 1, EtatSection.EN_COURS)
    assert (kept.modifie_par, kept.modifie_at) == (by.user, LATER)
    assert kept.manques == [["id_x", "Il manque."]]


def test_a_text_written_meanwhile_is_never_overwritten(lettre, by) -> None:
    save(lettre, by, population="Le texte de la première.")
    before = everything()
    with pytest.raises(VersionConflict) as conflict:
        save(lettre, by, population="Le texte de la seconde.")
    assert conflict.value.current.contenu == {"population": "Le texte de la première."}
    assert everything() == before


def test_who_may_not_write_saves_nothing(lettre, by) -> None:
    own = Organisation.objects.get(pk=by.organisation_id)
    reader = acteur(MembershipFactory(organisation=own, droits=["gerer"]))
    before = everything()
    for stranger in (reader, porteur(), Acteur(by.user)):
        with pytest.raises(Refused, match="Vous n’avez pas le droit d’écrire dans cette lettre."):
            save(lettre, stranger, population="Un texte volé.")
    assert everything() == before


def test_a_deposited_letter_and_a_withdrawn_one_are_no_longer_written(by) -> None:
    lettre = deposited_letter(by)
    with pytest.raises(Refused, match="«\u00a0Déposée\u00a0»\u00a0: elle ne se modifie plus."):
        save(lettre, by, version=1, population="Trop tard.")
    withdraw(lettre=lettre, motif="Essai.", by=by, now=NOW)
    with pytest.raises(Refused, match="«\u00a0Retirée\u00a0»\u00a0: elle ne se modifie plus."):
        save(lettre, by, version=1, population="Trop tard.")
    assert lettre.sections.get(cle="besoins").contenu["population"] == BESOINS["population"]


# --- The association ------------------------------------------------------------------------------------


def test_what_names_the_file_is_typed_once(lettre, by) -> None:
    save_letter_answers(lettre, "association", {**ASSOCIATION, "nom_cpts": "CPTS de l’Étang"}, by=by, now=NOW)
    dossier = Dossier.objects.select_related("association").get(pk=lettre.dossier_id)
    assert (dossier.nom, dossier.nom_normalise) == ("CPTS de l’Étang", "cpts de l etang")
    association = dossier.association
    assert (association.nom, association.sigle) == ("Santé des Coteaux", "SDC")
    assert association.adresse == "4 place de la Halle\n31290 Villefranche-de-Lauragais"
    assert association.courriel == "contact@sante-coteaux.example"


def test_a_name_left_empty_does_not_erase_the_one_there_is(lettre, by) -> None:
    before = Dossier.objects.select_related("association").get(pk=lettre.dossier_id)
    save_letter_answers(lettre, "association", {**ASSOCIATION, "nom": "", "nom_cpts": ""}, by=by, now=NOW)
    after = Dossier.objects.select_related("association").get(pk=lettre.dossier_id)
    assert (after.nom, after.association.nom) == (before.nom, before.association.nom)
    assert after.association.adresse == before.association.adresse


@pytest.mark.parametrize(
    ("changes", "adresse"),
    [
        ({"adresse": ""}, "31290 Villefranche-de-Lauragais"),
        ({"ville": "", "code_postal": ""}, "4 place de la Halle"),
        ({"ville": ""}, "4 place de la Halle\n31290"),
        ({"adresse": "", "ville": "", "code_postal": ""}, ""),
    ],
)
def test_an_address_half_typed_is_written_without_a_hole(lettre, by, changes, adresse) -> None:
    save_letter_answers(lettre, "association", {**ASSOCIATION, **changes}, by=by, now=NOW)
    assert Organisation.objects.get(pk=by.organisation_id).adresse == adresse


# --- With or without a request -----------------------------------------------------------------------------


def fund(lettre: LettreIntention, by: Acteur, answer: str) -> LettreIntention:
    save_letter_answers(lettre, "financement", {**FINANCEMENT, "demande": answer}, by=by, now=NOW)
    return fresh(lettre)


def test_with_opens_one_request_to_the_ars_and_saying_it_again_opens_no_other(lettre, by) -> None:
    first = fund(lettre, by, "avec")
    assert first.sans_demande is False
    assert (first.demande.dossier_id, first.demande.financeur.code) == (lettre.dossier_id, "ars-occitanie")
    assert fund(lettre, by, "avec").demande == first.demande
    assert DemandeFir.objects.count() == 1


def test_a_change_of_mind_loses_nothing_of_the_request(lettre, by) -> None:
    demande = fund(lettre, by, "avec").demande
    demande.sections.filter(cle="moyens").update(contenu={"benevoles": 14})
    assert fund(lettre, by, "sans").sans_demande is True
    back = fund(lettre, by, "avec")
    assert (back.demande, back.sans_demande) == (demande, False)
    assert demande.sections.get(cle="moyens").contenu == {"benevoles": 14}


def test_without_from_the_start_opens_nothing(lettre, by) -> None:
    kept = fund(lettre, by, "sans")
    assert (kept.demande, kept.sans_demande) == (None, True)


def test_no_answer_yet_is_neither_with_nor_without(lettre, by) -> None:
    kept = fund(lettre, by, "")
    assert (kept.demande, kept.sans_demande) == (None, False)


# --- Carried to the request -----------------------------------------------------------------------------------


def request_answers(lettre: LettreIntention, cle: str = "demande") -> Any:
    return fresh(lettre).demande.sections.get(cle=cle)


def test_what_the_letter_says_is_already_in_a_request_opened_last(lettre, by) -> None:
    for cle, answers in LETTRE.items():
        if cle != "financement":
            save_letter_answers(lettre, cle, answers, by=by, now=NOW)
    add_communes(etape=lettre, codes=["31582", "31396"], by=by, now=NOW)
    fund(lettre, by, "avec")
    section = request_answers(lettre)
    assert section.contenu["objectifs"] == BESOINS["priorites"]
    assert section.contenu["territoire"] == "Nailloux, Villefranche-de-Lauragais"
    assert (section.repris_de, section.etat) == ("la lettre d’intention", EtatSection.EN_COURS)
    assert request_answers(lettre, "attestations").contenu["signataire_nom"] == "Camille Exemple"


def test_a_letter_corrected_afterwards_corrects_what_nobody_has_read_in_the_request(lettre, by) -> None:
    fund(lettre, by, "avec")
    save_letter_answers(lettre, "besoins", {**BESOINS, "priorites": "Une nouvelle priorité."}, by=by, now=NOW)
    assert request_answers(lettre).contenu["objectifs"] == "Une nouvelle priorité."


def test_what_a_person_saved_in_the_request_is_never_touched_again(by) -> None:
    lettre = ready_letter(by)
    before = request_answers(lettre)
    save_letter_answers(lettre, "besoins", {**BESOINS, "priorites": "Une nouvelle priorité."}, by=by, now=LATER)
    after = request_answers(lettre)
    assert (after.contenu, after.version) == (before.contenu, before.version)


def test_a_request_set_aside_does_not_follow_the_letter(lettre, by) -> None:
    fund(lettre, by, "avec")
    fund(lettre, by, "sans")
    before = request_answers(lettre).contenu
    save_letter_answers(lettre, "besoins", BESOINS, by=by, now=NOW)
    assert request_answers(lettre).contenu == before


def test_a_letter_to_complete_is_written_though_its_request_is_already_deposited(by) -> None:
    lettre = deposited_letter(by)
    with pgtrigger.ignore("projects.LettreIntention:cycle_lettre"):
        LettreIntention.objects.update(etat=EtatLettre.INCOMPLETE)
    saved = save(fresh(lettre), by, version=lettre.sections.get(cle="besoins").version, population="Complété.")
    assert saved.contenu == {"population": "Complété."}
