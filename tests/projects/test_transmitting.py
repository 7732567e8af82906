"""The letter leaves for the ARS: what is opened, asked and written; the association's own way when nobody sends it."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi
from dossiers.models import Document, Dossier
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, Consultation
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import seize_ars, transmit
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, guichet, urps_codes
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import consulted_letter, deposited_letter, fresh, give_opinion, porteur
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db


def slip() -> dict[str, list[list[str]]]:
    blocs = Document.objects.get(modele="bordereau").contexte["sections"][0]["blocs"]
    return {"faits": plain(blocs[0]["lignes"]), "pieces": plain(blocs[1]["lignes"])}


def test_the_ars_opens_the_file_and_the_caisse_is_asked_for_its_opinion() -> None:
    ars, cpam, urps = agent("dd-ars-31"), agent("cpam-31"), agent(urps_codes()[0])
    lettre = deposited_letter()
    assert not Dossier.objects.visible_to(ars).exists()
    transmit(lettre=lettre, by=guichet(), now=NOW)
    assert [Dossier.objects.visible_to(who).exists() for who in (ars, cpam, urps)] == [True, True, False]
    held = Consultation.objects.get(nature="am")
    assert (held.limite_le, [avis.organisation.code for avis in held.avis.select_related("organisation")]) == (
        date(2026, 12, 7),
        ["cpam-31"],
    )
    assert Envoi.objects.filter(user=ars.user, sujet__startswith="Lettre d’intention reçue").count() == 1
    assert Envoi.objects.filter(user=cpam.user, sujet__startswith="Votre avis est demandé").count() == 1


def test_the_slip_lists_each_paper_and_piece_with_a_fingerprint() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    piece = PieceFactory(dossier=lettre.dossier, figee_at=NOW, nom="statuts.pdf", genre="statuts")
    drawn = Document.objects.get(modele="lettre")
    Document.objects.filter(pk=drawn.pk).update(etat="rendu", fichier="essai.pdf", sha256="a" * 64)
    transmit(lettre=lettre, by=desk, now=NOW)
    found = dict(slip()["pieces"])
    assert found[f"Lettre d’intention (n° {drawn.code_court})"] == "a" * 64
    assert found["Statuts de l’association : statuts.pdf"] == piece.sha256
    assert [name for name in found if name.endswith("– contenu")] != []
    assert all(re.fullmatch("[0-9a-f]{64}", print_) for print_ in found.values())
    assert ["Avis du Guichet", "Transmise sans avis du Guichet."] in slip()["faits"]
    assert Document.objects.get(modele="bordereau").contexte["signature"]["nom"] == str(desk.user)


def test_an_unfavourable_opinion_leaves_with_the_letter() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, quorum=0)
    give_synthesis(lettre=lettre, sens="defavorable", synthese={"conclusion": "Non."}, by=desk, now=NOW)
    event = transmit(lettre=lettre, by=desk, now=NOW)
    assert event.donnees == {"sans_avis_du_guichet": False}
    assert ["Avis du Guichet", "L’avis du Guichet est joint."] in slip()["faits"]
    assert fresh(lettre).demande.etat == "transmise"


def test_the_association_goes_to_the_ars_itself_once_the_guichet_had_its_time() -> None:
    by, desk = porteur(), guichet()
    lettre = consulted_letter(by, desk=desk)
    with pytest.raises(Refused, match="à partir du 16 décembre 2026"):
        seize_ars(lettre=lettre, by=by, now=NOW + timedelta(days=29))
    with pytest.raises(Refused, match="Vous n’avez pas le droit"):
        seize_ars(lettre=lettre, by=desk, now=NOW + timedelta(days=30))
    seize_ars(lettre=lettre, by=by, now=NOW + timedelta(days=30))
    assert (fresh(lettre).etat, fresh(lettre).demande.etat) == ("transmise", "transmise")
    assert Document.objects.get(modele="bordereau").contexte["emetteur"]["nom"] == lettre.dossier.association.nom
    assert Envoi.objects.filter(user=desk.user, sujet__startswith="L’ARS est saisie directement").count() == 1


def test_once_sent_the_consultation_takes_no_more_answers() -> None:
    desk = guichet()
    late = agent(urps_codes()[0])
    lettre = consulted_letter(desk=desk)
    transmit(lettre=lettre, by=desk, now=NOW)
    with pytest.raises(Refused, match="Aucun avis n’est plus reçu"):
        give_opinion(lettre, late)
    assert Avis.objects.filter(consultation__nature="guichet", etat="attendu").count() == 14


def test_a_letter_without_a_request_leaves_alone() -> None:
    lettre = deposited_letter(demande=False)
    transmit(lettre=lettre, by=guichet(), now=NOW)
    assert ["Demande de subvention", "Aucune"] in slip()["faits"]
    assert not Document.objects.filter(modele="accuse_reception").exists()


def test_the_page_of_the_association_says_from_when_and_is_nobody_elses(client, monkeypatch) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    page = reverse("projects:saisir_ars", args=[lettre.pk])
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW)
    client.force_login(by.user)
    early = client.get(page)
    assert early.status_code == 409
    assert "Vous pourrez saisir l’ARS directement à partir du 16 décembre 2026." in plain(early.content.decode())
    stranger, desk = Client(), agent_client(Client(), guichet().user)
    stranger.force_login(porteur().user)
    assert [other.get(page).status_code for other in (stranger, desk)] == [404, 404]
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW + timedelta(days=30))
    client.force_login(by.user)
    assert "sans l’avis du Guichet : il n’est pas obligatoire." in plain(client.get(page).content.decode())
    assert client.post(page).status_code == 302
    assert fresh(lettre).etat == "transmise"
