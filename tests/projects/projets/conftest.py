"""A person of an association at its pages, on a day that is set. Django is not ready when this file is read."""

from typing import Any

import pytest


@pytest.fixture
def by() -> Any:
    from tests.factories.projects import porteur

    return porteur()


@pytest.fixture
def pages(by: Any, client: Any) -> Any:
    client.force_login(by.user)
    return client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the instant of the pages; that of the tests until then."""
    from tests.factories.accounts import NOW

    def put(moment: Any) -> None:
        monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: moment)

    put(NOW)
    return put


@pytest.fixture(autouse=True)
def _today(clock: Any) -> None:
    """The pages are asked on the day of the projects."""
