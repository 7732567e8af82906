"""The home of each role: what is expected, first."""

from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.selectors import inbox, troubled_mails
from dossiers.selectors.documents import troubled_documents
from projects.models import LettreIntention
from projects.models.lettre import EN_COURS
from projects.selectors import ordered_request_sections, ordered_sections, own_letters, with_sections
from projects.services.writing import ECRITURE
from projects.states import EtatLettre
from projects.views import presenters

HOME_LETTERS = 10


@login_required
def accueil_role(request: HttpRequest) -> HttpResponse:
    """The page one lands on after signing in, by the capacity one acts in."""
    if request.acteur.has("administrer") and not request.acteur.has("instruire"):
        return admin(request)
    if rules.test_rule("lettres.lister", request.acteur):
        return redirect("projects:lettres")
    if request.acteur.est_agent:
        return render(request, "portal/accueil_agent.html", {"messages_recents": inbox(request.user)[:5]})
    return porteur(request)


def porteur(request: HttpRequest) -> HttpResponse:
    """What is expected of me, my letters, my messages."""
    letters = list(with_sections(own_letters(request.acteur))[:HOME_LETTERS])
    running = {lettre.dossier_id: lettre for lettre in letters if lettre.etat in EN_COURS}
    deposits = request.acteur.has("deposer")
    cards = [
        {
            "lettre": lettre,
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "url": reverse("projects:lettre", args=[lettre.pk]),
            "etape": presenters.next_step(
                lettre,
                ordered_sections(lettre),
                ordered_request_sections(lettre),
                deposits=deposits,
                suite=running.get(lettre.dossier_id) if lettre.etat not in EN_COURS else None,
            ),
            "jalons": milestones(lettre),
        }
        for lettre in letters
    ]
    ended = (EtatLettre.RETIREE, EtatLettre.REFUSEE)
    context = {
        "cartes": [card for card in cards if card["lettre"].etat not in ended],
        "terminees": [card for card in cards if card["lettre"].etat in ended],
        "messages_recents": inbox(request.user)[:5],
    }
    return render(request, "portal/accueil_porteur.html", context)


def admin(request: HttpRequest) -> HttpResponse:
    """Failed mails and papers, accounts, files."""
    context = {
        "envois_en_echec": troubled_mails().count(),
        "documents_en_echec": troubled_documents().count(),
    }
    return render(request, "portal/accueil_admin.html", context)


def milestones(lettre: LettreIntention) -> list[dict[str, Any]]:
    """The timeline of a letter on the home: opened, deposited, then what comes."""
    items: list[dict[str, Any]] = [
        {"quand": presenters.day_of(lettre.created_at), "titre": "Lettre commencée", "moment": "done"}
    ]
    if lettre.etat in ECRITURE:
        items.append({"quand": "Aujourd’hui", "titre": "Vous écrivez la lettre", "moment": "today"})
        items.append({"quand": "Ensuite", "titre": "Dépôt au Guichet", "moment": "to-come"})
    elif lettre.deposee_at:
        items.append({"quand": presenters.day_of(lettre.deposee_at), "titre": "Lettre déposée", "moment": "done"})
    items += [
        {"quand": "Ensuite", "titre": "Avis des URPS", "moment": "to-come"},
        {"quand": "Puis", "titre": "Décision de l’ARS", "moment": "to-come"},
    ]
    return items
