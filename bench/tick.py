"""Measure the clock: `python -m bench.tick` prints JSON.

As many requests whose silence has spoken (1 000), and as many opinions of the caisse never given, recorded by one
passage: their rows, events, ledgers and mails to send, nothing sent or drawn. Then a second one, which finds nothing.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from bench.ground import VAR, keep, prepare, say, set_environment

AHEAD = timedelta(days=62)
"""After today: every period opened until today is over."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tick", description=__doc__.splitlines()[0])
    parser.add_argument("--demandes", type=int, default=1000, help="requests that are due (1 000)")
    asked = parser.parse_args()
    set_environment()
    from bench.servers import postgres

    with postgres(VAR / "servers") as address:
        os.environ["DATABASE_URL"] = address
        import django

        django.setup()
        keep("horloge", _measure(asked.demandes))


def _measure(count: int) -> dict[str, Any]:
    from django.utils import timezone

    from accounts.models import Envoi
    from bench.further import DUE
    from guichet.kernel.civil import PARIS

    load = os.getloadavg()[0]
    made = prepare(count, shares={DUE: 1})
    day = timezone.localdate() + AHEAD
    now = datetime(day.year, day.month, day.day, 0, 5, tzinfo=PARIS)
    mails = Envoi.objects.count()
    first, again = _passage(now), _passage(now + timedelta(minutes=5))
    say(json.dumps(first))
    return {
        "dossiers": made["dossiers"],
        "charge_au_depart": round(load, 1),
        "premier_passage": first,
        "envois_ecrits": Envoi.objects.count() - mails,
        "second_passage": again,
    }


def _passage(now: datetime) -> dict[str, Any]:
    """One passage: its time, and that of each kind of act."""
    from projects.services import silence

    spent: dict[str, list[float]] = {"rejets": [], "avis_clos": []}
    started = time.perf_counter()
    with (
        patch.object(silence, "record_silence", partial(_timed, silence.record_silence, spent["rejets"])),
        patch.object(silence, "close_opinion", partial(_timed, silence.close_opinion, spent["avis_clos"])),
    ):
        row = silence.passage(now=now)
    seconds = time.perf_counter() - started
    told: dict[str, Any] = {"secondes": round(seconds, 2), "constates": row.constates, "erreurs": row.erreurs}
    for nom, times in spent.items():
        told[nom] = {"nombre": len(times), "par_s": round(len(times) / sum(times), 1) if times else None}
    return told


def _timed(act: Callable[..., bool], times: list[float], **asked: Any) -> bool:
    started = time.perf_counter()
    done = act(**asked)
    times.append(time.perf_counter() - started)
    return done


if __name__ == "__main__":
    main()
