"""Who is in charge of a file in each body, and whom a mail is for."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from accounts.models import Absence, Membership, Organisation, User
from dossiers.models import Affectation, Dossier
from dossiers.models.acces import AffectationQuerySet
from dossiers.rules import ARS, ASSURANCE_MALADIE

K = TypeVar("K", bound=Hashable)

Asked = Mapping[K, tuple[int, Iterable[int]]]
"""By a key of the caller's, a file and the bodies whose people are looked for."""


def in_charge(dossier: Dossier, organisation_ids: Iterable[int], *, on: date, droit: str = "instruire") -> list[User]:
    """Whom a body's mail about this file is for: titulaire and suppléant, each with who stands in when away.

    A body where nobody is in charge, or where everybody in charge has left, is told through all who hold `droit`.
    Who stands in must act for the same body. One step only: away in turn, its own replacement is not told.
    """
    return in_charge_by({dossier.pk: (dossier.pk, organisation_ids)}, on=on, droit=droit)[dossier.pk]


def in_charge_by(asked: Asked[K], *, on: date, droit: str = "instruire") -> dict[K, list[User]]:
    """The same for many files at once, under the same keys: five queries at most, however many."""
    wanted = {key: (file, set(bodies)) for key, (file, bodies) in asked.items()}
    pairs = {(file, body) for file, bodies in wanted.values() for body in bodies}
    charges = _charges(pairs, on=on)
    stands_in = replacements({(body, user) for (_, body), users in charges.items() for user in users}, on=on)
    everyone = _holders({body for file, body in pairs if (file, body) not in charges}, droit, on=on)
    told: dict[tuple[int, int], set[int]] = {}
    for file, body in pairs:
        named = charges.get((file, body))
        away = {stands_in[body, user] for user in named or () if (body, user) in stands_in}
        told[file, body] = everyone[body] if named is None else named | away
    people = User.objects.filter(is_active=True).in_bulk({pk for keys in told.values() for pk in keys})
    found = {key: set().union(*(told[file, body] for body in bodies)) for key, (file, bodies) in wanted.items()}
    return {key: [people[pk] for pk in sorted(pks) if pk in people] for key, pks in found.items()}


def _charges(pairs: Collection[tuple[int, int]], *, on: date) -> dict[tuple[int, int], set[int]]:
    """The keys of those in charge that day of each (file, body) where somebody is."""
    files, bodies = {file for file, _ in pairs}, {body for _, body in pairs}
    rows = present_charges(on=on).filter(dossier__in=files, organisation__in=bodies)
    found: dict[tuple[int, int], set[int]] = {}
    for file, body, user in rows.values_list("dossier", "organisation", "user").order_by("pk"):
        found.setdefault((file, body), set()).add(user)
    return found


def _holders(bodies: Collection[int], droit: str, *, on: date) -> defaultdict[int, set[int]]:
    """The keys of everybody who holds `droit` that day in each of these bodies."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.active(on=on).filter(organisation__in=bodies, droits__contains=[droit])
    for body, user in rows.values_list("organisation", "user").order_by("pk"):
        found[body].add(user)
    return found


def present_charges(*, on: date) -> AffectationQuerySet:
    """The charges of that day whose holder has an account and still acts for the body."""
    acts = Membership.objects.active(on=on).filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
    return Affectation.objects.active(on=on).filter(Exists(acts), user__is_active=True)


def replacements(charges: Iterable[tuple[int, int]], *, on: date) -> dict[tuple[int, int], int]:
    """Who stands in that day for each of these (body, person), where it acts for that body too."""
    wanted = set(charges)
    away = Absence.objects.on(on).filter(user__in={user for _, user in wanted}).exclude(remplacant=None)
    stands_in = dict(away.values_list("user", "remplacant").order_by("pk")) if wanted else {}
    if not stands_in:
        return {}
    acts = Membership.objects.active(on=on).filter(user__in=set(stands_in.values()))
    members = set(acts.values_list("organisation", "user").order_by("pk"))
    found = {(body, user): stands_in[user] for body, user in wanted if user in stands_in}
    return {pair: pk for pair, pk in found.items() if (pair[0], pk) in members}


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
    "in_charge_by",
    "lead_bodies",
    "present_charges",
    "replacements",
]
