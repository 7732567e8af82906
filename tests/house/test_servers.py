"""The embedded servers: they recover, they do not meet, they open no door outside their folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from guichet.embedded import EmbeddedError, EmbeddedServers
from guichet.processes import alive


@pytest.fixture
def servers(tmp_path):
    made = [EmbeddedServers(tmp_path / name, fast=True) for name in ("one", "two")]
    yield made
    for each in made:
        each.stop()
        each.erase()


def ask(each: EmbeddedServers, query: str) -> object:
    with psycopg.connect(each.database_url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def test_two_clones_run_side_by_side_and_share_nothing(servers):
    one, two = servers
    one.start()
    two.start()
    ask(one, "CREATE TABLE only_here (x int)")
    assert ask(one, "SELECT to_regclass('only_here') IS NOT NULL") is True
    assert ask(two, "SELECT to_regclass('only_here') IS NOT NULL") is False
    assert redis.Redis.from_url(one.redis_url()).set("only", "here")
    assert redis.Redis.from_url(two.redis_url()).get("only") is None


def test_a_password_is_needed(servers):
    one, _ = servers
    one.start()
    port = one.postgres.port
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://guichet@127.0.0.1:{port}/postgres", connect_timeout=3)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=one.valkey.port).ping()


def test_after_kill_9_of_the_servers_the_next_start_recovers(tmp_path):
    one = EmbeddedServers(tmp_path / "durable")
    one.start()
    ask(one, "CREATE TABLE kept (x int)")
    for server in (one.postgres, one.valkey):
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
    again = EmbeddedServers(one.folder)
    again.start()
    try:
        assert ask(again, "SELECT to_regclass('kept') IS NOT NULL") is True
        assert redis.Redis.from_url(again.redis_url()).ping() is True
    finally:
        again.stop()
        again.erase()


def test_servers_end_with_their_owner_even_by_kill_9(tmp_path, root: Path):
    code = (
        "import sys, time; from pathlib import Path; from guichet.embedded import EmbeddedServers\n"
        "s = EmbeddedServers(Path(sys.argv[1]), fast=True); s.start()\n"
        "print(s.postgres.process.pid, s.valkey.process.pid, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "owned")], cwd=root, stdout=subprocess.PIPE, text=True
    )
    pids = [int(word) for word in owner.stdout.readline().split()]
    assert [alive(pid) for pid in pids] == [True, True]
    owner.kill()
    owner.wait()
    limit = time.monotonic() + 20
    while any(alive(pid) for pid in pids) and time.monotonic() < limit:
        time.sleep(0.05)
    assert [alive(pid) for pid in pids] == [False, False]
    EmbeddedServers(tmp_path / "owned").erase()


def test_no_permission_changes_outside_the_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    watched = [closed, *closed.parents]
    before = [folder.stat().st_mode for folder in watched]
    each = EmbeddedServers(closed / "servers", fast=True)
    each.start()
    try:
        assert ask(each, "SELECT 1") == 1
        assert [folder.stat().st_mode for folder in watched] == before
        with pytest.raises(EmbeddedError):
            each.erase()
    finally:
        each.stop()
        elsewhere = each.folder / "elsewhere"
        outside = Path(elsewhere.read_text().strip()) if elsewhere.exists() else None
        each.erase()
    assert outside is None or not outside.exists()
