"""What every race stands on: threads with connections of their own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.races.together import Together


@pytest.fixture
def together(transactional_db: None) -> "Iterator[Together]":
    """`together(act, act)` does each act in its own thread, at the same instant."""
    from tests.races.together import Together  # models: not before Django is set up

    pool = Together(4)
    yield pool
    pool.close()
