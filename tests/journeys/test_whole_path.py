"""The letter goes its whole way in a browser, every desk in its turn; and the path of silence."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import AlerteDelai, Decision, Document, OuvertureDecision
from dossiers.services.rendering import render_due
from projects.models import Avis, LettreIntention
from tests.factories.bodies import LEAD, agent, decideur, guichet, urps_codes
from tests.factories.projects import fresh, give_opinion, porteur, ready_letter, transmitted_letter
from tests.journeys import gestures
from tests.journeys.actors import Actors, on, press, told
from tests.journeys.gestures import Check, heading

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


def later(days: int) -> datetime:
    return START + timedelta(days=days)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_letter_goes_its_whole_way(
    script: bool, open_context: Callable[..., BrowserContext], check_axe: Check, tmp_path: Path
) -> None:
    actors = Actors(open_context, check_axe, script=script)
    by, desk = porteur(), guichet()
    with on(START):
        lettre = ready_letter(by, now=timezone.now())
        deposit(actors, by, lettre)
        ask_for_pieces(actors, desk, lettre)
    with on(later(3)):
        answer_and_deposit_again(actors, by, lettre, gestures.blank_pdf(tmp_path, "devis.pdf"))
        consult(actors, desk, lettre)
    elected = [agent(code) for code in urps_codes()]
    with on(later(8)):
        give(actors, elected[0], lettre)
        recuse(actors, elected[1], lettre)
        abstain(actors, elected[2], lettre)
        for other in [*elected[3:8], *(agent(code) for code in LEAD.values())]:
            give_opinion(lettre, other, now=timezone.now())
    with on(later(40)):
        call_command("passage_horloge", verbosity=0)
        give(actors, elected[8], lettre, late=True)
        conclude(actors, desk, lettre)
        transmit(actors, desk, lettre)
    with on(later(43)):
        give(actors, agent("cpam-31"), lettre, nature="am")
        validate_and_grant(actors, decideur(), lettre)
        render_due(now=timezone.now(), limit=30)
    with on(later(45)):
        read_the_decision(actors, by, lettre)
    states = dict(Avis.objects.filter(consultation__nature="guichet").values_list("organisation__code", "etat"))
    assert [states[code] for code in urps_codes()] == ["rendu", "deport", "abstention", *["rendu"] * 6, "sans_reponse"]


def deposit(actors: Actors, by: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(by) as page:
        page.goto(reverse("portal:accueil_role"))
        actors.look(page)
        press(page, "Vérifier et déposer")
        actors.look(page)
        page.get_by_label("Ces réponses sont exactes").check()
        press(page, "Déposer la lettre d’intention")
        told(page, "Votre lettre est déposée sous la référence")
        actors.look(page)


def ask_for_pieces(actors: Actors, desk: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(desk) as page:
        page.goto(reverse("portal:accueil_role"))
        actors.look(page)
        page.get_by_role("link", name="CPTS des Coteaux").first.click()
        actors.look(page)
        press(page, "Demander des précisions")
        actors.look(page)
        page.locator("[name='items-0-intitule']").fill("Le devis du consultant")
        page.locator("[name='items-0-precision']").fill("Joignez-le, signé.")
        page.get_by_role("main").locator("form button[type=submit]").last.click()
        heading(page, "CPTS des Coteaux")
        told(page, "Incomplète")
        actors.look(page)


def answer_and_deposit_again(actors: Actors, by: Acteur, lettre: LettreIntention, quote: Path) -> None:
    with actors.as_(by) as page:
        page.goto(reverse("dossiers:repondre", args=[lettre.dossier_id]))
        actors.look(page)
        page.get_by_role("link", name=re.compile("Le devis du consultant|Répondre")).first.click()
        actors.look(page)
        page.get_by_label("Votre réponse").fill("Le devis signé est joint.")
        page.get_by_label("Une nouvelle pièce").set_input_files(quote)
        page.get_by_label("Nature de la nouvelle pièce").select_option(label="Autre document")
        press(page, "Enregistrer la réponse")
        told(page, "Tout a une réponse.")
        actors.look(page)
        page.goto(reverse("projects:verifier", args=[lettre.pk]))
        actors.look(page)
        page.get_by_label("Ces réponses sont exactes").check()
        press(page, "Déposer la lettre d’intention")
        told(page, "Votre lettre est déposée sous la référence")


def consult(actors: Actors, desk: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(desk) as page:
        page.goto(reverse("projects:lettre", args=[lettre.pk]))
        actors.look(page)
        press(page, "Ouvrir la consultation")
        actors.look(page)
        for code in LEAD.values():
            page.locator(f"[name=organismes][value='{code}']").check()
        press(page, "Ouvrir la consultation")
        told(page, "La consultation est ouverte")
        told(page, "réponses sur 14")
        actors.look(page)


def opinion_of(lettre: LettreIntention, by: Acteur, nature: str = "guichet") -> Avis:
    return Avis.objects.get(consultation__lettre=lettre, consultation__nature=nature, organisation=by.organisation_id)


def open_opinion(page: Page, actors: Actors, avis: Avis) -> None:
    """From the home, where the opinions to give are listed."""
    page.goto(reverse("portal:accueil_role"))
    actors.look(page)
    page.locator(f"a[href='{reverse('projects:avis', args=[avis.pk])}']").first.click()
    heading(page, "CPTS des Coteaux")
    actors.look(page)


def give(actors: Actors, by: Acteur, lettre: LettreIntention, *, late: bool = False, nature: str = "guichet") -> None:
    with actors.as_(by) as page:
        open_opinion(page, actors, opinion_of(lettre, by, nature))
        if late:
            told(page, "La date est passée")
        for code in ("territoire", "besoins", "projet"):
            page.locator(f"[name=c_{code}][value=satisfaisant]").check()
        page.locator("[name=c_mobilisation][value=a_completer]").check()
        page.locator("[name=sens][value=favorable_avec_reserves]").check()
        press(page, "Rendre l’avis")
        told(page, "Expliquez votre appréciation")
        actors.look(page)
        page.locator("[name=c_mobilisation_commentaire]").fill("Associer les pharmaciens.")
        press(page, "Rendre l’avis")
        told(page, "Réponse donnée le")
        actors.look(page)
    assert opinion_of(lettre, by, nature).etat == "rendu"


def recuse(actors: Actors, by: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(by) as page:
        open_opinion(page, actors, opinion_of(lettre, by))
        press(page, "Me déporter")
        actors.look(page)
        page.locator("[name=conflit]").fill("J’exerce dans ce territoire.")
        page.get_by_role("main").locator("form button[type=submit]").last.click()
        told(page, "Réponse donnée le")
    assert opinion_of(lettre, by).etat == "deport"


def abstain(actors: Actors, by: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(by) as page:
        open_opinion(page, actors, opinion_of(lettre, by))
        press(page, "M’abstenir")
        actors.look(page)
        page.get_by_role("main").locator("form button[type=submit]").last.click()
        told(page, "Réponse donnée le")
    assert opinion_of(lettre, by).etat == "abstention"


def conclude(actors: Actors, desk: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(desk) as page:
        page.goto(reverse("projects:lettre", args=[lettre.pk]))
        told(page, "après la date")
        press(page, "Rendre l’avis du Guichet")
        actors.look(page)
        page.locator("[name=sens][value=favorable]").check()
        page.locator("[name=conclusion]").fill("Le Guichet est favorable au projet.")
        press(page, "Rendre l’avis du Guichet")
        told(page, "Avis rendu")
        actors.look(page)


def transmit(actors: Actors, desk: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(desk) as page:
        page.goto(reverse("projects:lettre", args=[lettre.pk]))
        press(page, "Transmettre à l’ARS")
        actors.look(page)
        press(page, "Transmettre la lettre")
        told(page, "La lettre est transmise à l’ARS.")
        actors.look(page)


def validate_and_grant(actors: Actors, by: Acteur, lettre: LettreIntention) -> None:
    with actors.as_(by) as page:
        page.goto(reverse("portal:accueil_role"))
        actors.look(page)
        page.get_by_role("link", name="CPTS des Coteaux").first.click()
        page.goto(reverse("projects:lettre", args=[lettre.pk]))
        told(page, "Caisse primaire d’assurance maladie de la Haute-Garonne")
        actors.look(page)
        press(page, "Valider la lettre")
        actors.look(page)
        page.get_by_label("Accorder la subvention en même temps").check()
        page.get_by_label("Montant accordé, en euros").fill("20 000")
        press(page, "Signer la décision")
        told(page, "Validée")
        actors.look(page)
    found = fresh(lettre)
    assert (found.etat, found.demande.etat, found.demande.montant_accorde) == ("validee", "accordee", 20_000)


def read_the_decision(actors: Actors, by: Acteur, lettre: LettreIntention) -> None:
    decision = Decision.objects.get(nature="accord_fir")
    with actors.as_(by) as page:
        page.goto(reverse("portal:accueil_role"))
        actors.look(page)
        page.goto(reverse("accounts:messagerie"))
        page.get_by_role("link", name=re.compile("Décision sur votre demande de subvention")).first.click()
        actors.look(page)
        page.goto(reverse("dossiers:decision", args=[decision.pk]))
        told(page, "20 000 €".replace(" ", "\u00a0"))
        actors.look(page)
        paper = Document.objects.get(modele="decision_demande")
        answer = page.request.get(reverse("dossiers:document", args=[paper.pk]))
        assert "20 000 €" in gestures.words_of(answer.body())
    opening = OuvertureDecision.objects.get(decision=decision)
    assert (opening.user, opening.ouverte_at.date()) == (by.user, later(45).date())


def test_nobody_answers_the_ladder_warns_the_clock_records_and_the_ars_grants_after_the_silence(
    open_context: Callable[..., BrowserContext], check_axe: Check
) -> None:
    actors = Actors(open_context, check_axe)
    by, ars = porteur(), decideur()
    lettre = transmitted_letter(by, now=START)
    demande = lettre.demande
    assert str(demande.delai.dernier_jour) == "2026-11-07"
    for day in (31, 46, 54, 59, 60):  # D-30, D-15, D-7, D-2, and the eve of the last day
        with on(later(day)):
            call_command("passage_horloge", verbosity=0)
    rungs = list(AlerteDelai.objects.order_by("created_at").values_list("echelon", flat=True))
    assert rungs == ["j-30", "j-15", "j-7", "j-2", "j-1"]
    warned = Envoi.objects.filter(user=ars.user, sujet__contains="répondre à une demande de subvention")
    assert warned.count() == 5
    with on(later(60)), actors.as_(ars) as page:
        page.goto(reverse("portal:accueil_role"))
        told(page, "CPTS des Coteaux")
        actors.look(page)
    with on(later(63)):
        call_command("passage_horloge", verbosity=0)
        demande.refresh_from_db()
        event = demande.evenements.get(action="constater_rejet")
        assert (demande.etat, str(event.prend_effet_le)) == ("rejetee_tacitement", "2026-11-08")
        with actors.as_(by) as page:
            page.goto(reverse("funding:demande", args=[demande.pk]))
            told(page, "Rejetée par silence")
            actors.look(page)
    with on(later(65)), actors.as_(ars) as page:
        page.goto(reverse("projects:lettre", args=[lettre.pk]))
        press(page, "Valider la lettre")
        page.get_by_label("Accorder la subvention en même temps").check()
        page.get_by_label("Montant accordé, en euros").fill("15 000")
        press(page, "Signer la décision")
        expect(page.get_by_text("Validée").first).to_be_visible()
        actors.look(page)
    found = fresh(lettre)
    assert (found.etat, found.demande.etat, found.demande.montant_accorde) == ("validee", "accordee", 15_000)
    assert found.demande.evenements.filter(action="accorder_apres_silence").count() == 1
