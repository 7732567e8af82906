"""The page of an opinion: what the body sees, types and keeps; each act from its page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Absence, Mandat
from projects.models import Avis, LettreIntention
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW, MembershipFactory, agent_client
from tests.factories.bodies import agent, guichet
from tests.factories.projects import consulted_letter, give_opinion
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

URPS = "urps-infirmiers-occitanie"
GRID = {
    "version": "0",
    "c_territoire": "satisfaisant",
    "c_besoins": "satisfaisant",
    "c_mobilisation": "a_completer",
    "c_mobilisation_commentaire": "Les kinésithérapeutes manquent.",
    "c_projet": "satisfaisant",
    "sens": "favorable_avec_reserves",
    "commentaire": "Un projet utile.",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are asked on the day the factories live in."""
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW)


def opened(code: str = URPS, **kwargs: Any) -> tuple[Acteur, Avis, Client, LettreIntention]:
    """A letter on which that body is consulted, with somebody of the body at its page."""
    by = agent(code, **kwargs)
    lettre = consulted_letter()
    return by, avis_of(lettre, by), agent_client(Client(), by.user), lettre


def avis_of(lettre: LettreIntention, by: Acteur) -> Avis:
    return Avis.objects.get(consultation__lettre=lettre, organisation=by.organisation_id)


def url(avis: Avis, name: str = "avis") -> str:
    return reverse(f"projects:{name}", args=[avis.pk])


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def test_the_letter_stands_beside_the_four_criteria_in_the_order_of_the_keyboard() -> None:
    _, avis, client, _ = opened()
    page = text(client.get(url(avis)))
    wanted = [
        "Les besoins du territoire</h2>",  # a section of the letter
        'name="c_territoire"', 'name="c_territoire_commentaire"', 'name="c_besoins"', 'name="c_besoins_commentaire"',
        'name="c_mobilisation"', 'name="c_projet"', 'name="c_projet_commentaire"', 'name="sens"', 'name="commentaire"',
        "Rendre l’avis</button>", "Enregistrer le brouillon</button>", "M’abstenir", "Me déporter",
    ]  # fmt: skip
    places = [page.index(word) for word in wanted]
    assert places == sorted(places)
    assert "Attendu pour le <strong>16 décembre 2026</strong>" in page
    assert "Votre avis est lu par le Guichet seul, pas par l’association." in page


def test_a_draft_is_kept_read_again_and_given() -> None:
    _, avis, client, _ = opened()
    part = {"version": "0", "c_territoire": "insuffisant", "acte": "brouillon"}
    assert client.post(url(avis), part).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.version, avis.criteres["territoire"]) == (
        "brouillon", 1, {"note": "insuffisant", "commentaire": ""},
    )  # fmt: skip
    page = text(client.get(url(avis)))
    assert 'id="c_territoire_3" value="insuffisant" checked' in page
    assert client.post(url(avis), {**GRID, "version": "1", "acte": "rendre"}).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.sens, avis.rendu_at, avis.seance) == ("rendu", "favorable_avec_reserves", NOW, None)
    page = text(client.get(url(avis)))
    assert "Les kinésithérapeutes manquent." in page
    assert "Reprendre ma réponse" in page
    assert "Rendre l’avis</button>" not in page


def test_what_keeps_an_opinion_from_being_given_is_said_beside_each_question_and_nothing_typed_is_lost() -> None:
    _, avis, client, _ = opened()
    sent = {**GRID, "c_mobilisation_commentaire": "", "c_besoins": "", "sens": "", "acte": "rendre"}
    response = client.post(url(avis), sent)
    page = text(response)
    assert response.status_code == 422
    for line in (
        '<a href="#critere_c_besoins">Appréciez « Les besoins du territoire ».</a>',
        '<a href="#critere_c_mobilisation">Expliquez votre appréciation sur « La mobilisation des acteurs ».</a>',
        '<a href="#div_id_sens">Choisissez le sens de l’avis.</a>',
        "Un projet utile.</textarea>",
    ):
        assert line in page
    avis.refresh_from_db()
    assert avis.etat == "attendu"


def test_two_people_of_one_body_compare_and_lose_nothing() -> None:
    _, avis, client, _ = opened()
    other = agent(URPS)
    client.post(url(avis), {**GRID, "commentaire": "La première main.", "acte": "brouillon"})
    colleague = agent_client(Client(), other.user)
    for acte in ("brouillon", "rendre"):
        response = colleague.post(url(avis), {**GRID, "commentaire": "La seconde main.", "acte": acte})
        page = text(response)
        assert response.status_code == 409
        assert "<td>La première main.</td><td>La seconde main.</td>" in page
        assert 'name="version" value="1"' in page
    avis.refresh_from_db()
    assert (avis.etat, avis.commentaire) == ("brouillon", "La première main.")
    same = colleague.post(url(avis), {**GRID, "commentaire": "La première main.", "acte": "brouillon"})
    assert same.status_code == 302


def test_the_script_saves_the_draft_and_is_told_of_a_conflict_and_of_a_closed_consultation() -> None:
    by, avis, client, lettre = opened()
    saved = client.post(url(avis), GRID, headers={"X-Autosave": "1"})
    assert saved.json() == {"version": 1, "heure": "10 h 00", "etat": "brouillon", "manques": []}
    stale = client.post(url(avis), {**GRID, "commentaire": "Autre."}, headers={"X-Autosave": "1"})
    assert (stale.status_code, stale.json()["conflit"]) == (409, True)
    long = client.post(url(avis), {**GRID, "commentaire": "x" * 6001}, headers={"X-Autosave": "1"})
    assert (long.status_code, list(long.json()["erreurs"])) == (422, ["commentaire"])
    give_opinion(lettre, by)
    late = client.post(url(avis), {**GRID, "version": "1"}, headers={"X-Autosave": "1"})
    assert late.status_code == 409
    assert "reprenez-le" in late.json()["message"]


def test_an_abstention_and_a_deport_are_said_on_their_pages_and_taken_back_until_the_synthesis() -> None:
    desk = guichet()
    by = agent(URPS)
    lettre = consulted_letter(desk=desk, quorum=0)
    avis, client = avis_of(lettre, by), agent_client(Client(), by.user)
    assert "compte dans le quorum" in text(client.get(url(avis, "avis_abstention")))
    assert client.post(url(avis, "avis_abstention"), {"motif": "Peu concernés."}).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.commentaire) == ("abstention", "Peu concernés.")
    assert client.post(url(avis, "avis_reprendre")).status_code == 302
    empty = client.post(url(avis, "avis_deport"), {"conflit": " "})
    assert (empty.status_code, "Dites quel lien" in text(empty)) == (422, True)
    assert client.post(url(avis, "avis_deport"), {"conflit": "Ma sœur y exerce."}).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.conflit) == ("deport", "Ma sœur y exerce.")
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    for name in ("avis_reprendre", "avis_deport"):
        refused = client.post(url(avis, name), {"conflit": "Trop tard."})
        assert refused.status_code == 409
    page = text(client.get(url(avis)))
    assert "La consultation est close : la lettre est « avis rendu ». Aucun avis n’est plus reçu." in page
    assert "Ma sœur y exerce." in page


def test_a_deport_after_the_synthesis_is_refused_with_its_sentence() -> None:
    desk = guichet()
    by = agent(URPS)
    lettre = consulted_letter(desk=desk, quorum=0)
    avis, client = avis_of(lettre, by), agent_client(Client(), by.user)
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    refused = client.post(url(avis, "avis_deport"), {"conflit": "Trop tard."})
    assert refused.status_code == 409
    assert "La consultation est close : la lettre est « avis rendu »." in text(refused)
    avis.refresh_from_db()
    assert (avis.etat, avis.conflit) == ("attendu", "")


@pytest.mark.parametrize("tie", ["member", "address", "name", "none"])
def test_a_deport_is_offered_first_on_a_likely_conflict(tie: str) -> None:
    by, avis, client, lettre = opened()
    if tie == "member":
        MembershipFactory(
            user=by.user, organisation=lettre.dossier.association, fin_le=date(2026, 3, 1), droits=["rediger"]
        )
    told = lettre.sections.get(cle="personnes").contenu
    if tie == "address":
        by.user.email = told["referent_courriel"].lower()
        by.user.save(update_fields=["email"])
    if tie == "name":
        prenom, nom = told["representant_nom"].removeprefix("Dr ").split(" ", 1)
        by.user.prenom, by.user.nom = prenom.upper(), nom
        by.user.save(update_fields=["prenom", "nom"])
    page = text(client.get(url(avis)))
    assert ("Avez-vous un lien avec ce projet ?" in page) == (tie != "none")
    if tie != "none":
        assert page.index("Avez-vous un lien") < page.index('name="c_territoire"')
        assert page.count(url(avis, "avis_deport")) == 1
        assert "cette lettre.</textarea>" in text(client.get(url(avis, "avis_deport"))) or tie == "member"


def test_a_substitute_answers_only_while_the_holder_is_away_and_is_told_before_typing() -> None:
    holder = agent(URPS)
    by, avis, client, _ = opened(mandat="suppleant")
    page = text(client.get(url(avis)))
    assert f"Vous êtes suppléant : {holder.user}, titulaire, n’est pas absent aujourd’hui." in page
    assert 'name="c_territoire"' not in page
    assert client.post(url(avis), {**GRID, "acte": "rendre"}).status_code == 409
    assert client.get(url(avis, "avis_abstention")).status_code == 409
    Absence.objects.create(user=holder.user, du_le=NOW.date(), au_le=NOW.date())
    assert 'name="c_territoire"' in text(client.get(url(avis)))
    assert client.post(url(avis), {**GRID, "acte": "rendre"}).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.auteur) == ("rendu", by.user)


def test_an_ended_mandate_refuses_whatever_was_typed() -> None:
    by, avis, client, _ = opened()
    Mandat.objects.filter(user=by.user).update(fin_le=NOW.date() - timedelta(days=1))
    assert "Vous n’avez pas de mandat de l’URPS" in text(client.get(url(avis)))
    refused = client.post(url(avis), {**GRID, "acte": "rendre"})
    assert (refused.status_code, "pas de mandat" in text(refused)) == (409, True)
    avis.refresh_from_db()
    assert avis.etat == "attendu"


def test_a_late_answer_is_taken_until_the_synthesis_and_said_as_late(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = guichet()
    by = agent(URPS)
    lettre = consulted_letter(desk=desk)
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW + timedelta(days=40))
    avis, client = avis_of(lettre, by), agent_client(Client(), by.user)
    assert "La date est passée : votre avis est encore reçu jusqu’à la synthèse" in text(client.get(url(avis)))
    assert client.post(url(avis), {**GRID, "acte": "rendre"}).status_code == 302
    assert "26 décembre 2026, après la date demandée" in text(client.get(url(avis)))
    assert "après la date demandée" in text(agent_client(Client(), desk.user).get(url(avis)))


def test_the_caisse_gives_its_opinion_on_a_letter_sent_to_the_ars_by_the_same_page() -> None:
    desk, by, ars = guichet(), agent("cpam-31"), agent("dd-ars-31")
    lettre = consulted_letter(desk=desk)
    transmit(lettre=lettre, by=desk, now=NOW)
    asked = Avis.objects.get(consultation__lettre=lettre, consultation__nature="am")
    client = agent_client(Client(), by.user)
    assert "Votre avis est lu par l’ARS, pas par l’association." in text(client.get(url(asked)))
    reader = agent_client(Client(), ars.user)
    letter = reverse("projects:lettre", args=[lettre.pk])
    before = text(reader.get(letter))
    assert ("Avis recueillis" in before, "pour le 7 décembre 2026" in before) == (True, True)
    assert client.post(url(asked), {**GRID, "acte": "rendre"}).status_code == 302
    page = text(reader.get(letter))
    assert "Favorable avec réserves" in page
    assert "Les kinésithérapeutes manquent." in text(reader.get(url(asked)))


def test_who_may_not_instruct_reads_the_opinion_of_its_body_and_answers_nothing() -> None:
    by, avis, client, _ = opened(droits=["rediger"])
    page = text(client.get(url(avis)))
    assert "il faut le droit d’instruire" in page
    assert 'name="c_territoire"' not in page
    assert client.post(url(avis), {**GRID, "acte": "rendre"}).status_code == 404
