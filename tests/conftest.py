"""Where the tests stand: a real PostgreSQL, a real Valkey, a real Celery worker, a real Chromium.

The servers are started once a run, by the process that starts pytest; the workers of xdist get their addresses by the
environment. DATABASE_URL and REDIS_URL, when set, name other servers. The settings module is set here, once the
addresses are known: nothing of Django is imported at the top of this file.
"""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

# Before anything of ours is imported: the package `guichet` loads Celery, which names other settings by default.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.test")

from tests.stage import servers

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ["tests.stage.browser", "tests.stage.worker"]

# The départements of each test database: Toulouse and its neighbours, and Marseille for its arrondissements.
DEPARTEMENTS = ["09", "13", "31", "81", "82"]
BLOCKER = pytest.StashKey[DjangoDbBlocker]()


def pytest_configure(config: pytest.Config) -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test
    if not hasattr(config, "workerinput"):
        servers.start(ROOT / "var")

    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    # What is loaded by now stays to the end: walking through it again and again is a part of the run worth sparing.
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    # A busy machine is not a fault: the time an example takes is not judged.
    hypothesis.settings.register_profile("suite", deadline=None)
    hypothesis.settings.load_profile("suite")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.stop()


@pytest.fixture(scope="session", autouse=True)
def _unordered_is_random() -> Iterator[None]:
    """A query without an order gives its rows in a random one: what leans on chance fails here, not in production."""
    from tests.stage.disorder import disorder

    with disorder():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> None:
    """The test database, with the reference data of a few départements, kept aside for after a flush."""
    from tests.stage import reference

    with django_db_blocker.unblock():
        reference.load(DEPARTEMENTS)
        reference.keep()
    request.config.stash[BLOCKER] = django_db_blocker


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """A test with real transactions ends by emptying the tables: put the reference data back for the next one.

    After the last test there is no next one, and the database is gone.
    """
    try:
        return (yield)
    finally:
        blocker = item.config.stash.get(BLOCKER, None)
        if nextitem is not None and blocker is not None and _empties_the_tables(item):
            from tests.stage import reference

            with blocker.unblock():
                reference.restore()


def _empties_the_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or (marker is not None and bool(marker.kwargs.get("transaction")))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT
