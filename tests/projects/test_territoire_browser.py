"""The page of a territory in a real browser: with the script, without it, and as a screen reader finds it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from dossiers.selectors.territoires import current_draft, parts_of
from tests.factories.accounts import NOW
from tests.factories.dossiers import SEUILS, DossierFactory, porteur

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lettre() -> Any:
    from dossiers.services.territoires import draft_of
    from funding.models import Bareme, SeuilTaille
    from projects.models import LettreIntention, SectionLettre
    from projects.sections import RUBRIQUES

    if not Bareme.objects.filter(statut="publie").exists():
        bareme = Bareme.objects.create(code="essai", titre="Essai", applicable_du="2019-08-25", source="Essai")
        SeuilTaille.objects.bulk_create(SeuilTaille(bareme=bareme, taille=t, population_min=p) for t, p in SEUILS)
        Bareme.objects.filter(pk=bareme.pk).update(statut="publie")
    dossier = DossierFactory()
    made = LettreIntention.objects.create(dossier=dossier, created_at=NOW, created_by=dossier.created_by)
    SectionLettre.objects.bulk_create(SectionLettre(lettre=made, cle=rubrique.cle) for rubrique in RUBRIQUES)
    draft_of(dossier=dossier, by=porteur(dossier), now=NOW)
    return made


def sign_in(context: Any, lettre: Any, live_server: Any) -> Any:
    client = Client()
    client.force_login(porteur(lettre.dossier).user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("projects:territoire", args=[lettre.pk]))
    return page


@pytest.mark.parametrize("script", [True, False])
def test_communes_are_searched_added_and_removed(open_context, live_server, lettre, check_axe, script):
    page = sign_in(open_context(java_script_enabled=script), lettre, live_server)
    page.get_by_role("searchbox", name="Commune, code postal").fill("muret")
    if not script:
        page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Ajouter Muret", exact=True).click()
    expect(page.get_by_text("1 commune en plus dans le territoire.")).to_be_visible()
    expect(page.get_by_text("Dans le territoire", exact=True)).to_be_visible()
    assert [part.nom for part in parts_of(current_draft(lettre.dossier))] == ["Muret"]
    if script:
        expect(page.locator("#a-31395")).to_be_focused()
        check_axe(page)
    page.get_by_role("checkbox", name="Muret").check()
    page.get_by_role("button", name="Retirer la sélection").click()
    expect(page.get_by_role("heading", name="Aucune commune pour l’instant")).to_be_visible()


def test_a_refused_quarter_puts_the_reader_on_the_summary(open_context, live_server, lettre, check_axe):
    page = sign_in(open_context(), lettre, live_server)
    page.goto(reverse("projects:territoire", args=[lettre.pk]) + "?q=toulouse&quartier=31555")
    page.get_by_label("Nom du quartier").fill("Croix-Daurade")
    page.get_by_role("button", name="Ajouter ce quartier").click()
    expect(page.locator("#erreurs")).to_be_focused()
    expect(page.get_by_label("Nom du quartier")).to_have_value("Croix-Daurade")
    check_axe(page)
