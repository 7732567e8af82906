"""The passage of the clock: what silence decided is recorded, what is not answered is closed, who is late is warned.

It records and never decides: the days were computed when each fact happened. Late or twice, it changes nothing: each
file has its own transaction, an act already done is refused by its row, a rung already told has its row.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dossiers.models import AlerteDelai, Delai, PassageHorloge
from dossiers.selectors.delais import silent_on, to_warn_on
from funding import notifications as funding_notifications
from funding.services.instruction import record_rejection
from guichet.kernel.after_commit import gathered
from guichet.kernel.deadlines import latest_rung_due
from guichet.kernel.lifecycle import Refused
from projects.lifecycles import PROJET
from projects.models import Avis, ProjetSante
from projects.notifications import projets as project_notifications
from projects.selectors.desks import unanswered_on
from projects.selectors.projets import answered_not_sent
from projects.services.opinions import close_unanswered
from projects.services.projets.silence import end_if_received, record_lot
from projects.services.projets.silence import record_silence as record_validation

log = logging.getLogger(__name__)
LOT = 100


@dataclass
class Bilan:
    """What became of the files of one kind of work: met, done, failed."""

    vus: int = 0
    faits: int = 0
    erreurs: int = 0


def passage(*, now: datetime, lot: int = LOT, rebours: bool = False) -> PassageHorloge:
    """One passage, written as a row: how many periods were due, recorded, failed, and how many warnings left.

    `rebours` starts from the other end: a second worker that helps meets the first one in the middle. The row is
    finished only when every file was met: a passage that was stopped does not count as one.
    """
    row = PassageHorloge.objects.create(debut_at=now)
    today = timezone.localdate(now)
    with gathered():
        silences = _each(silent_on(today), partial(_silences, now=now), lot, rebours)
        opinions = _each(unanswered_on(today), lambda ids: lambda pk: close_opinion(avis_id=pk, now=now), lot, rebours)
        warnings = _each(to_warn_on(today), lambda ids: lambda pk: warn(delai_id=pk, now=now), lot, rebours)
        unsent = _each(answered_not_sent(), lambda ids: lambda pk: warn_unsent(projet_id=pk, now=now), lot, rebours)
    PassageHorloge.objects.filter(pk=row.pk).update(
        fin_at=now,
        dus=silences.vus,
        constates=silences.faits,
        erreurs=silences.erreurs + opinions.erreurs + warnings.erreurs + unsent.erreurs,
        alertes=warnings.faits + unsent.faits,
    )
    row.refresh_from_db()
    return row


BEAUCOUP = 1000
"""Periods due at once from which a second worker helps."""


def is_heavy(*, now: datetime) -> bool:
    """Whether so many periods are due that two workers are better. One short query."""
    return silent_on(timezone.localdate(now))[BEAUCOUP:].exists()


Act = Callable[[int], bool]


def _silences(ids: Sequence[int], *, now: datetime) -> Act:
    """The projects of a lot are recorded together; if one of them fails, each is then recorded by itself, so that it
    stops no other. Requests are recorded one by one.
    """
    rows = ProjetSante.objects.filter(delai__in=ids).order_by("pk")
    projets = {projet.delai_id or 0: projet for projet in rows}
    done: set[int] = set()
    if projets:
        try:
            events = record_lot(projets=list(projets.values()), now=now)
            recorded = {event.projet_id for event in events}
            done = {key for key, projet in projets.items() if projet.pk in recorded}
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("clock: a lot of %s projects failed, each is recorded by itself", len(projets))

    def act(pk: int) -> bool:
        return pk in done or record_silence(delai_id=pk, now=now)

    return act


@transaction.atomic
def record_silence(*, delai_id: int, now: datetime) -> bool:
    """Record the silence of one period, at its legal day: it validates a project, it rejects a request.

    Raises `Refused` when a request was settled meanwhile. False when the period ended otherwise.
    """
    projet = ProjetSante.objects.filter(delai=delai_id).first()
    if projet is not None:
        return record_validation(projet=projet, now=now) is not None
    delai = Delai.objects.select_related("demande_fir__dossier", "demande_fir__financeur").get(pk=delai_id)
    record_rejection(demande=delai.demande_fir, now=now)
    return True


@transaction.atomic
def warn_unsent(*, projet_id: int, now: datetime) -> bool:
    """Tell both sides once that every required piece has come and was not sent, then climb the same ladder: the last
    day is counted from the arrival, whenever the association sends. Once it is past, the association is told once more
    that nothing but its gesture is awaited. False when nothing is due.
    """
    projet = PROJET.lock(ProjetSante.objects.get(pk=projet_id))
    found = projet.arrivee()
    today = timezone.localdate(now)
    if found is None or found.dernier_jour is None:
        return False
    past = found.dernier_jour < today
    rung = None if past else latest_rung_due(found.dernier_jour, today)
    alert = _alert(projet.delai, found.dernier_jour, PASSEE if past else rung.code if rung else ARRIVEE, now=now)
    if alert is None:
        return False
    if past:
        project_notifications.silence_not_sent(projet, evenement=alert.evenement, found=found, now=now)
        return True
    project_notifications.arrived_not_sent(projet, evenement=alert.evenement, dernier_jour=found.dernier_jour, now=now)
    return True


ARRIVEE = "arrive"
"""The rung told as soon as every required piece has come."""
PASSEE = "passe"
"""The rung told when the last day went by before the association sent what it answered."""


def _alert(delai: Delai, last: date, echelon: str, *, now: datetime) -> AlerteDelai | None:
    """The row of a rung told now; None when it was told for that last day."""
    if AlerteDelai.objects.filter(delai=delai, dernier_jour=last, echelon=echelon).exists():
        return None
    return AlerteDelai.objects.create(
        delai=delai, dernier_jour=last, echelon=echelon, evenement=uuid4(), created_at=now
    )


@transaction.atomic
def warn(*, delai_id: int, now: datetime) -> bool:
    """Tell the latest rung due, if it was not told; those it overtakes are never sent. False when nothing is due."""
    projet = ProjetSante.objects.filter(delai=delai_id).select_related("dossier").first()
    if projet is not None:
        projet = PROJET.lock(projet)
        if end_if_received(projet, now=now):
            return False
    delai = Delai.objects.select_for_update(no_key=True, of=("self",)).get(pk=delai_id)
    if delai.clos_at is not None or delai.dernier_jour is None:
        return False
    today = timezone.localdate(now)
    rung = latest_rung_due(delai.dernier_jour, today)
    if rung is None:
        return False
    alert = _alert(delai, delai.dernier_jour, rung.code, now=now)
    if alert is None:
        return False
    left = (delai.dernier_jour - today).days
    if projet is not None:
        projet.delai = delai
        project_notifications.warn(projet, evenement=alert.evenement, jours=left, now=now)
        return True
    demande = delai.demande_fir
    demande.delai = delai
    funding_notifications.warn(demande, evenement=alert.evenement, jours=left, now=now)
    return True


def close_opinion(*, avis_id: int, now: datetime) -> bool:
    """The due date passed without an answer; a late one is still taken until the synthesis."""
    close_unanswered(avis=Avis.objects.select_related("consultation").get(pk=avis_id), now=now)
    return True


def _each(due: QuerySet[Any], prepare: Callable[[Sequence[int]], Act], lot: int, rebours: bool) -> Bilan:
    """Act once on each row that is due, taken by lots in the order of the keys, so that the memory holds one lot;
    `prepare` reads what a lot shares and gives the act.

    An error on one file, whatever it is, is logged and counted and never stops the others: each act is a transaction.
    Only a database that no longer answers stops the passage: the next one starts again where this one was.
    """
    bilan = Bilan()
    beyond, order = ("pk__lt", "-pk") if rebours else ("pk__gt", "pk")
    rest = due.order_by(order)
    while ids := list(rest.values_list("pk", flat=True)[:lot]):
        act = prepare(ids)
        for pk in ids:
            bilan.vus += 1
            try:
                bilan.faits += act(pk)
            except Refused as already:
                log.info("clock: %s %s left as it is: %s", due.model.__name__, pk, already)
            except Exception:
                if not connection.is_usable():
                    raise
                bilan.erreurs += 1
                log.exception("clock: %s %s failed", due.model.__name__, pk)
        rest = due.filter(**{beyond: ids[-1]}).order_by(order)
    return bilan
