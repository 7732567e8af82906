"""The worker killed with -9 anywhere: once it is back every row is done, once; a mail may repeat, by its Message-ID."""

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults.site import Browser, Site

RANDOM_KILLS = 2
LONGEST = 2.5
SEED = 20261122


@pytest.fixture
def at_work(site: Site) -> Iterator[Site]:
    """A letter with its request, just deposited: four papers and two mails to do; beat at work."""
    letter = site.letters["ouvrier"].pop()
    browser = Browser(site.port)
    browser.sign_in(str(letter["email"]))
    assert browser.deposit(letter["pk"]).status == 302
    site.start("beat")
    yield site
    site.mail.before_yes = lambda: None
    site.stop("beat")


def done(site: Site, name: str, etat: str) -> int:
    return int(site.rows(f"SELECT count(*) FROM {name} WHERE etat = %s", etat)[0][0])


def everything_is_done_once(site: Site, *, repeated: int) -> None:
    """Each row is done, each paper has its own file with its own bytes, each mail left, `repeated` of them twice."""
    site.until(lambda: site.due() == 0, "every row done")
    papers = site.rows("SELECT fichier, sha256, essais, erreur FROM dossiers_document")
    assert len({fichier for fichier, *_ in papers}) == len(papers)
    assert {(essais, erreur) for *_, essais, erreur in papers} == {(1, "")}
    for fichier, *_ in papers:
        assert (site.folder / "var" / "media" / fichier).read_bytes().startswith(b"%PDF-")
    expected = {message_id for (message_id,) in site.rows("SELECT message_id FROM accounts_envoi")}
    left = Counter(str(mail["Message-ID"]) for mail in site.sent())
    assert set(left) == expected
    assert sum(left.values()) - len(left) <= repeated


def test_killed_between_the_yes_of_the_mail_server_and_our_commit_the_mail_repeats_with_its_id(at_work: Site) -> None:
    site, before = at_work, done(at_work, "accounts_envoi", "envoye")

    def die() -> None:
        site.mail.before_yes = lambda: None
        site.kill("worker")

    site.mail.before_yes = die
    site.start("worker")
    site.until(lambda: "worker" not in site.processes, "the worker dies as the server says yes")
    assert done(site, "accounts_envoi", "envoye") == before
    site.start("worker")
    everything_is_done_once(site, repeated=1)
    twice = [name for name, times in Counter(str(m["Message-ID"]) for m in site.sent()).items() if times == 2]
    assert len(twice) == 1
    site.stop("worker")


def test_killed_as_a_paper_is_written_then_anywhere_every_row_is_done_once(at_work: Site) -> None:
    site, chance = at_work, random.Random(SEED)
    media = site.folder / "var" / "media" / "documents"

    def files() -> int:
        return sum(1 for _ in media.rglob("*.pdf"))

    first, drawn = files(), done(site, "dossiers_document", "rendu")
    site.start("worker")
    site.until(lambda: files() > first, "a paper is written")
    site.kill("worker")
    for _ in range(RANDOM_KILLS):
        site.start("worker")
        time.sleep(chance.uniform(1.5, LONGEST))
        site.kill("worker")
    assert done(site, "dossiers_document", "rendu") >= drawn
    site.start("worker")
    everything_is_done_once(site, repeated=1 + RANDOM_KILLS)
    site.stop("worker")
