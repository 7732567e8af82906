"""What the funder may do with a request, when, and what it does to the period."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction

from accounts.models import Envoi
from dossiers.models import Decision, Document, Piece, PieceDemandee
from dossiers.selectors.delais import explanation
from dossiers.services import pieces_demandees
from funding.models import DeclarationAssociation
from funding.services.completing import Recue, record_received
from funding.services.declaring import declare
from funding.services.instruction import (
    ask_pieces,
    ask_reasons,
    complete,
    give_reasons,
    grant,
    record_rejection,
    refuse,
    withdraw_alone,
)
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import PieceFactory
from tests.funding.desk import REQUIRED, USEFUL, at_the_ars, later, reread

pytestmark = pytest.mark.django_db

TWENTY = Decimal(20_000)
AFTER = datetime(2027, 1, 18, 9, tzinfo=NOW.tzinfo)
"""Two days after the last day of a request sent on 16 November 2026: the silence has spoken."""


def granted(demande: object, by: object, **kwargs: object) -> str:
    """ "" once granted, else the sentence of the refusal."""
    try:
        with transaction.atomic():
            grant(**{"demande": demande, "montant": TWENTY, "by": by, "now": later(3), **kwargs})
    except Refused as refused:
        return str(refused).replace("\u00a0", " ")
    return ""


def test_a_grant_is_kept_once_with_its_paper_and_one_mail_each() -> None:
    demande, porteur = at_the_ars(valide=True)
    by = decideur()
    event = grant(demande=demande, montant=TWENTY, motivation="En deux fois.", by=by, now=later(3))
    read = reread(demande)
    assert (read.etat, read.montant_accorde) == ("accordee", TWENTY)
    decision = Decision.objects.get(etape_id=demande.pk, nature="accord_fir")
    assert (decision.evenement, decision.nature, decision.montant) == (event.pk, "accord_fir", TWENTY)
    assert decision.acte == "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)"
    assert Document.objects.filter(evenement=event.pk).count() == 1
    told = Envoi.objects.filter(evenement=event.pk)
    assert told.filter(user=porteur.user).get().url == f"/decisions/{decision.pk}/"
    assert told.count() == told.values("user").distinct().count()
    assert (read.delai.clos_par, read.delai.dernier_jour) == ("decision", date(2027, 1, 16))


def test_nobody_grants_above_its_ceiling_above_the_sum_asked_or_without_a_delegation_of_the_day() -> None:
    demande, porteur = at_the_ars(valide=True)
    ended = decideur(fin_le=date(2026, 11, 18))  # the day before the act
    told = {
        "ceiling": granted(demande, decideur(plafond=19_999)),
        "ended": granted(demande, ended),
        "none": granted(demande, agent("dd-ars-31")),
        "asked": granted(demande, decideur(), montant=Decimal(20_001)),
        "zero": granted(demande, decideur(), montant=Decimal(0)),
        "elsewhere": granted(demande, decideur("dd-ars-81")),
        "cpam": granted(demande, decideur("cpam-31")),
        "guichet": granted(demande, guichet()),
        "porteur": granted(demande, porteur),
    }
    name = ended.user
    assert told["ceiling"].endswith("est plafonnée à 19 999 € : elle ne couvre pas 20 000 €.")
    assert told["ended"] == f"La délégation de signature de {name} a pris fin le 18 novembre 2026."
    assert told["none"].endswith("n’a pas de délégation de signature en vigueur le 19 novembre 2026.")
    assert told["asked"] == "La subvention accordée (20 001 €) ne peut pas dépasser la somme demandée (20 000 €)."
    assert told["zero"] == "La subvention accordée est un montant positif."
    not_theirs = "Vous n’avez pas le droit de faire cette action sur ce dossier."
    assert told["elsewhere"] == told["cpam"] == not_theirs
    assert told["guichet"] != ""
    assert told["porteur"] != ""
    assert (reread(demande).etat, Decision.objects.filter(nature="accord_fir").count()) == ("transmise", 0)


def test_a_delegation_covers_its_last_day_and_its_exact_ceiling() -> None:
    demande, _ = at_the_ars(valide=True)
    assert granted(demande, decideur(plafond=20_000, fin_le=date(2026, 11, 19))) == ""


def test_the_delegation_of_another_person_signs_nothing() -> None:
    demande, _ = at_the_ars()
    decideur()
    assert "n’a pas de délégation" in granted(demande, agent("dd-ars-31"))


def test_a_refusal_says_why() -> None:
    demande, _ = at_the_ars()
    with pytest.raises(Refused, match="Un refus est motivé"):
        refuse(demande=demande, motivation="  ", by=decideur(), now=later(3))
    refuse(demande=demande, motivation="Le budget est épuisé.", by=decideur(), now=later(3))
    assert (reread(demande).etat, Decision.objects.get().motivation) == ("refusee", "Le budget est épuisé.")


def test_a_piece_a_text_requires_suspends_the_period_from_the_request_to_its_answer() -> None:
    demande, porteur = at_the_ars()
    ask_pieces(demande=demande, items=[REQUIRED, USEFUL], by=decideur(), now=later(4))
    assert reread(demande).delai.dernier_jour == date(2027, 2, 15)  # to the limit: 30 days
    required = PieceDemandee.objects.get(intitule=REQUIRED.intitule)
    given = PieceFactory(dossier=demande.dossier)
    with pytest.raises(Refused, match="n’a pas encore de réponse"), transaction.atomic():
        complete(demande=reread(demande), by=porteur, now=later(9))
    pieces_demandees.answer(item=required, reponse="Voici.", pieces=[given], by=porteur, now=later(9))
    other = PieceFactory(dossier=demande.dossier)
    complete(demande=reread(demande), by=porteur, now=later(9))
    read = reread(demande)
    assert (read.etat, read.delai.dernier_jour) == ("transmise", date(2027, 1, 21))  # 5 days of suspension
    frozen = {piece.pk: piece.transmise_at for piece in Piece.objects.filter(pk__in=[given.pk, other.pk])}
    assert frozen == {given.pk: later(9), other.pk: None}


def test_pieces_no_text_requires_are_refused_alone_and_move_nothing() -> None:
    demande, _ = at_the_ars()
    with pytest.raises(Refused, match="au moins une pièce exigée par un texte"):
        ask_pieces(demande=demande, items=[USEFUL], by=decideur(), now=later(4))
    assert reread(demande).etat == "transmise"


def test_a_useful_piece_beside_a_required_one_adds_no_day() -> None:
    demande, porteur = at_the_ars()
    ask_pieces(demande=demande, items=[REQUIRED, USEFUL], by=decideur(), now=later(4))
    required = PieceDemandee.objects.get(intitule=REQUIRED.intitule)
    useful = PieceDemandee.objects.get(intitule=USEFUL.intitule)
    pieces_demandees.answer(item=required, reponse="Voici.", by=porteur, now=later(5))
    pieces_demandees.answer(item=useful, reponse="Voici aussi.", by=porteur, now=later(20))
    complete(demande=reread(demande), by=porteur, now=later(20))
    assert reread(demande).delai.dernier_jour == date(2027, 1, 17)


def test_a_request_after_the_last_day_has_no_effect_and_says_so() -> None:
    demande, _ = at_the_ars()
    late = REQUIRED.__class__(**{**REQUIRED.__dict__, "limite_le": date(2027, 2, 20)})
    ask_pieces(demande=demande, items=[late], by=decideur(), now=AFTER)
    read = reread(demande)
    assert read.delai.dernier_jour == date(2027, 1, 16)
    assert any("sans effet, car demandée après le dernier jour" in line for line in explanation(read.delai))
    paper = Document.objects.get(modele="demande_pieces")
    assert "sans effet, car demandée après le dernier jour" in str(paper.contexte)
    record_rejection(demande=read, now=AFTER)
    assert reread(demande).etat == "rejetee_tacitement"


def test_what_came_by_post_counts_from_its_real_day() -> None:
    demande, porteur = at_the_ars()
    desk = agent("dd-ars-31")
    ask_pieces(demande=demande, items=[REQUIRED], by=desk, now=later(4))
    item = PieceDemandee.objects.get()
    came = Recue(item=item, recue_le=date(2026, 11, 23), reponse="Par courrier.")
    with pytest.raises(Refused, match="Seul le service"):
        record_received(demande=reread(demande), recues=[came], by=porteur, now=later(12))
    record_received(demande=reread(demande), recues=[came], by=desk, now=later(12))
    read = reread(demande)
    assert (read.etat, read.delai.dernier_jour) == ("transmise", date(2027, 1, 19))
    line = read.delai.mouvements.get(nature="reponse")
    assert (line.le, line.recorded_at) == (date(2026, 11, 23), later(12))


def test_the_silence_rejects_then_a_grant_replaces_it() -> None:
    demande, porteur = at_the_ars(valide=True)
    record_rejection(demande=demande, now=AFTER)
    assert granted(reread(demande), decideur(), now=AFTER + timedelta(hours=1)) == ""
    read = reread(demande)
    actions = list(read.evenements.order_by("recorded_at", "pk").values_list("action", flat=True))
    assert (read.etat, actions[-1]) == ("accordee", "accorder_apres_silence")
    assert read.delai.clos_par == "silence"


def test_a_late_clock_changes_no_right() -> None:
    demande, _ = at_the_ars(valide=True)
    with pytest.raises(Refused, match="Rejetée par silence"), transaction.atomic():
        refuse(demande=demande, motivation="Trop tard.", by=decideur(), now=AFTER)
    assert granted(reread(demande), decideur(), now=AFTER) == ""
    recorded = reread(demande).evenements.get(action="constater_rejet")
    assert (recorded.prend_effet_le, recorded.cible) == (date(2027, 1, 17), "rejetee_tacitement")
    assert reread(demande).etat == "accordee"


def test_the_reasons_of_a_silence_are_asked_once_and_given_within_one_month() -> None:
    demande, porteur = at_the_ars()
    by = agent("dd-ars-31")
    record_rejection(demande=demande, now=AFTER)
    with pytest.raises(Refused, match="Aucune demande de motifs"), transaction.atomic():
        give_reasons(demande=reread(demande), motifs="Budget épuisé.", by=by, now=AFTER)
    event = ask_reasons(demande=reread(demande), by=porteur, now=AFTER)
    assert event.donnees == {"reponse_due_le": "2027-02-18"}
    with pytest.raises(Refused, match="déjà été demandés"), transaction.atomic():
        ask_reasons(demande=reread(demande), by=porteur, now=AFTER)
    give_reasons(demande=reread(demande), motifs="Budget épuisé.", by=by, now=AFTER)
    with pytest.raises(Refused, match="Aucune demande de motifs"), transaction.atomic():
        give_reasons(demande=reread(demande), motifs="Encore.", by=by, now=AFTER)
    assert Document.objects.filter(modele="motifs").count() == 1


def test_a_request_that_goes_with_a_letter_is_not_withdrawn_alone() -> None:
    demande, porteur = at_the_ars()
    with pytest.raises(Refused, match="elle se retire avec elle"):
        withdraw_alone(demande=demande, motif="Autre financement.", by=porteur, now=later(3))
    assert reread(demande).etat == "transmise"


DECLARED = {
    "rna": "W 311 012 345",
    "siret": "732 829 320 00074",
    "titulaire": "CPTS",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
}


def test_a_declaration_is_kept_normalised_never_changed_and_never_in_the_journal() -> None:
    demande, porteur = at_the_ars()
    papers = {"statuts": PieceFactory(dossier=demande.dossier), "dirigeants": PieceFactory(dossier=demande.dossier)}
    event = declare(demande=demande, **DECLARED, **papers, by=porteur, now=later(1))
    kept = DeclarationAssociation.objects.get()
    assert (kept.rna, kept.siret, kept.iban) == ("W311012345", "73282932000074", "FR7630006000011234567890189")
    assert "7890189" not in str(event.donnees)
    assert Piece.objects.filter(pk=papers["statuts"].pk, transmise_at=later(1)).exists()
    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        DeclarationAssociation.objects.update(iban="FR00")
    declare(demande=reread(demande), **{**DECLARED, "titulaire": "Autre"}, **papers, by=porteur, now=later(2))
    assert DeclarationAssociation.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"iban": "FR76 3000"}, {"siret": "1"}, {"rna": "W1"}, {"titulaire": " "}])
def test_a_declaration_with_a_false_number_is_refused(wrong: dict[str, str]) -> None:
    demande, porteur = at_the_ars()
    paper = PieceFactory(dossier=demande.dossier)
    with pytest.raises(Refused):
        declare(demande=demande, **{**DECLARED, **wrong}, statuts=paper, dirigeants=paper, by=porteur, now=later(1))
    elsewhere = PieceFactory()
    with pytest.raises(Refused, match="n’est pas de ce dossier"):
        declare(demande=demande, **DECLARED, statuts=elsewhere, dirigeants=paper, by=porteur, now=later(1))
    assert not DeclarationAssociation.objects.exists()
