"""The speed of the pages, each beside the yardstick asked just before: a noisy machine weighs on both alike.

Every figure is given, kept or not: a bar that is missed is said, never hidden, and does not stop the run.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.load import Target, ask, eight_at_once, one_by_one, percentile

LISTE, DOSSIER, ACCUEIL = "liste", "dossier", "accueil"
QUERIES = {LISTE: 12, DOSSIER: 20, ACCUEIL: 20}
SHARE = {LISTE: 0.35, DOSSIER: 0.4, ACCUEIL: 0.4}
P95_MS = 100
HTML_BYTES = 60_000
YARDSTICK = "/bench/etalon/"
GUICHET = "guichet@demo.example"


@dataclass
class Page:
    """A page as one person opens it, and what was measured of it."""

    nom: str
    genre: str
    path: str
    user: User | None
    times: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    yardsticks: list[float] = field(default_factory=list)
    queries: int = 0
    octets: int = 0


def measure(
    found: list[Page], *, port: int, rounds: int, requests: int, seconds: float, say: Callable[[str], None]
) -> None:
    """Fill each page: times one by one, rate at eight, the yardstick's rate just before, round after round."""
    guichet = session_of(User.objects.get(email=GUICHET))
    yardstick = Target(port, YARDSTICK, guichet)
    cookies = {page.user: session_of(page.user) if page.user else "" for page in found}
    ask(yardstick)
    for page in found:
        page.queries, page.octets = count_queries(page), len(ask(Target(port, page.path, cookies[page.user])))
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for page in found:
            target = Target(port, page.path, cookies[page.user])
            page.yardsticks.append(eight_at_once(yardstick, seconds))
            page.rates.append(eight_at_once(target, seconds))
            page.times += one_by_one(target, requests)


def count_queries(page: Page) -> int:
    """The queries of one request, in this process, once what is cached for good is."""
    client = Client(headers={"x-forwarded-proto": "https", "host": "127.0.0.1"})
    if page.user:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(page.user).split("=", 1)[1]
    client.get(page.path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(page.path)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.path} answered {answer.status_code}")
    return len(queries)


def session_of(user: User) -> str:
    """The cookie of a person signed in: a row of session, as the sign-in writes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def report(page: Page) -> dict[str, Any]:
    """The figures of a page and, for each bar, whether it is kept."""
    share = statistics.median(rate / bare for rate, bare in zip(page.rates, page.yardsticks, strict=True))
    p95 = percentile(page.times, 95)
    return {
        "page": page.nom,
        "genre": page.genre,
        "adresse": page.path,
        "p50_ms": round(percentile(page.times, 50), 1),
        "p95_ms": round(p95, 1),
        "requetes_par_s": round(statistics.median(page.rates), 1),
        "etalon_par_s": round(statistics.median(page.yardsticks), 1),
        "part_de_l_etalon": round(share, 2),
        "requetes_sql": page.queries,
        "octets": page.octets,
        "tenu": {
            "p95": p95 <= P95_MS,
            "part": share >= SHARE[page.genre],
            "sql": page.queries <= QUERIES[page.genre],
            "octets": page.octets <= HTML_BYTES,
        },
    }


def bars() -> dict[str, Any]:
    return {"p95_ms": P95_MS, "part_de_l_etalon": SHARE, "requetes_sql": QUERIES, "octets": HTML_BYTES}


def table(reports: list[dict[str, Any]]) -> str:
    """The figures for a person to read; a figure that misses its bar is followed by “!”."""
    heads = ("page", "p50 ms", "p95 ms", "req/s", "part", "SQL", "octets", "")
    rows = [heads]
    for told in reports:
        kept = told["tenu"]
        rows.append(
            (
                told["page"],
                f"{told['p50_ms']:.1f}",
                _marked(f"{told['p95_ms']:.1f}", kept["p95"]),
                f"{told['requetes_par_s']:.1f}",
                _marked(f"{told['part_de_l_etalon']:.2f}", kept["part"]),
                _marked(str(told["requetes_sql"]), kept["sql"]),
                _marked(str(told["octets"]), kept["octets"]),
                "tenu" if all(kept.values()) else "MANQUÉ",
            )
        )
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _marked(text: str, kept: bool) -> str:
    return f"{text} " if kept else f"{text}!"
