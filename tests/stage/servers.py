"""The servers of one test run, started once by the process that starts pytest."""

import fcntl
import os
from pathlib import Path
from typing import IO

import pytest

from guichet.embedded import EmbeddedServers

_running: list[tuple[EmbeddedServers, IO[str]]] = []


def start(var: Path) -> None:
    """Start what DATABASE_URL and REDIS_URL do not name, and put the addresses in the environment."""
    wanted = {"DATABASE_URL", "REDIS_URL"} - {name for name in os.environ if os.environ[name]}
    if not wanted:
        return
    from django.conf import settings

    if settings.configured and "DATABASE_URL" in wanted:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE (or --ds): the settings are read once the servers are up")
    folder, lock = free_slot(var / "tests")
    servers = EmbeddedServers(folder, fast=True)
    _running.append((servers, lock))
    if "DATABASE_URL" in wanted:
        servers.postgres.start()
        os.environ["DATABASE_URL"] = servers.database_url()
    if "REDIS_URL" in wanted:
        servers.valkey.start()
        os.environ["REDIS_URL"] = servers.redis_url()


def stop() -> None:
    while _running:
        servers, lock = _running.pop()
        servers.stop()
        lock.close()


def free_slot(folder: Path) -> tuple[Path, IO[str]]:
    """The first folder no other run holds: two runs in one clone do not meet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(16):
        lock = (folder / f"slot-{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return folder / f"slot-{number}", lock
    raise RuntimeError(f"sixteen test runs hold {folder}")
