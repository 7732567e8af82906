"""Measure the clock: `python -m bench.tick` prints JSON.

As many requests whose silence has spoken (1 000), recorded by one passage: their rows, events, ledgers and mails to
send, nothing sent or drawn. Then a second passage, which finds nothing to do.
"""

import argparse
import json
import os
import resource
import time
from datetime import datetime, timedelta
from typing import Any

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
    from bench.further import SENT
    from guichet.kernel.civil import PARIS

    load = os.getloadavg()[0]
    made = prepare(count, shares={SENT: 1})
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
        "memoire_mo": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _passage(now: datetime) -> dict[str, Any]:
    from projects.models import Avis
    from projects.services.silence import passage
    from projects.states import EtatAvis

    closed = Avis.objects.filter(etat=EtatAvis.SANS_REPONSE)
    before, started = closed.count(), time.perf_counter()
    row = passage(now=now)
    seconds = time.perf_counter() - started
    acts = row.constates + closed.count() - before
    return {
        "secondes": round(seconds, 2),
        "echus": row.dus,
        "constates": row.constates,
        "avis_clos": acts - row.constates,
        "erreurs": row.erreurs,
        "actes_par_s": round(acts / seconds, 1),
    }


if __name__ == "__main__":
    main()
