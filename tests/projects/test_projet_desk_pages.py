"""What each desk finds of a projet de santé: its page, its lists, its homes, its opinions; and nothing it may not."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import VueEnregistree
from projects.models import Avis, ProjetSante
from projects.services.opinions import give
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.pieces import contest_requirement
from projects.services.silence import passage
from tests.factories.bodies import LEAD, agent, decideur, guichet, urps_codes
from tests.factories.projects import CRITERES, porteur
from tests.factories.projets import asked_project, deposited_project, draft, required
from tests.projects.projet_desk import at, signed_in
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db
On = Callable[[str], None]

GRID = {
    "version": "0",
    **{f"c_{code}": "satisfaisant" for code in CRITERES},
    "sens": "favorable",
    "commentaire": "CANARI de la caisse.",
}


def words(html: str) -> str:
    return " ".join(str(plain(unescape(re.sub(r"<[^>]+>", " ", html)))).split())


def page_of(projet: ProjetSante, client: Client) -> str:
    return client.get(reverse("projects:projet", args=[projet.pk])).content.decode()


def buttons(html: str) -> list[str]:
    """What the panel of acts offers, in order."""
    found = re.search(r'aria-labelledby="decider">.*?</section>', html, re.DOTALL)
    return [words(link) for link in re.findall(r"<a .*?</a>", found[0], re.DOTALL)] if found else []


def opinion_of(projet: ProjetSante, by: Acteur) -> Avis:
    found = Avis.objects.select_related("consultation", "organisation", "dossier")
    return found.get(consultation__projet=projet, organisation=by.organisation_id)


# --- The page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [False, True])
def test_the_ars_reads_the_clock_the_opinions_in_whatever_state_and_what_it_may_do(on: On, closed: bool) -> None:
    projet = deposited_project(now=at("2026-10-08"))
    caisse = agent("cpam-31")
    give(avis=opinion_of(projet, caisse), sens="favorable", criteres=CRITERES, by=caisse, now=at("2026-11-03"))
    if closed:
        passage(now=at("2026-11-18"))
    on("2026-11-24")
    html = page_of(projet, signed_in())
    told = words(html)
    assert "14 jours restants Dernier jour : mardi 8 décembre 2026 , jusqu’à la fin du jour." in told
    table = re.search(r"opinion-table.*?</table>", html, re.DOTALL)
    assert table is not None
    rows = [words(row) for row in re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)]
    assert rows == [
        "Organisme Avis Rendu le",
        "Caisse primaire d’assurance maladie de la Haute-Garonne Favorable 3 novembre 2026",
        "MSA Midi-Pyrénées Sud Sans réponse —" if closed else "MSA Midi-Pyrénées Sud Attendu pour le 17 novembre 2026",
        "Échelon local du service médical de la Haute-Garonne "
        + ("Sans réponse —" if closed else "Attendu pour le 17 novembre 2026"),
    ]
    assert buttons(html) == ["Valider le projet", "Demander des pièces", "S’opposer", "Préparer la décision"]


def test_an_instructor_prepares_and_reads_who_signs(on: On) -> None:
    projet = deposited_project(now=at("2026-10-08"))
    on("2026-10-20")
    html = page_of(projet, signed_in(agent("dd-ars-31", droits=["instruire"])))
    assert buttons(html) == ["Demander des pièces", "Préparer la décision"]
    assert "La décision est préparée ici, puis signée par une personne ayant délégation." in words(html)


def test_the_buttons_follow_the_table_of_the_law(on: On) -> None:
    by, ars = porteur(), decideur()
    asked = asked_project(by, required(now=at("2026-10-10")), now=at("2026-10-10"), projet=_received(by))
    silent, opposed, validated = (deposited_project(now=at("2026-09-14")) for _ in range(3))
    ground = Opposition(motif="prs", objectifs=("Accès aux soins",))
    oppose(projet=opposed, opposition=ground, motivation="Raisons.", by=ars, now=at("2026-10-01"))
    validate(projet=validated, sans_attendre="Urgence.", by=ars, now=at("2026-10-01"))
    passage(now=at("2026-11-16"))
    on("2026-11-20")
    client = signed_in(ars)
    assert buttons(page_of(asked, client)) == [
        "Valider le projet",
        "Enregistrer des pièces reçues",
        "Demander des pièces",
        "Renoncer aux pièces",
        "S’opposer",
        "Préparer la décision",
    ]
    assert buttons(page_of(silent, client)) == ["Retirer la validation"]
    assert buttons(page_of(opposed, client)) == ["Rapporter l’opposition"]
    assert buttons(page_of(validated, client)) == ["Retirer la validation"]


def _received(by: Acteur) -> ProjetSante:
    return deposited_project(by, now=at("2026-10-08"))


def test_a_decision_shows_its_three_instants(on: On) -> None:
    by, ars = porteur(), decideur()
    projet = deposited_project(by, now=at("2026-09-14"))
    validate(projet=projet, sans_attendre="Urgence.", by=ars, now=at("2026-10-01"))
    on("2026-10-02")
    desk, reader = signed_in(ars), Client()
    assert "Signée 1er octobre 2026, par" in words(page_of(projet, desk))
    assert "Mise à disposition 1er octobre 2026 à 11 h 00" in words(page_of(projet, desk))
    assert "Ouverte Pas encore par l’association" in words(page_of(projet, desk))
    reader.force_login(by.user)
    taken = projet.dossier.decisions.get()
    reader.get(reverse("dossiers:decision", args=[taken.pk]))
    assert f"Ouverte 2 octobre 2026 à 11 h 00, par {by.user}" in words(page_of(projet, desk))


def test_the_reserves_of_the_last_deposit_are_read_by_agents(on: On) -> None:
    projet = deposited_project(now=at("2026-10-08"))
    last = projet.versions.get()
    told = last.contenu | {"reserves": ["Action sans cible chiffrée."]}
    projet.versions.create(numero=2, evenement=uuid4(), contenu=told, sha256="0" * 64, created_at=at("2026-10-09"))
    on("2026-10-20")
    for by in (decideur(), guichet(), agent("cpam-31")):
        told = words(page_of(projet, signed_in(by)))
        assert "Réserves signalées au dépôt" in told
        assert "Action sans cible chiffrée." in told


# --- Opinions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [LEAD["cpam"], LEAD["msa"], LEAD["elsm"]])
def test_a_body_gives_its_opinion_beside_the_text_of_the_project(on: On, code: str) -> None:
    projet = deposited_project(now=at("2026-10-08"))
    by = agent(code)
    on("2026-10-20")
    client = signed_in(by)
    avis = opinion_of(projet, by)
    address = reverse("projects:avis", args=[avis.pk])
    assert address in page_of(projet, client)
    html = client.get(address).content.decode()
    assert 'id="diagnostic"' in html
    told = words(html)
    assert "Votre avis est lu par l’ARS, pas par l’association." in told
    assert "jusqu’à la décision de l’ARS ou la fin de son délai, le 8 décembre 2026" in told
    current = f'<a href="{reverse("projects:projets")}" aria-current="page">Projets de santé</a>'
    for page in (html, client.get(reverse("projects:avis_abstention", args=[avis.pk])).content.decode()):
        assert current in page
        assert page.count('aria-current="page"') == 2, "the menu and the breadcrumb"
    assert "Votre réponse est lue par l’ARS, pas par l’association." in words(page)
    assert client.post(address, GRID | {"acte": "rendre"}).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.sens) == ("rendu", "favorable")
    assert projet.delai.dernier_jour == ProjetSante.objects.get().delai.dernier_jour
    desk = signed_in()
    assert "CANARI de la caisse." in desk.get(address).content.decode()
    for other in (guichet(), agent("dd-ars-09"), *(agent(c) for c in LEAD.values() if c not in (code, "dd-ars-31"))):
        assert signed_in(other).get(address).status_code == 404


def test_the_ars_is_told_that_a_body_answered_not_what_it_said(on: On) -> None:
    ars, caisse = agent("dd-ars-31"), agent("cpam-31")
    projet = deposited_project(now=at("2026-10-08"))
    give(avis=opinion_of(projet, caisse), sens="defavorable", criteres=CRITERES, by=caisse, now=at("2026-10-20"))
    mail = Envoi.objects.get(user=ars.user, sujet__startswith="Avis reçu sur un projet de santé")
    assert "La caisse primaire d’assurance maladie de la Haute-Garonne a répondu." in mail.texte
    assert "éfavorable" not in mail.texte


def test_no_answer_is_taken_once_the_project_is_decided(on: On) -> None:
    projet = deposited_project(now=at("2026-10-08"))
    caisse = agent("cpam-31")
    avis = opinion_of(projet, caisse)
    validate(projet=projet, sans_attendre="Urgence.", by=decideur(), now=at("2026-10-15"))
    on("2026-10-20")
    client = signed_in(caisse)
    address = reverse("projects:avis", args=[avis.pk])
    assert "le projet de santé est « validé »" in words(client.get(address).content.decode())
    assert client.post(address, GRID | {"acte": "rendre"}).status_code == 409
    assert "Avis à donner 1" not in words(client.get("/accueil/").content.decode())


# --- Lists and homes ----------------------------------------------------------------------------------


def rows_of(html: str) -> list[str]:
    return [words(name) for name in re.findall(r'<th scope="row">(.*?)</th>', html, re.DOTALL)]


def test_the_list_says_the_nearest_last_day_first_and_those_without_one_last(on: On) -> None:
    by = porteur()
    asked_project(by, now=at("2026-10-10"), projet=deposited_project(by, now=at("2026-10-08"), nom="CPTS Trois"))
    deposited_project(now=at("2026-10-20"), nom="CPTS Deux")
    deposited_project(now=at("2026-10-01"), nom="CPTS Un")
    draft(nom="CPTS Brouillon")
    on("2026-11-20")
    client = signed_in()
    listed = reverse("projects:projets")
    html = client.get(listed).content.decode()
    assert [row.split(" OCC")[0] for row in rows_of(html)] == ["CPTS Un", "CPTS Deux", "CPTS Trois"]
    assert "1er décembre 2026 11 jours restants" in words(html)
    assert [row.split(" OCC")[0] for row in rows_of(client.get(listed, {"echeance": "15"}).content.decode())] == [
        "CPTS Un"
    ]
    assert [row.split(" OCC")[0] for row in rows_of(client.get(listed, {"etat": "incomplet"}).content.decode())] == [
        "CPTS Trois"
    ]
    assert rows_of(client.get(listed, {"departement": "09"}).content.decode()) == []
    sent = b"".join(client.get(listed, {"format": "csv"}).streaming_content)
    table = list(csv.reader(io.StringIO(sent.decode("utf-8-sig")), delimiter=";"))
    assert table[0] == [
        "CPTS", "Référence", "Association", "Département pilote", "Habitants", "Taille", "Déposé le", "État",
        "À vérifier", "Dernier jour",
    ]  # fmt: skip
    assert [line[0] for line in table[1:]] == ["CPTS Un", "CPTS Deux", "CPTS Trois"]
    assert client.get(listed, {"format": "xlsx"}).status_code == 200
    client.post(f"{listed}?etat=incomplet", {"nom": "À compléter"})
    assert VueEnregistree.objects.get().parametres == "etat=incomplet"


def test_each_desk_lists_its_perimeter_and_nobody_else_has_the_list(on: On) -> None:
    deposited_project(now=at("2026-10-08"))
    on("2026-10-20")
    listed = reverse("projects:projets")
    for by in (guichet(), decideur("ars-occitanie"), decideur(), *(agent(LEAD[g]) for g in ("cpam", "msa", "elsm"))):
        client = signed_in(by)
        assert len(rows_of(client.get(listed).content.decode())) == 1, by
        assert f'<a href="{listed}"' in client.get("/accueil/").content.decode(), by
    assert rows_of(signed_in(agent("dd-ars-09")).get(listed).content.decode()) == []
    assert signed_in(agent(urps_codes()[0])).get(listed).status_code == 404
    reader = Client()
    reader.force_login(porteur().user)
    assert reader.get(listed).status_code == 404


def test_the_home_of_the_ars_puts_the_nearest_project_first_then_what_is_contested_or_to_verify(on: On) -> None:
    by = porteur()
    contested = asked_project(by, now=at("2026-10-10"), projet=_received(by))
    contest_requirement(projet=contested, motif="Aucun texte.", by=by, now=at("2026-10-12"))
    deposited_project(now=at("2026-09-25"), nom="CPTS Canal")
    late = deposited_project(now=at("2026-09-14"), nom="CPTS Girou")
    passage(now=at("2026-11-16"))
    ProjetSante.objects.filter(pk=late.pk).update(a_verifier_at=at("2026-11-20"))
    on("2026-11-24")
    told = words(signed_in().get("/accueil/").content.decode())
    assert "1 Projets : échéance sous 7 jours" in told
    assert "Prochaine étape : décider du projet de santé « CPTS Canal »" in told
    assert re.search(r"CPTS Canal OCC-31-\S+ · .* Dernier jour : 25 novembre 2026 Demain", told)
    assert "Pièces attendues" in told
    assert "Exigences contestées 1" in told
    assert "Projets à vérifier 1" in told


def test_the_home_of_the_guichet_follows_the_projects_at_the_ars(on: On) -> None:
    deposited_project(now=at("2026-09-25"), nom="CPTS Canal")
    on("2026-11-24")
    told = words(signed_in(guichet()).get("/accueil/").content.decode())
    assert "Projets chez l’ARS 1" in told
    assert "Ouvrir un projet de santé sans lettre" in told


def test_the_home_of_a_body_names_the_project_it_is_asked_about(on: On) -> None:
    deposited_project(now=at("2026-10-08"))
    on("2026-10-20")
    told = words(signed_in(agent("elsm-31")).get("/accueil/").content.decode())
    assert "Avis à donner 1" in told
    assert "CPTS des Coteaux Projet de santé · OCC-31-" in told


def test_a_due_project_that_nobody_recorded_is_red_at_the_administrators(on: On) -> None:
    deposited_project(now=at("2026-09-14"))
    passage(now=at("2026-11-14"))
    on("2026-11-15")
    admin = signed_in(agent("guichet-occitanie", droits=["administrer"]))
    told = words(admin.get("/accueil/").content.decode())
    assert "Échéances passées sans être constatées : 1." in told
