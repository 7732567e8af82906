"""Whom the clock tells, for many files at once: as `selectors.people` says for one, in a number of queries that does
not grow with the files.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Membership, Organisation, User
from accounts.states import Droit, Genre
from dossiers.models import Dossier
from dossiers.selectors.people import in_charge_by

DESKS = (Genre.GUICHET, Genre.ARS, Genre.DD_ARS, Genre.CPAM)
WRITING = [Droit.REDIGER.value, Droit.DEPOSER.value]


@dataclass(frozen=True)
class Destinataires:
    """Who writes or deposits for the association; who follows the file at the ARS, at the Guichet and at the caisse,
    else everybody who instructs there; `service` writes for the ARS.
    """

    association: Sequence[User]
    ars: Sequence[User]
    guichet: Sequence[User]
    am: Sequence[User]
    service: Organisation

    def autres(self) -> list[User]:
        """Everybody but the association, each once."""
        found = {user.pk: user for user in (*self.ars, *self.guichet, *self.am)}
        return [found[pk] for pk in sorted(found)]


def recipients(dossiers: Sequence[Dossier], *, on: date) -> dict[int, Destinataires]:
    """For each file, by its key. Seven queries at most, whatever their number."""
    bodies = list(
        Organisation.objects.filter(region__in={d.region for d in dossiers}, genre__in=DESKS).order_by("code")
    )
    desks = {dossier.pk: _desks(dossier, bodies) for dossier in dossiers}
    told = in_charge_by(
        {(pk, name): (pk, [body.pk for body in held]) for pk, desk in desks.items() for name, held in desk.items()},
        on=on,
    )
    writing = _writing({dossier.association_id for dossier in dossiers}, on=on)
    return {
        dossier.pk: Destinataires(
            association=writing[dossier.association_id],
            ars=told[dossier.pk, "ars"] or told[dossier.pk, "agence"],
            guichet=told[dossier.pk, "guichet"],
            am=told[dossier.pk, "am"],
            service=(desks[dossier.pk]["ars"] or desks[dossier.pk]["agence"])[0],
        )
        for dossier in dossiers
    }


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


def _writing(associations: Iterable[int], *, on: date) -> defaultdict[int, list[User]]:
    """Who writes or deposits that day for each association. One query."""
    rows = Membership.objects.active(on=on).filter(
        organisation__in=set(associations), user__is_active=True, droits__overlap=WRITING
    )
    found: defaultdict[int, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user_id"):
        found[row.organisation_id].append(row.user)
    return found
