"""The whole path in a browser, as people do it: from the first visit to the papers read by the Guichet."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import BrowserContext, Page, expect

from dossiers.models import Document
from portal.demonstration import reponses
from projects.models import LettreIntention
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory
from tests.journeys import gestures
from tests.journeys.gestures import SAVE, Check, heading
from tests.stage.worker import CeleryWorker

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "dominique.essai@exemple.fr"
SECRET = "ESSAIESSAIESSAIESSAIESSA"
IBAN = reponses.ASSOCIATION["iban"]
QUARTIER = {
    "nom": "Quartiers est",
    "population": "76000",
    "source": "Recensement par quartier",
    "motif": "Bassin de vie du quartier",
}
TITLES = {
    "personnes": "Les personnes et les pouvoirs",
    "acces": "L’accès aux soins depuis le territoire",
    "besoins": "Les besoins du territoire",
    "mobilisation": "Les professionnels mobilisés",
    "projet": "Le projet, mission par mission",
    "organisation": "L’organisation et les outils",
    "calendrier": "Le calendrier",
    "financement": "Le financement",
    "demande": "La demande",
    "chiffrage": "Le chiffrage de vos besoins",
    "moyens": "L’association et ses moyens",
    "attestations": "Les attestations",
}
NEEDS = {
    "temps": [{"nature": "coordination_salariee", "libelle": "", "personnes": 1, "heures": "300", "taux": "28,35"}],
    "reunions": [{"nature": "salle", "libelle": "", "nombre": 6, "cout": "45,90"}],
}


def test_a_letter_from_the_first_visit_to_the_reading_by_the_guichet(
    open_context: Callable[..., BrowserContext], celery_worker: CeleryWorker, check_axe: Check, tmp_path: Path
) -> None:
    page = open_context().new_page()
    create_account(page, celery_worker, check_axe)
    open_letter(page, check_axe)
    write_letter(page, check_axe)
    write_request(page, check_axe)
    join_statutes(page, check_axe, tmp_path)
    reference = check_and_deposit(page, check_axe)
    read_papers(page, celery_worker, check_axe, reference)
    read_inbox(page, check_axe, reference)
    letter = LettreIntention.objects.get()
    guichet_reads(open_context().new_page(), check_axe, reference, letter)
    withdraw_and_copy(page, check_axe, reference)
    celery_worker.wait_until(lambda: any("est retirée" in mail["Subject"] for mail in celery_worker.mails()))


def create_account(page: Page, worker: CeleryWorker, check_axe: Check) -> None:
    page.goto("/")
    check_axe(page)
    page.get_by_role("link", name="Créer un compte").first.click()
    check_axe(page)
    page.get_by_label("Prénom").fill("Dominique")
    page.locator("[name=nom]").fill("Essai")
    page.get_by_label("Adresse électronique").fill(EMAIL)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Créer mon compte").click()
    heading(page, "Vérifiez votre adresse")
    check_axe(page)
    worker.wait_until(worker.mails)
    (mail,) = worker.mails()
    assert mail["To"] == EMAIL
    page.goto(gestures.path_in(mail.get_body(("plain",)).get_content()))  # type: ignore[union-attr]
    check_axe(page)
    page.get_by_role("button", name="Confirmer").click()
    heading(page, "Bonjour Dominique")
    check_axe(page)


def open_letter(page: Page, check_axe: Check) -> None:
    page.get_by_role("link", name="Commencer une lettre d’intention").click()
    check_axe(page)
    page.get_by_label("Nom de la CPTS").fill("CPTS des Coteaux")
    page.get_by_label("Nom de l’association porteuse").fill("Santé des Coteaux")
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_text("Votre lettre d’intention est ouverte.")).to_be_visible()
    check_axe(page)


def write_letter(page: Page, check_axe: Check) -> None:
    page.get_by_role("link", name="Continuer").click()
    heading(page, "L’association")
    for cle, answers in reponses.LETTRE.items():
        if cle == "acces":
            choose_territory(page, check_axe)
        if cle in TITLES:
            heading(page, TITLES[cle])
        gestures.fill(page, answers if cle != "personnes" else {**answers, "representant_courriel": EMAIL})
        check_axe(page)
        page.get_by_role("button", name=SAVE).click()
    heading(page, "CPTS des Coteaux")
    expect(page.get_by_text("10 parties complètes sur 10")).to_be_visible()
    check_axe(page)


def choose_territory(page: Page, check_axe: Check) -> None:
    heading(page, "Le territoire")
    check_axe(page)
    gestures.add_place(page, "Nailloux", "Ajouter Nailloux", told="1 commune en plus")
    gestures.add_place(page, "Volvestre", "Tout ajouter : CC du Volvestre", told="communes en plus")
    page.get_by_label("Commune, code postal ou intercommunalité").fill("Toulouse")
    page.locator("#resultats").get_by_role("link", name="Un quartier de Toulouse", exact=True).click()
    for name, value in QUARTIER.items():
        page.locator(f"#quartier [name={name}]").fill(value)
    check_axe(page)
    page.get_by_role("button", name="Ajouter ce quartier").click()
    expect(page.get_by_text("Le quartier « Quartiers est » est ajouté.")).to_be_visible()
    page.get_by_role("link", name="Continuer").click()


def write_request(page: Page, check_axe: Check) -> None:
    page.get_by_role("link", name="Continuer").click()
    heading(page, "La demande")
    expect(page.get_by_text("Repris de la lettre d’intention")).to_be_visible()
    sections = {**reponses.REQUETE, "chiffrage": NEEDS}
    for cle in ("demande", "chiffrage", "moyens"):
        heading(page, TITLES[cle])
        gestures.fill(page, sections[cle])
        check_axe(page)
        page.get_by_role("button", name=SAVE).click()
    for lines in (reponses.BUDGET_ASSOCIATION, reponses.BUDGET_PROJET):
        gestures.fill_budget(page, lines)
        expect(page.get_by_text("Le budget est équilibré.").first).to_be_visible()
        check_axe(page)
        page.get_by_role("button", name=SAVE).click()
    heading(page, TITLES["attestations"])
    gestures.fill(page, sections["attestations"])
    check_axe(page)
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("6 parties complètes sur 6")).to_be_visible()


def join_statutes(page: Page, check_axe: Check, folder: Path) -> None:
    page.get_by_role("link", name="Joindre une pièce").click()
    heading(page, "Les pièces jointes")
    gestures.join_piece(page, gestures.blank_pdf(folder))
    expect(page.get_by_text("« statuts.pdf » est jointe.")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Revenir à la lettre").click()


def check_and_deposit(page: Page, check_axe: Check) -> str:
    page.get_by_role("link", name="Vérifier et déposer").click()
    heading(page, "Vérifiez vos réponses")
    expect(page.get_by_text(IBAN)).to_have_count(0)
    check_axe(page)
    page.get_by_role("button", name="Déposer la lettre d’intention").click()
    expect(page.get_by_role("link", name="Cochez la case qui dit que les réponses sont exactes.")).to_be_visible()
    check_axe(page)
    page.get_by_label("Ces réponses sont exactes").check()
    page.get_by_role("button", name="Déposer la lettre d’intention").click()
    told = page.get_by_text(re.compile(r"Votre lettre est déposée sous la référence (\S+)\."))
    found = re.search(r"référence (\S+)\.", told.inner_text())
    assert found is not None
    return found[1]


def read_papers(page: Page, worker: CeleryWorker, check_axe: Check, reference: str) -> None:
    worker.wait_until(lambda: not Document.objects.exclude(etat="rendu").exists(), seconds=60)
    page.reload()
    check_axe(page)
    papers = {}
    for link in page.get_by_role("link", name=re.compile(r"\(PDF\)$")).all():
        answer = page.request.get(str(link.get_attribute("href")))
        assert answer.headers["content-type"] == "application/pdf"
        papers[link.inner_text()] = gestures.words_of(answer.body())
    assert set(papers) == {
        "Lettre d’intention (PDF)",
        "Accusé d’enregistrement de la lettre (PDF)",
        "Demande de subvention (PDF)",
        "Accusé d’enregistrement de la demande (PDF)",
    }
    assert all(reference in words for words in papers.values())
    assert "Quartiers est" in papers["Lettre d’intention (PDF)"]
    assert IBAN not in papers["Lettre d’intention (PDF)"]
    assert "20 000" in papers["Demande de subvention (PDF)"]


def read_inbox(page: Page, check_axe: Check, reference: str) -> None:
    page.get_by_role("link", name="Messages", exact=True).click()
    check_axe(page)
    page.get_by_role("link", name=f"Votre lettre d’intention est déposée ({reference})").click()
    expect(page.get_by_role("main")).to_contain_text(reference)
    check_axe(page)
    page.get_by_role("link", name="Mes projets", exact=True).first.click()
    expect(page.get_by_role("heading", name="Rien à faire pour l’instant")).to_be_visible()
    check_axe(page)


def guichet_reads(page: Page, check_axe: Check, reference: str, letter: LettreIntention) -> None:
    guichet = OrganisationFactory(genre="guichet", code="guichet-occitanie")
    agent = MembershipFactory(organisation=guichet, droits=["instruire"]).user
    TOTP.activate(agent, SECRET)
    gestures.sign_in(page, agent.email, PASSWORD)
    code = format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
    page.locator("[name=code]").fill(code)
    with page.expect_event("load"):
        page.get_by_role("button", name="Continuer").click()
    page.goto("/lettres/")
    heading(page, "Lettres d’intention")
    check_axe(page)
    expect(page.get_by_role("row", name=re.compile(reference))).to_contain_text("Déposée")
    page.get_by_role("link", name="CPTS des Coteaux").click()
    heading(page, "CPTS des Coteaux")
    expect(page.get_by_role("main")).to_contain_text("Quartiers est")
    expect(page.get_by_role("main")).not_to_contain_text(IBAN)
    expect(page.get_by_role("link", name="Retirer cette lettre")).to_have_count(0)
    check_axe(page)
    page.get_by_role("link", name="Lire la demande de subvention").click()
    heading(page, "Demande de subvention FIR")
    expect(page.get_by_role("main")).to_contain_text("Écrire le projet de santé de la CPTS des Coteaux")
    check_axe(page)
    answer = page.goto(f"/lettres/{letter.pk}/rubriques/besoins/")
    assert answer is not None
    assert answer.status == 404


def withdraw_and_copy(page: Page, check_axe: Check, reference: str) -> None:
    page.get_by_role("link", name="Ouvrir la lettre d’intention").click()
    page.get_by_role("link", name="Retirer cette lettre").click()
    check_axe(page)
    page.get_by_label("Pourquoi retirez-vous cette lettre").fill("Le projet rejoint celui de la communauté voisine.")
    page.get_by_role("button", name="Retirer la lettre").click()
    expect(page.get_by_text("La lettre est retirée.")).to_be_visible()
    page.get_by_role("link", name="Reprendre cette lettre").click()
    check_axe(page)
    page.get_by_role("button", name="Créer la nouvelle lettre").click()
    expect(page.get_by_text("Une nouvelle lettre reprend vos réponses")).to_be_visible()
    expect(page.get_by_text(re.compile("Repris de la lettre du")).first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(reference)
    check_axe(page)
    page.get_by_role("link", name="Les besoins du territoire").click()
    expect(page.get_by_label("La population et sa santé")).to_have_value(reponses.BESOINS["population"])
    check_axe(page)
