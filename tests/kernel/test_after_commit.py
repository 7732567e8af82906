"""A queue that is away costs nothing to the person who acts."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from django.db import connection, transaction

from guichet.celery import app
from guichet.kernel import after_commit
from guichet.kernel.after_commit import QUIET_SECONDS, wake
from guichet.kernel.lifecycle import Refused

SCRIPT = """
import time, django
django.setup()
from guichet.celery import app
from guichet.kernel.after_commit import wake
app.loader.import_default_modules()
for _ in range(20):
    started = time.monotonic()
    wake("essai.sans_file")
    took = time.monotonic() - started
print(f"last: {took:.3f}")
"""


@pytest.mark.django_db
def test_a_queue_that_is_away_is_noted_once_and_never_waited_for(root: object) -> None:
    own = connection.settings_dict
    address = f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    environment = {**os.environ, "DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=str(root), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("left to the sweep") == 1
    assert float(done.stdout.split("last: ")[1]) < 0.05


# --- One wake-up a transaction, after it commits ----------------------------------------------------------


@pytest.fixture
def queued() -> Iterator[Callable[[], list[str]]]:
    """The names of the tasks that wait in the broker, oldest first; none before and after."""
    with app.connection_for_write() as queue:
        broker = queue.default_channel.client
        broker.delete("celery")
        yield lambda: [json.loads(message)["headers"]["task"] for message in reversed(broker.lrange("celery", 0, -1))]
        broker.delete("celery")


@pytest.fixture(autouse=True)
def _not_silent() -> Iterator[None]:
    after_commit._silent_until = 0.0
    yield
    after_commit._silent_until = 0.0


Capture = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


@pytest.mark.django_db
def test_a_task_is_woken_once_however_often_it_is_asked_and_only_after_the_commit(
    queued: Callable[[], list[str]], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as calls:
        for _ in range(3):
            wake("essai.un")
        wake("essai.deux")
        assert queued() == []
    assert len(calls) == 2
    assert queued() == ["essai.un", "essai.deux"]


@pytest.mark.django_db
def test_what_is_rolled_back_wakes_nobody(
    queued: Callable[[], list[str]], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with suppress(Refused), transaction.atomic():
            wake("essai.un")
            raise Refused("Non.")
        wake("essai.deux")
    assert queued() == ["essai.deux"]


@pytest.mark.django_db
def test_a_queue_that_is_away_is_left_alone_for_a_while_then_tried_again(
    queued: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    def act(task: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            wake(task)

    asked: list[tuple[object, ...]] = []

    def unreachable(*args: object, **kwargs: object) -> None:
        asked.append((*args, kwargs))
        raise ConnectionRefusedError("no queue")

    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING, logger="guichet.kernel.after_commit"):
        broken.setattr(app, "send_task", unreachable)
        act("essai.un")
        act("essai.deux")
    assert caplog.messages == ["queue unreachable, essai.un is left to the sweep: no queue"]
    assert asked == [("essai.un", {"ignore_result": True, "retry": False})]
    assert 5 < after_commit._silent_until - time.monotonic() <= QUIET_SECONDS == 10.0
    act("essai.trois")
    assert queued() == []
    after_commit._silent_until = time.monotonic() - 0.01
    act("essai.quatre")
    assert queued() == ["essai.quatre"]


@pytest.mark.django_db
def test_what_else_waits_for_the_commit_does_not_prevent_a_wake_up(
    queued: Callable[[], list[str]], django_capture_on_commit_callbacks: Capture
) -> None:
    done: list[str] = []
    with django_capture_on_commit_callbacks(execute=True):
        transaction.on_commit(lambda: done.append("autre"))
        wake("essai.un")
    assert (done, queued()) == (["autre"], ["essai.un"])


@pytest.mark.django_db
def test_an_unforeseen_fault_of_the_queue_never_reaches_the_person_who_acted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Capture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(app, "send_task", broken)
    with django_capture_on_commit_callbacks(execute=True):
        wake("essai.un")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "_send" in caplog.messages[0]
