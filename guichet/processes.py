"""Child processes that never outlive their owner, and the end of those that did."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

STOP_SECONDS = 20.0


def spawn(
    command: list[str],
    *,
    cwd: Path,
    log: Path,
    environment: dict[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own (Ctrl-C reaches its owner only), its output added to `log`.

    On Linux it is sent `stop_signal` when its owner dies, whatever the death. `user` is for root only.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(stop_signal),
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program: on Linux, ask to be sent `how` when the process that made it dies."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(1, how)

    return ask


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def runs_here(pid: int, *, program: str, folder: Path) -> bool:
    """Whether the process is `program` working in `folder` (or under it): a reused pid is never taken for ours."""
    try:
        name = Path(os.readlink(f"/proc/{pid}/exe")).name if sys.platform == "linux" else ""
        here = Path(os.readlink(f"/proc/{pid}/cwd")) if sys.platform == "linux" else folder
    except OSError:
        return False
    if sys.platform != "linux":
        listed = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
        return program in listed.stdout and str(folder) in listed.stdout
    return name.split(" ")[0] == program and (here == folder or folder in here.parents)


def end(pid: int, how: signal.Signals, poll: Callable[[], int | None]) -> None:
    """Send `how`, wait for the end, kill after STOP_SECONDS. `poll` gives None while the process lives."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
    limit = time.monotonic() + STOP_SECONDS
    while poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
    if poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        while poll() is None:
            time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
