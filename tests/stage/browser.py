"""A real Chromium, and what every page promises: no console error, no broken policy, no third party, no axe fault."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
OWN_HOSTS = {"localhost", "127.0.0.1"}
# Chromium reports each page answered with 4xx as a console error: a refusal is a page of ours, not a fault.
REFUSED_PAGE = re.compile(r"the server responded with a status of 4\d\d")
TALL = {"width": 1280, "height": 900}


def chromium() -> str | None:
    """The browser to drive: CHROMIUM, else one on the PATH, else the one Playwright downloaded (None)."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


class Watch:
    """Listens to a browser context; whatever breaks a promise is a line of `problems`."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type not in {"error", "warning"}:
            return
        address = urlsplit(message.location.get("url", ""))
        if REFUSED_PAGE.search(message.text) and not address.path.startswith("/static/"):
            return
        self.problems.append(f"console {message.type}: {message.text} ({address.path})")

    def _request(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in OWN_HOSTS:
            self.problems.append(f"third-party request: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} at {urlsplit(response.url).path}")

    def allow(self, pattern: str) -> None:
        """Forget the problems this test brought about on purpose."""
        self.problems = [line for line in self.problems if not re.search(pattern, line)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = chromium()
    return {**browser_type_launch_args, "args": ARGUMENTS, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": TALL, "service_workers": "block",
    }  # fmt: skip


@pytest.fixture
def open_context(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a window of its own on the live server: `open_context(java_script_enabled=False, color_scheme="dark")`.

    Every window is watched; the test fails at its end on any broken promise. `context.watch` is its Watch.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_one(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        context.set_default_timeout(10_000)
        watch = Watch(context)
        context.watch = watch  # type: ignore[attr-defined]
        opened.append((context, watch))
        return context

    yield open_one
    for context, _ in opened:
        context.close()
    problems = [line for _, watch in opened for line in watch.problems]
    assert problems == []


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page of the live server, watched; `page.goto("/")` works with paths."""
    return open_context().new_page()


@pytest.fixture
def check_axe() -> Callable[[Page], None]:
    """`check_axe(page)` fails on any violation axe finds on the page as it stands."""
    return axe_finds_nothing


def axe_finds_nothing(page: Page) -> None:
    page.wait_for_load_state("load")
    violations = Axe().run(page).response["violations"]
    told = [f"{rule['id']}: {rule['help']} {[node['html'][:200] for node in rule['nodes'][:5]]}" for rule in violations]
    assert told == [], f"axe on {page.url}"


@pytest.fixture(scope="session")
def screenshots(root: Path) -> Path:
    """Where a test leaves pictures of what it saw: var/screenshots."""
    folder = root / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
