"""What the ARS decides on a letter: who, in virtue of what, together with its request or not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Envoi
from dossiers.models import Decision, Document, Reglage
from funding.models import DemandeFir
from funding.services.instruction import record_rejection, withdraw_alone
from guichet.kernel.lifecycle import Refused
from projects.services.deciding import confirm_validation, grant_request, refuse, validate
from projects.services.depositing import withdraw
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import deposited_letter, fresh, porteur, transmitted_letter
from tests.funding.desk import later
from tests.projects.rows import everything, words

pytestmark = pytest.mark.django_db


AFTER = datetime(2027, 1, 18, 9, tzinfo=NOW.tzinfo)
NOT_THEIRS = "Vous n’avez pas le droit de faire cette action sur ce dossier."


def sentence(act: Callable[..., Any], **kwargs: Any) -> str:
    """Why an act is refused; AssertionError when it is not, or when it left something."""
    before = everything()
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(now=later(3), **kwargs)
    assert everything() == before
    assert not Decision.objects.exists()
    return str(refused.value).replace("\u00a0", " ")


def test_nobody_else_decides_and_nothing_is_left() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    others = [by, guichet(), agent("cpam-31"), agent("dd-ars-31", droits=["instruire"]), decideur("dd-ars-81")]
    assert {sentence(validate, lettre=lettre, by=other) for other in others if other.has("decider")} == {NOT_THEIRS}
    assert all(sentence(validate, lettre=lettre, by=other) for other in others)
    assert "a pris fin le 18 novembre 2026" in sentence(
        validate, lettre=lettre, by=decideur(fin_le=date(2026, 11, 18))
    )  # fmt: skip
    assert "n’a pas de délégation" in sentence(validate, lettre=lettre, by=agent("dd-ars-31"))


def test_a_request_is_not_granted_before_its_letter_is_validated() -> None:
    lettre = transmitted_letter()
    told = sentence(grant_request, demande=lettre.demande, montant=Decimal(10_000), by=decideur())
    assert told == "La subvention s’accorde une fois la lettre d’intention validée, ou en même temps."


def test_a_grant_above_the_ceiling_undoes_the_validation_made_with_it() -> None:
    lettre = transmitted_letter()
    told = sentence(validate, lettre=lettre, accorde=Decimal(15_000), by=decideur(plafond=14_999))
    assert told.endswith("elle ne couvre pas 15 000 €.")
    told = sentence(validate, lettre=lettre, accorde=Decimal(20_001), by=decideur())
    assert "ne peut pas dépasser la somme demandée" in told


def test_a_refusal_without_reasons_is_no_refusal() -> None:
    lettre = transmitted_letter()
    by = decideur()
    assert sentence(refuse, lettre=lettre, motivation=" ", by=by).startswith("Un refus est motivé")
    told = sentence(refuse, lettre=lettre, motivation="Territoire.", motivation_demande="", by=by)
    assert told.startswith("Motivez aussi le refus de la demande de subvention")


def test_a_letter_without_a_request_is_refused_with_one_motivation() -> None:
    lettre = transmitted_letter(demande=False)
    refuse(lettre=lettre, motivation="Territoire.", by=decideur(), now=later(3))
    assert list(Decision.objects.values_list("nature", "motivation")) == [("refus_lettre", "Territoire.")]


def test_a_decision_carries_the_words_of_the_law_on_its_paper() -> None:
    lettre = transmitted_letter()
    by = decideur()
    refuse(lettre=lettre, motivation="Territoire trop étroit.", motivation_demande="Sans lettre.", by=by, now=later(3))
    recourse = Reglage.objects.get(cle="voies_recours").valeur
    for modele, reason in (("decision_lettre", "Territoire trop étroit."), ("decision_demande", "Sans lettre.")):
        said = words(Document.objects.get(modele=modele).contexte)
        assert {reason, *recourse, str(by.user), by.qualite} <= set(said)
        assert "Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)" in said


def test_the_assurance_maladie_confirms_once_and_only_who_signs_for_it() -> None:
    Reglage.objects.create(
        cle="mode_validation_lettre", valeur="conjointe", applicable_du=date(2026, 1, 1), motif="Essai", source="Essai"
    )
    lettre = transmitted_letter()
    caisse = agent("cpam-31")
    assert "pas le droit" in sentence(confirm_validation, lettre=lettre, by=agent("cpam-31", droits=["instruire"]))
    assert "pas le droit" in sentence(confirm_validation, lettre=lettre, by=decideur())
    event = confirm_validation(lettre=lettre, by=caisse, now=later(3))
    with pytest.raises(Refused), transaction.atomic():
        confirm_validation(lettre=fresh(lettre), by=caisse, now=later(4))
    assert fresh(lettre).evenements.filter(action="confirmer_validation").get() == event


def test_a_region_with_a_committee_asks_its_day_and_not_a_day_to_come() -> None:
    Reglage.objects.create(
        cle="mode_validation_lettre", valeur="comite", applicable_du=date(2026, 1, 1), motif="Essai", source="Essai"
    )
    lettre, by = transmitted_letter(), decideur()
    assert "après un comité" in sentence(validate, lettre=lettre, by=by)
    assert "après un comité" in sentence(validate, lettre=lettre, comite_le=later(4).date(), by=by)
    validate(lettre=lettre, comite_le=later(2).date(), by=by, now=later(3))
    assert Decision.objects.get().donnees == {"mode": "comite", "comite_le": "2026-11-18"}


def test_both_sides_are_told_once_each() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    desk, caisse = guichet(), agent("cpam-31")
    event = validate(lettre=lettre, by=decideur(), now=later(3))
    told = list(Envoi.objects.filter(evenement=event.pk).values_list("user", flat=True))
    assert sorted(told) == sorted(set(told))
    assert {by.user.pk, desk.user.pk, caisse.user.pk} <= set(told)


def test_a_request_is_withdrawn_alone_once_its_letter_is_validated_and_with_it_before() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    validate(lettre=lettre, by=decideur(), now=later(3))
    withdraw_alone(demande=fresh(lettre).demande, motif="Autre financement.", by=by, now=later(4))
    read = fresh(lettre)
    assert (read.etat, read.demande.etat, read.demande.delai.clos_par) == ("validee", "retiree", "retrait")
    someone = porteur()
    other = transmitted_letter(someone)
    withdraw(lettre=other, motif="Le projet change.", by=someone, now=NOW)
    assert (fresh(other).etat, fresh(other).demande.etat) == ("retiree", "retiree")


def test_a_request_rejected_before_it_was_sent_reaches_the_ars_with_its_letter_and_may_be_granted() -> None:
    lettre = deposited_letter()
    record_rejection(demande=fresh(lettre).demande, now=AFTER)
    transmit(lettre=fresh(lettre), by=guichet(), now=AFTER)
    ars = decideur()
    assert DemandeFir.objects.visible_to(ars).filter(pk=lettre.demande_id).exists()
    validate(lettre=fresh(lettre), accorde=Decimal(10_000), by=ars, now=AFTER + timedelta(hours=1))
    assert fresh(lettre).demande.etat == "accordee"
