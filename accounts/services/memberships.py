"""Who may act for an organisation: joining, changing rights, leaving. Always at least one person manages."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation, User
from accounts.rules import accorde, administre, gere_les_membres
from accounts.states import DROITS_ASSOCIATION, Droit, Genre
from guichet.kernel.lifecycle import Refused

NOT_MANAGER = "Seule une personne qui gère les membres de cette organisation peut faire cela."
LAST_MANAGER = "Il faut qu’une personne au moins gère les membres : donnez d’abord ce droit à quelqu’un d’autre."
NOT_GRANTABLE = "Vous ne pouvez pas donner ces droits dans cette organisation."
NO_GUICHET = "Le Guichet de la région n’est pas encore chargé : lancez charger_references."
GONE = "Cette personne n’est plus membre de l’organisation."


@transaction.atomic
def create_association(
    *, nom: str, region: str, by: User, now: datetime, sigle: str = "", fonction: str = ""
) -> Membership:
    """Open the account of an association; its creator may write, deposit and manage its people."""
    association = new_association(nom=nom, region=region, sigle=sigle)
    return join(
        organisation=association, user=by, droits=list(DROITS_ASSOCIATION), fonction=fonction, added_by=by, now=now
    )


def new_association(*, nom: str, region: str, sigle: str = "") -> Organisation:
    """The account of an association without anybody: of a file that came on paper, until its people are invited."""
    return Organisation.objects.create(
        genre=Genre.ASSOCIATION,
        code=f"{slugify(nom)[:60]}-{get_random_string(8, 'abcdefghjkmnpqrstuvwxyz23456789')}".lstrip("-"),
        nom=nom,
        sigle=sigle,
        region=region,
    )


def join(
    *,
    organisation: Organisation,
    user: User,
    droits: list[str],
    fonction: str,
    added_by: User | None,
    now: datetime,
    representant_legal: bool = False,
) -> Membership:
    """Make a person a member from today. The database refuses two memberships at one time."""
    return Membership.objects.create(
        organisation=organisation,
        user=user,
        droits=sorted(droits),
        fonction=fonction,
        representant_legal=representant_legal,
        debut_le=timezone.localdate(now),
        ajoute_par=added_by,
    )


@transaction.atomic
def name_administrator(*, user: User, region: str, now: datetime) -> Membership:
    """Make a person an administrator of the portal who manages the people of the region's Guichet.

    The one way in without an invitation, for the command line. A member keeps its function and its other rights;
    naming twice is naming once. Refused when the region has no Guichet yet.
    """
    today = timezone.localdate(now)
    guichet = (
        Organisation.objects.select_for_update(no_key=True, of=("self",))
        .filter(region=region, genre=Genre.GUICHET)
        .first()
    )
    if guichet is None:
        raise Refused(NO_GUICHET)
    present = Membership.objects.active(on=today).filter(organisation=guichet, user=user)
    current = present.select_related("organisation").first()
    droits = {*(current.droits if current else ()), Droit.ADMINISTRER.value, Droit.GERER.value}
    if current and set(current.droits) == droits:
        return current
    present.update(fin_le=today)
    return join(
        organisation=guichet,
        user=user,
        droits=sorted(droits),
        fonction=current.fonction if current else "",
        representant_legal=current.representant_legal if current else False,
        added_by=None,
        now=now,
    )


@transaction.atomic
def change_rights(
    *, membership: Membership, droits: list[str], fonction: str, representant_legal: bool, by: Acteur, now: datetime
) -> Membership:
    """Close the membership and open the next one, so that what was allowed on a past day stays known."""
    current = _locked(membership, by=by, on=timezone.localdate(now))
    if not accorde(by, current.organisation.genre, set(droits) - set(current.droits)):
        raise Refused(NOT_GRANTABLE)
    if Droit.GERER not in droits:
        _refuse_without_manager(current, by=by, on=timezone.localdate(now))
    _close(current, by=by, on=timezone.localdate(now))
    return join(
        organisation=current.organisation,
        user=current.user,
        droits=droits,
        fonction=fonction,
        representant_legal=representant_legal,
        added_by=by.user,
        now=now,
    )


@transaction.atomic
def remove(*, membership: Membership, by: Acteur, now: datetime) -> None:
    """End a membership at once: the person reaches nothing of the organisation any more."""
    today = timezone.localdate(now)
    current = _locked(membership, by=by, on=today)
    _refuse_without_manager(current, by=by, on=today)
    _close(current, by=by, on=today)


def _locked(membership: Membership, *, by: Acteur, on: date) -> Membership:
    """Judge again under the lock of the organisation: two managers cannot remove each other."""
    organisation = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.organisation_id)
    if not gere_les_membres.test(by, organisation):
        raise Refused(NOT_MANAGER)
    current = (
        Membership.objects.active(on=on)
        .filter(pk=membership.pk)
        .select_related("organisation", "user")
        .select_for_update(of=("self",))
        .first()
    )
    if current is None:
        raise Refused(GONE)
    return current


def _refuse_without_manager(leaving: Membership, *, by: Acteur, on: date) -> None:
    """A manager must remain, except when an administrator of the portal, who can name another, decides."""
    if Droit.GERER not in leaving.droits or administre.test(by):
        return
    others = (
        Membership.objects.active(on=on)
        .filter(organisation=leaving.organisation_id, droits__contains=[Droit.GERER], user__is_active=True)
        .exclude(pk=leaving.pk)
    )
    if not others.exists():
        raise Refused(LAST_MANAGER)


def _close(membership: Membership, *, by: Acteur, on: date) -> None:
    Membership.objects.filter(pk=membership.pk).update(fin_le=on, retire_par=by.user)
