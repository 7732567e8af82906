"""How long a person takes through the pages, counted gesture by gesture. No test lives here.

The keystroke-level model of Card, Moran and Newell (The Psychology of Human-Computer Interaction, 1983) for a typist of
no training, a reading speed for French, and the same wait for each page, whatever the machine does besides: how long
pages take is measured by `make bench`.
"""

import re

from playwright.sync_api import Locator, Page

from tests.journeys.actors import named

KEY, POINT, PRESS, HOME, THINK = 0.28, 1.1, 0.2, 0.4, 1.35
"""Seconds: a key, pointing, pressing the button, hand to the keyboard, making up one's mind."""
WORDS_A_SECOND = 195 / 60
"""A text read aloud in one's head, every word of it."""
PAGE = 0.3
"""Seconds for a page to come and show itself."""


class Walk:
    """Adds up the seconds of what a person reads, chooses and types on `page`."""

    def __init__(self, page: Page) -> None:
        self.page, self.seconds = page, 0.0

    def open(self, path: str) -> None:
        self.seconds += PAGE
        self.page.goto(path)

    def read(self, where: Locator) -> int:
        """Every word shown there; how many."""
        count = sum(len(re.findall(r"\w+", text)) for text in where.all_inner_texts())
        self.seconds += count / WORDS_A_SECOND
        return count

    def press(self, what: str | Locator) -> None:
        """Decide, point, press, and wait for the page that comes."""
        self.seconds += THINK + POINT + PRESS + PAGE
        with self.page.expect_event("load"):
            (named(self.page, what) if isinstance(what, str) else what.first).click()

    def choose(self, field: Locator) -> None:
        self.seconds += THINK + POINT + PRESS
        field.check()

    def type(self, field: Locator, text: str) -> None:
        self.seconds += THINK + POINT + PRESS + HOME + KEY * len(text)
        field.fill(text)
