"""`make run`: start everything, say where it is, stop everything.

Starts the embedded servers that DATABASE_URL and REDIS_URL do not replace, prepares the database, then the web server,
the Celery worker and beat. Ctrl-C, SIGTERM or the end of the terminal stop all that was started. A process that dies is
started again. Logs are in var/log; the terminal keeps the address and the accounts.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# Before the package is imported: on its own it names the settings of production, which refuse to start here.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.local")

from guichet.embedded import EmbeddedError, EmbeddedServers  # noqa: E402
from guichet.processes import die_with_parent, end, spawn  # noqa: E402

VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
STATE = VAR / "run.json"
FIRST_PORT = 8000
READY_SECONDS = 60.0
RESTARTS = 5
PYTHON = sys.executable


class Stop(BaseException):
    """The person at the terminal, or the system, asks to stop."""


def main() -> int:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, ask_to_stop)
    die_with_parent(signal.SIGTERM)()
    VAR.mkdir(exist_ok=True)
    try:
        return reset() if "--reset" in sys.argv else serve()
    except Stop:
        print("\nArrêté.")
        return 0
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve() -> int:
    with held_lock() as free:
        if not free:
            print(f"Le portail tourne déjà : {running_state().get('address', 'voir var/run.json')}", file=sys.stderr)
            return 1
        servers = EmbeddedServers(VAR / "servers")
        services: list[Service] = []
        try:
            environment = start_servers(servers)
            port = choose_port()
            address = f"http://127.0.0.1:{port}"
            environment["SITE_URL"] = address  # before the data: the mails of the demonstration carry links
            accounts = prepare(environment)
            STATE.write_text(json.dumps({"address": address, "environment": environment_of(environment)}))
            STATE.chmod(0o600)
            services += [Service(name, command, environment) for name, command in commands(port).items()]
            web, *others = services
            web.start()
            wait_for_page(address, web)
            for service in others:
                service.start()
            welcome(address, accounts)
            watch(services, servers)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for service in services:
                service.ask()
            for service in services:
                service.stop()
            servers.stop()
            STATE.unlink(missing_ok=True)
    return 0


def reset() -> int:
    """Start the demonstration again: at once if the portal runs here, else for its next start."""
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL désigne votre base : elle n’est pas effacée. Retirez la variable pour la base embarquée.",
              file=sys.stderr)  # fmt: skip
        return 1
    with held_lock() as free:
        if not free:
            prepare({**os.environ, **running_state().get("environment", {})}, "--reset")
            print("La démonstration est repartie de zéro.")
            return 0
        servers = EmbeddedServers(VAR / "servers")
        try:
            prepare(start_servers(servers), "--reset")
        finally:
            servers.stop()
    print("La démonstration est repartie de zéro. Pour l’ouvrir : make run")
    return 0


# --- Steps ------------------------------------------------------------------------------------------


def start_servers(servers: EmbeddedServers) -> dict[str, str]:
    """The environment of every process, with the addresses of the servers."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.setdefault("EMAIL_URL", f"filemail:///{VAR / 'mails'}")
    if not environment.get("DATABASE_URL"):
        servers.postgres.start()
        environment["DATABASE_URL"] = servers.database_url()
        environment["GUICHET_EMBEDDED"] = "1"
    if not environment.get("REDIS_URL"):
        servers.valkey.start()
        environment["REDIS_URL"] = servers.redis_url()
    return environment


def prepare(environment: dict[str, str], *options: str) -> str:
    """Migrate and load; gives what the demonstration says: its accounts, one a line."""
    print("Préparation de la base et des données…", flush=True)
    command = [PYTHON, str(ROOT / "scripts" / "prepare.py"), *options]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        said, _ = process.communicate()
    except Stop:
        end(process.pid, signal.SIGTERM, process.poll)
        raise
    if process.returncode:
        raise EmbeddedError("La préparation a échoué : voir le message ci-dessus.")
    return said.strip()


def choose_port() -> int:
    """PORT, or 8000, or the first free one after it."""
    first = int(os.environ.get("PORT") or FIRST_PORT)
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise EmbeddedError(f"Aucun port libre entre {first} et {first + 99}.")


def commands(port: int) -> dict[str, list[str]]:
    celery = [PYTHON, "-m", "celery", "-A", "guichet"]
    return {
        "web": [PYTHON, "-m", "gunicorn", "guichet.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
                "--worker-tmp-dir", str(VAR), "--access-logfile", "-", "--no-control-socket", "--preload"],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(VAR / "beat"), "--pidfile", ""],
    }  # fmt: skip


def wait_for_page(address: str, web: "Service") -> None:
    """Return once the site answers."""
    limit = time.monotonic() + READY_SECONDS
    while web.running() and time.monotonic() < limit:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/sante/vivant", timeout=5):
            return
        time.sleep(0.1)
    raise EmbeddedError(f"Le serveur web n’a pas démarré : voir {web.log}.")


def welcome(address: str, accounts: str) -> None:
    print(
        f"""
Le portail est ouvert : {address}
Les mails envoyés s’écrivent dans {VAR / "mails"} ; pour les lire (lien d’inscription compris) : make mails
Journaux : {VAR / "log"} · Arrêt : Ctrl-C · Repartir de zéro : make demo-reset

{accounts}""",
        flush=True,
    )


def watch(services: "list[Service]", servers: EmbeddedServers) -> None:
    """Until asked to stop, start again what dies."""
    while True:
        time.sleep(0.5)
        for server in (servers.postgres, servers.valkey):
            if server.process is not None and not server.running():
                print(f"{server.name} s’est arrêté : redémarrage.", flush=True)
                server.start()
        for service in services:
            if not service.running():
                service.restart()


class Service:
    """A process of the portal: its command, its log."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log = VAR / "log" / f"{name}.log"
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = spawn(self.command, cwd=ROOT, log=self.log, environment=self.environment)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def restart(self) -> None:
        self.deaths += 1
        if self.deaths > RESTARTS:
            raise EmbeddedError(f"{self.name} s’arrête sans cesse : voir {self.log}.")
        print(f"{self.name} s’est arrêté : redémarrage.", flush=True)
        self.start()

    def ask(self) -> None:
        if self.running() and self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Wait for its end, then end what its group left behind."""
        if self.process is not None:
            end(self.process.pid, signal.SIGTERM, self.process.poll)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


# --- Bits -------------------------------------------------------------------------------------------


def ask_to_stop(*_: object) -> None:
    raise Stop


@contextlib.contextmanager
def held_lock() -> Iterator[bool]:
    """True when no other `make run` of this clone holds the lock; held until the end of the block."""
    lock: IO[str]
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def running_state() -> dict:
    try:
        return json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {}


def environment_of(environment: dict[str, str]) -> dict[str, str]:
    """What `make demo-reset` needs to reach the running portal's servers."""
    names = ("DATABASE_URL", "REDIS_URL", "GUICHET_EMBEDDED", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "SITE_URL")
    return {name: environment[name] for name in names if name in environment}


if __name__ == "__main__":
    sys.exit(main())
