"""How a page grows with the files: its median with 1 000, then with ten times more, one request at a time.

Each request follows one of a page of fixed words, which reads no file: what the machine does besides weighs on both,
and the growth is that of the page beside it.
"""

import statistics
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from bench.load import Target, ask, one_by_one
from bench.pages import GUICHET, Page, session_of

BAR = 1.2
FEW = 1000
"""Files of the first measure."""


@dataclass(frozen=True)
class Median:
    """Of a page, and of the fixed words asked in turn with it (milliseconds)."""

    page_ms: float
    etalon_ms: float

    @property
    def share(self) -> float:
        return self.page_ms / self.etalon_ms


def medians(found: list[Page], *, port: int, requests: int) -> dict[str, Median]:
    """By the name of the page; its first request, which fills what is kept for good, is not counted."""
    yardstick = Target(port, reverse("portal:mentions_legales"), session_of(User.objects.get(email=GUICHET)))
    cookies = {page.user: session_of(page.user) if page.user else "" for page in found}
    measured = {}
    for page in found:
        target = Target(port, page.path, cookies[page.user])
        for _ in range(2):  # each of the two workers
            ask(target)
        times, bare = [], []
        for _ in range(requests):
            bare += one_by_one(yardstick, 1)
            times += one_by_one(target, 1)
        measured[page.nom] = Median(statistics.median(times), statistics.median(bare))
    return measured


def compare(few: dict[str, Median], many: dict[str, Median]) -> list[dict[str, Any]]:
    """Each page measured with both, the one that grows the most first."""
    rows = [
        {
            "page": nom,
            "p50_ms": [round(few[nom].page_ms, 1), round(many[nom].page_ms, 1)],
            "etalon_ms": [round(few[nom].etalon_ms, 1), round(many[nom].etalon_ms, 1)],
            "croissance": round(many[nom].share / few[nom].share, 2),
            "croissance_brute": round(many[nom].page_ms / few[nom].page_ms, 2),
            "tenu": many[nom].share / few[nom].share <= BAR,
        }
        for nom in many
        if nom in few
    ]
    return sorted(rows, key=lambda row: -row["croissance"])


def table(rows: list[dict[str, Any]]) -> str:
    """For a person to read; a growth that misses its bar is followed by “!”."""
    width = max(len(row["page"]) for row in rows)
    return "\n".join(
        f"{row['page'].ljust(width)}  {row['p50_ms'][0]:8.1f} → {row['p50_ms'][1]:8.1f} ms   "
        f"× {row['croissance']:.2f}{' ' if row['tenu'] else '!'}"
        for row in rows
    )
