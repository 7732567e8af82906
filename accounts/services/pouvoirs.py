"""Dated mandates of a URPS, dated delegations of signature of the other bodies: given and ended, never rewritten."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Delegation, Mandat, Organisation, User
from accounts.rules import gere_les_membres
from accounts.selectors import members_of
from accounts.states import Genre
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused

Pouvoir = TypeVar("Pouvoir", bound=Mandat | Delegation)

NOT_MANAGER = "Seule une personne qui gère les membres de cet organisme peut faire cela."
NOT_MEMBER = "Cette personne n’agit pas pour cet organisme\u00a0: invitez-la d’abord."
NO_MANDATE = "Seules les URPS ont des mandats."
NO_DELEGATION = "Cet organisme n’a pas de délégation de signature sur le portail."
BEFORE = "La fin ne peut pas précéder le début."
WITH_DELEGATIONS = (Genre.ARS, Genre.DD_ARS, Genre.CPAM, Genre.MSA, Genre.ELSM)
"""The bodies some of whose people sign for another."""


def has_powers(organisation: Organisation) -> bool:
    return organisation.genre in (Genre.URPS, *WITH_DELEGATIONS)


@transaction.atomic
def give_mandate(
    *,
    organisation: Organisation,
    user: User,
    qualite: str,
    debut_le: date,
    fin_le: date | None,
    by: Acteur,
    now: datetime,
) -> Mandat:
    """A mandate of that URPS; `fin_le` is its last day. Refused across another mandate of the same person."""
    if organisation.genre != Genre.URPS:
        raise Refused(NO_MANDATE)
    _judge(organisation, user, by=by, now=now)
    return _save(Mandat(organisation=organisation, user=user, qualite=qualite, debut_le=debut_le, fin_le=fin_le))


@transaction.atomic
def give_delegation(
    *,
    organisation: Organisation,
    user: User,
    objet: str,
    plafond: Decimal | None,
    acte: str,
    debut_le: date,
    fin_le: date | None,
    by: Acteur,
    now: datetime,
) -> Delegation:
    """A delegation of signature; `plafond` in euros, None for none; `acte` names the decision that gives it."""
    if organisation.genre not in WITH_DELEGATIONS:
        raise Refused(NO_DELEGATION)
    _judge(organisation, user, by=by, now=now)
    return _save(
        Delegation(
            organisation=organisation,
            user=user,
            objet=objet,
            plafond=plafond,
            acte=acte,
            debut_le=debut_le,
            fin_le=fin_le,
        )
    )


@transaction.atomic
def end(*, pouvoir: Mandat | Delegation, fin_le: date, by: Acteur, now: datetime) -> None:
    """Its last day, past or to come; what was decided or answered until then keeps its words. Refused once over."""
    if not gere_les_membres.test(by, pouvoir.organisation):
        raise Refused(NOT_MANAGER)
    current = _locked(pouvoir)
    if current.fin_le is not None and current.fin_le < timezone.localdate(now):
        raise Refused(f"Il a déjà pris fin le {date_longue(current.fin_le)}.")
    if fin_le < current.debut_le:
        raise Refused(BEFORE)
    current.fin_le = fin_le
    _save(current)


def _judge(organisation: Organisation, user: User, *, by: Acteur, now: datetime) -> None:
    if not gere_les_membres.test(by, organisation):
        raise Refused(NOT_MANAGER)
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    if not members_of(organisation, on=timezone.localdate(now)).filter(user=user).exists():
        raise Refused(NOT_MEMBER)


def _locked(pouvoir: Mandat | Delegation) -> Mandat | Delegation:
    rows = type(pouvoir)._default_manager.select_for_update(no_key=True, of=("self",))
    found: Mandat | Delegation = rows.get(pk=pouvoir.pk)
    return found


def _save(pouvoir: Pouvoir) -> Pouvoir:
    """Write it, or say which constraint it breaks, in its words."""
    try:
        pouvoir.validate_constraints()
    except ValidationError as broken:
        raise Refused(" ".join(broken.messages)) from broken
    pouvoir.save()
    return pouvoir
