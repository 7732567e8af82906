"""A real Celery worker, in its own process, on the database of the test."""

import contextlib
import email
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from guichet.processes import end, spawn

READY_SECONDS = 60.0


class CeleryWorker:
    """`celery -A guichet worker`, one child process. It takes tasks only while a test holds it."""

    def __init__(self, environment: dict[str, str], folder: Path, root: Path) -> None:
        self.environment, self.folder, self.root = environment, folder, root
        self.name = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}@localhost"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable, "-m", "celery", "-A", "guichet", "worker", "--pool", "prefork", "--concurrency", "1",
            "--without-gossip", "--without-mingle", "--hostname", self.name, "--loglevel", "INFO",
        ]  # fmt: skip
        self.process = spawn(command, cwd=self.root, log=self.folder / "worker.log", environment=self.environment)
        self.wait_until(self.answers, seconds=READY_SECONDS)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process.pid, signal.SIGTERM, self.process.poll)
            self.process = None

    def kill(self) -> None:
        """As a power cut would: the parent and its child, at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def answers(self) -> bool:
        from guichet.celery import app

        return bool(app.control.ping(destination=[self.name], timeout=1.0, limit=1))

    def listen(self) -> None:
        from guichet.celery import app

        app.control.purge()
        app.control.add_consumer("celery", destination=[self.name], reply=True, timeout=10, limit=1)

    def rest(self) -> None:
        """Take no more tasks, and wait for the one at work: the tables are emptied next."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        from guichet.celery import app

        app.control.cancel_consumer("celery", destination=[self.name], reply=True, timeout=10, limit=1)
        inspect = app.control.inspect(destination=[self.name], timeout=5, limit=1)
        self.wait_until(lambda: not any((inspect.active() or {self.name: ["?"]}).values()), seconds=60)
        app.control.purge()

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 30.0) -> None:
        """Return as soon as the condition holds; fail with the end of the worker's log otherwise."""
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit or self.process is None or self.process.poll() is not None:
                log = (self.folder / "worker.log").read_text(errors="replace")
                raise AssertionError(f"nothing came of it; the worker says:\n{log[-3000:]}")
            time.sleep(0.05)

    def mails(self) -> list[EmailMessage]:
        """The mails this worker sent since the test began, oldest first."""
        found = []
        for path in sorted((self.folder / "mails").glob("*.log"), key=lambda path: path.stat().st_mtime):
            for part in path.read_bytes().split(b"-" * 79 + b"\n"):
                if part.strip():
                    found.append(email.message_from_bytes(part, policy=default))
        return found  # type: ignore[return-value]

    def forget_mails(self) -> None:
        shutil.rmtree(self.folder / "mails", ignore_errors=True)


@pytest.fixture(scope="session")
def _worker_process(django_db_setup: None, root: Path) -> Iterator[CeleryWorker]:
    from django.conf import settings
    from django.db import connection

    folder = Path(settings.VAR_DIR)
    address = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "guichet.settings.test",
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}")),
        "EMAIL_URL": f"filemail:///{folder / 'mails'}",
        "REPETITION": "1",  # changes nothing until a test moves the portal's date
    }
    worker = CeleryWorker(environment, folder, root)
    worker.start()
    worker.rest()
    yield worker
    worker.stop()


@pytest.fixture
def celery_worker(transactional_db: None, _worker_process: CeleryWorker) -> Iterator[CeleryWorker]:
    """A worker at work for the length of this test: what is committed and woken is done."""
    _worker_process.forget_mails()
    _worker_process.listen()
    yield _worker_process
    _worker_process.rest()
