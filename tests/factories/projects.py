"""Letters of intent for tests, written through the services."""

from datetime import datetime
from typing import Any

from accounts.acteur import Acteur
from accounts.models import Membership
from portal.demonstration.ecriture import write_letter
from portal.demonstration.reponses import COMMUNES
from projects.models import LettreIntention
from projects.services.depositing import deposit
from tests.factories.accounts import NOW, MembershipFactory, acteur

__all__ = ["deposited_letter", "porteur", "ready_letter"]


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
    return write_letter(by=by or porteur(), region="76", now=now, demande=demande, **kwargs)


def deposited_letter(by: Acteur | None = None, *, now: datetime = NOW, **kwargs: Any) -> LettreIntention:
    """The same, deposited."""
    by = by or porteur()
    lettre = ready_letter(by, now=now, **kwargs)
    deposit(lettre=lettre, by=by, now=now)
    return lettre
