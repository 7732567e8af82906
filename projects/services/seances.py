"""Sessions of the Guichet: their agenda, who was there, the opinions given there, their minutes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4

import rules
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.services.documents import create_document
from dossiers.states import AudienceDocument
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.lifecycle import Refused
from projects.documents.seances import minutes
from projects.models import Avis, EvenementAvis, PointSeance, Seance
from projects.selectors.seances import minutes_event, running_consultations
from projects.services.opinions import Criteres, give

Present = Mapping[str, str]
"""`organisation` (its code, "" for the Guichet's guests), `nom`, `qualite`, `deport` (key of a point, or "")."""


@transaction.atomic
def open_session(*, tenue_le: date, lieu: str, by: Acteur, now: datetime) -> Seance:
    """A session of the Guichet `by` acts for, with an empty agenda."""
    if not rules.test_rule("seance.tenir", by):
        raise Refused("Seul le Guichet tient des séances.")
    return Seance.objects.create(
        region=by.region,
        tenue_le=tenue_le,
        lieu=lieu.strip(),
        created_at=now,
        created_by=by.user,
        evenement=uuid4(),
    )


@transaction.atomic
def edit_session(*, seance: Seance, tenue_le: date, lieu: str, notes: str, by: Acteur) -> None:
    """Another day, another place, general notes. The day stays once an opinion was given in it."""
    locked = _lock(seance, by=by)
    if tenue_le != locked.tenue_le and locked.avis.exists():
        raise Refused("Des avis ont été donnés dans cette séance\u00a0: sa date ne change plus.")
    Seance.objects.filter(pk=locked.pk).update(tenue_le=tenue_le, lieu=lieu.strip(), notes=notes.strip())


@transaction.atomic
def add_points(*, seance: Seance, consultations: Iterable[int], by: Acteur) -> int:
    """Put these running consultations at the end of the agenda, the nearest due date first; how many were added."""
    locked = _lock(seance, by=by)
    known = set(locked.points.values_list("consultation", flat=True))
    wanted = running_consultations(by).filter(pk__in=list(consultations)).exclude(pk__in=known)
    last = locked.points.aggregate(last=Max("ordre"))["last"] or 0
    points = [
        PointSeance(seance=locked, consultation=consultation, ordre=rank)
        for rank, consultation in enumerate(wanted, last + 1)
    ]
    PointSeance.objects.bulk_create(points)
    return len(points)


@transaction.atomic
def move_up(*, point: PointSeance, by: Acteur) -> None:
    """Before the one that precedes it; the first stays."""
    locked = _lock(point.seance, by=by)
    order = [found.pk for found in locked.points.order_by("ordre", "pk")]
    here = order.index(point.pk)
    if here:
        order[here - 1], order[here] = order[here], order[here - 1]
    for rank, pk in enumerate(order, 1):
        PointSeance.objects.filter(pk=pk).update(ordre=rank)


@transaction.atomic
def remove_point(*, point: PointSeance, by: Acteur) -> None:
    """Off the agenda; refused once an opinion on that file was given in the session."""
    locked = _lock(point.seance, by=by)
    if locked.avis.filter(consultation=point.consultation_id).exists():
        raise Refused("Un avis sur ce dossier a été donné dans cette séance\u00a0: il reste à l’ordre du jour.")
    PointSeance.objects.filter(pk=point.pk).delete()


@transaction.atomic
def write_point(*, point: PointSeance, releve: str, by: Acteur) -> None:
    """What was said of a file."""
    _lock(point.seance, by=by)
    PointSeance.objects.filter(pk=point.pk).update(releve=releve.strip())


@transaction.atomic
def note_present(*, seance: Seance, presents: Sequence[Present], by: Acteur) -> None:
    """Who was there, and on which file a person steps aside: it leaves the room, its body answers for itself."""
    locked = _lock(seance, by=by)
    known = {str(pk) for pk in locked.points.values_list("pk", flat=True)}
    rows = [
        {name: str(row.get(name) or "").strip() for name in ("organisation", "nom", "qualite", "deport")}
        for row in presents
    ]
    if any(row["deport"] and row["deport"] not in known for row in rows):
        raise Refused("Ce dossier n’est plus à l’ordre du jour.")
    Seance.objects.filter(pk=locked.pk).update(presents=rows)


@transaction.atomic
def record_opinion(
    *, seance: Seance, avis: Avis, sens: str, criteres: Criteres, commentaire: str, by: Acteur, now: datetime
) -> EvenementAvis:
    """The opinion a body gave in the session, recorded by the Guichet.

    Refused for a file that is not on the agenda, or before the day of the session.
    """
    locked = _lock(seance, by=by)
    if locked.tenue_le > timezone.localdate(now):
        raise Refused(f"La séance a lieu le {date_longue(locked.tenue_le)}\u00a0: aucun avis n’y est encore donné.")
    if locked.tenue_le < civil_day(avis.consultation.ouverte_at):
        raise Refused("La consultation n’était pas encore ouverte le jour de cette séance.")
    if not locked.points.filter(consultation=avis.consultation_id).exists():
        raise Refused("Ce dossier n’est pas à l’ordre du jour de cette séance.")
    return give(avis=avis, sens=sens, criteres=criteres, commentaire=commentaire, by=by, now=now, seance=locked)


@transaction.atomic
def close_session(*, seance: Seance, by: Acteur, now: datetime) -> Seance:
    """Make the minutes, one paper a file, read by the Guichet alone; nothing of the session changes after."""
    locked = _lock(seance, by=by)
    if locked.tenue_le > timezone.localdate(now):
        raise Refused(f"La séance a lieu le {date_longue(locked.tenue_le)}\u00a0: elle ne se clôt pas avant.")
    if not locked.presents:
        raise Refused("Notez d’abord qui était présent.")
    points = list(locked.points.select_related("consultation__lettre__dossier__association").order_by("ordre", "pk"))
    if not points:
        raise Refused("L’ordre du jour est vide\u00a0: il n’y a pas de compte rendu à établir.")
    for point in points:
        assert point.consultation.lettre is not None
        dossier = point.consultation.lettre.dossier
        create_document(
            evenement=minutes_event(locked, dossier.pk),
            dossier=dossier,
            audience=AudienceDocument.GUICHET,
            now=now,
            **minutes(locked, point, by=by, now=now),
        )
    Seance.objects.filter(pk=locked.pk).update(close_at=now)
    locked.close_at = now
    return locked


def _lock(seance: Seance, *, by: Acteur) -> Seance:
    """The session as the database has it, held until the end; before any file, so that no two acts wait for each other.

    Refused for who does not hold it, and once it is closed.
    """
    locked = Seance.objects.select_for_update(no_key=True).get(pk=seance.pk)
    if not rules.test_rule("seance.tenir", by, locked):
        raise Refused("Seul le Guichet tient cette séance.")
    if locked.close_at is not None:
        raise Refused(
            f"Cette séance est close depuis le {date_longue(timezone.localdate(locked.close_at))}\u00a0: "
            "rien n’en change plus."
        )
    return locked
