"""The letters of the desks: who finds which, how they are sorted and kept, what leaves as a file; and the cards."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Organisation
from dossiers.models import VueEnregistree
from dossiers.selectors import listes
from dossiers.services.naming import index
from dossiers.services.vues import keep_view
from projects.models import LettreIntention
from projects.states import EtatLettre
from projects.views.listes import LettresView
from tests.factories.accounts import NOW, OrganisationFactory, agent_client
from tests.factories.bodies import agent, guichet
from tests.factories.dossiers import DossierFactory, territoire
from tests.factories.projects import consulted_letter, deposited_letter, ready_letter, transmitted_letter
from tests.permissions.cast import Cast

pytestmark = pytest.mark.django_db
LETTRES, A_VENIR = reverse("projects:lettres"), reverse("projects:a_venir")


def letter(
    nom: str, *, etat: str = EtatLettre.DEPOSEE, days: int = 0, pilote: str = "31", **more: Any
) -> LettreIntention:
    """A deposited letter without its answers, `days` days ago."""
    association = OrganisationFactory(nom=more.pop("association", "Les Soignants réunis"))
    dossier = DossierFactory(
        nom=nom, association=association, depose=True, departement_pilote_id=pilote, departements=[pilote]
    )
    index(dossier)
    return LettreIntention.objects.create(
        dossier=dossier,
        etat=etat,
        deposee_at=NOW - timedelta(days=days),
        territoire=territoire(dossier, more.pop("commune", "31396"), fige_at=NOW),
        created_at=NOW,
        created_by=dossier.created_by,
        **more,
    )


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode().split("<main")[1].split("</main>")[0]


def names(html: str) -> list[str]:
    """The first column, in its order."""
    return [name.strip() for name in re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]*)', html)]


def content(client: Client, url: str) -> bytes:
    response = client.get(url)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(client, url).decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def desk(client: Client) -> Client:
    return agent_client(client, guichet().user)


def test_each_body_lists_and_takes_away_the_letters_of_its_perimeter_and_no_other() -> None:
    cast = Cast()
    ready_letter(cast.porteur, nom="Brouillon")
    deposited_letter(cast.porteur, nom="Déposée")
    consulted_letter(cast.porteur, nom="Consultée", others=("cpam-31",))
    transmitted_letter(cast.porteur, nom="Transmise")
    found = {}
    for role, client in cast.clients.items():
        response = client.get(LETTRES)
        if response.status_code == 200:
            found[role] = set(names(response.content.decode()))
            exported = {row[0] for row in table(client, f"{LETTRES}?format=csv")[1:]}
            assert exported == found[role], role
        elif role != "anonyme":
            assert response.status_code == client.get(f"{LETTRES}?format=xlsx").status_code == 404, role
    assert found == {
        **dict.fromkeys(("guichet", "admin", "conseiller_invite"), {"Déposée", "Consultée", "Transmise"}),
        **dict.fromkeys(("ars", "dd_ars", "msa", "elsm"), {"Transmise"}),
        "guichet_autre_region": set(),
        "dd_ars_ailleurs": set(),
        "cpam": {"Consultée", "Transmise"},
        "urps": {"Consultée"},
    }


def test_a_card_says_the_name_the_territory_and_the_stage_and_nothing_else() -> None:
    cast = Cast()
    ready_letter(cast.porteur, nom="Brouillon")
    deposited_letter(cast.porteur, nom="Déposée")
    consulted_letter(cast.porteur, nom="Consultée", others=("cpam-31",))
    transmitted_letter(cast.porteur, nom="Transmise")
    association = Organisation.objects.get(pk=cast.porteur.organisation_id)
    found = {}
    for role, client in cast.clients.items():
        response = client.get(A_VENIR)
        if response.status_code == 200:
            html = page(client, A_VENIR)
            found[role] = names(html)
            body = html.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in html else ""
            hidden = ("OCC-31-2026", association.nom, "16 novembre 2026", "href", "format=")
            assert [text for text in hidden if text in body] == []
            assert "format=" not in html
    both, one = ["Consultée", "Déposée"], ["Déposée"]
    assert found == {
        "ars": both, "dd_ars": both, "msa": both, "elsm": both, "dd_ars_ailleurs": [], "cpam": one,
    }  # fmt: skip
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page(cast.clients["ars"], A_VENIR), re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
    land = "Haute-Garonne 22 628 habitants, taille 1"
    assert told == [land, "Consultation en cours", land, "Lettre déposée au Guichet"]


def test_a_card_is_not_found_by_what_it_does_not_say_and_leaves_by_no_file() -> None:
    client = agent_client(Client(), agent("ars-occitanie").user)
    letter("Secrète", association="Canari")
    for asked in ("?q=rien", "?format=csv", "?etat=avis_rendu", "?tri=-depot"):
        assert names(page(client, A_VENIR + asked)) == ["Secrète"], asked
    assert client.post(A_VENIR, {"nom": "Vue"}).status_code == 404


def test_filters_add_up_and_each_is_a_tag_that_takes_it_away(desk: Client) -> None:
    letter("Une", days=1)
    letter("Deux", days=2, pilote="81")
    letter("Trois", days=3, etat=EtatLettre.AVIS_RENDU)
    letter("Quatre", days=4, association="Autre équipe")
    asked = {
        "": ["Une", "Deux", "Trois", "Quatre"],
        "etat=deposee": ["Une", "Deux", "Quatre"],
        "departement=81": ["Deux"],
        "etat=deposee&departement=31&q=soign+%C3%A9unis": [],
        "etat=deposee&departement=31&q=SOIGN+reunis": ["Une"],
        "taille=1&tri=nom": ["Deux", "Quatre", "Trois", "Une"],
        "taille=4": [],
        "charge=moi": [],
        "charge=personne&tri=depot": ["Quatre", "Trois", "Deux", "Une"],
        "etat=inconnu&departement=99&taille=%00&tri=--nom&q=%00&zz=1": ["Une", "Deux", "Trois", "Quatre"],
    }
    assert {query: names(page(desk, f"{LETTRES}?{query}")) for query in asked} == asked
    html = page(desk, f"{LETTRES}?etat=deposee&departement=31&q=soign&tri=nom")
    tags = re.findall(r'<li><a href="([^"]*)"><span class="visually-hidden">Retirer le filtre </span>([^<]*) <', html)
    assert tags == [
        ("/lettres/?departement=31&amp;q=soign&amp;tri=nom", "État\u00a0: Déposée"),
        ("/lettres/?etat=deposee&amp;q=soign&amp;tri=nom", "Département pilote\u00a0: Haute-Garonne"),
        ("/lettres/?etat=deposee&amp;departement=31&amp;tri=nom", "«\u00a0soign\u00a0»"),
    ]


def test_a_head_says_the_order_in_force_and_leads_to_the_other_one(desk: Client) -> None:
    letter("Étang", days=1)
    letter("Abeille", days=2, etat=EtatLettre.TRANSMISE, transmise_at=NOW)
    html = page(desk, f"{LETTRES}?etat=&tri=etat")
    assert names(html) == ["Étang", "Abeille"]
    heads = re.findall(r'<th scope="col"( aria-sort="\w+")?>(?:<a href="([^"]*)">)?([^<]*)', html)
    assert [(sort.strip(), url, head.strip()) for sort, url, head in heads] == [
        ("", "?tri=nom", "CPTS"),
        ("", "", "Association"),
        ("", "?tri=-population", "Territoire"),
        ("", "?", "Déposée le"),
        ('aria-sort="ascending"', "?tri=-etat", "État"),
    ]
    assert names(page(desk, f"{LETTRES}?tri=-etat")) == names(page(desk, f"{LETTRES}?tri=nom")) == ["Abeille", "Étang"]


def test_only_the_ars_reads_the_last_day_of_the_request_while_it_runs() -> None:
    transmitted_letter(nom="Transmise")
    told = {
        code: "16 janvier 2027" in page(agent_client(Client(), agent(code).user), LETTRES)
        for code in ("dd-ars-31", "ars-occitanie", "cpam-31", "guichet-occitanie")
    }
    assert told == {"dd-ars-31": True, "ars-occitanie": True, "cpam-31": False, "guichet-occitanie": False}


def test_an_empty_list_says_what_comes_and_an_empty_choice_how_to_widen_it(desk: Client) -> None:
    assert "Aucune lettre pour l’instant" in page(desk, LETTRES)
    letter("Une")
    html = page(desk, f"{LETTRES}?etat=validee")
    assert "Aucune lettre pour ces filtres" in html
    assert f'<a class="btn btn-primary" href="{LETTRES}">Tout afficher</a>' in html


def test_pages_follow_each_other_without_a_gap_even_past_what_is_counted(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LettresView, "PER_PAGE", 2)
    monkeypatch.setattr(listes, "COUNT_MAX", 4)
    monkeypatch.setattr("dossiers.views.listes.COUNT_MAX", 4)
    for number in range(7):
        letter(f"L{number}", days=number // 3)
    first = page(desk, LETTRES)
    assert "Plus de 4 lettres" in first
    pages = [names(page(desk, f"{LETTRES}?page={number}")) for number in (1, 2, 3, 4)]
    assert [len(found) for found in pages] == [2, 2, 2, 1]
    assert sorted(name for found in pages for name in found) == [f"L{n}" for n in range(7)]
    assert 'rel="next"' in page(desk, f"{LETTRES}?page=3")
    assert 'rel="next"' not in page(desk, f"{LETTRES}?page=4")
    assert names(page(desk, f"{LETTRES}?page=999")) == pages[1]
    assert names(page(desk, f"{LETTRES}?page=abc")) == names(page(desk, f"{LETTRES}?page=-1")) == pages[0]


def test_a_file_holds_the_columns_of_the_list_typed_and_inert(desk: Client) -> None:
    lettre = letter('=HYPERLINK("x")', days=12, association="+33 561")
    reference = lettre.dossier.reference
    heads = ["CPTS", "Référence", "Association", "Département pilote", "Habitants", "Taille", "Déposée le", "État"]
    population = lettre.territoire.population
    assert table(desk, f"{LETTRES}?format=csv") == [
        heads,
        ['\'=HYPERLINK("x")', reference, "'+33 561", "Haute-Garonne", str(population), "1", "04/11/2026", "Déposée"],
    ]
    book = load_workbook(io.BytesIO(content(desk, f"{LETTRES}?format=xlsx")))
    head, row = [list(line) for line in book.active.iter_rows()]
    assert [cell.value for cell in head] == heads
    assert [cell.data_type for cell in row] == ["s", "s", "s", "s", "n", "n", "d", "s"]
    assert row[6].value.date() == date(2026, 11, 4)


def test_a_file_has_every_row_of_the_choice_in_its_order(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LettresView, "PER_PAGE", 2)
    for number in range(5):
        letter(f"L{number}", days=number, etat=EtatLettre.DEPOSEE if number else EtatLettre.AVIS_RENDU)
    found = table(desk, f"{LETTRES}?etat=deposee&tri=-nom&page=2&format=csv")
    assert [row[0] for row in found[1:]] == ["L4", "L3", "L2", "L1"]


def test_filters_are_kept_under_a_name_found_above_the_list_and_forgotten(client: Client) -> None:
    me = guichet()
    agent_client(client, me.user)
    theirs = keep_view(liste="projects:lettres", nom="La leur", parametres="taille=1", by=guichet(), now=NOW)
    assert "Garder ces filtres" not in page(client, LETTRES)
    kept = client.post(f"{LETTRES}?etat=deposee&tri=nom&page=3&zz=1", {"nom": "À vérifier"})
    assert (kept.status_code, kept["Location"]) == (302, f"{LETTRES}?etat=deposee&tri=nom")
    html = page(client, LETTRES)
    assert f'<a href="{LETTRES}?etat=deposee&amp;tri=nom">À vérifier</a>' in html
    assert "La leur" not in html
    twice = client.post(f"{LETTRES}?etat=avis_rendu", {"nom": "à vérifier"})
    assert twice.status_code == 422
    assert 'value="à vérifier"' in twice.content.decode()
    mine = VueEnregistree.objects.get(user=me.user)
    assert client.post(LETTRES, {"retirer": theirs.pk}).status_code == 404
    assert client.post(LETTRES, {"retirer": "x"}).status_code == 404
    assert client.post(LETTRES, {"retirer": mine.pk}).status_code == 302
    assert list(VueEnregistree.objects.order_by("pk")) == [theirs]
