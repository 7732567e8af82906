"""PostgreSQL restarts while people write: a page that says so, then normal service, and nothing said is lost."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.faults.site import Answer, Browser, Site, sentences

ALLOWED = {200, 302, 303, 503}
RESTARTS = 3
BACK_SECONDS = 10.0


def patient_deposit(browser: Browser, lettre: int, answers: list[Answer]) -> None:
    """Deposit as a person does: on a page of trouble, wait a little and send again."""
    limit = time.monotonic() + 40
    troubled = False
    while time.monotonic() < limit:
        answer = browser.deposit(lettre)
        if troubled and answer.status == 409:  # the lost answer was a yes
            assert "l’état est « Déposée »" in sentences(answer)
            return
        answers.append(answer)
        if answer.status in (302, 303):
            return
        troubled = True
        time.sleep(0.3)
    raise AssertionError(f"letter {lettre} was never deposited: {answers[-1].body[:500]}")


class Load:
    """Threads of people at work; what they got, and what broke."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.errors: list[BaseException] = []
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self, act: Callable[..., None], *arguments: Any) -> None:
        def run() -> None:
            try:
                act(*arguments)
            except BaseException as error:  # noqa: BLE001
                self.errors.append(error)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def write(self, browser: Browser, letters: list[dict[str, int]]) -> None:
        for letter in letters:
            patient_deposit(browser, letter["pk"], self.answers)
            time.sleep(0.25)

    def read(self, browser: Browser) -> None:
        while not self.over.wait(0.05):
            self.answers.append(browser.get("/accueil/"))

    def join(self) -> None:
        *writers, reader = self.threads
        for thread in writers:
            thread.join(60)
        self.over.set()
        reader.join(10)


def test_a_restart_under_load_gives_a_page_in_french_and_loses_no_deposit(site: Site) -> None:
    people = [site.letters[f"charge-{number}"] for number in range(2)]
    load, reader = Load(), Browser(site.port)
    for letters in people:
        browser = Browser(site.port)
        browser.sign_in(letters[0]["email"])
        reader.cookies = dict(browser.cookies)
        load.start(load.write, browser, letters)
    load.start(load.read, reader)
    for _ in range(RESTARTS):
        time.sleep(0.6)
        site.restart_postgres()
    site.until(lambda: reader.get("/accueil/").status == 200, "normal service", seconds=BACK_SECONDS)
    load.join()

    assert load.errors == []
    statuses = Counter(answer.status for answer in load.answers)
    assert set(statuses) <= ALLOWED, statuses
    troubled = [answer for answer in load.answers if answer.status == 503]
    assert troubled, statuses
    for answer in troubled:
        assert "Le portail revient dans un instant" in sentences(answer)
        assert '<html lang="fr"' in answer.body
    deposited_once(site, [letter["pk"] for letters in people for letter in letters])


def deposited_once(site: Site, letters: list[int]) -> None:
    """Each letter has one event, two papers, its own reference; the numbers follow each other."""
    rows = site.rows(
        "SELECT l.id, l.etat, d.reference, (SELECT count(*) FROM projects_evenementlettre e WHERE e.lettre_id = l.id), "
        "(SELECT count(*) FROM dossiers_document p WHERE p.dossier_id = d.id) "
        "FROM projects_lettreintention l JOIN dossiers_dossier d ON d.id = l.dossier_id WHERE l.id = ANY(%s)",
        letters,
    )
    assert {(etat, events, papers) for _, etat, _, events, papers in rows} == {("deposee", 1, 2)}
    assert len({reference for _, _, reference, _, _ in rows}) == len(letters)
    every = sorted(
        int(name[-4:]) for (name,) in site.rows("SELECT reference FROM dossiers_dossier WHERE reference <> ''")
    )
    assert every == list(range(1, len(every) + 1))
