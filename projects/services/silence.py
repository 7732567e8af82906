"""The passage of the clock: what silence decided is recorded, what is not answered is closed, who is late is warned.

It records and never decides: the days were computed when each fact happened. Late or twice, it changes nothing: each
file has its own transaction, an act already done is refused by its row, a rung already told has its row.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import Error, transaction
from django.utils import timezone

from dossiers.models import AlerteDelai, Delai, PassageHorloge
from dossiers.selectors.delais import silent_on, warned_on
from funding import notifications as funding_notifications
from funding.services.instruction import record_rejection
from guichet.kernel.deadlines import RUNGS_BEFORE_LAST_DAY, latest_rung_due
from guichet.kernel.lifecycle import Refused
from projects.models import Avis
from projects.services.opinions import close_unanswered
from projects.states import EtatAvis

log = logging.getLogger(__name__)
LOT = 100


def passage(*, now: datetime, lot: int = LOT) -> PassageHorloge:
    """One passage, written as a row: how many periods were due, recorded, failed, and how many warnings left."""
    row = PassageHorloge.objects.create(debut_at=now)
    today = timezone.localdate(now)
    due = list(silent_on(today).values_list("pk", flat=True))
    recorded, errors = _each(due, lambda pk: record_silence(delai_id=pk, now=now))
    unanswered = _unanswered(today)
    _, failed = _each(unanswered, lambda pk: _close_opinion(pk, now=now))
    told, unsent = _each(_to_warn(today), lambda pk: warn(delai_id=pk, now=now))
    PassageHorloge.objects.filter(pk=row.pk).update(
        fin_at=now, dus=len(due), constates=recorded, erreurs=errors + failed + unsent, alertes=told
    )
    row.refresh_from_db()
    return row


def record_silence(*, delai_id: int, now: datetime) -> bool:
    """Record the silence of one period, at its legal day. False when it was settled meanwhile."""
    delai = Delai.objects.select_related("demande_fir__dossier", "demande_fir__financeur").get(pk=delai_id)
    record_rejection(demande=delai.demande_fir, now=now)
    return True


@transaction.atomic
def warn(*, delai_id: int, now: datetime) -> bool:
    """Tell the latest rung that is due and was not told; those it overtakes are never sent. False when nothing is due."""
    delai = Delai.objects.select_for_update(no_key=True, of=("self",)).get(pk=delai_id)
    if delai.clos_at is not None or delai.dernier_jour is None:
        return False
    today = timezone.localdate(now)
    rung = latest_rung_due(delai.dernier_jour, today)
    if rung is None:
        return False
    told = AlerteDelai.objects.filter(delai=delai, dernier_jour=delai.dernier_jour, echelon=rung.code)
    if told.exists():
        return False
    alert = AlerteDelai.objects.create(
        delai=delai, dernier_jour=delai.dernier_jour, echelon=rung.code, evenement=uuid4(), created_at=now
    )
    demande = delai.demande_fir
    demande.delai = delai
    left = (delai.dernier_jour - today).days
    funding_notifications.warn(demande, evenement=alert.evenement, jours=left, now=now)
    return True


def _to_warn(today: Any) -> list[int]:
    return list(warned_on(today, within=max(RUNGS_BEFORE_LAST_DAY)).values_list("pk", flat=True))


def _unanswered(today: Any) -> list[int]:
    waiting = Avis.objects.filter(etat__in=(EtatAvis.ATTENDU, EtatAvis.BROUILLON), consultation__limite_le__lt=today)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _close_opinion(pk: int, *, now: datetime) -> bool:
    close_unanswered(avis=Avis.objects.select_related("consultation").get(pk=pk), now=now)
    return True


def _each(ids: Iterable[int], act: Callable[[int], bool]) -> tuple[int, int]:
    """How many acts were done, how many failed: an error on one file never stops the others."""
    done = failed = 0
    for pk in ids:
        try:
            done += act(pk)
        except Refused as already:
            log.info("clock: %s left as it is: %s", pk, already)
        except Error:
            failed += 1
            log.exception("clock: %s failed", pk)
    return done, failed
