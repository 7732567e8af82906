"""The demonstration: one file in each state, the hard cases, and accounts anybody can open."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi, Membership, User
from dossiers.models import Document, Dossier, Territoire
from dossiers.states import EtatSection
from funding.models import DemandeFir
from guichet.kernel.papers import prepared
from portal.demonstration import comptes
from portal.demonstration.dossiers import build
from projects.models import LettreIntention, ProjetSante
from projects.services.depositing import deposit
from territories.services import loading
from tests.factories.accounts import NOW
from tests.projects.rows import everything


@pytest.fixture
def aude(db: None) -> None:
    """The demonstration names a commune of a département the other tests do without."""
    loading.load(departements=["11"])


def letter(nom: str) -> LettreIntention:
    return LettreIntention.objects.select_related("dossier", "demande", "territoire").get(dossier__nom=nom)


def _two_associations_want_the_same_communes() -> None:
    def codes(lettre: LettreIntention) -> set[str]:
        version = lettre.territoire or lettre.dossier.territoires.get()
        return set(version.parts.values_list("commune", flat=True))

    first, second = letter("CPTS des Coteaux"), letter("CPTS des Vallées")
    assert codes(first) & codes(second) == {"31396", "31582"}
    assert first.dossier.association_id != second.dossier.association_id


def _three_communities_share_toulouse_by_quarters_that_fit_in_it() -> None:
    versions = Territoire.objects.filter(dossier__nom__startswith="CPTS Toulouse")
    parts = [(part.commune, part.nom, part.population) for version in versions for part in version.parts.all()]
    assert {commune.code for commune, _, _ in parts} == {"31555"}
    assert len({nom for _, nom, _ in parts}) == 3
    assert sum(population for _, _, population in parts) <= parts[0][0].population


def _one_file_straddles_departements_and_one_leads() -> None:
    dossier = letter("CPTS de la Montagne noire").dossier
    assert dossier.departements == ["11", "31", "81"]
    assert dossier.departement_pilote_id in dossier.departements


def acteur_of(courriel: str) -> Acteur:
    membership = Membership.objects.select_related("organisation", "user").get(user__email=courriel)
    return Acteur(membership.user, membership)


class TestFiles(TestCase):
    """The files as they are built, once for all these tests."""

    @classmethod
    def setUpTestData(cls) -> None:
        loading.load(departements=["11"])
        build(region="76", now=NOW)

    def test_a_project_is_written_is_about_to_be_validated_is_incomplete_is_validated_is_opposed(self) -> None:
        projects = ProjetSante.objects.select_related("delai", "lettre").order_by("pk")
        assert {projet.dossier.nom: projet.etat for projet in projects} == {
            "CPTS de la Piège": "brouillon",
            "CPTS de l’Hers": "depose",
            "CPTS de l’Arize": "incomplet",
            "CPTS du Tarn et du Girou": "valide_tacitement",
            "CPTS de la Ganguise": "oppose",
        }
        assert {projet.lettre.etat for projet in projects} == {"validee"}
        near = projects.get(dossier__nom="CPTS de l’Hers").delai
        assert (near.dernier_jour - NOW.date()).days == 2
        assert projects.get(dossier__nom="CPTS de l’Arize").delai.dernier_jour is None

    def test_there_is_a_file_in_each_state_a_letter_reaches_today(self) -> None:
        letters = LettreIntention.objects.filter(dossier__projets=None)
        states = dict(letters.values_list("dossier__nom", "etat"))
        assert states == {
            "CPTS des Coteaux": "brouillon",
            "CPTS des Vallées": "deposee",
            "CPTS de la Montagne noire": "deposee",
            "CPTS du Girou": "retiree",
            "CPTS Toulouse quartiers nord": "deposee",
            "CPTS Toulouse rive gauche": "brouillon",
            "CPTS Toulouse quartiers est": "brouillon",
            "CPTS du Frontonnais": "incomplete",
            "CPTS du Comminges": "en_consultation",
            "CPTS du Volvestre": "avis_rendu",
            "CPTS des Terres d’Autan": "transmise",
            "CPTS du Lauragais": "transmise",
            "CPTS de la Save": "validee",
            "CPTS du Savès": "refusee",
            "CPTS de la Lèze": "validee",
            "CPTS du Canal": "transmise",
        }
        assert dict(DemandeFir.objects.values_list("dossier__nom", "etat")) == {
            "CPTS des Coteaux": "brouillon",
            "CPTS des Vallées": "deposee",
            "CPTS du Girou": "retiree",
            "CPTS Toulouse quartiers nord": "deposee",
            "CPTS Toulouse rive gauche": "brouillon",
            "CPTS du Frontonnais": "brouillon",
            "CPTS du Comminges": "deposee",
            "CPTS du Volvestre": "deposee",
            "CPTS des Terres d’Autan": "transmise",
            "CPTS du Lauragais": "incomplete",
            "CPTS de la Save": "accordee",
            "CPTS du Savès": "refusee",
            "CPTS de la Lèze": "rejetee_tacitement",
            "CPTS du Canal": "transmise",
        }

    def test_the_hard_cases_of_territory_are_there(self) -> None:
        _two_associations_want_the_same_communes()
        _three_communities_share_toulouse_by_quarters_that_fit_in_it()
        _one_file_straddles_departements_and_one_leads()

    def test_the_draft_that_waits_is_ready_and_its_adviser_reads_it(self) -> None:
        draft = letter("CPTS Toulouse rive gauche")
        assert set(draft.sections.values_list("etat", flat=True)) == {EtatSection.COMPLET}
        by = acteur_of("porteur4@demo.example")
        deposit(lettre=draft, by=by, now=NOW)
        adviser = acteur_of("guichet@demo.example")
        assert Dossier.objects.visible_to(adviser).filter(nom="CPTS des Coteaux").exists()
        assert not Dossier.objects.visible_to(adviser).filter(nom="CPTS Toulouse quartiers est").exists()

    def test_the_past_is_in_order_and_its_papers_can_be_drawn(self) -> None:
        for contexte in Document.objects.values_list("contexte", flat=True):
            assert prepared(contexte)
        for lettre in LettreIntention.objects.all():
            instants = [lettre.created_at, *lettre.evenements.order_by("pk").values_list("recorded_at", flat=True)]
            assert instants[0] == min(instants)
            assert max(instants) <= NOW
        newest = LettreIntention.objects.order_by("-created_at").first()
        assert newest is not None
        assert NOW - newest.created_at <= timedelta(days=30)

    def test_there_is_an_account_for_each_role_and_all_are_invented(self) -> None:
        addresses = set(User.objects.values_list("email", flat=True))
        announced = (comptes.PORTEUR, *comptes.COMPTES, *comptes.AUTRES_PORTEURS)
        elected = {f"urps{rank}@demo.example" for rank in range(1, 9)}
        assert addresses == {compte.courriel for compte in announced} | elected
        assert all(address.endswith("@demo.example") for address in addresses)
        genres = set(Membership.objects.values_list("organisation__genre", flat=True))
        assert genres == {"association", "guichet", "urps", "dd_ars", "cpam", "msa", "elsm"}
        assert comptes.agents_enrolled() == 17
        assert set(Envoi.objects.values_list("destinataire", flat=True)) <= addresses

    def test_an_agent_signs_in_with_the_code_of_the_moment(self) -> None:
        client = Client()
        home = reverse("portal:accueil_role")
        signed = client.post(reverse("account_login"), {"login": "guichet@demo.example", "password": comptes.PASSWORD})
        assert signed.status_code == 302
        assert signed.url == reverse("mfa_authenticate")
        assert client.get(home).status_code == 302
        wrong = client.post(signed.url, {"code": "000000"})
        assert wrong.status_code in (200, 422)
        code = run("code_demonstration").strip()
        assert re.fullmatch(r"\d{6}", code)
        assert client.post(signed.url, {"code": code}).status_code == 302
        assert client.get(home, follow=True).status_code == 200
        assert "CPTS des Vallées" in client.get(reverse("projects:lettres")).content.decode()


# --- The commands -----------------------------------------------------------------------------------------


def run(name: str) -> str:
    out = io.StringIO()
    call_command(name, stdout=out)
    return out.getvalue()


def test_the_command_builds_once_and_prints_the_same_accounts_again(aude, settings) -> None:
    settings.DEMONSTRATION = True
    told = run("charger_demonstration")
    before = (everything(), list(User.objects.order_by("pk").values()))
    assert run("charger_demonstration") == told
    assert (everything(), list(User.objects.order_by("pk").values())) == before
    for compte in (comptes.PORTEUR, *comptes.COMPTES, *comptes.AUTRES_PORTEURS):
        assert compte.courriel in told
        assert compte.role in told
    assert comptes.PASSWORD in told


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["charger_demonstration", "code_demonstration"])
def test_in_production_there_is_no_demonstration(settings, name: str) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="production"):
        run(name)
    assert not User.objects.exists()
