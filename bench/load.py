"""Asking pages: one at a time with each answer timed, or eight at once for a few seconds. Loopback only."""

import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass

CONNECTIONS = 8
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
REFUSED = re.compile(r"Non-2xx or 3xx responses|Socket errors")


@dataclass(frozen=True)
class Target:
    """A page of the portal at `port`, asked with this cookie, as the reverse proxy passes it."""

    port: int
    path: str
    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        known = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https", "Accept-Language": "fr"}
        return {**known, "Cookie": self.cookie} if self.cookie else known


def ask(target: Target) -> bytes:
    """The body of the page; RuntimeError for anything but 200."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    connection.request("GET", target.path, headers=target.headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{target.path} answered {answer.status}")
    return body


def one_by_one(target: Target, requests: int) -> list[float]:
    """The time of each of these requests, one at a time, in milliseconds."""
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        ask(target)
        times.append((time.perf_counter() - started) * 1000)
    return times


def percentile(times: list[float], rank: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[rank - 1]


def eight_at_once(target: Target, seconds: float) -> float:
    """Requests served in a second, eight connections asking without pause: with wrk, else with threads of ours."""
    return _wrk(target, seconds) if shutil.which("wrk") else _threads(target, seconds)


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "threads"


def _wrk(target: Target, seconds: float) -> float:
    headers = [part for name, value in target.headers.items() for part in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{target.port}{target.path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "30s", *headers, address]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    if REFUSED.search(told):
        raise RuntimeError(f"{target.path}: {told}")
    return float(RATE.search(told)[1])  # type: ignore[index]


def _threads(target: Target, seconds: float) -> float:
    done, failures = [0] * CONNECTIONS, []
    started = time.perf_counter()

    def work(number: int) -> None:
        try:
            while time.perf_counter() - started < seconds:
                ask(target)
                done[number] += 1
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return sum(done) / (time.perf_counter() - started)
