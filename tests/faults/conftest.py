"""One portal for every fault, made once: each test takes letters of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.site import Browser, Site

# For each person: how many letters wait for their deposit, and whether they come with a request.
PLAN = {
    **{f"charge-{number}": (3, False) for number in range(2)},
    "file": (4, False),
    "ouvrier": (2, True),
    "saisie": (1, False),
}


@pytest.fixture(scope="session")
def site(root: Path) -> "Iterator[Site]":
    from tests.faults.site import Site
    from tests.stage import servers

    folder, lock = servers.free_slot(root / "var" / "faults")
    site = Site(folder, root, PLAN)
    with lock:
        try:
            site.open()
            yield site
        finally:
            site.close()


@pytest.fixture
def person(site: "Site") -> "Browser":
    """Somebody who is not signed in."""
    from tests.faults.site import Browser

    return Browser(site.port)
