"""Wake a task once the transaction is committed, and never suffer from a missing queue.

The row a task works on is already in the database: a lost wake-up only delays it until the next sweep.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, update_wrapper

from django.db import transaction

log = logging.getLogger(__name__)

QUIET_SECONDS = 10.0
_silent_until = 0.0
_gathered: ContextVar[set[str] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """Until the end of the block, each task that committed transactions ask for is woken once, at its end."""
    tasks: set[str] = set()
    token = _gathered.set(tasks)
    try:
        yield
    finally:
        _gathered.reset(token)
        for task in sorted(tasks):
            _send(task)


def wake(task: str) -> None:
    """Ask the worker to run the task named `task`, once, after this transaction commits."""
    waiting = {getattr(call, "args", None) for _, call, _ in transaction.get_connection().run_on_commit}
    if (task,) not in waiting:
        transaction.on_commit(update_wrapper(partial(_send, task), _send), robust=True)


def _send(task: str) -> None:
    global _silent_until
    tasks = _gathered.get()
    if tasks is not None:
        tasks.add(task)
        return
    if time.monotonic() < _silent_until:
        return
    from kombu.exceptions import OperationalError

    from guichet.celery import app

    try:
        app.send_task(task, ignore_result=True, retry=False)
    except (OSError, OperationalError) as error:  # kombu wraps what the transport raises
        _silent_until = time.monotonic() + QUIET_SECONDS
        log.warning("queue unreachable, %s is left to the sweep: %s", task, error)
