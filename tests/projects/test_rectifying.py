"""A slip of the pen in a deposited letter: proposed, judged by the desk that holds it, then read everywhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi
from dossiers.models import Document
from dossiers.services.pieces_demandees import Item
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention, Rectification
from projects.selectors import ordered_sections, with_sections
from projects.services.checking import ask_pieces
from projects.services.depositing import deposit
from projects.services.rectifying import accept_rectification, propose_rectification, set_rectification_aside
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import deposited_letter, porteur, ready_letter

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
AFTER = NOW + timedelta(hours=2)


def proposed(lettre: LettreIntention, by: object, **changes: str) -> Rectification:
    given = {"section": "besoins", "champ": "population", "apres": "18 % ont plus de 75 ans.", "motif": "Inversion."}
    return propose_rectification(lettre=lettre, **{**given, **changes}, by=by, now=LATER)


def read(lettre: LettreIntention, cle: str = "besoins") -> dict[str, str]:
    found = with_sections(LettreIntention.objects.filter(pk=lettre.pk)).get()
    return next(section.contenu for rubrique, section in ordered_sections(found) if rubrique.cle == cle)


def test_an_accepted_correction_is_read_and_printed_and_the_deposited_text_stays() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    before = read(lettre)["population"]
    rectification = proposed(lettre, by)
    assert read(lettre)["population"] == before
    event = accept_rectification(rectification=rectification, by=guichet(), now=AFTER)
    assert read(lettre)["population"] == "18 % ont plus de 75 ans."
    assert lettre.sections.get(cle="besoins").contenu["population"] == before
    paper = Document.objects.get(evenement=event.pk)
    words = str(paper.contexte)
    assert (paper.titre, paper.audience) == ("Lettre d’intention rectifiée", "depot")
    assert ["Rectifiée le", "16 novembre 2026"] in paper.contexte["reperes"]
    assert "18 % ont plus de 75 ans." in words
    assert before.splitlines()[0] in words
    assert Envoi.objects.filter(sujet__startswith="Rectification acceptée", user=by.user).count() == 1


@pytest.mark.parametrize(
    ("section", "champ"),
    [
        ("territoire", "commune"),
        ("financement", "demande"),
        ("association", "nom"),
        ("association", "siret"),
        ("association", "rna"),
        ("association", "iban"),
        ("projet", "inconnu"),
        ("inconnue", "nom"),
    ],
)
def test_territory_amounts_and_identity_are_not_rectified(section: str, champ: str) -> None:
    by = porteur()
    with pytest.raises(Refused, match="ne se rectifie pas"):
        proposed(deposited_letter(by), by, section=section, champ=champ)


def test_a_text_that_changes_nothing_or_that_the_section_would_not_take_is_refused() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    for changes in (
        {"apres": read(lettre)["population"]},
        {"apres": "   "},
        {"apres": "a" * 6001},
        {"section": "association", "champ": "courriel", "apres": "pas une adresse"},
    ):
        with pytest.raises(ValidationError):
            proposed(lettre, by, **changes)
    assert not lettre.rectifications.exists()


def test_a_draft_is_not_rectified_nor_by_another_association_nor_twice_at_once() -> None:
    by = porteur()
    with pytest.raises(Refused, match="Brouillon"):
        proposed(ready_letter(by), by)
    other = porteur()
    lettre = deposited_letter(other)
    with pytest.raises(Refused, match="personne de l’association"):
        proposed(lettre, by)
    proposed(lettre, other)
    with pytest.raises(Refused, match="attend déjà"):
        proposed(lettre, other, apres="Autre texte.")


def test_the_desk_that_holds_the_letter_answers_the_guichet_then_the_ars() -> None:
    by, desk, ars = porteur(), guichet(), decideur()
    lettre = deposited_letter(by)
    rectification = proposed(lettre, by)
    with pytest.raises(Refused, match="pas le droit"):
        accept_rectification(rectification=rectification, by=ars, now=AFTER)
    transmit(lettre=lettre, by=desk, now=AFTER)
    with pytest.raises(Refused, match="tient la lettre"):
        set_rectification_aside(rectification=rectification, reponse="Non.", by=desk, now=AFTER)
    with pytest.raises(Refused, match="pourquoi"):
        set_rectification_aside(rectification=rectification, reponse=" ", by=ars, now=AFTER)
    set_rectification_aside(rectification=rectification, reponse="Le chiffre est juste.", by=ars, now=AFTER)
    with pytest.raises(Refused, match="déjà"):
        accept_rectification(rectification=rectification, by=ars, now=AFTER)
    rectification.refresh_from_db()
    assert (rectification.etat, rectification.reponse) == ("ecartee", "Le chiffre est juste.")


def test_a_letter_sent_back_keeps_its_corrections_and_writes_over_them_freely() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    accept_rectification(rectification=proposed(lettre, by), by=desk, now=AFTER)
    lettre.refresh_from_db()
    ask_pieces(lettre=lettre, items=[Item(intitule="Préciser", concerne="lettre")], by=desk, now=AFTER)
    section = lettre.sections.get(cle="besoins")
    assert section.contenu["population"] == "18 % ont plus de 75 ans."
    lettre.sections.filter(pk=section.pk).update(contenu={**section.contenu, "population": "Réécrit."})
    assert read(lettre)["population"] == "Réécrit."
    deposit(lettre=lettre, by=by, now=AFTER + timedelta(hours=1))
    assert read(lettre)["population"] == "Réécrit."


def test_a_corrected_name_of_the_cpts_becomes_that_of_the_file() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    rectification = proposed(lettre, by, section="association", champ="nom_cpts", apres="CPTS des Côteaux")
    accept_rectification(rectification=rectification, by=guichet(), now=AFTER)
    lettre.dossier.refresh_from_db()
    assert (lettre.dossier.nom, "des coteaux" in lettre.dossier.recherche) == ("CPTS des Côteaux", True)


def test_from_the_page_of_the_letter_to_the_answer_of_the_desk(client: Client) -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    page, address = reverse("projects:lettre", args=[lettre.pk]), reverse("projects:rectifier", args=[lettre.pk])
    client.force_login(by.user)
    assert address in client.get(page).content.decode()
    assert client.get(address).status_code == 200
    assert client.get(address, {"champ": "association.nom"}).status_code == 422
    form = client.get(address, {"champ": "besoins.population"})
    assert read(lettre)["population"].splitlines()[0] in form.content.decode()
    assert client.post(f"{address}?champ=besoins.population", {"apres": "", "motif": ""}).status_code == 422
    given = {"apres": "18 % ont plus de 75 ans.", "motif": "Inversion."}
    assert client.post(f"{address}?champ=besoins.population", given).status_code == 302
    rectification = lettre.rectifications.get()
    answer = reverse("projects:rectification", args=[rectification.pk])
    assert "Accepter la correction" not in client.get(answer).content.decode()
    urps = agent_client(Client(), agent("urps-medecins-occitanie").user)
    assert urps.get(answer).status_code == 404
    agents = agent_client(Client(), desk.user)
    assert agents.post(answer, {"ecarter": "1", "reponse": ""}).status_code == 422
    assert agents.post(answer, {"accepter": "1", "reponse": ""}).status_code == 302
    shown = client.get(page).content.decode()
    assert "18 % ont plus de 75 ans." in shown
    assert "Rectifiée le" in shown
