"""`make bench`: many files, the pages through gunicorn, the papers. Figures on standard output and in bench/output.

The exit code is 0 once everything was measured, whatever the figures: they say what is kept and what is missed.
With DATABASE_URL the database `guichet_bench` of that server is used, and made anew; no other is touched.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
OUTPUT = ROOT / "bench" / "output"
BUSY = 1.5
"""Load above which what others do on two cores weighs more than what is measured."""


def main() -> None:
    arguments = _arguments()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "VAR_DIR": str(VAR),
        "STATIC_ROOT": str(VAR / "static"),
        "PYTHONPATH": str(ROOT),
    }
    from bench.servers import postgres

    with postgres(VAR / "servers") as address:
        os.environ["DATABASE_URL"] = address
        figures = _pages(arguments)
    _keep("pages", figures)
    if not arguments.sans_papiers:
        told = subprocess.run(
            [sys.executable, "-m", "bench.papers"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        _keep("papiers", json.loads(told.stdout))


def _pages(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the database and its files, start the portal, measure every page."""
    import django

    django.setup()
    from bench import pages
    from bench.load import CONNECTIONS, tool
    from bench.servers import WORKERS, Gunicorn

    made = _files(arguments)
    found = pages.pages()
    load = os.getloadavg()[0]
    if load > BUSY:
        _say(f"The machine is busy (load {load:.1f}): read the shares, not the times, or measure again when it rests.")
    portal = Gunicorn(ROOT, VAR / "gunicorn.log")
    try:
        pages.measure(
            found,
            port=portal.port,
            rounds=arguments.tours,
            requests=arguments.requetes,
            seconds=arguments.secondes,
            say=_say,
        )
        memory = portal.memory()
    finally:
        portal.stop()
    reports = [pages.report(page) for page in found]
    _say(f"\n{pages.table(reports)}\n")
    return {
        "quand": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"coeurs": os.cpu_count(), "charge_au_depart": round(load, 1), "python": platform.python_version()},
        "reglage": {
            "ouvriers": WORKERS,
            "connexions": CONNECTIONS,
            "outil": tool(),
            "tours": arguments.tours,
            "requetes_par_tour": arguments.requetes,
            "secondes_par_tour": arguments.secondes,
        },
        "barres": pages.bars(),
        "fichiers": made,
        "memoire_par_ouvrier": memory,
        "pages": reports,
        "tout_est_tenu": all(all(report["tenu"].values()) for report in reports),
    }


def _files(arguments: argparse.Namespace) -> dict[str, Any]:
    """The database with its reference data, the agents and the files; as it stands with --garder."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from bench.generate import generate
    from bench.servers import create_database
    from dossiers.models import Dossier

    create_database(anew=not arguments.garder)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Dossier.objects.exists():
        return {"dossiers": Dossier.objects.count(), "secondes": 0}
    call_command("charger_territoires", stdout=sys.stderr)
    call_command("charger_references", stdout=sys.stderr)
    _agents()
    made = generate(
        arguments.dossiers,
        region=settings.REGION_CODE,
        departements=_departements(settings.REGION_CODE),
        today=timezone.localdate(),
        say=_say,
    )
    _say(f"{sum(made.files.values())} files in {made.seconds} s")
    return {"dossiers": made.files, "lignes": made.rows, "secondes": made.seconds}


def _agents() -> None:
    """The person of the Guichet who is told of every deposit, and reads the lists."""
    from django.utils import timezone

    from accounts.models import Organisation
    from bench.pages import GUICHET
    from portal.demonstration.comptes import COMPTES, create_member, days_ago

    compte = next(compte for compte in COMPTES if compte.courriel == GUICHET)
    guichet = Organisation.objects.get(code=compte.organisation)
    create_member(compte, guichet, now=days_ago(timezone.now(), 700))


def _departements(region: str) -> list[str]:
    from territories.models import Departement

    return list(Departement.objects.filter(region=region).order_by("code").values_list("code", flat=True))


def _keep(name: str, figures: dict[str, Any]) -> None:
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / f"{name}.json").write_text(f"{text}\n")
    print(text)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=10_000, help="files to make (10 000)")
    parser.add_argument("--garder", action="store_true", help="measure the files of the last run")
    parser.add_argument("--tours", type=int, default=3, help="rounds (3)")
    parser.add_argument("--requetes", type=int, default=100, help="requests one by one, a page and a round (100)")
    parser.add_argument(
        "--secondes", type=float, default=3, help="seconds at eight connections, a page and a round (3)"
    )
    parser.add_argument("--sans-papiers", action="store_true", help="leave the papers out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
