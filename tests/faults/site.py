"""A whole portal of its own, on loopback: PostgreSQL that keeps what it says, Valkey, gunicorn, worker, beat, mail.

Nothing here is shared with the rest of the run: its servers are stopped, killed and started again by the tests.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from guichet.embedded import EmbeddedServers
from guichet.processes import end, free_port, spawn
from tests.accounts.conftest import MailServer
from tests.factories.accounts import PASSWORD

READY_SECONDS = 60.0
CELERY = [sys.executable, "-m", "celery", "-A", "guichet"]


@dataclass
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: str
    seconds: float
    location: str = ""


class Browser:
    """One person's browser: cookies, the token of the forms, one connection a request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, {**({"Cookie": cookies} if cookies else {}), **(headers or {})})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        for line in response.msg.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, text, time.monotonic() - start, response.getheader("Location", ""))

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **data: str) -> Answer:
        """As a form of the site sends it, its token included."""
        data["csrfmiddlewaretoken"] = self.cookies.get("csrftoken", "")
        return self.ask("POST", path, urlencode(data).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, email: str) -> Answer:
        """Open the form and send it; the seconds of both."""
        form = self.get("/comptes/login/")
        answer = self.post("/comptes/login/", login=email, password=PASSWORD)
        assert answer.status == 302, answer.body
        answer.seconds += form.seconds
        return answer

    def deposit(self, lettre: int) -> Answer:
        return self.post(f"/lettres/{lettre}/deposer/", exact="oui")


def sentences(answer: Answer) -> str:
    """The page as it is read, spaces made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.body)).replace("\u00a0", " ").split())


class Site:
    """Each part is started, stopped and killed on its own. `letters[name]` are those of one person."""

    def __init__(self, folder: Path, root: Path, plan: dict[str, tuple[int, bool]]) -> None:
        self.folder, self.root, self.plan = folder, root, plan
        self.servers = EmbeddedServers(folder / "servers")
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.mail = MailServer()
        self.letters: dict[str, list[dict[str, Any]]] = {}

    # --- Parts ----------------------------------------------------------------------------------------

    def open(self) -> None:
        for name in ("var", "log"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        threading.Thread(target=self.mail.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.servers.start()
        told = subprocess.run(
            [sys.executable, "-m", "tests.faults.builder", json.dumps(self.plan)],
            cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr[-3000:]
        self.letters = json.loads(told.stdout)
        self.start("web")
        self.until(lambda: Browser(self.port).get("/sante/pret").status == 200, "the site opens")

    def close(self) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.servers.stop()
        self.mail.over.set()
        self.mail.shutdown()
        self.mail.server_close()

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "guichet.settings.local",
            "DATABASE_URL": self.servers.database_url(),
            "REDIS_URL": self.servers.redis_url(),
            "VAR_DIR": str(self.folder / "var"),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.server_address[1]}",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "SWEEP_SECONDS": "1",
        }

    def commands(self) -> dict[str, list[str]]:
        web = ["gunicorn", "guichet.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--preload"]
        return {
            "web": [sys.executable, "-m", *web, "--no-control-socket"],
            "worker": [*CELERY, "worker", "--concurrency", "1", "--loglevel", "INFO"],
            "beat": [*CELERY, "beat", "--schedule", str(self.folder / "beat"), "--pidfile", ""],
        }

    def start(self, *names: str) -> None:
        for name in names:
            log = self.folder / "log" / f"{name}.log"
            self.processes[name] = spawn(self.commands()[name], cwd=self.root, log=log, environment=self.environment())

    def stop(self, *names: str) -> None:
        for name in names:
            process = self.processes.pop(name)
            end(process.pid, signal.SIGTERM, process.poll)

    def kill(self, name: str) -> None:
        """As a power cut would: the process and its children, at once."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart_postgres(self) -> None:
        """What `pg_ctl restart -m immediate` does: no goodbye to anybody, then recovery from the journal."""
        postgres = self.servers.postgres
        assert postgres.process is not None
        end(postgres.process.pid, signal.SIGQUIT, postgres.process.poll)
        postgres.process = None
        postgres.start()

    # --- What happened --------------------------------------------------------------------------------

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.servers.database_url()) as connection:
            return connection.execute(statement, values).fetchall()

    def due(self) -> int:
        """Mails and papers that are not done."""
        waiting = "SELECT (SELECT count(*) FROM accounts_envoi WHERE etat <> 'envoye') + "
        return int(self.rows(f"{waiting} (SELECT count(*) FROM dossiers_document WHERE etat <> 'rendu')")[0][0])

    def sent(self) -> list[Message]:
        """Every mail the mail server took, repeated ones included."""
        return [message_from_string(text) for text in self.mail.received]

    def log(self, name: str) -> str:
        return (self.folder / "log" / f"{name}.log").read_text(errors="replace")

    def until(self, condition: Callable[[], object], what: str, *, seconds: float = READY_SECONDS) -> None:
        limit = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if condition():
                    return
            if time.monotonic() > limit:
                logs = "\n".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in self.logs())
                raise AssertionError(f"not within {seconds:.0f} s: {what}\n{logs}")
            time.sleep(0.05)

    def logs(self) -> Iterator[Path]:
        return (self.folder / "log").glob("*.log")
