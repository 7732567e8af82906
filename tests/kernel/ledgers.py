"""Short ways to write the facts of a period, for the tests of legal dates."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from guichet.kernel.deadlines import Depart, Echeance, Ledger, PieceDemandee, Regime, compute

NB = "\u00a0"
SERVER_ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati")
"""Where a server may stand: a day begins there up to thirteen hours before Paris, or nine after."""


def d(text: str) -> date:
    return date.fromisoformat(text)


def piece(asked: str, answered: str = "", limit: str = "", *, requise: bool = True, **more: object) -> PieceDemandee:
    return PieceDemandee(
        demandee_le=d(asked),
        recue_le=d(answered) if answered else None,
        limite_le=d(limit) if limit else None,
        requise=requise,
        **more,
    )


def acceptation(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.ACCEPTATION, recu_le=d(recu), pieces=pieces, depart=depart))


def rejet(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.REJET, recu_le=d(recu), pieces=pieces, depart=depart))


@contextmanager
def server_in(zone: str) -> Iterator[None]:
    """The server's own clock set to that zone for a while: no legal day may follow it."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
