"""Reads of accounts. Each takes its perimeter as an argument: there is no unbounded list for a page."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.acteur import Acteur
from accounts.models import (
    Absence,
    Delegation,
    Envoi,
    Invitation,
    Mandat,
    Membership,
    Organisation,
    Profession,
    User,
)
from accounts.states import RECAPITULATIF, Droit, EtatEnvoi, Genre


def has_second_factor(user_id: OuterRef | int) -> Exists:
    """Whether a person has a TOTP factor, as an expression."""
    return Exists(Authenticator.objects.filter(user=user_id, type=Authenticator.Type.TOTP))


def capacities_of(user: User, *, on: date) -> list[Membership]:
    """Every membership in the name of which the person may act that day, oldest first, in one query.

    Each carries its organisation and `second_facteur` (the person has a TOTP factor).
    """
    return list(
        Membership.objects.active(on=on)
        .filter(user=user)
        .select_related("organisation")
        .annotate(second_facteur=has_second_factor(OuterRef("user_id")))
        .order_by("debut_le", "id")
    )


def lacks_second_factor(user: User, memberships: Sequence[Any]) -> bool:
    """True for an agent or a member of the technical team without a TOTP factor. `memberships`: see `capacities_of`."""
    agents = [m for m in memberships if m.organisation.genre != Genre.ASSOCIATION]
    if agents:
        return not agents[0].second_facteur
    if not user.is_staff:
        return False
    if memberships:
        return not memberships[0].second_facteur
    return not User.objects.filter(has_second_factor(user.pk), pk=user.pk).exists()


def acteur_in(user: User, organisation_id: int, *, on: date) -> Acteur | None:
    """The person in the name of that organisation, as it might act that day: None once it no longer may, or without
    the second factor an agent signs in with. One query.
    """
    memberships = capacities_of(user, on=on)
    held = [membership for membership in memberships if membership.organisation_id == organisation_id]
    if not held or not user.is_active or lacks_second_factor(user, memberships):
        return None
    held[0].user = user
    return Acteur(user=user, membership=held[0])


def members_of(organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """The people who may act for the organisation that day."""
    return (
        Membership.objects.active(on=on)
        .filter(organisation=organisation)
        .select_related("user")
        .order_by("user__nom", "user__prenom", "id")
    )


def managers_of(organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """Those who may invite into it that day, by a right of its own."""
    return members_of(organisation, on=on).filter(droits__contains=[Droit.GERER], user__is_active=True)


def mandates_of(organisation: Organisation) -> QuerySet[Mandat]:
    """Every mandate of that URPS, in force, to come and past: the latest to begin first."""
    return Mandat.objects.filter(organisation=organisation).select_related("user").order_by("-debut_le", "-pk")


def delegations_of(organisation: Organisation) -> QuerySet[Delegation]:
    """The same for the delegations of signature of a body."""
    return Delegation.objects.filter(organisation=organisation).select_related("user").order_by("-debut_le", "-pk")


def users_with_right(organisation_ids: Iterable[int], droit: str, *, on: date) -> QuerySet[User]:
    """Active people who hold that right in one of these organisations: whom a mail is for."""
    holders = Membership.objects.active(on=on).filter(organisation__in=list(organisation_ids), droits__contains=[droit])
    return User.objects.filter(is_active=True, id__in=holders.values("user_id")).order_by("id")


def pending_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Invitations sent and not answered, expired ones included, newest first."""
    return Invitation.objects.pending().filter(organisation=organisation).order_by("-created_at", "-id")


def organisations_for(region: str, genre: str, departements: Iterable[str] = ()) -> QuerySet[Organisation]:
    """The bodies of that kind whose perimeter meets the départements (an empty perimeter meets them all)."""
    found = Organisation.objects.filter(region=region, genre=genre)
    wanted = list(departements)
    if wanted:
        found = found.filter(Q(departements__overlap=wanted) | Q(departements=[]))
    return found.order_by("code")


def professions() -> QuerySet[Profession]:
    """All professions in their order of display, with their URPS."""
    return Profession.objects.select_related("urps").order_by("ordre", "code")


def holds_mandate(user: User, organisation: Organisation, *, on: date) -> bool:
    """Whether the person may vote for that URPS that day, as holder or substitute."""
    return Mandat.objects.active(on=on).filter(user=user, organisation=organisation).exists()


def covering_delegations(user: User, organisation: Organisation, *, montant: Decimal, on: date) -> QuerySet[Delegation]:
    """Delegations in force that day whose ceiling covers the amount; the object is for a person to read."""
    return (
        Delegation.objects.active(on=on)
        .filter(user=user, organisation=organisation)
        .filter(Q(plafond__isnull=True) | Q(plafond__gte=montant))
        .order_by("debut_le", "id")
    )


def absences_on(user_ids: Iterable[int], day: date) -> QuerySet[Absence]:
    """Who of these people is away that day, with the person who stands in."""
    return Absence.objects.on(day).filter(user__in=list(user_ids)).select_related("remplacant").order_by("user_id")


def absences_of(acteur: Acteur, *, gere: bool, on: date) -> QuerySet[Absence]:
    """Its own absences, or those of everybody in its body."""
    found = Absence.objects.select_related("user", "remplacant")
    if not gere or acteur.membership is None:
        return found.filter(user=acteur.user)
    return found.filter(user__in=members_of(acteur.membership.organisation, on=on).order_by().values("user"))


def absence_across(user: User, absence: Absence) -> bool:
    """Whether that person is away too on one of these days."""
    return Absence.objects.filter(user=user, du_le__lte=absence.au_le, au_le__gte=absence.du_le).exists()


def inbox(user: User) -> QuerySet[Envoi]:
    """What the person was told, newest first; neither mails that carry a secret link, nor digests, which repeat."""
    return (
        Envoi.objects.filter(user=user, confidentiel=False)
        .exclude(modele=RECAPITULATIF)
        .only("id", "sujet", "dossier_reference", "created_at", "lu_at", "user_id")
        .order_by("-created_at", "-id")
    )


def troubled_mails() -> QuerySet[Envoi]:
    """Mails that failed, for good or until the next try; without their text, which is nobody else's."""
    return (
        Envoi.objects.filter(Q(etat=EtatEnvoi.ECHEC) | Q(etat=EtatEnvoi.ATTENDU, essais__gt=0))
        .only(
            "id",
            "sujet",
            "modele",
            "destinataire",
            "etat",
            "essais",
            "erreur",
            "created_at",
            "prochain_essai_at",
        )
        .order_by("-created_at", "-id")
    )
