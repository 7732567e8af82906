"""Who follows which file in one's own body, and the files nobody follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.acteur import Acteur
from accounts.models import Absence, Membership, Organisation, User
from accounts.selectors import managers_of, users_with_right
from accounts.states import Droit, Genre
from dossiers.models import AccesDossier, Affectation, Dossier
from dossiers.models.acces import AffectationQuerySet
from dossiers.parcours import living
from dossiers.rules import ARS
from dossiers.selectors.people import present_charges
from dossiers.states import EtatDossier, RoleAffectation, Visibilite
from guichet.kernel.civil import date_longue

HORIZON = timedelta(days=7)
"""Nobody present: everybody in charge is away on each of these days, today included."""


def followed_files(acteur: Acteur) -> QuerySet[Dossier]:
    """The files the body of `acteur` may follow: those it may open, deposited."""
    return Dossier.objects.visible_to(acteur).exclude(visibilite=Visibilite.PORTEUR)


def files_to_follow(acteur: Acteur) -> QuerySet[Dossier]:
    """Of these, those somebody of the body ought to follow: open, not over, and led from its own départements when it
    has some, or on which it was asked something.
    """
    found = followed_files(acteur).filter(living(), etat=EtatDossier.OUVERT)
    if not acteur.departements:
        return found
    asked = AccesDossier.objects.filter(dossier=OuterRef("pk"), organisation=acteur.organisation_id)
    lead = Q(departement_pilote__in=sorted(acteur.departements)) | Q(departement_pilote=None)
    return found.filter(lead | Exists(asked))


def files_without_anyone(acteur: Acteur, on: date) -> QuerySet[Dossier]:
    """The files to follow with nobody in charge, or with nobody of them present, nor standing in, for the next 7 days.

    For the agency itself, somebody of a délégation is somebody.
    """
    bodies = _bodies(acteur)
    here = present_members(bodies, first=on, days=HORIZON.days)
    someone = present_charges(on=on).filter(dossier=OuterRef("pk"), organisation__in=bodies, user__in=here)
    return files_to_follow(acteur).filter(~Exists(someone)).order_by("created_at", "pk")


Bodies = Sequence[int] | QuerySet[Organisation]


def _bodies(acteur: Acteur) -> Bodies:
    """Keys, or a condition that costs no query of its own."""
    if acteur.genre == Genre.ARS:
        return Organisation.objects.filter(region=acteur.region, genre__in=ARS)
    return [acteur.organisation_id] if acteur.organisation_id else []


def present_members(bodies: Bodies, *, first: date, days: int) -> set[int]:
    """Members of these bodies who are there, or replaced by a colleague who is there, at least one of these days."""
    window = [first + timedelta(days=rank) for rank in range(days)]
    acts = Membership.objects.active(on=first).filter(organisation__in=bodies, user__is_active=True)
    members = set(acts.values_list("user", flat=True).order_by("user"))
    rows = Absence.objects.filter(user__in=members, du_le__lte=window[-1], au_le__gte=first)
    away: dict[tuple[int, date], int | None] = {}
    for user_id, start, end, stands_in in rows.values_list("user", "du_le", "au_le", "remplacant").order_by("pk"):
        away |= {(user_id, day): stands_in for day in window if start <= day <= end}

    def is_there(user_id: int, day: date) -> bool:
        stands_in = away.get((user_id, day))
        return (user_id, day) not in away or (stands_in in members and (stands_in, day) not in away)

    return {user_id for user_id in members if any(is_there(user_id, day) for day in window)}


def _charges(organisation_id: int | None, *, on: date) -> AffectationQuerySet:
    """The charges of the day in that body, each with its person and `agit`: whether it still acts for the body."""
    acts = Membership.objects.active(on=on).filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
    rows = Affectation.objects.active(on=on).filter(organisation=organisation_id)
    return rows.select_related("user").annotate(agit=Exists(acts)).order_by("pk")


def charges_of(dossier: Dossier, organisation_id: int | None, *, on: date) -> dict[str, Affectation]:
    """The charges of the day in that body, by role."""
    return {row.role: row for row in _charges(organisation_id, on=on).filter(dossier=dossier)}


def charges_of_files(
    dossiers: Iterable[Dossier], organisation_id: int | None, *, on: date
) -> dict[int, dict[str, Affectation]]:
    """The same for several files, in one query."""
    found: dict[int, dict[str, Affectation]] = {}
    for row in _charges(organisation_id, on=on).filter(dossier__in=list(dossiers)):
        found.setdefault(row.dossier_id, {})[row.role] = row
    return found


def past_charges(dossier: Dossier, organisation_id: int | None) -> QuerySet[Affectation]:
    """The charges that were really held for a day or more and are over, latest first."""
    rows = Affectation.objects.filter(dossier=dossier, organisation=organisation_id, fin_le__isnull=False)
    return rows.select_related("user").order_by("-fin_le", "-pk")


def colleagues(organisation_id: int | None, *, on: date) -> list[User]:
    """Who may be put in charge: those who handle files in the body, in the order of names."""
    wanted = [] if organisation_id is None else [organisation_id]
    return list(users_with_right(wanted, Droit.INSTRUIRE, on=on).order_by("nom", "prenom", "pk"))


def people_with_files(acteur: Acteur, *, on: date) -> list[User]:
    """Who holds a charge in the body, whether it is still a member or not."""
    rows = Affectation.objects.active(on=on).filter(organisation=acteur.organisation_id)
    return list(User.objects.filter(pk__in=rows.values("user")).order_by("nom", "prenom", "pk"))


def files_of(acteur: Acteur, user: User | None, *, on: date) -> QuerySet[Dossier]:
    """The files that person follows for the body; without a person, those to follow that have no titulaire."""
    rows = Affectation.objects.active(on=on).filter(dossier=OuterRef("pk"), organisation=acteur.organisation_id)
    if user is None:
        holders = rows.filter(role=RoleAffectation.TITULAIRE)
        return files_to_follow(acteur).filter(~Exists(holders)).order_by("created_at", "pk")
    return followed_files(acteur).filter(Exists(rows.filter(user=user))).order_by("created_at", "pk")


@dataclass(frozen=True)
class Presence:
    """One charge as a page says it: who, and when it is away."""

    affectation: Affectation
    phrase: str


def presences(charges: Iterable[Affectation], *, on: date) -> dict[int, Presence]:
    """By row of `charges_of`, what to say of each person: gone, away until, away soon, or nothing. One query."""
    rows = list(charges)
    if not rows:
        return {}
    people = {row.user_id for row in rows}
    soon = Absence.objects.filter(user__in=people, au_le__gte=on, du_le__lte=on + timedelta(days=30))
    next_one: dict[int, Absence] = {}
    for absence in soon.select_related("remplacant").order_by("du_le", "pk"):
        next_one.setdefault(absence.user_id, absence)
    return {row.pk: _presence(row, next_one.get(row.user_id), on) for row in rows}


def _presence(row: Any, absence: Absence | None, on: date) -> Presence:
    if not row.agit or not row.user.is_active:
        return Presence(row, "n’agit plus pour votre organisme")
    if absence is None:
        return Presence(row, "")
    stands_in = f", remplacement\u00a0: {absence.remplacant}" if absence.remplacant else ", sans remplacement"
    if absence.du_le <= on:
        return Presence(row, f"en absence jusqu’au {date_longue(absence.au_le)}{stands_in}")
    words = f"absence du {date_longue(absence.du_le)} au {date_longue(absence.au_le)}{stands_in}"
    return Presence(row, words)


def association_lacks_manager(association: Organisation, *, on: date) -> bool:
    """True when nobody of the association can invite: its last manager left, or it came on paper."""
    return not managers_of(association, on=on).exists()
