"""The page of a letter's territory: every gesture as a plain form, refusals with their status, large territories."""

import time
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.models import PartTerritoire
from dossiers.selectors.territoires import current_draft, parts_of
from dossiers.services.pieces_demandees import Item
from dossiers.services.territoires import draft_of
from dossiers.states import EtatSection
from funding.calculations import size
from funding.models import Bareme, SeuilTaille
from funding.selectors import bareme_on
from funding.states import StatutBareme
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention, SectionLettre
from projects.sections import RUBRIQUES, TERRITOIRE
from projects.services import territoire as services
from projects.services.checking import ask_pieces
from territories.models import Commune
from tests.factories import projects as letters
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, agent_client
from tests.factories.bodies import guichet
from tests.factories.dossiers import SEUILS, DossierFactory, PieceFactory, porteur, territoire

pytestmark = pytest.mark.django_db
TOULOUSE, MURET, ALBI, MONTAUBAN = "31555", "31395", "81004", "82121"


@pytest.fixture(autouse=True)
def bareme():
    if not Bareme.objects.filter(statut=StatutBareme.PUBLIE).exists():
        made = Bareme.objects.create(code="aci-essai", titre="ACI d’essai", applicable_du="2019-08-25", source="Essai")
        SeuilTaille.objects.bulk_create(SeuilTaille(bareme=made, taille=t, population_min=p) for t, p in SEUILS)
        Bareme.objects.filter(pk=made.pk).update(statut=StatutBareme.PUBLIE)


@pytest.fixture
def lettre():
    dossier = DossierFactory()
    made = LettreIntention.objects.create(dossier=dossier, created_at=NOW, created_by=dossier.created_by)
    SectionLettre.objects.bulk_create(SectionLettre(lettre=made, cle=rubrique.cle) for rubrique in RUBRIQUES)
    draft_of(dossier=dossier, by=porteur(dossier), now=NOW)
    return made


@pytest.fixture
def by(lettre):
    return porteur(lettre.dossier)


@pytest.fixture
def signed_in(client, by):
    client.force_login(by.user)
    return client


def url(lettre: LettreIntention, action: str = "") -> str:
    return reverse(f"projects:territoire{'_' + action if action else ''}", args=[lettre.pk])


def post(client: Any, lettre: LettreIntention, action: str, **data: Any) -> Any:
    return client.post(url(lettre, action), data)


def codes(lettre: LettreIntention) -> list[str]:
    return sorted(part.code for part in parts_of(current_draft(lettre.dossier)))


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


# --- Sizes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("population", "expected"),
    [(0, 0), (1, 1), (39_999, 1), (40_000, 2), (79_999, 2), (80_000, 3), (174_999, 3), (175_000, 4), (10**7, 4)],
)
def test_the_size_starts_at_its_threshold(population, expected):
    assert size(population, list(reversed(SEUILS))) == expected


def test_the_bareme_is_the_last_published_by_that_day():
    ahead = Bareme.objects.create(code="futur", titre="Futur", applicable_du="2030-01-01", source="Essai")
    Bareme.objects.filter(pk=ahead.pk).update(statut=StatutBareme.PUBLIE)
    Bareme.objects.create(code="projet", titre="Projet", applicable_du="2026-01-01", source="Essai")
    assert bareme_on(date(2030, 1, 1)) == ahead
    assert bareme_on(date(2029, 12, 31)).code not in {"futur", "projet"}
    with pytest.raises(Bareme.DoesNotExist):
        bareme_on(date(1999, 1, 1))


# --- Gestures -----------------------------------------------------------------------------------------


def test_a_commune_is_found_and_added_without_script(signed_in, lettre):
    page = text(signed_in.get(url(lettre), {"q": "muret"}))
    assert 'name="code" value="31395"' in page
    answer = post(signed_in, lettre, "ajouter", code=MURET, q="muret")
    assert (answer.status_code, answer["Location"]) == (302, url(lettre) + "?q=muret")
    page = text(signed_in.get(answer["Location"]))
    assert "1 commune en plus dans le territoire." in page
    assert "Dans le territoire" in page
    assert f"{Commune.objects.get(pk=MURET).population:,}".replace(",", " ") in page


def test_a_whole_epci_is_added_by_one_button_and_removed_by_another(signed_in, lettre):
    epci = Commune.objects.get(pk=MURET).epci_id
    post(signed_in, lettre, "ajouter", epci=epci)
    expected = sorted(Commune.objects.filter(epci=epci, parent=None).values_list("code", flat=True))
    assert codes(lettre) == expected
    post(signed_in, lettre, "retirer", groupe=f"31-{epci}")
    assert codes(lettre) == []


def test_checked_communes_are_removed_together(signed_in, lettre, by):
    services.add_communes(etape=lettre, codes=[MURET, ALBI, MONTAUBAN], by=by, now=NOW)
    gone = [part.id for part in parts_of(current_draft(lettre.dossier)) if part.code != ALBI]
    answer = post(signed_in, lettre, "retirer", part=gone)
    assert answer.status_code == 302
    assert codes(lettre) == [ALBI]


def test_a_quarter_is_added_with_its_figure_its_source_and_its_reason(signed_in, lettre):
    page = text(signed_in.get(url(lettre), {"q": "toulouse", "quartier": TOULOUSE}))
    assert "Un quartier de Toulouse" in page
    answer = post(
        signed_in,
        lettre,
        "quartier",
        commune=TOULOUSE,
        nom="Croix-Daurade",
        population="25000",
        source="Insee, IRIS 2022",
        motif="Habitudes de soins",
    )
    assert answer.status_code == 302
    part = PartTerritoire.objects.get()
    assert (part.nom, part.population, part.source, part.motif) == (
        "Croix-Daurade",
        25_000,
        "Insee, IRIS 2022",
        "Habitudes de soins",
    )
    assert "Toulouse, Croix-Daurade" in text(signed_in.get(url(lettre)))


def test_the_porteur_chooses_the_pilot_among_its_departements(signed_in, lettre, by):
    services.add_communes(etape=lettre, codes=[MURET, MONTAUBAN], by=by, now=NOW)
    assert post(signed_in, lettre, "pilote", departement="31").status_code == 302
    lettre.dossier.refresh_from_db()
    assert lettre.dossier.departement_pilote_id == "31"
    refused = post(signed_in, lettre, "pilote", departement="81")
    assert refused.status_code == 422
    assert "l’un de ceux du territoire" in text(refused)


def test_the_task_list_follows(lettre, by):
    services.add_communes(etape=lettre, codes=[MURET], by=by, now=NOW)
    section = lettre.sections.get(cle=TERRITOIRE)
    assert (section.etat, section.manques, section.version, section.modifie_par) == (
        EtatSection.COMPLET,
        [],
        1,
        by.user,
    )
    part = parts_of(current_draft(lettre.dossier))[0].id
    services.remove_parts(etape=lettre, parts=[part], by=by, now=NOW)
    section.refresh_from_db()
    assert (section.etat, section.version) == (EtatSection.A_COMMENCER, 2)
    assert section.manques == [["id_q", "Choisissez au moins une commune ou un quartier."]]


def test_the_page_says_size_thresholds_and_vintage(signed_in, lettre, by):
    services.add_communes(etape=lettre, codes=[MURET, MONTAUBAN], by=by, now=NOW)
    page = text(signed_in.get(url(lettre)))
    assert '<li aria-current="true"><span>Taille 3</span>' in page
    assert "de 80 000 à 174 999 habitants" in page
    assert "millésime" in page
    assert "Tarn-et-Garonne (82)" in page


def in_state(dossier, version, etat):
    """A letter of the file, taken over from its history in that state."""
    return LettreIntention.objects.create(
        dossier=dossier,
        created_at=NOW,
        created_by=dossier.created_by,
        deposee_at=NOW,
        transmise_at=NOW if etat == "transmise" else None,
        territoire=version,
        etat=etat,
    )


def test_the_porteur_learns_of_a_neighbour_without_its_name(signed_in, lettre, by):
    other = DossierFactory(depose=True, nom="CPTS du Secret")
    in_state(other, territoire(other, MURET, fige_at=NOW), "deposee")
    withdrawn = DossierFactory(depose=True)
    in_state(withdrawn, territoire(withdrawn, MURET, fige_at=NOW), "retiree")
    draft = DossierFactory(nom="CPTS du Brouillon")
    territoire(draft, MURET)
    services.add_communes(etape=lettre, codes=[MURET], by=by, now=NOW)
    page = text(signed_in.get(url(lettre)))
    assert "1 autre communauté déjà déposée couvre 1 de vos communes" in page
    assert "Secret" not in page
    assert other.reference not in page


# --- Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "data", "said"),
    [
        ("ajouter", {"code": "99999"}, "ne connaît pas de commune"),
        ("ajouter", {"code": "<script>"}, "ne connaît pas de commune"),
        ("ajouter", {"code": "\0"}, "ne connaît pas de commune"),
        ("ajouter", {"epci": "1"}, "ne connaît pas d’EPCI"),
        ("ajouter", {"epci": "\0"}, "ne connaît pas d’EPCI"),
        ("retirer", {}, "Cochez au moins une commune"),
        ("retirer", {"part": "abc"}, "Cochez au moins une commune"),
        ("pilote", {"departement": "2B"}, "l’un de ceux du territoire"),
        ("quartier", {"commune": TOULOUSE}, "Donnez le nom du quartier."),
        (
            "quartier",
            {"commune": TOULOUSE, "nom": "x" * 121, "population": "1", "source": "s", "motif": "m"},
            "Au plus 120 caractères.",
        ),
        (
            "quartier",
            {"commune": TOULOUSE, "nom": "Nord", "population": "900000", "source": "s", "motif": "m"},
            "il en reste",
        ),
        (
            "quartier",
            {"commune": "99999", "nom": "Nord", "population": "9", "source": "s", "motif": "m"},
            "ne connaît pas cette commune",
        ),
        (
            "quartier",
            {"commune": TOULOUSE, "nom": "Nord", "population": "douze", "source": "s", "motif": "m"},
            "Écrivez un nombre entier",
        ),
    ],
)
def test_bad_input_gets_its_sentence_and_422(signed_in, lettre, action, data, said):
    answer = post(signed_in, lettre, action, **data)
    assert answer.status_code == 422
    assert said in text(answer)
    assert PartTerritoire.objects.count() == 0


def test_a_refused_quarter_keeps_what_was_typed(signed_in, lettre):
    answer = post(signed_in, lettre, "quartier", commune=TOULOUSE, nom="Nord", population="", source="Insee", motif="m")
    assert 'value="Nord"' in text(answer)


def test_another_association_finds_nothing(client, lettre):
    client.force_login(porteur(DossierFactory()).user)
    assert client.get(url(lettre)).status_code == 404
    for action in ("ajouter", "retirer", "quartier", "pilote"):
        assert post(client, lettre, action, code=MURET).status_code == 404
    assert PartTerritoire.objects.count() == 0


def test_a_member_without_the_right_to_write_finds_nothing(client, lettre):
    client.force_login(porteur(lettre.dossier, droits=["gerer"]).user)
    assert client.get(url(lettre)).status_code == 404
    assert post(client, lettre, "ajouter", code=MURET).status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, lettre):
    for action in ("", "ajouter", "retirer", "quartier", "pilote"):
        assert client.post(url(lettre, action)).status_code in (302, 405)
    assert client.get(url(lettre)).status_code == 302


def test_a_letter_no_longer_written_keeps_its_territory(signed_in, lettre, by):
    services.add_communes(etape=lettre, codes=[MURET], by=by, now=NOW)
    LettreIntention.objects.filter(pk=lettre.pk).update(etat="retiree")
    assert post(signed_in, lettre, "ajouter", code=ALBI).status_code == 409
    with pytest.raises(Refused):
        services.add_communes(etape=lettre, codes=[ALBI], by=by, now=NOW)
    assert codes(lettre) == [MURET]


def test_a_post_without_its_token_is_refused(lettre, by):
    client = Client(enforce_csrf_checks=True)
    client.force_login(by.user)
    assert post(client, lettre, "ajouter", code=MURET).status_code == 403
    assert PartTerritoire.objects.count() == 0


# --- Five hundred communes ----------------------------------------------------------------------------


def test_search_answers_alone_to_htmx(signed_in, lettre):
    answer = signed_in.get(url(lettre), {"q": "mur"}, headers={"HX-Request": "true", "HX-Target": "resultats"})
    page = text(answer)
    assert page.startswith('<div id="resultats"')
    assert "Muret" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_number_of_queries(signed_in, lettre, by, rows, django_assert_num_queries):
    services.add_communes(etape=lettre, codes=[MURET, ALBI, MONTAUBAN][:rows], by=by, now=NOW)
    with django_assert_num_queries(15):
        page = signed_in.get(url(lettre), {"q": "saint"})
    assert text(page).count('name="part"') == rows


def test_five_hundred_communes_stay_light(signed_in, lettre, by):
    many = list(
        Commune.objects.whole()
        .filter(departement__in=["31", "81"])
        .order_by("code")
        .values_list("code", flat=True)[:500]
    )
    services.add_communes(etape=lettre, codes=many, by=by, now=NOW)
    page = signed_in.get(url(lettre))
    assert text(page).count('name="part"') == 500
    assert len(page.content) <= 60_000


def test_adding_an_epci_to_a_large_territory_is_quick(signed_in, lettre, by):
    sizes = sorted(
        (Commune.objects.whole().filter(epci=epci).count(), epci)
        for epci in set(Commune.objects.whole().filter(departement="31").values_list("epci", flat=True))
    )
    started = time.perf_counter()
    post(signed_in, lettre, "ajouter", epci=sizes[-1][1])
    assert time.perf_counter() - started < 1
    assert len(codes(lettre)) == sizes[-1][0]


# --- What agents read ---------------------------------------------------------------------------------


def test_an_agent_reads_the_neighbours_by_name_and_only_deposited_pieces(client):
    dossier = DossierFactory(depose=True, region="zz")
    version = territoire(dossier, MURET, fige_at=NOW)
    neighbour = DossierFactory(depose=True, region="zz", nom="CPTS Voisine")
    in_state(neighbour, territoire(neighbour, MURET, fige_at=NOW), "transmise")
    withdrawn = DossierFactory(depose=True, region="zz", nom="CPTS Retirée")
    in_state(withdrawn, territoire(withdrawn, MURET, fige_at=NOW), "retiree")
    territoire(DossierFactory(region="zz", nom="CPTS du Brouillon"), MURET)
    PieceFactory(dossier=dossier, nom="deposee.pdf", figee_at=NOW)
    PieceFactory(dossier=dossier, nom="cachee.pdf")
    lettre = in_state(dossier, version, "deposee")
    SectionLettre.objects.bulk_create(SectionLettre(lettre=lettre, cle=rubrique.cle) for rubrique in RUBRIQUES)
    member = MembershipFactory(organisation=OrganisationFactory(genre="guichet", region="zz"))
    agents = agent_client(client, member.user)
    page = text(agents.get(reverse("projects:lettre", args=[lettre.pk])))
    assert "deposee.pdf" in page
    assert "cachee.pdf" not in page
    around = text(agents.get(reverse("projects:dossier", args=[lettre.pk])))
    assert "CPTS Voisine" in around
    assert neighbour.reference in around
    assert "CPTS du Brouillon" not in around
    assert "CPTS Retirée" not in around


def test_once_deposited_the_page_offers_no_other_pilot(client: Client) -> None:
    by = letters.porteur()
    lettre = letters.deposited_letter(by)
    ask_pieces(lettre=lettre, items=[Item(intitule="Le territoire")], by=guichet(), now=NOW)
    client.force_login(by.user)
    page = client.get(reverse("projects:territoire", args=[lettre.pk])).content.decode()
    assert "le Guichet en change le département pilote" in page
    assert 'name="departement"' not in page
