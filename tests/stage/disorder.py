"""Unordered queries come back in a random order, as the database is free to do."""

import contextlib
import itertools
import random
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import MULTI


@contextlib.contextmanager
def disorder() -> Iterator[None]:
    plain = SQLCompiler.execute_sql

    def shuffled(self: Any, result_type: str = MULTI, *args: Any, **kwargs: Any) -> Any:
        if result_type != MULTI or _ordered(self.query):
            return plain(self, result_type, *args, **kwargs)
        if self.query.is_sliced and not (self.query.distinct or self.query.group_by or self.query.combinator):
            self.query = self.query.clone()
            self.query.order_by = (Random(),)
        rows = list(itertools.chain.from_iterable(plain(self, result_type, *args, **kwargs) or ()))
        random.shuffle(rows)
        return iter([rows])

    with mock.patch.object(SQLCompiler, "execute_sql", shuffled):
        yield


def _ordered(query: Any) -> bool:
    return bool(
        query.order_by
        or query.extra_order_by
        or query.explain_info
        or (query.default_ordering and query.get_meta() and query.get_meta().ordering)
        or (query.combinator and any(_ordered(part) for part in query.combined_queries))
    )
