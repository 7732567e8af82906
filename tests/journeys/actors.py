"""Several people at their screens, one after the other, on a calendar that moves. No test lives here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.acteur import Acteur
from tests.factories.accounts import enrol
from tests.journeys import gestures
from tests.journeys.gestures import Check

Open = Callable[..., BrowserContext]


class Actors:
    """`as_(person)` opens the portal as that person; every page met is looked at by axe, unless without script."""

    def __init__(self, open_context: Open, check_axe: Check, *, script: bool = True) -> None:
        self._open, self._axe, self.script = open_context, check_axe, script
        self._enrolled: set[int] = set()

    @contextmanager
    def as_(self, by: Acteur) -> Iterator[Page]:
        """A window of that person, signed in with its second factor, closed at the end."""
        if by.est_agent and by.user.pk not in self._enrolled:
            enrol(by.user)
            self._enrolled.add(by.user.pk)
        context = self._open(java_script_enabled=self.script)
        page = gestures.come_back(context, by.user)
        yield page
        context.close()

    def look(self, page: Page) -> None:
        if self.script:
            self._axe(page)


def named(page: Page, name: str) -> Locator:
    """The link or the button of that name, in the page itself."""
    main = page.get_by_role("main")
    return main.get_by_role("link", name=name, exact=True).or_(main.get_by_role("button", name=name, exact=True)).first


def press(page: Page, name: str) -> None:
    """Follow it or press it, and wait for the page it opens."""
    with page.expect_event("load"):
        named(page, name).click()


def told(page: Page, words: str) -> None:
    """The page says so."""
    expect(page.get_by_text(words).first).to_be_visible()


@contextmanager
def on(moment: datetime) -> Iterator[None]:
    """The portal's clock starts at that moment and runs."""
    with time_machine.travel(moment, tick=True):
        yield
