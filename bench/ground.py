"""What every measure stands on: the environment, a database with its reference data, its agents and its files."""

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
OUTPUT = ROOT / "bench" / "output"
SESSIONS = 60
POINTS = 12
"""Sessions of the Guichet, one a week; files on the agenda of the last ones."""


def set_environment() -> None:
    """Before the settings are read; DATABASE_URL comes from `servers.postgres`."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "VAR_DIR": str(VAR),
        "STATIC_ROOT": str(VAR / "static"),
        "PYTHONPATH": str(ROOT),
    }


def prepare(count: int, *, keep: bool = False, shares: dict[str, int] | None = None) -> dict[str, Any]:
    """The database and `count` files; as it stands when `keep` and it has files. Returns what was made."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from bench.facts import SHARES
    from bench.further import CONSULTED
    from bench.generate import generate
    from bench.people import create_agents
    from bench.servers import create_database
    from dossiers.models import Dossier

    connections.close_all()
    create_database(anew=not keep)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Dossier.objects.exists():
        return {"dossiers": Dossier.objects.count(), "secondes": 0}
    call_command("charger_territoires", stdout=sys.stderr)
    call_command("charger_references", stdout=sys.stderr)
    create_agents(region=settings.REGION_CODE, now=timezone.now() - timedelta(days=700))
    made = generate(
        count,
        region=settings.REGION_CODE,
        departements=_departements(settings.REGION_CODE),
        today=timezone.localdate(),
        shares=shares or SHARES,
        say=say,
    )
    if CONSULTED in (shares or SHARES):
        _hold_sessions(today=timezone.localdate())
    say(f"{sum(made.files.values())} files in {made.seconds} s")
    return {"dossiers": made.files, "lignes": made.rows, "secondes": made.seconds}


def _hold_sessions(*, today: date) -> None:
    """One session a week until next week; the consultations that run are on the agenda of the last ones."""
    from django.utils import timezone

    from bench.further import GUICHET
    from bench.people import acting
    from projects.selectors.seances import running_consultations
    from projects.services.seances import add_points, open_session

    by, now = acting(GUICHET), timezone.now()
    running = list(running_consultations(by).values_list("pk", flat=True)[: 4 * POINTS])
    for rank in range(SESSIONS):
        day = today + timedelta(days=7 * (rank + 2 - SESSIONS))
        seance = open_session(tenue_le=day, lieu="Toulouse", by=by, now=now)
        start = (rank + 4 - SESSIONS) * POINTS
        if start >= 0:
            add_points(seance=seance, consultations=running[start : start + POINTS], by=by)


def _departements(region: str) -> list[str]:
    from territories.models import Departement

    return list(Departement.objects.filter(region=region).order_by("code").values_list("code", flat=True))


def keep(name: str, figures: dict[str, Any]) -> None:
    """Print the figures, and keep them in bench/output."""
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / f"{name}.json").write_text(f"{text}\n")
    print(text)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
