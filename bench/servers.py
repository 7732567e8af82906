"""What the measures stand on: a database of their own, and the portal behind gunicorn as in production."""

import os
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from guichet.embedded import EmbeddedServers
from guichet.processes import end, free_port, spawn

DATABASE = "guichet_bench"
WORKERS = 2
READY_SECONDS = 60.0


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of the database of the measures: on the server of DATABASE_URL, else on an embedded one."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{DATABASE}"))
        return
    servers = EmbeddedServers(folder)
    servers.postgres.start()
    try:
        yield servers.database_url(DATABASE)
    finally:
        servers.postgres.stop()


def create_database(*, anew: bool) -> None:
    """Create the database of the settings; drop it first when `anew`. Its name is ours: no other is ever touched."""
    import psycopg
    from django.db import connection
    from psycopg import sql

    name = connection.settings_dict["NAME"]
    if name != DATABASE:
        raise ValueError(f"the measures write in {DATABASE} only, not in {name}")
    known = ("host", "port", "user", "password")
    parameters = {key: value for key, value in connection.get_connection_params().items() if key in known}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        if anew:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


class Gunicorn:
    """The portal with two synchronous workers and persistent connections, as the image starts it."""

    def __init__(self, root: Path, log: Path) -> None:
        self.port = free_port()
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
        command = [
            *(sys.executable, "-m", "gunicorn", "guichet.wsgi", "--bind", f"127.0.0.1:{self.port}"),
            *("--workers", str(WORKERS), "--worker-tmp-dir", memory, "--access-logfile", os.devnull),
        ]
        self.process = spawn(command, cwd=root, log=log, environment={**os.environ})
        self._wait(log)

    def __enter__(self) -> "Gunicorn":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        end(self.process.pid, signal.SIGTERM, self.process.poll)

    def memory(self) -> list[dict[str, float]]:
        """Resident and proportional memory of each worker, in MB."""
        found = []
        for pid in self._workers():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
            found.append({"rss_mo": round(sizes["Rss"] / 1024, 1), "pss_mo": round(sizes["Pss"] / 1024, 1)})
        return found

    def forget_peaks(self) -> None:
        """From now on, the peak of each worker is what it uses now (man 5 proc, clear_refs)."""
        for pid in self._workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """The most resident memory a worker used since, in MB."""
        found = [Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2] for pid in self._workers()]
        return max(int(told.split()[0]) for told in found) / 1024

    def _workers(self) -> list[str]:
        tasks = Path(f"/proc/{self.process.pid}/task")
        return (
            [pid for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
            if tasks.exists()
            else []
        )

    def _wait(self, log: Path) -> None:
        limit = time.monotonic() + READY_SECONDS
        while time.monotonic() < limit and self.process.poll() is None:
            with suppress(OSError):  # refused, or slow to start
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sante/vivant", timeout=5).close()
                return
            time.sleep(0.1)
        raise RuntimeError(f"gunicorn did not answer: see {log}")
