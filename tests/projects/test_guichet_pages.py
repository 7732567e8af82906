"""The pages of the Guichet's desk on a letter, act by act, and what they refuse."""


import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import PieceDemandee
from dossiers.services.pieces_demandees import Item
from projects.models import LettreIntention
from projects.services.checking import ask_pieces
from projects.services.synthesis import give_synthesis
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, guichet, urps_codes
from tests.factories.projects import (
    consulted_letter,
    deposited_letter,
    give_opinion,
    porteur,
)
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Acteur:
    return guichet()


@pytest.fixture
def client_desk(desk: Acteur) -> Client:
    return agent_client(Client(), desk.user)


def url(name: str, lettre: LettreIntention) -> str:
    return reverse(f"projects:{name}", args=[lettre.pk])


def text_of(response) -> str:
    return plain(response.content.decode())


def test_smoke(client_desk, desk) -> None:
    lettre = deposited_letter()
    for name in ("lettre", "demander_pieces", "consulter", "transmettre", "precisions"):
        assert client_desk.get(url(name, lettre)).status_code == 200, name
    lettre = consulted_letter(desk=desk)
    for code in urps_codes()[:6]:
        give_opinion(lettre, agent(code))
    for name in ("lettre", "synthese", "relancer", "transmettre"):
        assert client_desk.get(url(name, lettre)).status_code == 200, name
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    for name in ("lettre", "rouvrir_consultation", "transmettre"):
        assert client_desk.get(url(name, lettre)).status_code == 200, name


def test_smoke_porteur(client, desk) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    client.force_login(by.user)
    assert client.get(url("lettre", lettre)).status_code == 200
    assert client.get(url("saisir_ars", lettre)).status_code == 200
    ask_pieces(lettre=lettre, items=[Item(intitule="Les statuts", concerne="demande")], by=desk, now=NOW)
    assert client.get(url("lettre", lettre)).status_code == 200
    assert client.get("/accueil/").status_code == 200
    assert client.get(reverse("dossiers:repondre", args=[lettre.dossier_id])).status_code == 200
    item = PieceDemandee.objects.get()
    assert client.get(reverse("dossiers:repondre_piece", args=[item.pk])).status_code == 200
