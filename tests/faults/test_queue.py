"""Valkey away: people notice nothing, every mail and paper is a row, and all is done once it is back."""

from collections.abc import Iterator

import pytest

from tests.faults.site import Answer, Browser, Site

# Times what it takes with Valkey, plus seconds for the noise of a busy machine.
SLOWER = 1.5, 0.3
TRIES = 2


def quickest(answers: list[Answer]) -> float:
    return min(answer.seconds for answer in answers)


def signed_in_and_deposited(site: Site, letters: list[dict[str, int]]) -> tuple[float, float]:
    """The seconds of signing in and of a deposit, at their best of a few."""
    browsers = [Browser(site.port) for _ in letters]
    entering = [browser.sign_in(str(letters[0]["email"])) for browser in browsers]
    deposits = [browser.deposit(letter["pk"]) for browser, letter in zip(browsers, letters, strict=True)]
    assert {answer.status for answer in deposits} == {302}
    return quickest(entering), quickest(deposits)


def of_letters(site: Site, letters: list[dict[str, int]]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """How many papers and mails of these letters, by state."""
    dossiers = [letter["dossier"] for letter in letters]
    papers = site.rows(
        "SELECT etat, count(*) FROM dossiers_document WHERE dossier_id = ANY(%s) GROUP BY etat", dossiers
    )
    mails = site.rows(
        "SELECT etat, count(*) FROM accounts_envoi WHERE evenement IN (SELECT e.id FROM projects_evenementlettre e "
        "JOIN projects_lettreintention l ON l.id = e.lettre_id WHERE l.dossier_id = ANY(%s)) GROUP BY etat",
        dossiers,
    )
    return papers, mails


@pytest.fixture
def outage(site: Site) -> Iterator[Site]:
    """Beat at work; whatever happens, Valkey is back at the end."""
    site.start("beat")
    yield site
    site.servers.valkey.start()
    site.stop("beat", *({"worker"} & set(site.processes)))


def test_without_valkey_signing_in_and_depositing_are_as_quick_and_the_rest_follows(outage: Site) -> None:
    site, letters = outage, outage.letters["file"]
    before, after = letters[:TRIES], letters[TRIES:]
    entering, deposit = signed_in_and_deposited(site, before)
    site.servers.valkey.stop()
    told = len(site.log("web"))

    entering_away, deposit_away = signed_in_and_deposited(site, after)

    slower, more = SLOWER
    assert entering_away <= entering * slower + more
    assert deposit_away <= deposit * slower + more
    # Two papers a letter; a mail to its depositor and one to the desk: rows, whatever the queue.
    assert of_letters(site, after) == ([("attendu", 2 * TRIES)], [("attendu", 2 * TRIES)])
    assert "Traceback" not in site.log("web")[told:]

    site.servers.valkey.start()
    site.start("worker")
    site.until(lambda: site.due() == 0, "every mail and paper of the outage")
    assert of_letters(site, letters) == ([("rendu", 4 * TRIES)], [("envoye", 4 * TRIES)])
