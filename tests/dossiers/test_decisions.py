"""A decision kept: its instants, what the database holds of it, who opened it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, IntegrityError, transaction

from accounts.acteur import Acteur
from dossiers.models import Decision, OuvertureDecision
from dossiers.selectors.decisions import decisions_visible_to
from dossiers.services.decisions import keep_decision, record_opening
from dossiers.states import NatureDecision
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import DossierFactory, porteur

pytestmark = pytest.mark.django_db


def kept(
    by: Acteur | None = None, nature: NatureDecision = NatureDecision.VALIDATION_LETTRE, **kwargs: Any
) -> Decision:
    kwargs.setdefault("dossier", DossierFactory(depose=True, departements=["31"]))
    return keep_decision(
        nature=NatureDecision(nature),
        etape_id=1,
        evenement=uuid4(),
        by=by or decideur(),
        acte="Arrêté n° 1",
        now=NOW,
        **kwargs,
    )


def test_a_decision_of_the_portal_is_signed_and_available_at_once_by_the_words_of_the_day() -> None:
    by = decideur()
    decision = kept(by)
    assert (decision.signataire, decision.qualite, decision.acte) == (str(by.user), by.qualite, "Arrêté n° 1")
    assert (decision.signee_le, decision.disponible_at, decision.etat) == (NOW.date(), NOW, "prise")
    for change in ({"montant": Decimal(1)}, {"motivation": "Autre"}, {"signee_le": NOW.date() - timedelta(1)}):
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**change)
    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).delete()


@pytest.mark.parametrize(
    ("nature", "constraint"),
    [
        (NatureDecision.ACCORD_FIR, "decision_accord_montant"),
        (NatureDecision.REFUS_FIR, "decision_refus_motive"),
        (NatureDecision.REFUS_LETTRE, "decision_refus_motive"),
    ],
)
def test_the_database_refuses_a_grant_without_a_sum_and_a_refusal_without_reasons(
    nature: NatureDecision, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        kept(nature=nature, motivation="  ")


def test_only_a_person_of_the_association_opens_it_and_only_once() -> None:
    decision = kept()
    own = porteur(decision.dossier)
    for other in (guichet(), agent("dd-ars-31"), porteur(DossierFactory())):
        record_opening(decision=decision, by=other, now=NOW)
    assert not OuvertureDecision.objects.exists()
    record_opening(decision=decision, by=own, now=NOW + timedelta(hours=1))
    record_opening(decision=decision, by=own, now=NOW + timedelta(hours=2))
    assert list(OuvertureDecision.objects.values_list("user", "ouverte_at")) == [
        (own.user.pk, NOW + timedelta(hours=1))
    ]


def test_a_decision_that_waits_for_its_second_person_is_read_by_nobody() -> None:
    decision = kept()
    own = porteur(decision.dossier)
    assert list(decisions_visible_to(own)) == [decision]
    assert list(decisions_visible_to(porteur(DossierFactory()))) == []
    assert list(decisions_visible_to(None)) == []
    waiting = Decision.objects.get(pk=decision.pk)
    waiting.pk, waiting.etat, waiting.evenement = None, "a_confirmer", None
    waiting.save(force_insert=True)
    assert list(decisions_visible_to(own)) == [decision]
