"""What came or was decided outside the portal: real dates, the scan, the legal day, the second person."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from dossiers.models import Decision, Dossier, Piece
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.states import NatureDecision as N
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused
from projects.models import LettreIntention
from projects.selectors.paper import notified_late, to_confirm
from projects.services.consulting import open_consultation
from projects.services.paper import confirm_paper_decision, discard_paper_decision
from projects.services.silence import passage
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.paper import paper_decision, paper_letter, scan
from tests.factories.projects import fresh, porteur, transmitted_letter

pytestmark = pytest.mark.django_db


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=NOW.tzinfo)


def test_a_letter_received_on_paper_is_deposited_at_its_real_day_and_its_period_runs_from_it() -> None:
    lettre = paper_letter(guichet())
    event = lettre.evenements.get()
    assert (lettre.etat, lettre.origine, event.prend_effet_le) == ("deposee", "papier", date(2026, 11, 10))
    assert lettre.deposee_at is not None
    assert lettre.deposee_at.date() == date(2026, 11, 10)
    assert lettre.demande.delai.recu_le == date(2026, 11, 10)
    assert lettre.demande.delai.dernier_jour == date(2027, 1, 10)
    assert lettre.dossier.reference == "OCC-31-2026-0001"
    piece = Piece.objects.get(dossier=lettre.dossier)
    assert (piece.genre, piece.recue_le, piece.figee_at) == ("lettre", date(2026, 11, 10), NOW)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recu_le": date(2026, 11, 17)}, "futur"),
        ({"communes": []}, "commune"),
        ({"by": "cpam-31"}, "Seuls le Guichet et l’ARS"),
        ({"by": "dd-ars-09"}, "dans les départements qu’ils suivent"),
    ],
)
def test_what_cannot_be_recorded_leaves_nothing_behind(changes: dict[str, object], sentence: str) -> None:
    by = agent(str(changes.pop("by"))) if "by" in changes else guichet()
    with pytest.raises(Refused, match=sentence):
        paper_letter(by, **changes)
    assert (Dossier.objects.count(), Piece.objects.count()) == (0, 0)


def test_a_scan_that_is_not_a_paper_is_refused_before_anything_is_written() -> None:
    false = scan("lettre.pdf")
    with pytest.raises(FileRefused):
        paper_letter(guichet(), scan=false)
    assert Dossier.objects.count() == 0


def test_the_same_letter_recorded_twice_makes_one_file() -> None:
    lettre = paper_letter(guichet(), scan=scan(shade=7))
    with pytest.raises(Refused, match=lettre.dossier.reference):
        paper_letter(agent("dd-ars-31"), scan=scan(shade=7), nom_cpts="CPTS du papier (bis)")
    assert LettreIntention.objects.count() == 1


def test_a_silence_already_over_when_the_letter_is_typed_is_recorded_at_its_legal_day() -> None:
    lettre = paper_letter(guichet(), recu_le=date(2026, 9, 1), now=NOW)
    assert lettre.demande.etat == "deposee"
    passage(now=NOW)
    demande = fresh(lettre).demande
    assert demande.etat == "rejetee_tacitement"
    assert demande.evenements.get(action="constater_rejet").prend_effet_le == date(2026, 11, 2)


def test_a_letter_without_a_sum_goes_without_a_request() -> None:
    lettre = paper_letter(agent("dd-ars-31"), montant_demande=None)
    assert (lettre.demande, lettre.sans_demande, lettre.etat) == (None, True, "deposee")


def test_the_bodies_consulted_read_the_scan_that_stands_for_the_letter() -> None:
    desk, lettre = guichet(), None
    lettre = paper_letter(desk)
    urps = agent(urps_codes()[0])
    assert not pieces_visible_to(urps).exists()
    body = urps.membership.organisation
    open_consultation(lettre=lettre, organisations=[body], limite_le=date(2026, 12, 15), quorum=1, by=desk, now=NOW)
    assert [piece.genre for piece in pieces_visible_to(urps)] == ["lettre"]


def test_a_decision_on_paper_has_no_effect_until_another_person_who_decides_confirms_it() -> None:
    lettre, typist, signer, second = transmitted_letter(), decideur(), decideur(), decideur()
    decision = paper_decision(lettre, N.VALIDATION_LETTRE, by=typist, signer=signer)
    assert fresh(lettre).etat == "transmise"
    later = at(2026, 11, 23)
    with pytest.raises(Refused, match="une autre personne"):
        confirm_paper_decision(decision=decision, by=typist, now=later)
    with pytest.raises(Refused, match="pas le droit"):
        confirm_paper_decision(decision=decision, by=agent("dd-ars-31", droits=["instruire"]), now=later)
    confirm_paper_decision(decision=decision, by=second, now=later)
    decision.refresh_from_db()
    event = fresh(lettre).evenements.get(action="valider")
    assert (event.prend_effet_le, event.origine, event.acteur) == (date(2026, 11, 18), "papier", second.user)
    assert (decision.etat, decision.signataire, decision.disponible_at) == ("prise", str(signer.user), later)
    with pytest.raises(Refused, match="déjà"):
        confirm_paper_decision(decision=decision, by=decideur(), now=later)


def test_a_delegation_is_judged_the_day_of_the_signature() -> None:
    lettre, by = transmitted_letter(), decideur()
    ended = decideur(fin_le=date(2026, 11, 18))
    decision = paper_decision(lettre, N.VALIDATION_LETTRE, by=by, signer=ended)
    assert decision.acte == "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)"
    yesterday = decideur(fin_le=date(2026, 11, 17))
    with pytest.raises(Refused, match="a pris fin le 17 novembre 2026"):
        paper_decision(lettre, N.REFUS_LETTRE, by=by, signer=yesterday, motivation="Motifs.")
    with pytest.raises(Refused, match="plafonnée"):
        paper_decision(lettre.demande, N.ACCORD_FIR, by=by, signer=decideur(plafond=10_000), montant=Decimal(10_001))
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("nature", "changes", "sentence"),
    [
        (N.REFUS_LETTRE, {}, "motivé"),
        (N.VALIDATION_LETTRE, {"signee_le": date(2026, 11, 21)}, "après le 20 novembre 2026"),
        (N.VALIDATION_LETTRE, {"notifiee_le": date(2026, 11, 17)}, "avant d’être signée"),
        (N.ACCORD_FIR, {"montant": Decimal(25_001)}, "ne peut pas dépasser"),
        (N.ACCORD_FIR, {"montant": None}, "montant positif"),
    ],
)
def test_a_decision_no_paper_can_hold_is_refused(nature: N, changes: dict[str, object], sentence: str) -> None:
    lettre = transmitted_letter()
    step = lettre.demande if nature == N.ACCORD_FIR else lettre
    with pytest.raises(Refused, match=sentence):
        paper_decision(step, nature, by=decideur(), signer=decideur(), **changes)
    assert (Decision.objects.count(), Piece.objects.filter(genre="preuve").count()) == (0, 0)


def test_only_who_instructs_types_and_only_who_decides_sets_aside() -> None:
    lettre = transmitted_letter()
    with pytest.raises(Refused, match="instruit"):
        paper_decision(lettre, N.VALIDATION_LETTRE, by=guichet(), signer=decideur())
    decision = paper_decision(lettre, N.VALIDATION_LETTRE, by=agent("dd-ars-31"), signer=decideur())
    with pytest.raises(Refused, match="attend déjà"):
        paper_decision(lettre, N.VALIDATION_LETTRE, by=decideur(), signer=decideur())
    with pytest.raises(Refused, match="peut décider"):
        discard_paper_decision(decision=decision, by=agent("dd-ars-31", droits=["instruire"]), now=at(2026, 11, 23))
    discard_paper_decision(decision=decision, by=decideur(), now=at(2026, 11, 23))
    decision.refresh_from_db()
    assert (decision.etat, fresh(lettre).etat) == ("ecartee", "transmise")


def test_what_waits_is_listed_in_the_perimeter_of_the_ars_alone() -> None:
    decision = paper_decision(transmitted_letter(), N.VALIDATION_LETTRE, by=decideur(), signer=decideur())
    readers = [decideur(), decideur("ars-occitanie"), decideur("dd-ars-09"), guichet(), agent("cpam-31"), porteur()]
    assert [list(to_confirm(reader)) for reader in readers] == [[decision], [decision], [], [], [], []]


def _granted_late(*, notifiee_le: date | None) -> LettreIntention:
    """A grant signed on 10 January 2027, typed on the 25th: the last day was the 16th, the clock has not passed."""
    lettre = transmitted_letter()
    signer = decideur()
    validation = paper_decision(lettre, N.VALIDATION_LETTRE, by=decideur(), signer=signer)
    confirm_paper_decision(decision=validation, by=decideur(), now=at(2026, 11, 23))
    decision = paper_decision(
        fresh(lettre).demande,
        N.ACCORD_FIR,
        by=decideur(),
        signer=signer,
        montant=Decimal(15_000),
        signee_le=date(2027, 1, 10),
        notifiee_le=notifiee_le,
        now=at(2027, 1, 25),
    )
    confirm_paper_decision(decision=decision, by=decideur(), now=at(2027, 1, 26))
    return fresh(lettre)


def test_notified_by_the_last_day_a_grant_stops_the_silence_however_late_it_is_typed() -> None:
    demande = _granted_late(notifiee_le=date(2027, 1, 16)).demande
    assert demande.etat == "accordee"
    assert not demande.evenements.filter(action="constater_rejet").exists()


@pytest.mark.parametrize("notifiee_le", [date(2027, 1, 17), None])
def test_signed_in_time_but_notified_after_the_last_day_the_silence_is_recorded_first(notifiee_le: date | None) -> None:
    demande = _granted_late(notifiee_le=notifiee_le).demande
    acts = list(demande.evenements.order_by("recorded_at", "pk").values_list("action", flat=True))
    assert demande.etat == "accordee"
    assert set(acts[-2:]) == {"constater_rejet", "accorder_apres_silence"}


def test_a_refusal_notified_after_the_last_day_changes_nothing_and_says_so() -> None:
    lettre = transmitted_letter()
    decision = paper_decision(
        lettre.demande,
        N.REFUS_FIR,
        by=decideur(),
        signer=decideur(),
        motivation="Motifs.",
        signee_le=date(2027, 1, 16),
        notifiee_le=date(2027, 1, 17),
        now=at(2027, 1, 25),
    )
    told = notified_late(lettre.demande, decision, on=date(2027, 1, 25))
    assert told.startswith("Cette décision n’a pas été notifiée au plus tard le 16 janvier 2027")
    with pytest.raises(Refused, match="le silence a rejeté la demande le 17 janvier 2027"):
        confirm_paper_decision(decision=decision, by=decideur(), now=at(2027, 1, 26))
    assert fresh(lettre).demande.etat == "transmise"
    passage(now=at(2027, 1, 26))
    assert fresh(lettre).demande.etat == "rejetee_tacitement"


def test_the_agency_that_received_the_letter_itself_starts_the_period_where_the_region_counts_from_transmission(
    settings: object,
) -> None:
    from dossiers.models import Reglage

    Reglage.objects.filter(cle="origine_delai_rejet").update(valeur="transmission")
    OrganisationFactory(code="ars-occitanie", genre="ars", nom="ARS Occitanie")
    by_guichet = paper_letter(guichet())
    by_ars = paper_letter(agent("ars-occitanie"))
    assert by_guichet.demande.delai is None
    assert by_ars.demande.delai.recu_le == date(2026, 11, 10)
