"""Who is in charge of a file in each body, and whom a mail is for."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import Absence, Membership, Organisation, User
from accounts.selectors import users_with_right
from dossiers.models import Affectation, Dossier
from dossiers.models.acces import AffectationQuerySet
from dossiers.rules import ARS, ASSURANCE_MALADIE


def in_charge(dossier: Dossier, organisation_ids: Iterable[int], *, on: date, droit: str = "instruire") -> list[User]:
    """Whom a body's mail about this file is for: titulaire and suppléant, each with who stands in when away.

    A body where nobody is in charge, or where everybody in charge has left, is told through all who hold `droit`.
    Who stands in must act for the same body. One step only: away in turn, its own replacement is not told.
    """
    wanted = list(organisation_ids)
    rows = present_charges(on=on).filter(dossier=dossier, organisation__in=wanted)
    charges = set(rows.values_list("organisation", "user").order_by("pk"))
    people = {user_id for _, user_id in charges} | replacements(charges, on=on)
    rest = [pk for pk in wanted if pk not in {organisation_id for organisation_id, _ in charges}]
    everyone = users_with_right(rest, droit, on=on).values("pk")
    return list(User.objects.filter(Q(pk__in=people) | Q(pk__in=everyone), is_active=True).order_by("pk"))


def present_charges(*, on: date) -> AffectationQuerySet:
    """The charges of that day whose holder has an account and still acts for the body."""
    acts = Membership.objects.active(on=on).filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
    return Affectation.objects.active(on=on).filter(Exists(acts), user__is_active=True)


def replacements(charges: Iterable[tuple[int, int]], *, on: date) -> set[int]:
    """Who stands in that day for these (body, person), where it acts for that body too."""
    wanted = set(charges)
    away = Absence.objects.on(on).filter(user__in={user_id for _, user_id in wanted}).exclude(remplacant=None)
    stands_in = dict(away.values_list("user", "remplacant").order_by("pk"))
    if not stands_in:
        return set()
    acts = Membership.objects.active(on=on).filter(user__in=stands_in.values())
    members = set(acts.values_list("organisation", "user").order_by("pk"))
    found = {(organisation_id, stands_in[user_id]) for organisation_id, user_id in wanted if user_id in stands_in}
    return {user_id for _, user_id in found & members}


def bodies(dossier: Dossier, genres: Iterable[str]) -> list[Organisation]:
    """The bodies of these kinds whose perimeter holds the file: those of the lead département first."""
    found = Organisation.objects.filter(region=dossier.region, genre__in=list(genres)).filter(
        Q(departements=[]) | Q(departements__overlap=dossier.departements)
    )
    lead = dossier.departement_pilote_id
    return sorted(found.order_by("code"), key=lambda body: bool(body.departements) and lead not in body.departements)


def lead_bodies(dossier: Dossier, genre: str) -> list[Organisation]:
    """The bodies of that kind in the lead département of the file."""
    lead = [dossier.departement_pilote_id] if dossier.departement_pilote_id else dossier.departements
    found = Organisation.objects.filter(region=dossier.region, genre=genre, departements__overlap=lead)
    return list(found.order_by("code"))


def ars_desk(dossier: Dossier) -> list[Organisation]:
    """Who instructs at the ARS: the délégations of the file's départements, else the agency itself."""
    return lead_bodies(dossier, "dd_ars") or bodies(dossier, ["ars"])


def am_desk(dossier: Dossier) -> list[Organisation]:
    """The caisse of the lead département (CPAM or CCSS)."""
    return lead_bodies(dossier, "cpam")


__all__ = [
    "ARS",
    "ASSURANCE_MALADIE",
    "am_desk",
    "ars_desk",
    "bodies",
    "in_charge",
    "lead_bodies",
    "present_charges",
    "replacements",
]
