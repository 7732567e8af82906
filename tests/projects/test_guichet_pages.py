"""The pages of the Guichet's desk on a letter, act by act, and what they refuse."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import DemandePieces, Document
from dossiers.services.pieces_demandees import Item
from projects.models import Avis, Consultation, LettreIntention
from projects.selectors import letters_for_pages
from projects.services.checking import ask_pieces
from projects.services.opinions import give
from projects.services.synthesis import give_synthesis
from projects.views import guichet as guichet_view
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import LEAD, agent, guichet, urps_codes
from tests.factories.projects import (
    CRITERES,
    consulted_letter,
    deposited_letter,
    fresh,
    give_opinion,
    porteur,
    ready_letter,
    transmitted_letter,
)
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

ITEMS = [Item(intitule="Les statuts signés"), Item(intitule="Le compte 62", concerne="demande")]


@pytest.fixture(autouse=True)
def _today(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are asked on the day of the letters."""
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW)


@pytest.fixture
def desk() -> Acteur:
    return guichet()


@pytest.fixture
def pages(desk: Acteur) -> Client:
    return agent_client(Client(), desk.user)


def url(name: str, lettre: LettreIntention) -> str:
    return reverse(f"projects:{name}", args=[lettre.pk])


def said(response: HttpResponse) -> str:
    """The words of a page, tags and doubled spaces gone."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", plain(response.content.decode().replace("&nbsp;", " ")))
    return re.sub(r"\s+", " ", text)


def rows(*items: dict[str, str], **more: str) -> dict[str, str]:
    """Typed items, as the table of rows posts them."""
    empty = {"intitule": "", "precision": "", "concerne": "", "limite_le": ""}
    typed = [{**empty, **item} for item in items]
    return {f"items-{n}-{name}": value for n, item in enumerate(typed) for name, value in item.items()} | more


# --- Asking for what is missing ---------------------------------------------------------------------------


def test_what_is_missing_is_asked_item_by_item_and_reopens_the_request(pages) -> None:
    lettre = deposited_letter()
    answer = pages.post(
        url("demander_pieces", lettre),
        rows(
            {"intitule": "Les statuts", "precision": "Signés.", "limite_le": "2026-11-30"},
            {},
            {"intitule": "Le compte 62", "concerne": "demande"},
        ),
    )
    assert (answer.status_code, answer["Location"]) == (302, url("lettre", lettre))
    items = DemandePieces.objects.get().items.order_by("ordre")
    assert list(items.values_list("intitule", "precision", "concerne", "requise_par_un_texte")) == [
        ("Les statuts", "Signés.", "", False),
        ("Le compte 62", "", "demande", False),
    ]
    lettre = fresh(lettre)
    assert (lettre.etat, lettre.demande.etat) == ("incomplete", "brouillon")
    mail = Envoi.objects.get(sujet__startswith="Précisions demandées")
    assert mail.url.endswith(reverse("dossiers:repondre", args=[lettre.dossier_id]))


def test_without_script_a_row_is_added_and_nothing_typed_is_lost(pages) -> None:
    lettre = deposited_letter()
    sent = rows(*({"intitule": f"Point {n}"} for n in range(3)), ajouter="items")
    answer = pages.post(url("demander_pieces", lettre), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [f'value="Point {n}"' in page for n in range(3)] == [True] * 3
    assert 'name="items-3-intitule"' in page
    assert "À corriger" not in page
    assert fresh(lettre).etat == "deposee"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ([{}], "Dites au moins une chose qui manque."),
        ([{"precision": "Sans titre"}], "Élément 1, « Ce qui manque » : dites en quelques mots ce qui est demandé."),
        (
            [{"intitule": "Statuts", "limite_le": "2026-11-15"}],
            "« Statuts », « Souhaité pour le » : cette date est passée.",
        ),
        (
            [{"intitule": "Statuts", "limite_le": "2026-02-31"}],
            "« Statuts », « Souhaité pour le » : cette date n’existe pas.",
        ),
        ([{"intitule": "x" * 201}], "Ce qui manque » : Assurez-vous que cette valeur comporte au plus 200 caractères"),
        ([{"intitule": "Statuts", "precision": "x" * 2001}], "« Statuts », « Précision » : Assurez-vous que"),
        ([{"intitule": "Statuts", "concerne": "autre"}], "« Statuts », « À propos de » : Sélectionnez un choix valide"),
        ([{"intitule": f"Point {n}"} for n in range(31)], "Au plus 30 lignes."),
    ],
)
def test_a_request_that_cannot_be_sent_says_why_and_keeps_what_was_typed(pages, typed, sentence) -> None:
    lettre = deposited_letter()
    answer = pages.post(url("demander_pieces", lettre), rows(*typed))
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert fresh(lettre).etat == "deposee"


def test_a_letter_without_a_request_asks_nothing_about_one(pages) -> None:
    lettre = deposited_letter(demande=False)
    assert "À propos de" not in said(pages.get(url("demander_pieces", lettre)))


def test_sent_twice_the_second_is_told_what_happened(pages) -> None:
    lettre = deposited_letter()
    sent = rows({"intitule": "Les statuts"})
    assert pages.post(url("demander_pieces", lettre), sent).status_code == 302
    again = pages.post(url("demander_pieces", lettre), sent)
    assert again.status_code == 409
    assert "Cette action n’est plus possible : l’état est « Incomplète »" in said(again)
    assert DemandePieces.objects.count() == 1


# --- Consulting -------------------------------------------------------------------------------------------


def test_the_ten_urps_are_ticked_and_the_values_of_the_region_are_proposed_with_their_doubt(pages) -> None:
    page = pages.get(url("consulter", deposited_letter())).content.decode()
    ticked = re.findall(r'name="organismes" value="([^"]+)"[^>]*checked', page)
    offered = re.findall(r'name="organismes" value="([^"]+)"', page)
    assert sorted(ticked) == urps_codes()
    assert set(offered) - set(ticked) == set(LEAD.values())
    assert 'value="2026-12-16"' in page
    assert 'value="6"' in page
    assert "Aucune source ne fixe de quorum." in page


def test_the_consultation_opens_for_those_ticked(pages) -> None:
    lettre = deposited_letter()
    wanted = [*urps_codes()[:4], LEAD["cpam"]]
    answer = pages.post(url("consulter", lettre), {"organismes": wanted, "limite_le": "2026-12-01", "quorum": "3"})
    assert answer.status_code == 302
    held = Consultation.objects.get()
    assert (str(held.limite_le), held.quorum) == ("2026-12-01", 3)
    assert sorted(held.avis.values_list("organisation__code", flat=True)) == sorted(wanted)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"organismes": []}, "Consultez au moins une URPS."),
        ({"organismes": ["cpam-31"]}, "Consultez au moins une URPS."),
        ({"organismes": ["inconnu"]}, "Un de ces organismes n’est pas compétent sur le territoire de ce dossier."),
        ({"organismes": ["cpam-13"]}, "Un de ces organismes n’est pas compétent sur le territoire de ce dossier."),
        ({"quorum": "11"}, "Le quorum ne peut pas dépasser le nombre d’URPS consultées (10)."),
        ({"quorum": "-1"}, "Assurez-vous que cette valeur est supérieure ou égale à 0."),
        ({"quorum": "six"}, "Donnez un nombre."),
        ({"limite_le": "2026-11-16"}, "La date limite est à venir : laissez au moins un jour."),
        ({"limite_le": "2035-01-01"}, "Cette date est trop lointaine."),
        ({"limite_le": ""}, "Donnez une date."),
    ],
)
def test_a_consultation_that_cannot_open_says_why(pages, change, sentence) -> None:
    lettre = deposited_letter()
    sent = {"organismes": urps_codes(), "limite_le": "2026-12-16", "quorum": "6"} | change
    answer = pages.post(url("consulter", lettre), sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert not Consultation.objects.exists()


def test_a_reminder_leaves_once_a_day_to_those_who_have_not_answered(pages, desk) -> None:
    lettre = consulted_letter(desk=desk, others=())
    give_opinion(lettre, agent(urps_codes()[0]))
    page = said(pages.get(url("relancer", lettre)))
    names = list(Avis.objects.filter(etat="attendu").values_list("organisation__nom", flat=True))
    assert [name in page for name in names] == [True] * 9
    assert said(pages.post(url("relancer", lettre), follow=True)).count("Le rappel est parti à 9 organismes.") == 1
    again = pages.post(url("relancer", lettre))
    assert again.status_code == 409
    assert "Un rappel est déjà parti le 16 novembre 2026." in said(again)


def test_nobody_is_reminded_of_a_consultation_that_is_not_open(pages) -> None:
    answer = pages.post(url("relancer", deposited_letter()))
    assert answer.status_code == 409
    assert "Aucune consultation n’est en cours sur cette lettre." in said(answer)


# --- The opinion of the Guichet ---------------------------------------------------------------------------


def graded(lettre: LettreIntention, desk: Acteur, *, urps: int = 6) -> list[str]:
    """Opinions of the first URPS; the first one comments on the needs. Return their codes."""
    told = {**CRITERES, "besoins": {"note": "insuffisant", "commentaire": "Peu de chiffres."}}
    codes = urps_codes()[:urps]
    for n, code in enumerate(codes):
        by = agent(code)
        avis = Avis.objects.get(consultation__lettre=lettre, organisation=by.organisation_id)
        give(avis=avis, sens="favorable", criteres=CRITERES if n else told, by=by, now=NOW)
    return codes


def test_each_criterion_is_counted_with_its_comments_beside_the_text_to_write(pages, desk) -> None:
    lettre = consulted_letter(desk=desk)
    graded(lettre, desk)
    page = said(pages.get(url("synthese", lettre)))
    assert "Les besoins du territoire 5 satisfaisant 0 à compléter 1 insuffisant" in page
    assert "URPS biologistes responsables Occitanie · insuffisant Peu de chiffres." in page
    assert "Le territoire 6 satisfaisant 0 à compléter 0 insuffisant Aucun commentaire." in page


def test_the_opinion_of_the_guichet_is_given_and_never_says_who_said_what(pages, desk) -> None:
    lettre = consulted_letter(desk=desk)
    graded(lettre, desk)
    sent = {"sens": "favorable_avec_reserves", "besoins": "À chiffrer.", "conclusion": "Avis favorable."}
    assert pages.post(url("synthese", lettre), sent).status_code == 302
    held = Consultation.objects.get()
    assert (fresh(lettre).etat, held.sens) == ("avis_rendu", "favorable_avec_reserves")
    assert held.synthese == {"besoins": "À chiffrer.", "conclusion": "Avis favorable."}
    paper = str(Document.objects.get(modele="avis_guichet").contexte)
    assert "Peu de chiffres" not in paper
    assert [
        name in paper for name in Avis.objects.filter(etat="rendu").values_list("organisation__nom", flat=True)
    ] == [False] * 6


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sens": ""}, "Choisissez le sens de l’avis du Guichet."),
        ({"sens": "mitige"}, "Sélectionnez un choix valide"),
        ({"conclusion": "  "}, "Écrivez la conclusion de l’avis."),
        ({"besoins": "x" * 4001}, "Assurez-vous que cette valeur comporte au plus 4000 caractères"),
    ],
)
def test_an_opinion_that_lacks_something_is_not_given(pages, desk, change, sentence) -> None:
    lettre = consulted_letter(desk=desk, quorum=0)
    answer = pages.post(url("synthese", lettre), {"sens": "favorable", "conclusion": "Oui."} | change)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert fresh(lettre).etat == "en_consultation"


def test_before_the_quorum_the_text_is_prepared_not_given(pages, desk) -> None:
    lettre = consulted_letter(desk=desk)
    page = pages.get(url("synthese", lettre))
    assert "Le quorum n’est pas atteint (0 réponses d’URPS sur 6)" in said(page)
    assert "Rendre l’avis du Guichet" not in said(page)
    draft = {"sens": "favorable", "besoins": "À chiffrer.", "conclusion": ""}
    assert pages.post(url("synthese", lettre), {**draft, "brouillon": "1"}).status_code == 302
    page = pages.get(url("synthese", lettre)).content.decode()
    assert "À chiffrer." in page
    assert re.search(r'value="favorable"[^>]*checked', page)
    refused = pages.post(url("synthese", lettre), {**draft, "conclusion": "Oui."})
    assert refused.status_code == 409
    assert Consultation.objects.get().rendue_at is None


def test_reopened_for_a_reason_the_consultation_starts_from_the_text_given(pages, desk) -> None:
    lettre = consulted_letter(desk=desk, quorum=0)
    give_synthesis(lettre=lettre, sens="defavorable", synthese={"conclusion": "Non."}, by=desk, now=NOW)
    missing = pages.post(url("rouvrir_consultation", lettre), {"motif": " ", "limite_le": "2026-12-20"})
    assert missing.status_code == 422
    answer = pages.post(url("rouvrir_consultation", lettre), {"motif": "Une URPS absente.", "limite_le": "2026-12-20"})
    assert answer.status_code == 302
    held = Consultation.objects.get()
    assert (fresh(lettre).etat, held.sens, str(held.limite_le)) == ("en_consultation", "", "2026-12-20")
    page = pages.get(url("synthese", lettre)).content.decode()
    assert "Non.</textarea>" in page
    assert re.search(r'value="defavorable"[^>]*checked', page)


# --- Transmission -----------------------------------------------------------------------------------------


def test_without_an_opinion_the_transmission_says_so_before_and_on_the_slip(pages) -> None:
    lettre = deposited_letter()
    page = said(pages.get(url("transmettre", lettre)))
    assert "La lettre part sans avis du Guichet" in page
    assert "Délégation départementale de la Haute-Garonne de l’ARS Occitanie ouvre la lettre" in page
    assert "Caisse primaire d’assurance maladie de la Haute-Garonne les ouvre aussi : son avis est demandé." in page
    assert pages.post(url("transmettre", lettre)).status_code == 302
    assert fresh(lettre).etat == "transmise"
    assert "Transmise sans avis du Guichet." in str(Document.objects.get(modele="bordereau").contexte)
    assert pages.post(url("transmettre", lettre)).status_code == 409


# --- Whose desk it is -------------------------------------------------------------------------------------

ACTS = ("demander_pieces", "consulter", "relancer", "synthese", "rouvrir_consultation", "transmettre")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_the_guichet_is_a_page_of_nobody_else(client, act) -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    reader = agent_client(Client(), guichet().user)
    assert reader.get(url(act, lettre)).status_code == 409
    client.force_login(by.user)
    ars = agent_client(Client(), agent("dd-ars-31").user)
    urps = agent_client(Client(), agent(urps_codes()[0]).user)
    without = agent_client(Client(), agent("guichet-occitanie", droits=["rediger"]).user)
    for other in (client, ars, urps, without):
        assert (other.get(url(act, lettre)).status_code, other.post(url(act, lettre)).status_code) == (404, 404)


def test_a_draft_is_not_a_letter_of_the_desk(pages) -> None:
    draft = ready_letter()
    assert [pages.get(url(act, draft)).status_code for act in ACTS] == [404] * 6


# --- The panel --------------------------------------------------------------------------------------------


def test_the_desk_reads_its_next_step_in_each_state(pages, desk) -> None:
    lettre = deposited_letter()
    page = said(pages.get(url("lettre", lettre)))
    assert "Prochaine étape : vérifier la lettre et consulter" in page
    assert "Ouvrir la consultation Demander des précisions Transmettre sans avis du Guichet" in page
    lettre = consulted_letter(desk=desk)
    graded(lettre, desk, urps=5)
    page = said(pages.get(url("lettre", lettre)))
    assert "Les avis sont attendus 5 réponses sur 14, pour le 16 décembre 2026." in page
    assert "Quorum pas encore atteint : 5 réponses d’URPS sur 6." in page
    give_opinion(lettre, agent(urps_codes()[5]))
    page = said(pages.get(url("lettre", lettre)))
    assert "Prochaine étape : rendre l’avis du Guichet" in page
    assert page.count("Favorable 16 novembre 2026") == 6
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    assert "Prochaine étape : transmettre à l’ARS" in said(pages.get(url("lettre", lettre)))


def test_while_the_association_completes_the_desk_reads_the_letter_as_deposited(pages, desk) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    ask_pieces(lettre=lettre, items=ITEMS, by=desk, now=NOW)
    section = lettre.sections.get(cle="besoins")
    before = section.contenu["besoins"] if "besoins" in section.contenu else next(iter(section.contenu.values()))
    lettre.sections.filter(cle="besoins").update(contenu=dict.fromkeys(section.contenu, "À MOITIÉ ÉCRIT"))
    page = said(pages.get(url("lettre", lettre)))
    assert "Voici la lettre telle qu’elle a été déposée." in page
    assert "À MOITIÉ ÉCRIT" not in page
    assert plain(str(before).splitlines()[0])[:40] in page
    assert "L’association complète sa lettre 0 réponse sur 2." in page
    assert reverse("funding:demande", args=[lettre.demande_id]) not in page


@pytest.mark.parametrize(("etat", "most"), [("deposee", 2), ("incomplete", 4), ("en_consultation", 4)])
def test_the_panel_of_the_desk_costs_few_queries_whatever_it_shows(desk, etat, most) -> None:
    if etat == "en_consultation":
        lettre = consulted_letter(desk=desk)
        graded(lettre, desk)
    else:
        lettre = deposited_letter()
    if etat == "incomplete":
        ask_pieces(lettre=lettre, items=ITEMS, by=desk, now=NOW - timedelta(days=1))
    request = RequestFactory().get("/")
    request.acteur, request.now = desk, NOW
    page = letters_for_pages(desk).get(pk=lettre.pk)
    with CaptureQueriesContext(connection) as queries:
        shown = guichet_view.panel(request, page)
    assert shown is not None
    assert len(queries) == most
