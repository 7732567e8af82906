"""`make bench`: many files, the pages through gunicorn, the clock, the silence on projects, the papers. Figures on
standard output and in bench/output.

The exit code is 0 once everything was measured, whatever the figures: they say what is kept and what is missed.
With DATABASE_URL the database `guichet_bench` of that server is used, and made anew; no other is touched.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.ground import ROOT, VAR, keep, prepare, say, set_environment

if TYPE_CHECKING:
    from bench.growth import Median
    from bench.pages import Page
    from bench.servers import Gunicorn

BUSY = 1.5
"""Load above which what others do on two cores weighs more than what is measured."""


def main() -> None:
    arguments = _arguments()
    given = os.environ.get("DATABASE_URL")
    set_environment()
    from bench.servers import postgres

    with postgres(VAR / "servers") as address:
        os.environ["DATABASE_URL"] = address
        figures = _pages(arguments)
    keep("pages", figures)
    if given:
        os.environ["DATABASE_URL"] = given
    else:
        del os.environ["DATABASE_URL"]
    for name, module, left_out in (
        ("horloge", "bench.tick", arguments.sans_horloge),
        ("silence", "bench.silence", arguments.sans_horloge),
        ("papiers", "bench.papers", arguments.sans_papiers),
        ("comparaison", "bench.compare", arguments.sans_papiers),
    ):
        if not left_out:
            told = subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=True, stdout=subprocess.PIPE)
            keep(name, json.loads(told.stdout))


def _pages(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the database and its files, start the portal, measure every page."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench import catalogue, growth, pages
    from bench.load import CONNECTIONS, tool
    from bench.servers import WORKERS

    call_command("collectstatic", interactive=False, verbosity=0)
    few = _with_few(arguments) if arguments.croissance else {}
    made = prepare(arguments.dossiers, keep=arguments.garder)
    found = catalogue.pages()
    load = _load()
    with _portal() as portal:
        grown = growth.compare(few, growth.medians(found, port=portal.port, requests=arguments.requetes)) if few else []
        pages.measure(
            found,
            port=portal.port,
            rounds=arguments.tours,
            requests=arguments.requetes,
            seconds=arguments.secondes,
            say=say,
        )
        memory = portal.memory()
        exports = [_export(page, portal) for page in catalogue.exports()]
    reports = [pages.report(page) for page in found]
    say(f"\n{pages.table(reports)}\n")
    if grown:
        say(f"{growth.table(grown)}\n")
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
        "barres": {**pages.bars(), "croissance": growth.BAR},
        "fichiers": made,
        "memoire_par_ouvrier": memory,
        "pages": reports,
        "croissance": grown,
        "exports": exports,
        "tout_est_tenu": all(all(report["tenu"].values()) for report in reports) and all(row["tenu"] for row in grown),
    }


def _with_few(arguments: argparse.Namespace) -> "dict[str, Median]":
    """The medians of the same pages with few files, in a database that is made anew after."""
    from bench import catalogue, growth

    prepare(growth.FEW)
    _load()
    with _portal() as portal:
        return growth.medians(catalogue.pages(), port=portal.port, requests=arguments.requetes)


def _portal() -> "Gunicorn":
    from bench.servers import Gunicorn

    return Gunicorn(ROOT, VAR / "gunicorn.log")


def _export(page: "Page", portal: "Gunicorn") -> dict[str, Any]:
    """The whole list as a file: seconds, bytes, and the memory it took. Told, not judged."""
    from bench.load import Target, ask
    from bench.pages import session_of

    portal.forget_peaks()
    before, started = portal.peak(), time.perf_counter()
    content = ask(Target(portal.port, page.path, session_of(page.user) if page.user else ""))
    seconds = time.perf_counter() - started
    return {
        "page": page.nom,
        "secondes": round(seconds, 2),
        "octets": len(content),
        "lignes": content.count(b"\n") - 1 if page.path.endswith("csv") else None,
        "pic_memoire_mo": round(portal.peak(), 1),
        "avant_mo": round(before, 1),
    }


def _load() -> float:
    load = os.getloadavg()[0]
    if load > BUSY:
        say(f"The machine is busy (load {load:.1f}): read the shares, not the times, or measure again when it rests.")
    return load


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=10_000, help="files to make (10 000)")
    parser.add_argument("--garder", action="store_true", help="measure the files of the last run")
    parser.add_argument(
        "--croissance", action="store_true", help="measure with 1 000 files first, and say how each page grows"
    )
    parser.add_argument("--tours", type=int, default=3, help="rounds (3)")
    parser.add_argument("--requetes", type=int, default=100, help="requests one by one, a page and a round (100)")
    parser.add_argument(
        "--secondes", type=float, default=3, help="seconds at eight connections, a page and a round (3)"
    )
    parser.add_argument("--sans-horloge", action="store_true", help="leave the clock and its silences out")
    parser.add_argument("--sans-papiers", action="store_true", help="leave the papers and their comparison out")
    asked = parser.parse_args()
    if asked.garder and asked.croissance:
        parser.error("--croissance makes its files anew: it does not go with --garder")
    return asked


if __name__ == "__main__":
    main()
