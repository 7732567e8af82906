"""The home of each role: what is expected, first."""

from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.selectors import inbox, troubled_mails
from dossiers.selectors.documents import troubled_documents
from projects.models import LettreIntention
from projects.models.lettre import EN_COURS
from projects.selectors import ordered_request_sections, ordered_sections, own_letters, with_sections
from projects.services.writing import ECRITURE
from projects.states import EtatLettre
from projects.views import presenters

HOME_LETTERS = 10


@require_safe
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
    items = [_milestone(presenters.day_of(lettre.created_at), "Lettre commencée", "done")]
    if lettre.etat in ECRITURE:
        items.append(_milestone("Aujourd’hui", "Vous écrivez la lettre", "today"))
        items.append(_milestone("Ensuite", "Dépôt au Guichet", "to-come"))
    elif lettre.deposee_at:
        items.append(_milestone(presenters.day_of(lettre.deposee_at), "Lettre déposée", "done"))
    after = ("Puis", "Enfin") if lettre.etat in ECRITURE else ("Ensuite", "Puis")
    items.append(_milestone(after[0], "Avis des URPS", "to-come"))
    items.append(_milestone(after[1], "Décision de l’ARS", "to-come"))
    return items


def _milestone(quand: str, titre: str, moment: str) -> dict[str, Any]:
    """With every key its component reads: Django looks long for one that is not there."""
    return {"quand": quand, "titre": titre, "moment": moment, "acteur": "", "detail": "", "document": None}
