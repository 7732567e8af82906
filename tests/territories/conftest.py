"""The whole country, loaded once for the tests of a module and taken back at its end."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def france(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from territories.services.loading import load

    with django_db_blocker.unblock(), transaction.atomic():
        load()
        connection.check_constraints()  # now, once: each test would otherwise check every key again as it ends
        yield
        transaction.set_rollback(True)
