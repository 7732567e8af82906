"""What the tests of the projects share."""

from collections.abc import Callable

import pytest


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`on("2026-10-20")`: the day on which the pages are asked."""

    from tests.projects.projet_desk import at

    def travel(day: str) -> None:
        moment = at(day)
        monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: moment)

    return travel
