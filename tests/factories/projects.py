"""Letters of intent for tests, written through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation
from portal.demonstration.ecriture import write_letter
from portal.demonstration.reponses import COMMUNES
from projects.models import Avis, LettreIntention
from projects.services.consulting import open_consultation
from projects.services.depositing import deposit
from projects.services.opinions import give
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.bodies import LEAD, guichet, urps_codes
from tests.factories.lettres import write_quickly

__all__ = [
    "CRITERES",
    "consulted_letter",
    "deposited_letter",
    "give_opinion",
    "porteur",
    "ready_letter",
    "transmitted_letter",
]

CRITERES = {
    code: {"note": "satisfaisant", "commentaire": ""} for code in ("territoire", "besoins", "mobilisation", "projet")
}


def porteur(**kwargs: Any) -> Acteur:
    """The legal representative of a new association, with every right in it."""
    membership: Membership = MembershipFactory(representant_legal=True, fonction="Présidente", **kwargs)
    return acteur(membership)


def ready_letter(
    by: Acteur | None = None, *, now: datetime = NOW, demande: bool = True, **kwargs: Any
) -> LettreIntention:
    """A letter that waits only for its deposit."""
    kwargs.setdefault("communes", COMMUNES)
    kwargs.setdefault("nom", "CPTS des Coteaux")
    if "changes" in kwargs:
        return write_letter(by=by or porteur(), region="76", now=now, demande=demande, **kwargs)
    return write_quickly(by=by or porteur(), now=now, demande=demande, **kwargs)


def deposited_letter(by: Acteur | None = None, *, now: datetime = NOW, **kwargs: Any) -> LettreIntention:
    """The same, deposited."""
    by = by or porteur()
    lettre = ready_letter(by, now=now, **kwargs)
    deposit(lettre=lettre, by=by, now=now)
    return lettre


def consulted_letter(
    by: Acteur | None = None,
    *,
    now: datetime = NOW,
    desk: Acteur | None = None,
    others: tuple[str, ...] = tuple(LEAD.values()),
    limite_le: date | None = None,
    quorum: int = 6,
    **kwargs: Any,
) -> LettreIntention:
    """The same, submitted to the ten URPS and to these other bodies."""
    lettre = deposited_letter(by, now=now, **kwargs)
    open_consultation(
        lettre=lettre,
        organisations=list(Organisation.objects.filter(code__in=[*urps_codes(), *others])),
        limite_le=limite_le or timezone.localdate(now) + timedelta(days=30),
        quorum=quorum,
        by=desk or guichet(),
        now=now,
    )
    return fresh(lettre)


def transmitted_letter(by: Acteur | None = None, *, now: datetime = NOW, **kwargs: Any) -> LettreIntention:
    """A letter sent to the ARS with its request, without consultation."""
    lettre = deposited_letter(by, now=now, **kwargs)
    transmit(lettre=lettre, by=guichet(), now=now)
    return fresh(lettre)


def give_opinion(lettre: LettreIntention, by: Acteur, *, now: datetime = NOW, sens: str = "favorable") -> Avis:
    """The opinion of the body `by` acts for."""
    avis = Avis.objects.select_related("consultation", "organisation", "dossier").get(
        consultation__lettre=lettre, organisation=by.organisation_id
    )
    give(avis=avis, sens=sens, criteres=CRITERES, by=by, now=now)
    return avis


def fresh(lettre: LettreIntention) -> LettreIntention:
    """The letter as a page loads it."""
    return LettreIntention.objects.select_related("dossier__association", "demande__financeur", "demande__delai").get(
        pk=lettre.pk
    )
