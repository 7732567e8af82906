"""Whom the clock tells, for many files at once: as `selectors.people` says for one, in a number of queries that does
not grow with the files.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Absence, Membership, Organisation, User
from accounts.states import Droit, Genre
from dossiers.models import Dossier
from dossiers.selectors.people import present_charges

DESKS = (Genre.GUICHET, Genre.ARS, Genre.DD_ARS, Genre.CPAM)
WRITING = frozenset({Droit.REDIGER.value, Droit.DEPOSER.value})


@dataclass(frozen=True)
class Destinataires:
    """Who writes or deposits for the association; who follows the file at the ARS, at the Guichet and at the caisse,
    else everybody who instructs there; `service` writes for the ARS.
    """

    association: tuple[User, ...]
    ars: tuple[User, ...]
    guichet: tuple[User, ...]
    am: tuple[User, ...]
    service: Organisation

    def autres(self) -> list[User]:
        """Everybody but the association, each once."""
        found = {user.pk: user for user in (*self.ars, *self.guichet, *self.am)}
        return [found[pk] for pk in sorted(found)]


def recipients(dossiers: Sequence[Dossier], *, on: date) -> dict[int, Destinataires]:
    """For each file, by its key. Six queries, whatever their number."""
    bodies = list(
        Organisation.objects.filter(region__in={d.region for d in dossiers}, genre__in=DESKS).order_by("code")
    )
    desks = {dossier.pk: _desks(dossier, bodies) for dossier in dossiers}
    people = _People([*bodies, *(dossier.association_id for dossier in dossiers)], on=on)
    charges = _charges(desks, on=on)
    found = {}
    for dossier in dossiers:
        desk = desks[dossier.pk]
        told = {name: people.in_charge(dossier.pk, held, charges) for name, held in desk.items() if name != "agence"}
        found[dossier.pk] = Destinataires(
            association=people.holding(dossier.association_id, WRITING),
            ars=told["ars"] or people.in_charge(dossier.pk, desk["agence"], charges),
            guichet=told["guichet"],
            am=told["am"],
            service=(desk["ars"] or desk["agence"])[0],
        )
    return found


def _desks(dossier: Dossier, bodies: Iterable[Organisation]) -> dict[str, list[Organisation]]:
    """The bodies of a file: the délégation and the caisse of its lead département, the Guichet, the agency."""
    lead = {dossier.departement_pilote_id} if dossier.departement_pilote_id else set(dossier.departements)
    here = [body for body in bodies if body.region == dossier.region]
    leads = [body for body in here if lead & set(body.departements)]
    return {
        "ars": [body for body in leads if body.genre == Genre.DD_ARS]
        or [body for body in here if body.genre == Genre.ARS],
        "am": [body for body in leads if body.genre == Genre.CPAM],
        "guichet": [body for body in here if body.genre == Genre.GUICHET],
        "agence": [body for body in here if body.genre == Genre.ARS],
    }


Charges = Mapping[tuple[int, int], set[int]]


def _charges(desks: Mapping[int, Mapping[str, list[Organisation]]], *, on: date) -> Charges:
    """The keys of those in charge of each file in each body, with who stands in for those away. Three queries."""
    organisations = {body.pk for desk in desks.values() for held in desk.values() for body in held}
    rows = present_charges(on=on).filter(dossier__in=list(desks), organisation__in=organisations)
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for dossier, organisation, user in rows.values_list("dossier", "organisation", "user").order_by("pk"):
        found[dossier, organisation].add(user)
    holders = {user for users in found.values() for user in users}
    away = Absence.objects.on(on).filter(user__in=holders).exclude(remplacant=None)
    stands_in = dict(away.values_list("user", "remplacant").order_by("pk")) if holders else {}
    if stands_in:
        acts = Membership.objects.active(on=on).filter(user__in=set(stands_in.values()))
        members = set(acts.values_list("organisation", "user").order_by("pk"))
        for (_, organisation), users in found.items():
            users |= {stands_in[u] for u in users if u in stands_in and (organisation, stands_in[u]) in members}
    return found


class _People:
    """The members of these bodies and associations that day, with their rights. One query."""

    def __init__(self, organisations: Iterable[Organisation | int], *, on: date) -> None:
        keys = {body if isinstance(body, int) else body.pk for body in organisations}
        rows = Membership.objects.active(on=on).filter(Q(organisation__in=keys), user__is_active=True)
        self.members: defaultdict[int, list[tuple[User, frozenset[str]]]] = defaultdict(list)
        self.users: dict[int, User] = {}
        for row in rows.select_related("user").order_by("user_id"):
            self.members[row.organisation_id].append((row.user, frozenset(row.droits)))
            self.users[row.user_id] = row.user

    def holding(self, organisation: int, droits: frozenset[str]) -> tuple[User, ...]:
        return tuple(user for user, held in self.members[organisation] if held & droits)

    def in_charge(self, dossier: int, bodies: Iterable[Organisation], charges: Charges) -> tuple[User, ...]:
        """Those in charge in each body; everybody who instructs in a body where nobody is."""
        found: dict[int, User] = {}
        for body in bodies:
            named = [self.users[pk] for pk in charges.get((dossier, body.pk), ()) if pk in self.users]
            everyone = named or self.holding(body.pk, frozenset({Droit.INSTRUIRE.value}))
            found |= {user.pk: user for user in everyone}
        return tuple(found[pk] for pk in sorted(found))
