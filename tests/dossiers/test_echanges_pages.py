"""The pages of the threads of a file: list, thread, new thread, an asked piece, files, panel."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import Dossier, Fil, LectureFil, Message, PieceDemandee, PieceMessage
from dossiers.services.echanges import Ecrit, open_thread, post_message
from dossiers.services.pieces_demandees import Item
from funding.services.instruction import ask_pieces as ask_for_request
from projects.models import LettreIntention
from projects.services.checking import ask_pieces
from tests.factories.accounts import NOW, enrol
from tests.factories.bodies import agent, guichet
from tests.factories.dossiers import DossierFactory
from tests.factories.dossiers import porteur as member
from tests.factories.paper import PNG
from tests.factories.projects import consulted_letter, deposited_letter, porteur, transmitted_letter

pytestmark = pytest.mark.django_db
PG, PA, AA, NOTES = "porteur_guichet", "porteur_ars", "ars_am", "organisme"
CANARY = "CANARI-51D8"


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Any) -> Any:
    folder = {"location": tmp_path, "base_url": None}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path


def signed_in(person: Acteur) -> Client:
    client = Client()
    if person.est_agent:
        enrol(person.user)
    client.force_login(person.user)
    return client


def begin(dossier: Dossier, audience: str, by: Acteur, sujet: str = "Le périmètre", texte: str = "Bonjour.") -> Fil:
    ecrit = Ecrit(texte=texte, jeton=uuid.uuid4())
    return open_thread(dossier=dossier, audience=audience, sujet=sujet, ecrit=ecrit, by=by, now=NOW)


def png(nom: str = "plan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, PNG, content_type="text/html")


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def listed(dossier: Dossier) -> str:
    return reverse("dossiers:echanges", args=[dossier.pk])


def new(dossier: Dossier) -> str:
    return reverse("dossiers:nouveau_fil", args=[dossier.pk])


def typed(**more: Any) -> dict[str, Any]:
    return {"jeton": str(uuid.uuid4()), "audience": PG, "sujet": "Le périmètre", "texte": "Deux communes.", **more}


@pytest.fixture
def dossier() -> Dossier:
    """A file sent to the ARS, which carries no step: its pages stand alone."""
    return DossierFactory(depose=True, visibilite="ars", departements=["31"], departement_pilote_id="31")


@pytest.fixture
def by(dossier: Dossier) -> Acteur:
    return member(dossier)


# --- Writing and answering ------------------------------------------------------------------------------


def test_a_thread_is_begun_read_answered_and_its_file_downloaded(by: Acteur, dossier: Dossier) -> None:
    desk = guichet()
    page = text(signed_in(by).get(new(dossier)))
    assert "L’association et le Guichet" in page
    assert "L’association et l’ARS" in page
    assert "Assurance Maladie des départements" not in page
    assert "Aucune donnée de patient" in page
    sent = signed_in(by).post(new(dossier), typed(attend_reponse="on", fichiers=[png()]))
    fil = Fil.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, reverse("dossiers:fil", args=[fil.pk]))
    client = signed_in(desk)
    assert "Attend une réponse de vous" in text(client.get(listed(dossier)))
    read = text(client.get(sent["Location"]))
    assert "Deux communes." in read
    assert str(by.user) in read
    assert by.qualite in read
    download = client.get(reverse("dossiers:fichier_message", args=[PieceMessage.objects.get().pk]))
    assert b"".join(download.streaming_content) == PNG
    assert download["Content-Disposition"] == 'attachment; filename="plan.png"'
    assert (download["Content-Type"], download["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert download["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert download["Cache-Control"] == "private, no-store"
    answered = client.post(sent["Location"], {"jeton": str(uuid.uuid4()), "texte": "Bien reçu."})
    assert answered.status_code == 302
    assert "Attend une réponse" not in text(client.get(listed(dossier)))
    told = text(signed_in(by).get(listed(dossier)))
    assert "2 messages. Le dernier est de" in told
    assert "Non lu" in told


def test_opening_a_thread_reads_it_and_shows_what_was_new(by: Acteur, dossier: Dossier) -> None:
    desk = guichet()
    fil = begin(dossier, PG, desk)
    client, address = signed_in(by), reverse("dossiers:fil", args=[fil.pk])
    assert "Non lu" in text(client.get(listed(dossier)))
    client.get(address)
    assert "Non lu" not in text(client.get(listed(dossier)))
    later = NOW.replace(hour=15)
    post_message(fil=fil, ecrit=Ecrit(texte="Un rappel.", jeton=uuid.uuid4()), by=desk, now=later)
    assert text(client.get(address)).count(">Nouveau<") == 1
    assert text(client.get(address)).count(">Nouveau<") == 0
    assert LectureFil.objects.filter(user=by.user).get().lu_at == later


def test_the_same_page_sent_twice_sends_one_message_and_another_text_is_kept_to_send_again(
    by: Acteur, dossier: Dossier
) -> None:
    client, page = signed_in(by), typed()
    first, second = (client.post(new(dossier), page) for _ in range(2))
    assert first["Location"] == second["Location"]
    refused = client.post(first["Location"], {"jeton": page["jeton"], "texte": "Et une troisième commune."})
    assert refused.status_code == 409
    said = text(refused)
    assert "Un message est déjà parti de cette page" in said
    assert "Et une troisième commune." in said
    renewed = re.search(r'name="jeton" value="([^"]+)"', said)
    assert renewed is not None
    assert renewed[1] != page["jeton"]
    assert client.post(first["Location"], {"jeton": renewed[1], "texte": "Et une troisième."}).status_code == 302
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"texte": ""}, 422, "Écrivez un message."),
        ({"texte": "a" * 10_001}, 422, "trop long"),
        ({"sujet": ""}, 422, "Donnez un sujet."),
        ({"sujet": "a" * 161}, 422, "Ce sujet est trop long"),
        ({"audience": ""}, 422, "Choisissez qui lira ce fil."),
        ({"audience": AA}, 422, "Vous ne pouvez pas écrire à ces personnes."),
        ({"audience": NOTES}, 422, "Vous ne pouvez pas écrire à ces personnes."),
        ({"jeton": "rien"}, 422, "À corriger avant de continuer"),
        ({"fichiers": [SimpleUploadedFile("a.pdf", b"MZ program")]}, 422, "contenu est d’un autre type"),
        ({"fichiers": [SimpleUploadedFile("a.exe", b"MZ program")]}, 422, "n’est pas accepté"),
        ({"fichiers": [SimpleUploadedFile("a.pdf", b"")]}, 422, "Ce fichier est vide."),
        ({"fichiers": [png() for _ in range(6)]}, 422, "au plus 5 fichiers"),
        ({"sujet": "", "fichiers": [png()]}, 422, "Choisissez à nouveau vos fichiers"),
    ],
)
def test_bad_input_gets_its_sentence_and_keeps_what_was_typed(
    by: Acteur, dossier: Dossier, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = signed_in(by).post(new(dossier), typed(texte="Texte gardé.") | changes)
    assert answer.status_code == status
    assert said in text(answer)
    assert "texte" in changes or "Texte gardé." in text(answer)
    assert (Fil.objects.count(), PieceMessage.objects.count()) == (0, 0)


def test_files_too_heavy_together_are_refused_with_413(by: Acteur, dossier: Dossier, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * len(PNG) - 1
    answer = signed_in(by).post(new(dossier), typed(fichiers=[png(), png()]))
    assert answer.status_code == 413
    assert "Ensemble, ces fichiers dépassent" in text(answer)


def test_what_is_typed_is_never_read_as_a_page(by: Acteur, dossier: Dossier) -> None:
    answer = signed_in(by).post(
        new(dossier), typed(sujet="<b>gras</b>", texte="<script>alert(1)</script>"), follow=True
    )
    assert "<script>alert" not in text(answer)
    assert "<b>gras" not in text(answer)


# --- Who sees what --------------------------------------------------------------------------------------


def test_nobody_outside_the_audience_learns_of_a_thread_on_any_page() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    dossier, desk, ars, neighbour = lettre.dossier, guichet(), agent("dd-ars-31"), agent("dd-ars-48")
    audiences = {PG: by, PA: by, AA: ars, NOTES: ars}
    fils = {
        audience: begin(dossier, audience, person, sujet=f"{CANARY}-{audience}-", texte=f"{CANARY}-{audience}-")
        for audience, person in audiences.items()
    }
    expected = {
        "porteur": (by, {PG, PA}),
        "guichet": (desk, {PG}),
        "ars": (ars, {PA, AA, NOTES}),
        "agence": (agent("ars-occitanie"), {PA, AA}),
        "cpam": (agent("cpam-31"), {AA}),
        "autre département": (neighbour, set()),
        "autre association": (porteur(), set()),
    }
    for role, (person, visible) in expected.items():
        client = signed_in(person)
        pages = [listed(dossier), reverse("projects:lettre", args=[lettre.pk]), "/accueil/", "/messagerie/"]
        seen = "".join(text(client.get(page, follow=True)) for page in pages)
        assert {audience for audience in fils if f"{CANARY}-{audience}-" in seen} == visible, role
        opened = {a for a, fil in fils.items() if client.get(reverse("dossiers:fil", args=[fil.pk])).status_code == 200}
        assert opened == visible, role
        for audience in set(fils) - visible:
            posted = client.post(
                reverse("dossiers:fil", args=[fils[audience].pk]), {"jeton": str(uuid.uuid4()), "texte": "Volé"}
            )
            assert posted.status_code == 404
    assert Message.objects.count() == len(fils)


def test_a_file_joined_is_a_404_for_whoever_is_not_in_the_audience(by: Acteur, dossier: Dossier) -> None:
    signed_in(by).post(new(dossier), typed(fichiers=[png()]))
    address = reverse("dossiers:fichier_message", args=[PieceMessage.objects.get().pk])
    people = [guichet(), agent("dd-ars-31"), agent("cpam-31"), porteur()]
    assert [signed_in(person).get(address).status_code for person in people] == [200, 404, 404, 404]


def test_who_reads_without_the_right_to_write_has_no_form(by: Acteur, dossier: Dossier) -> None:
    fil = begin(dossier, PG, by)
    client = signed_in(member(dossier, droits=["gerer"]))
    page = text(client.get(reverse("dossiers:fil", args=[fil.pk])))
    assert "Bonjour." in page
    assert "<textarea" not in page
    assert client.get(new(dossier)).status_code == 404
    assert client.post(new(dossier), typed()).status_code == 404
    answer = client.post(reverse("dossiers:fil", args=[fil.pk]), {"jeton": str(uuid.uuid4()), "texte": "Volé"})
    assert answer.status_code == 409


def test_a_body_asked_for_its_opinion_has_notes_of_its_own() -> None:
    lettre = consulted_letter(porteur())
    dossier = lettre.dossier
    client = signed_in(agent("urps-infirmiers-occitanie"))
    page = text(client.get(new(dossier)))
    assert "Nouvelle note" in page
    assert "J’attends une réponse" not in page
    client.post(new(dossier), typed(audience=NOTES, sujet="À voir en séance"))
    assert "À voir en séance" in text(client.get(listed(dossier)))
    colleague = signed_in(agent("urps-infirmiers-occitanie"))
    assert "À voir en séance" in text(colleague.get(listed(dossier)))
    other = signed_in(agent("urps-medecins-occitanie"))
    assert "À voir en séance" not in text(other.get(listed(dossier)))


def test_who_handles_no_file_is_told_why_it_reads_nothing(by: Acteur, dossier: Dossier) -> None:
    begin(dossier, PG, by)
    client = signed_in(agent("guichet-occitanie", droits=["administrer"]))
    assert "Aucun échange ne vous est adressé" in text(client.get(listed(dossier)))


def test_on_a_draft_nobody_can_be_written_to_yet() -> None:
    draft = DossierFactory()
    client = signed_in(member(draft))
    assert "Personne d’autre ne lit encore ce dossier" in text(client.get(new(draft)))
    assert client.post(new(draft), typed()).status_code == 422


def test_before_the_transmission_the_association_is_told_when_it_will_write_to_the_ars() -> None:
    deposited = DossierFactory(depose=True)
    page = text(signed_in(member(deposited)).get(new(deposited)))
    assert "Vous pourrez aussi écrire à l’ARS quand votre dossier lui sera transmis." in page
    assert 'type="radio"' not in page


def test_the_tab_and_the_panel_of_the_letter_say_what_is_new() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    fil = begin(lettre.dossier, PG, guichet(), sujet="Deux communes partagées")
    client, page = signed_in(by), reverse("projects:lettre", args=[lettre.pk])
    around = reverse("projects:dossier", args=[lettre.pk])
    told = text(client.get(around))
    assert all("Échanges (1)" in shown for shown in (told, text(client.get(page))))
    assert "1 fil non lu" in told
    assert "Deux communes partagées" in told
    read = text(client.get(reverse("dossiers:fil", args=[fil.pk])))
    assert f'<a href="{page}">Lettre d’intention</a>' in read
    told = text(client.get(around))
    assert "Échanges (1)" not in told
    assert "non lu" not in told


# --- An asked piece -------------------------------------------------------------------------------------


def asked_piece(lettre: LettreIntention, desk: Acteur) -> PieceDemandee:
    if desk.genre == "guichet":
        ask_pieces(lettre=lettre, items=[Item(intitule="Les statuts signés")], by=desk, now=NOW)
    else:
        wanted = Item(intitule="Les comptes", requise=True, fondement="Article 1", limite_le=NOW.date())
        ask_for_request(demande=lettre.demande, items=[wanted], by=desk, now=NOW)
    return PieceDemandee.objects.get()


@pytest.mark.parametrize("asker", ["guichet", "ars"])
def test_an_asked_piece_has_its_own_thread_between_the_association_and_the_desk_that_asked(asker: str) -> None:
    by = porteur()
    desk = guichet() if asker == "guichet" else agent("ars-occitanie")
    lettre = deposited_letter(by) if asker == "guichet" else transmitted_letter(by)
    item = asked_piece(lettre, desk)
    address = reverse("dossiers:fil_de_piece", args=[item.pk])
    porteur_client, desk_client = signed_in(by), signed_in(desk)
    page = text(porteur_client.get(address))
    assert f"Une question sur « {item.intitule} »" in page
    audience = PG if asker == "guichet" else PA
    sent = porteur_client.post(address, typed(audience=audience, sujet=f"Pièce demandée : {item.intitule}"))
    fil = Fil.objects.get()
    assert (fil.audience, fil.piece_demandee, fil.dossier) == (audience, item, lettre.dossier)
    for client in (porteur_client, desk_client):
        assert client.get(address)["Location"] == sent["Location"] == reverse("dossiers:fil", args=[fil.pk])
    again = desk_client.post(address, typed(audience=audience, sujet="Peu importe", texte="La dernière version."))
    assert again["Location"] == sent["Location"]
    assert fil.messages.count() == 2
    for stranger in (agent("cpam-31"), porteur(), agent("ars-occitanie") if asker == "guichet" else guichet()):
        client = signed_in(stranger)
        assert client.get(address).status_code == 404
        assert client.post(address, typed(audience=audience)).status_code == 404


# --- Cost, look -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_number_of_queries(
    by: Acteur, dossier: Dossier, rows: int, django_assert_num_queries: Any
) -> None:
    desk = guichet()
    for number in range(rows):
        fil = begin(dossier, PG, desk, sujet=f"Sujet {number}.")
        for _ in range(rows):
            post_message(fil=fil, ecrit=Ecrit(texte="Suite.", jeton=uuid.uuid4(), fichiers=[png()]), by=desk, now=NOW)
    client, address = signed_in(by), reverse("dossiers:fil", args=[fil.pk])
    client.get(address)
    with django_assert_num_queries(9):
        assert text(client.get(listed(dossier))).count("Sujet ") == rows
    with django_assert_num_queries(9):
        assert text(client.get(address)).count("plan.png") == rows


def test_a_long_thread_shows_its_last_fifty_messages_first(by: Acteur, dossier: Dossier) -> None:
    fil = begin(dossier, PG, by, texte="Le tout premier.")
    for number in range(50):
        post_message(fil=fil, ecrit=Ecrit(texte=f"Suite {number}.", jeton=uuid.uuid4()), by=by, now=NOW)
    client, address = signed_in(by), reverse("dossiers:fil", args=[fil.pk])
    assert "Le tout premier." not in text(client.get(address))
    assert "Le tout premier." in text(client.get(f"{address}?tout=oui"))


def test_the_pages_hold_in_the_window_without_a_fault(
    open_context: Callable[..., Any], check_axe: Callable[[Any], None], screenshots: Path
) -> None:
    from tests.journeys import gestures

    by = porteur()
    dossier, desk = transmitted_letter(by).dossier, agent("guichet-occitanie")
    ecrit = Ecrit(
        texte="Bonjour,\n\nVotre territoire compte deux communes que la CPTS voisine nomme aussi. Avez-vous échangé "
        "avec elle ?\n\nBien cordialement",
        jeton=uuid.uuid4(),
        fichiers=[png("Carte des deux territoires, version de novembre.png")],
        attend_reponse=True,
    )
    fil = open_thread(
        dossier=dossier, audience=PG, sujet="Deux communes partagées avec les Rives", ecrit=ecrit, by=desk, now=NOW
    )
    begin(dossier, PG, desk, "Date de la visite")
    begin(dossier, PA, by, "Calendrier du premier versement")
    answer = Ecrit(texte="Nous les rencontrons mardi.", jeton=uuid.uuid4())
    post_message(fil=fil, ecrit=answer, by=by, now=NOW.replace(hour=14))
    page = gestures.come_back(open_context(), by.user)
    pages = {
        "liste": listed(dossier),
        "fil": reverse("dossiers:fil", args=[fil.pk]),
        "nouveau": new(dossier),
        "lettre": reverse("projects:lettre", args=[dossier.lettres.get().pk]),
    }
    for name, path in pages.items():
        page.goto(path)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, f"{path} at {width}"
            page.screenshot(path=screenshots / f"echanges-{name}-{width}.png", full_page=True)
        check_axe(page)
