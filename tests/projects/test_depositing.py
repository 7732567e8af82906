"""Depositing and withdrawing a letter with its request: all of it, or nothing."""

from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest

from accounts.acteur import Acteur
from accounts.models import Envoi, Organisation
from dossiers.models import Document, Dossier, Reglage
from dossiers.states import EtatSection, GenrePiece, Visibilite
from funding.models import DemandeFir, EvenementFir
from funding.services.requests import withdraw_request
from funding.states import EtatDemandeFir
from guichet.kernel.lifecycle import Refused
from portal.demonstration.ecriture import save_letter_answers
from portal.demonstration.reponses import FINANCEMENT
from projects.models import LettreIntention
from projects.sections import FINANCEMENT as FUNDING_SECTION
from projects.sections import RUBRIQUES
from projects.services.depositing import POUVOIR_MANQUANT, deposit, withdraw
from projects.services.opening import copy_letter
from projects.states import EtatLettre
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import everything, plain

pytestmark = pytest.mark.django_db

TITLES = [
    "Lettre d’intention",
    "Accusé d’enregistrement de la lettre",
    "Demande de subvention",
    "Accusé d’enregistrement de la demande",
]
REASON = "Le projet rejoint celui de la communauté voisine."


def titles(lettre: LettreIntention) -> list[str]:
    return list(Document.objects.filter(dossier=lettre.dossier_id).order_by("pk").values_list("titre", flat=True))


def fresh(lettre: LettreIntention) -> LettreIntention:
    return LettreIntention.objects.select_related("dossier", "demande", "territoire").get(pk=lettre.pk)


def member(lettre: LettreIntention, *droits: str, **kwargs: object) -> Acteur:
    association = Organisation.objects.get(pk=lettre.dossier.association_id)
    return acteur(MembershipFactory(organisation=association, droits=list(droits), **kwargs))


# --- All of it ----------------------------------------------------------------------------------------


def test_a_deposit_dates_the_letter_freezes_what_it_holds_and_opens_the_file_to_the_guichet() -> None:
    by = porteur()
    lettre = ready_letter(by)
    PieceFactory(dossier=lettre.dossier, deposee_par=by.user)
    event = deposit(lettre=lettre, by=by, now=NOW)
    kept = fresh(lettre)
    assert (kept.etat, kept.deposee_at, kept.deposee_par) == (EtatLettre.DEPOSEE, NOW, by.user)
    assert kept.territoire.fige_at == NOW
    assert list(kept.dossier.territoires.values_list("pk", flat=True)) == [kept.territoire_id]
    assert list(kept.dossier.pieces.values_list("figee_at", flat=True)) == [NOW]
    assert (kept.dossier.visibilite, kept.dossier.departements) == (Visibilite.GUICHET, ["31"])
    assert kept.dossier.reference == "OCC-31-2026-0001"
    assert (event.action, event.qualite, event.fondement) == ("deposer", by.qualite, "guichet_convention")


def test_the_request_goes_with_its_letter_in_the_same_act() -> None:
    lettre = deposited_letter()
    kept = fresh(lettre)
    assert (kept.demande.etat, kept.demande.deposee_at) == (EtatDemandeFir.DEPOSEE, NOW)
    event = EvenementFir.objects.get(demande=kept.demande)
    assert (event.action, event.recorded_at, event.donnees) == ("deposer", NOW, {"montant_demande": "20000.00"})
    assert titles(lettre) == TITLES


def test_a_letter_without_request_leaves_with_its_two_papers() -> None:
    lettre = deposited_letter(demande=False)
    assert fresh(lettre).demande is None
    assert titles(lettre) == TITLES[:2]
    assert not DemandeFir.objects.exists()


def test_a_request_set_aside_stays_a_draft_when_the_letter_leaves_without_it() -> None:
    by = porteur()
    lettre = ready_letter(by)
    save_letter_answers(lettre, FUNDING_SECTION, {**FINANCEMENT, "demande": "sans"}, by=by, now=NOW)
    deposit(lettre=fresh(lettre), by=by, now=NOW)
    assert fresh(lettre).demande.etat == EtatDemandeFir.BROUILLON
    assert not EvenementFir.objects.exists()
    assert titles(lettre) == TITLES[:2]


@pytest.mark.parametrize(("first", "then", "papers"), [("avec", "sans", 2), ("sans", "avec", 4)])
def test_what_a_colleague_chose_while_the_page_was_open_is_what_leaves(first: str, then: str, papers: int) -> None:
    by = porteur()
    lettre = ready_letter(by)
    save_letter_answers(lettre, FUNDING_SECTION, {**FINANCEMENT, "demande": first}, by=by, now=NOW)
    read_before = fresh(lettre)
    save_letter_answers(lettre, FUNDING_SECTION, {**FINANCEMENT, "demande": then}, by=by, now=NOW)
    deposit(lettre=read_before, by=by, now=NOW)
    assert len(titles(lettre)) == papers
    assert EvenementFir.objects.exists() is (then == "avec")


def test_sections_that_only_advise_never_block() -> None:
    by = porteur()
    lettre = ready_letter(by)
    advised = [rubrique.cle for rubrique in RUBRIQUES if not rubrique.bloquante]
    lettre.sections.filter(cle__in=advised).update(etat=EtatSection.A_COMMENCER, contenu={})
    deposit(lettre=lettre, by=by, now=NOW)
    assert fresh(lettre).etat == EtatLettre.DEPOSEE
    assert sorted(advised) == ["acces", "calendrier", "organisation"]


# --- Nothing ------------------------------------------------------------------------------------------


def refused(lettre: LettreIntention, by: Acteur) -> str:
    """The sentence of the refusal, once it is certain that it left everything as it was."""
    before = everything()
    with pytest.raises(Refused) as refusal:
        deposit(lettre=fresh(lettre), by=by, now=NOW)
    assert everything() == before
    return plain(str(refusal.value))


@pytest.mark.parametrize("rubrique", [r for r in RUBRIQUES if r.bloquante], ids=lambda r: r.cle)
def test_a_part_that_blocks_is_named_and_nothing_is_left(rubrique) -> None:
    by = porteur()
    lettre = ready_letter(by)
    lettre.sections.filter(cle=rubrique.cle).update(etat=EtatSection.EN_COURS)
    assert refused(lettre, by) == f"Il reste à compléter : « {rubrique.titre} »."


def test_every_part_that_blocks_is_named_at_once() -> None:
    by = porteur()
    lettre = ready_letter(by)
    lettre.sections.filter(cle__in=["besoins", "projet", "acces"]).update(etat=EtatSection.A_COMMENCER)
    assert refused(lettre, by) == (
        "Il reste à compléter : « Les besoins du territoire », « Le projet, mission par mission »."
    )


def test_a_request_that_is_not_ready_holds_its_letter_back() -> None:
    by = porteur()
    lettre = ready_letter(by)
    lettre.demande.sections.filter(cle="attestations").update(etat=EtatSection.EN_COURS)
    assert refused(lettre, by).startswith("La demande de subvention n’est pas prête. ")


def test_neither_with_nor_without_request_is_asked() -> None:
    by = porteur()
    lettre = ready_letter(by, demande=False)
    LettreIntention.objects.filter(pk=lettre.pk).update(sans_demande=False)
    assert refused(lettre, by) == ("Dites, dans « Le financement », si une demande de subvention part avec la lettre.")


def test_a_file_without_its_leading_departement_is_refused() -> None:
    by = porteur()
    lettre = ready_letter(by)
    Dossier.objects.filter(pk=lettre.dossier_id).update(departement_pilote=None)
    assert refused(lettre, by) == "Choisissez le département pilote, dans « Le territoire »."


def test_a_territory_emptied_behind_its_section_is_refused() -> None:
    by = porteur()
    lettre = ready_letter(by)
    lettre.dossier.territoires.update(population=0)
    assert refused(lettre, by).startswith("Le territoire est vide")


def test_who_may_only_write_does_not_deposit() -> None:
    lettre = ready_letter()
    assert refused(lettre, member(lettre, "rediger", representant_legal=True)) == (
        "Vous n’avez pas le droit de faire cette action sur ce dossier."
    )


def test_a_second_deposit_is_told_what_happened_and_changes_nothing() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    assert refused(lettre, by) == (
        "Cette action n’est plus possible : l’état est « Déposée » "
        f"depuis le 16 novembre 2026 à 10 h 00 ({by.qualite})."
    )


# --- Who signs ----------------------------------------------------------------------------------------


def test_a_depositor_who_is_not_the_legal_representative_joins_a_power() -> None:
    lettre = ready_letter()
    colleague = member(lettre, "rediger", "deposer")
    assert refused(lettre, colleague) == plain(POUVOIR_MANQUANT)
    PieceFactory(dossier=lettre.dossier, genre=GenrePiece.STATUTS)
    PieceFactory(genre=GenrePiece.POUVOIR)
    assert refused(lettre, colleague) == plain(POUVOIR_MANQUANT)
    PieceFactory(dossier=lettre.dossier, genre=GenrePiece.POUVOIR)
    deposit(lettre=fresh(lettre), by=colleague, now=NOW)
    assert fresh(lettre).deposee_par == colleague.user


def test_the_legal_representative_named_in_the_letter_signs_without_a_power() -> None:
    lettre = ready_letter()
    named = member(lettre, "deposer")
    people = lettre.sections.get(cle="personnes")
    people.contenu["representant_courriel"] = named.user.email.upper()
    people.save(update_fields=["contenu"])
    deposit(lettre=fresh(lettre), by=named, now=NOW)
    assert fresh(lettre).etat == EtatLettre.DEPOSEE


def test_a_letter_that_names_nobody_is_not_signed_by_anybody() -> None:
    lettre = ready_letter()
    people = lettre.sections.get(cle="personnes")
    people.contenu["representant_courriel"] = ""
    people.save(update_fields=["contenu"])
    assert refused(lettre, member(lettre, "deposer")) == plain(POUVOIR_MANQUANT)


# --- References ---------------------------------------------------------------------------------------


def reference(**kwargs: object) -> str:
    return fresh(deposited_letter(**kwargs)).dossier.reference


def test_references_follow_one_another_in_a_departement_and_a_year() -> None:
    assert [reference(), reference()] == ["OCC-31-2026-0001", "OCC-31-2026-0002"]
    assert reference(communes=("81004",)) == "OCC-81-2026-0001"
    assert reference(now=NOW + timedelta(days=365)) == "OCC-31-2027-0001"
    assert reference() == "OCC-31-2026-0003"


def test_the_year_of_a_reference_is_that_of_paris() -> None:
    assert reference(now=datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == "OCC-31-2026-0001"
    assert reference(now=datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC)) == "OCC-31-2027-0001"


def test_a_refused_deposit_takes_no_number() -> None:
    by = porteur()
    held = ready_letter(by)
    held.demande.sections.filter(cle="attestations").update(etat=EtatSection.EN_COURS)
    refused(held, by)
    assert reference() == "OCC-31-2026-0001"


def test_the_region_names_its_references_by_a_dated_setting() -> None:
    Reglage.objects.create(
        cle="prefixe_reference", valeur="OCCITANIE", applicable_du="2027-01-01", motif="Essai.", source="Essai."
    )
    assert reference() == "OCC-31-2026-0001"
    assert reference(now=NOW + timedelta(days=365)) == "OCCITANIE-31-2027-0001"


def test_a_file_keeps_its_first_reference_when_a_copy_is_deposited() -> None:
    by = porteur()
    lettre = deposited_letter(by, demande=False)
    withdraw(lettre=lettre, motif=REASON, by=by, now=NOW)
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    deposit(lettre=copy, by=by, now=NOW + timedelta(days=1))
    assert fresh(copy).dossier.reference == "OCC-31-2026-0001"
    assert reference() == "OCC-31-2026-0002"


# --- Completed after a request for pieces -----------------------------------------------------------------


def in_state(step: LettreIntention | DemandeFir, etat: str) -> None:
    """Put a step where a later row of the law will lead it."""
    name = "cycle_lettre" if isinstance(step, LettreIntention) else "cycle_demande"
    with pgtrigger.ignore(f"{step._meta.label}:{name}"):
        sent = {"transmise_at": NOW} if etat in (EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE) else {}
        type(step).objects.filter(pk=step.pk).update(etat=etat, **sent)


@pytest.mark.parametrize("etat", [EtatDemandeFir.DEPOSEE, EtatDemandeFir.REJETEE_TACITEMENT])
def test_a_completed_letter_goes_again_and_its_request_stays_as_it_is(etat: str) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    in_state(lettre, EtatLettre.INCOMPLETE)
    in_state(lettre.demande, etat)
    later = NOW + timedelta(days=10)
    deposit(lettre=fresh(lettre), by=by, now=later)
    kept = fresh(lettre)
    assert (kept.etat, kept.deposee_at, kept.demande.etat) == (EtatLettre.DEPOSEE, later, etat)
    assert (kept.demande.deposee_at, kept.dossier.reference) == (NOW, "OCC-31-2026-0001")
    assert titles(lettre) == [*TITLES, *TITLES[:2]]


# --- Withdrawing --------------------------------------------------------------------------------------


def test_a_withdrawal_takes_the_request_with_it_and_keeps_the_papers() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    event = withdraw(lettre=lettre, motif=f"  {REASON}\n", by=by, now=NOW)
    kept = fresh(lettre)
    assert (kept.etat, kept.demande.etat) == (EtatLettre.RETIREE, EtatDemandeFir.RETIREE)
    assert (event.motif, event.source) == (REASON, "deposee")
    assert kept.demande.evenements.get(action="retirer").motif == REASON
    assert titles(lettre) == TITLES
    assert kept.deposee_at == NOW


@pytest.mark.parametrize("motif", ["", "  \n\t "])
def test_a_withdrawal_without_a_reason_is_refused_and_changes_nothing(motif: str) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    before = everything()
    with pytest.raises(Refused, match="Dites pourquoi vous retirez la lettre."):
        withdraw(lettre=lettre, motif=motif, by=by, now=NOW)
    assert everything() == before


ENDED = [EtatDemandeFir.REFUSEE, EtatDemandeFir.REJETEE_TACITEMENT]
"""What a request may have become while its letter is not decided."""


@pytest.mark.parametrize("etat", ENDED)
def test_an_ended_request_stays_as_it_is_when_its_letter_is_withdrawn(etat: str) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    in_state(lettre.demande, etat)
    withdraw(lettre=fresh(lettre), motif=REASON, by=by, now=NOW)
    kept = fresh(lettre)
    assert (kept.etat, kept.demande.etat) == (EtatLettre.RETIREE, etat)
    assert list(kept.demande.evenements.values_list("action", flat=True)) == ["deposer"]


@pytest.mark.parametrize("etat", [EtatDemandeFir.DEPOSEE, EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE])
def test_a_running_request_leaves_with_its_letter(etat: str) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    in_state(lettre.demande, etat)
    withdraw(lettre=fresh(lettre), motif=REASON, by=by, now=NOW)
    assert fresh(lettre).demande.etat == EtatDemandeFir.RETIREE


def test_a_request_withdrawn_before_its_letter_is_withdrawn_once() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    withdraw_request(demande=lettre.demande, motif="Un autre financeur a répondu.", by=by, now=NOW)
    withdraw(lettre=fresh(lettre), motif=REASON, by=by, now=NOW)
    assert list(fresh(lettre).demande.evenements.values_list("motif", flat=True).filter(action="retirer")) == [
        "Un autre financeur a répondu."
    ]


def test_a_draft_is_withdrawn_in_silence() -> None:
    by = porteur()
    lettre = ready_letter(by)
    withdraw(lettre=lettre, motif=REASON, by=by, now=NOW)
    kept = fresh(lettre)
    assert (kept.etat, kept.demande.etat) == (EtatLettre.RETIREE, EtatDemandeFir.RETIREE)
    assert (kept.dossier.reference, kept.dossier.visibilite) == (None, Visibilite.PORTEUR)
    assert not Document.objects.exists()
    assert not Envoi.objects.exists()


def test_a_letter_deposited_while_the_page_was_open_is_withdrawn_aloud() -> None:
    by = porteur()
    lettre = ready_letter(by)
    read_before = fresh(lettre)
    deposit(lettre=lettre, by=by, now=NOW)
    withdraw(lettre=read_before, motif=REASON, by=by, now=NOW)
    assert Envoi.objects.filter(modele="lettre_retiree").exists()


def test_who_may_only_write_does_not_withdraw() -> None:
    lettre = deposited_letter()
    writer = member(lettre, "rediger")
    before = everything()
    with pytest.raises(Refused):
        withdraw(lettre=lettre, motif=REASON, by=writer, now=NOW)
    assert everything() == before
