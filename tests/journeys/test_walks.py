"""From the home to the thing done, timed as a person does it: an opinion in 8 minutes, a decision in 3, what is late in
10 seconds. The figures are left in var/walks.txt.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page

from accounts.acteur import Acteur
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.projects import consulted_letter, give_opinion, transmitted_letter
from tests.journeys.actors import Actors, on, told
from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)

OPINION, DECISION, LATE = 8 * 60, 3 * 60, 10
SURROUNDING = "main > .wrap > header, main section:not([id]):not([aria-labelledby='pieces'])"
"""The head of the file and what each desk adds to it: the parts of the letter are the sections with an address."""
REMARK = (
    "Le projet gagnerait à dire comment les pharmaciens et les infirmiers du nord du territoire seront associés, "
    "et selon quel calendrier."
)


def keep(what: str, walk: Walk, words: int) -> None:
    path = Path("var/walks.txt")
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as told:
        told.write(f"{what}: {walk.seconds:.1f} s, {words} words read\n")


@pytest.fixture
def no_axe(open_context: Callable[..., BrowserContext]) -> Actors:
    """The pages are looked at elsewhere: here only the person's time counts."""
    return Actors(open_context, lambda page: None)


def test_an_opinion_is_given_from_the_home_in_eight_minutes(no_axe: Actors) -> None:
    lettre = consulted_letter(nom="CPTS des Coteaux")
    by = agent(urps_codes()[0])
    with on(NOW + timedelta(days=3)), no_axe.as_(by) as page:
        walk = Walk(page)
        walk.open("/accueil/")
        walk.read(page.locator(".next-step"))
        walk.press("Donner l’avis")
        words = walk.read(page.get_by_role("main"))
        for code in ("territoire", "besoins", "projet"):
            walk.choose(page.locator(f"[name=c_{code}][value=satisfaisant]"))
        walk.choose(page.locator("[name=c_mobilisation][value=a_completer]"))
        walk.type(page.locator("[name=c_mobilisation_commentaire]"), REMARK)
        walk.choose(page.locator("[name=sens][value=favorable_avec_reserves]"))
        walk.press("Rendre l’avis")
        told(page, "Réponse donnée le")
    keep("opinion", walk, words)
    assert lettre.consultations.get().avis.get(organisation=by.organisation_id).etat == "rendu"
    assert walk.seconds <= OPINION


def test_a_decision_is_taken_from_the_home_in_three_minutes(no_axe: Actors) -> None:
    """Who signs reads what surrounds the letter and the page of the act; the letter itself, who instructs has read."""
    lettre = consulted_letter(nom="CPTS des Coteaux", quorum=1)
    desk, by = guichet(), decideur()
    for code in urps_codes()[:3]:
        give_opinion(lettre, agent(code))
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    transmit(lettre=lettre, by=desk, now=NOW)
    with on(NOW + timedelta(days=3)), no_axe.as_(by) as page:
        walk = Walk(page)
        walk.open("/accueil/")
        walk.read(page.locator(".next-step"))
        walk.press(page.locator("#lettres a", has_text="CPTS des Coteaux"))
        words = walk.read(page.locator(SURROUNDING))
        walk.press("Valider la lettre")
        words += walk.read(page.get_by_role("main"))
        walk.choose(page.get_by_label("Accorder la subvention en même temps"))
        walk.type(page.get_by_label("Montant accordé, en euros"), "20 000")
        walk.press("Signer la décision")
        told(page, "Validée")
    lettre.refresh_from_db()
    keep("decision", walk, words)
    assert lettre.etat == "validee"
    assert walk.seconds <= DECISION


@pytest.mark.parametrize(
    ("who", "block"),
    [("ars", ".desk-figures"), ("guichet", ".desk-figures"), ("urps", "#avis li:first-child")],
    ids=["ars", "guichet", "urps"],
)
def test_what_is_late_is_read_on_the_home_in_ten_seconds(no_axe: Actors, who: str, block: str) -> None:
    late: Acteur = {"ars": decideur, "guichet": guichet, "urps": lambda: agent(urps_codes()[0])}[who]()
    transmitted_letter(nom="CPTS en attente")
    consulted_letter(nom="CPTS des Coteaux", limite_le=(NOW + timedelta(days=20)).date())
    with on(NOW + timedelta(days=60)):
        call_command("passage_horloge", verbosity=0)
        with no_axe.as_(late) as page:
            walk = Walk(page)
            walk.open("/accueil/")
            words = walk.read(page.locator(block))
            assert_late(page, block)
    keep(f"late, {who}", walk, words)
    assert walk.seconds <= LATE


def assert_late(page: Page, block: str) -> None:
    """The block shows something in the tone of what is late."""
    assert page.locator(f"{block} .tag-alert, {block} .figure-alert").count() >= 1
