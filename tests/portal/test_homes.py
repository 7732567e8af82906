"""The homes: what each desk has to do, nearest first, and nothing of anybody else's."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Fil, Reglage
from dossiers.services.conseillers import invite_adviser
from funding.services.instruction import ask_reasons
from projects.models import Avis, LettreIntention
from projects.services.deciding import confirm_validation
from projects.services.opinions import abstain
from projects.services.silence import passage
from projects.services.synthesis import give_synthesis
from tests.factories.accounts import NOW, MembershipFactory, agent_client, enrol
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.projects import (
    consulted_letter,
    deposited_letter,
    give_opinion,
    porteur,
    ready_letter,
    transmitted_letter,
)

pytestmark = pytest.mark.django_db

Seen = Callable[..., "Home"]


class Home:
    """A home as it is read: the blocks by their key, each a list of lines of text."""

    def __init__(self, client: Client, path: str = "/accueil/") -> None:
        response = client.get(path)
        assert response.status_code == 200
        self.html = response.content.decode()
        self.text = words(self.html)

    def rows(self, key: str) -> list[str]:
        """The rows of a block, in order; AssertionError when the home has no such block."""
        found = re.search(rf'<section class="card-block desk-block[^"]*" id="{key}".*?</section>', self.html, re.DOTALL)
        assert found is not None, f"no block {key}"
        return [words(row) for row in re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL)]

    def has(self, key: str) -> bool:
        return f'id="{key}"' in self.html

    def figures(self) -> list[str]:
        return [words(row) for row in re.findall(r'<li class="desk-figure.*?</li>', self.html, re.DOTALL)]

    def next_step(self) -> str:
        found = re.search(r'(?<=class="next-step">)\s*<div>.*?</div>', self.html, re.DOTALL)
        return words(found[0]) if found else ""


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """`at(now, acteur)`: the home of that person at that instant."""
    known: set[int] = set()

    def see(now: datetime, acteur: Acteur, path: str = "/accueil/") -> Home:
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)  # sessions follow it
        if acteur.user.pk not in known:
            enrol(acteur.user)
            known.add(acteur.user.pk)
        client = Client()
        client.force_login(acteur.user)
        return Home(client, path)

    return see


def days(number: int) -> datetime:
    return NOW + timedelta(days=number)


def opinion_of(lettre: LettreIntention, by: Acteur) -> Avis:
    return Avis.objects.select_related("organisation", "consultation", "dossier").get(
        consultation__lettre=lettre, organisation=by.organisation_id
    )


# --- Bodies consulted -------------------------------------------------------------------------------


def test_a_urps_reads_what_it_has_to_give_the_nearest_due_date_first(at: Seen) -> None:
    urps, other = agent("urps-infirmiers-occitanie"), agent("urps-biologistes-occitanie")
    consulted_letter(nom="CPTS loin", limite_le=date(2026, 12, 20))
    given = consulted_letter(nom="CPTS rendue", limite_le=date(2026, 12, 1))
    consulted_letter(nom="CPTS proche", limite_le=date(2026, 12, 2))
    deposited_letter(nom="CPTS cachée")
    give_opinion(given, urps, now=days(2), sens="favorable_avec_reserves")
    abstain(avis=opinion_of(given, other), motif="Peu concernés.", by=other, now=days(2))

    home = at(datetime(2026, 12, 1, 9, tzinfo=NOW.tzinfo), urps)
    rows = home.rows("avis")
    assert [row.split(" OCC-")[0] for row in rows] == ["CPTS proche", "CPTS loin"]
    assert rows[0].endswith("22 628 habitants Pour le 2 décembre 2026, demain À donner")
    assert [row.split(" OCC-")[0] for row in home.rows("avis-donnes")] == ["CPTS rendue"]
    assert home.rows("avis-donnes")[0].endswith("Le 18 novembre 2026 Favorable avec réserves")
    assert home.next_step().startswith("Prochaine étape : donner l’avis sur « CPTS proche »")
    assert "CPTS cachée" not in home.text
    assert "Abstention" not in home.text


def test_a_urps_may_still_answer_after_its_due_date_until_the_opinion_of_the_guichet(at: Seen) -> None:
    urps, desk = agent("urps-infirmiers-occitanie"), guichet()
    lettre = consulted_letter(nom="CPTS tardive", limite_le=date(2026, 12, 1), desk=desk)
    passage(now=datetime(2026, 12, 3, 6, tzinfo=NOW.tzinfo))
    later = datetime(2026, 12, 3, 9, tzinfo=NOW.tzinfo)
    assert (
        at(later, urps).rows("avis")[0].endswith("Attendu pour le 1er décembre 2026 Date passée, avis encore possible")
    )
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Favorable."}, by=desk, now=later)
    home = at(later, urps)
    assert home.rows("avis") == []
    assert "Les lettres sur lesquelles votre organisme est consulté apparaîtront ici" in home.text


def test_who_holds_no_mandate_is_told_so_and_has_no_next_step(at: Seen) -> None:
    consulted_letter()
    home = at(days(1), agent("urps-infirmiers-occitanie", mandat=""))
    assert "Vous n’avez pas de mandat en cours" in home.text
    assert home.next_step() == ""
    assert len(home.rows("avis")) == 1


def test_the_caisse_confirms_validations_only_where_the_region_decides_jointly(at: Seen) -> None:
    caisse = agent("cpam-31")
    first = transmitted_letter(nom="CPTS confirmée")
    transmitted_letter(nom="CPTS à confirmer")
    assert not at(days(1), caisse).has("validations")
    Reglage.objects.create(
        cle="mode_validation_lettre", valeur="conjointe", applicable_du=date(2026, 1, 2), motif="Essai", source="Essai"
    )
    confirm_validation(lettre=first, by=caisse, now=days(1))
    home = at(days(1), caisse)
    assert [row.split(" OCC-")[0] for row in home.rows("validations")] == ["CPTS à confirmer"]
    assert len(home.rows("avis")) == 2
    assert not at(days(1), agent("elsm-31")).has("validations")


# --- Guichet ----------------------------------------------------------------------------------------


def test_the_guichet_finds_each_letter_under_what_it_has_to_do_with_it(at: Seen) -> None:
    desk = guichet()
    deposited_letter(nom="CPTS récente", now=days(-1), demande=False)
    deposited_letter(nom="CPTS ancienne", now=days(-4), demande=False)
    running = consulted_letter(nom="CPTS en cours", limite_le=date(2026, 12, 10), desk=desk, now=days(-5))
    for code in urps_codes()[:6]:
        give_opinion(running, agent(code), now=days(-1))
    consulted_letter(nom="CPTS dépassée", limite_le=date(2026, 11, 14), desk=desk, now=days(-5))
    given = consulted_letter(nom="CPTS rendue", limite_le=date(2026, 11, 14), desk=desk, now=days(-5))
    give_synthesis(lettre=given, sens="favorable", synthese={"conclusion": "Favorable."}, by=desk, now=days(-1))
    transmitted_letter(nom="CPTS partie")

    home = at(NOW, desk)
    assert home.figures() == ["1 Date de réponse passée, avis à conclure", "2 Lettres à vérifier"]
    assert [row.split(" OCC-")[0] for row in home.rows("a-verifier")] == ["CPTS ancienne", "CPTS récente"]
    assert [row.split(" OCC-")[0] for row in home.rows("a-transmettre")] == ["CPTS dépassée", "CPTS rendue"]
    assert home.rows("a-transmettre")[0].endswith(
        "0 réponse sur 14 · quorum non atteint (0 URPS sur 6) · date de réponse passée depuis 2 jours Avis à rendre"
    )
    assert home.rows("a-transmettre")[1].endswith("Avis rendu hier À transmettre")
    assert [row.split("Haute-Garonne ")[1] for row in home.rows("consultations")] == [
        "6 réponses sur 14 · quorum atteint · pour le 10 décembre 2026, dans 24 jours Avis à rendre"
    ]
    assert home.next_step().startswith("Prochaine étape : vérifier la lettre « CPTS ancienne »")
    assert "CPTS partie" not in home.text.split("Derniers messages")[0]


def test_the_guichet_sees_the_clock_of_a_request_it_still_holds(at: Seen) -> None:
    desk = guichet()
    deposited_letter(nom="CPTS qui attend")
    assert at(days(30), desk).rows("a-verifier")[0].endswith("Déposée il y a 30 jours À vérifier")
    assert at(days(58), desk).rows("a-verifier")[0].endswith("Subvention : dernier jour dans 3 jours")


def test_the_guichet_finds_the_drafts_it_is_invited_to_and_the_threads_that_wait(at: Seen) -> None:
    desk, colleague = guichet(), guichet()
    by = porteur()
    draft = ready_letter(by, nom="CPTS qui commence")
    invite_adviser(dossier=draft.dossier, user=desk.user, by=by, now=NOW)
    asked = deposited_letter(nom="CPTS qui demande")
    for subject, side in (("Quel calendrier", "guichet"), ("Nos statuts", "porteur")):
        Fil.objects.create(
            dossier=asked.dossier,
            audience="porteur_guichet",
            sujet=subject,
            created_at=NOW,
            created_by=desk.user,
            dernier_at=NOW,
            attend_reponse_de=side,
        )
    home = at(days(1), desk)
    assert len(home.rows("brouillons")) == 1
    assert home.rows("reponses") == ["Quel calendrier CPTS qui demande hier"]
    assert at(days(1), colleague).rows("brouillons") == []


def test_a_block_shows_ten_rows_and_says_that_there_are_more(at: Seen) -> None:
    desk, by = guichet(), porteur()
    for number in range(11):
        deposited_letter(by, nom=f"CPTS {number}", now=days(number - 20), demande=False)
    home = at(NOW, desk)
    assert len(home.rows("a-verifier")) == 10
    assert "Lettres à vérifier plus de 10" in home.text
    assert 'href="/lettres/?etat=deposee"' in home.html


# --- ARS --------------------------------------------------------------------------------------------


def test_the_ars_reads_what_is_late_in_figures_then_its_clocks_nearest_first(at: Seen) -> None:
    ars, elsewhere = decideur(), agent("dd-ars-48")
    for name, day in (("CPTS 40 jours", 40), ("CPTS 6 jours", 6), ("CPTS 12 jours", 12), ("CPTS passée", -2)):
        transmitted_letter(nom=name, now=days(day - 61))
    home = at(NOW, ars)
    assert home.figures() == [
        "1 Subventions : silence à constater",
        "0 Projets : échéance sous 7 jours",
        "0 Projets : échéance sous 15 jours",
        "2 Subventions : échéance sous 7 jours",
        "3 Subventions : échéance sous 15 jours",
        "0 Rejets par silence à revoir",
    ]
    rows = home.rows("delais")
    assert [row.split(" 20 000")[0] for row in rows] == [
        "CPTS passée",
        "CPTS 6 jours",
        "CPTS 12 jours",
        "CPTS 40 jours",
    ]
    assert rows[0].endswith("Dernier jour : 14 novembre 2026 Passé depuis 2 jours")
    assert rows[1].endswith("Dernier jour : 22 novembre 2026 Dans 6 jours")
    assert len(home.rows("lettres")) == 4
    assert home.next_step().startswith("Prochaine étape : répondre à la demande « CPTS passée »")

    passage(now=NOW)
    home = at(NOW, ars)
    assert home.figures()[-1] == "1 Rejets par silence à revoir"
    assert home.rows("silences")[0].endswith("Rejetée par silence le 15 novembre 2026 Peut encore être accordée")
    assert "CPTS 6 jours" not in at(NOW, elsewhere).text


def test_the_reasons_of_a_silence_come_first_with_their_due_date(at: Seen) -> None:
    ars = decideur()
    by = porteur()
    transmitted_letter(nom="CPTS muette", now=days(-70))
    asked = transmitted_letter(by, nom="CPTS qui demande", now=days(-75))
    passage(now=NOW)
    asked.demande.refresh_from_db()
    ask_reasons(demande=asked.demande, by=by, now=NOW)
    rows = at(days(1), ars).rows("silences")
    assert [row.split(" 20 000")[0] for row in rows] == ["CPTS qui demande", "CPTS muette"]
    assert rows[0].endswith("Motifs dus le 16 décembre 2026")
    later = at(days(90), ars).rows("silences")
    assert [row.split(" 20 000")[0] for row in later] == ["CPTS qui demande"]


def test_a_departement_that_is_consulted_gives_its_opinion_from_the_same_home(at: Seen) -> None:
    consulted_letter(nom="CPTS consultée")
    home = at(days(1), agent("dd-ars-31"))
    assert len(home.rows("avis")) == 1
    assert home.rows("delais") == []
    assert not at(days(1), agent("ars-occitanie")).has("avis")


# --- Administration ---------------------------------------------------------------------------------


def administrator(*droits: str) -> Acteur:
    desk = Organisation.objects.get(code="guichet-occitanie")
    membership = MembershipFactory(organisation=desk, droits=["administrer", *droits])
    return Acteur(user=membership.user, membership=membership)


def test_the_administrator_sees_the_last_passage_and_a_red_light_when_the_clock_is_late(at: Seen) -> None:
    admin = administrator()
    assert "L’horloge n’est encore jamais passée." in at(NOW, admin).text
    transmitted_letter(now=days(-70))
    passage(now=NOW)
    home = at(days(1), admin)
    assert "L’horloge a besoin de vous" not in home.text
    assert "Dernier passage le 16 novembre 2026 à 10 h 00." in home.text
    assert "Échéances passées 1 Silences constatés 1 Alertes envoyées 0 Erreurs 0" in home.text
    assert "L’horloge a besoin de vous" in at(days(2), admin).text


def test_who_handles_files_and_administers_has_both_homes_and_nobody_else_the_second(at: Seen) -> None:
    both = administrator("instruire")
    assert at(NOW, both).has("a-verifier")
    assert (
        "Dernier passage" in at(NOW, both, "/administration/").text
        or "jamais passée" in at(NOW, both, "/administration/").text
    )
    client = agent_client(Client(), guichet().user)
    assert client.get("/administration/").status_code == 404


# --- Menu and cost ----------------------------------------------------------------------------------

MENUS = {
    "guichet-occitanie": ["Accueil", "Lettres", "Projets de santé", "Demandes", "Séances", "Messages"],
    "urps-infirmiers-occitanie": ["Accueil", "Lettres", "Séances", "Messages"],
    "ars-occitanie": ["Accueil", "Lettres", "Projets de santé", "Demandes", "Messages"],
    "dd-ars-31": ["Accueil", "Lettres", "Projets de santé", "Demandes", "Messages"],
    "cpam-31": ["Accueil", "Lettres", "Projets de santé", "Demandes", "Messages"],
    "msa-midi-pyrenees-sud": ["Accueil", "Lettres", "Projets de santé", "Demandes", "Messages"],
    "elsm-31": ["Accueil", "Lettres", "Projets de santé", "Messages"],
}


@pytest.mark.parametrize("code", MENUS)
def test_each_body_has_its_menu_and_every_link_of_it_opens(code: str) -> None:
    client = agent_client(Client(), agent(code).user)
    html = client.get("/accueil/").content.decode()
    nav = html[html.index('<nav class="site-nav"') : html.index("</nav>")]
    links = re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', nav)
    assert [label for _, _, label in links] == MENUS[code]
    assert [label for _, current, label in links if current] == ["Accueil"]
    others = re.findall(r'<ul class="desk-links">(.*?)</ul>', html)
    paths = [path for path, _, _ in links] + re.findall(r'href="([^"]+)"', "".join(others))
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


QUERIES = {"guichet-occitanie": 15, "dd-ars-31": 15, "urps-infirmiers-occitanie": 9, "cpam-31": 8, "elsm-31": 7}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_home_costs_the_same_queries_whatever_it_shows(rows: int) -> None:
    people = {code: agent(code) for code in QUERIES}
    for number in range(rows):
        deposited_letter(nom=f"CPTS déposée {number}")
        lettre = consulted_letter(nom=f"CPTS consultée {number}")
        give_opinion(lettre, people["urps-infirmiers-occitanie"])
        consulted_letter(nom=f"CPTS attendue {number}", limite_le=date(2026, 11, 17))
        transmitted_letter(nom=f"CPTS transmise {number}")
    found = {}
    for code, person in people.items():
        client = agent_client(Client(), person.user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/accueil/").status_code == 200
        found[code] = len(queries)
    assert found == QUERIES
