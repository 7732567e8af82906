"""The home of an association: what is expected of it, its letters, its messages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import inbox
from projects.models.lettre import EN_COURS
from projects.selectors import ordered_request_sections, ordered_sections, own_letters, with_sections
from projects.selectors.consultations import follow_ups
from projects.states import EtatLettre
from projects.views import presenters, steps

HOME_LETTERS = 10


def home(request: HttpRequest) -> HttpResponse:
    """What is expected of me, my letters, my messages."""
    letters = list(with_sections(own_letters(request.acteur))[:HOME_LETTERS])
    running = {lettre.dossier_id: lettre for lettre in letters if lettre.etat in EN_COURS}
    deposits = request.acteur.has("deposer")
    known = follow_ups(letters, on=timezone.localdate(request.now))
    cards = [
        {
            "lettre": lettre,
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "url": reverse("projects:lettre", args=[lettre.pk]),
            "etape": steps.next_step(
                lettre,
                ordered_sections(lettre),
                ordered_request_sections(lettre),
                deposits=deposits,
                now=request.now,
                suivi=known[lettre.pk],
                suite=running.get(lettre.dossier_id) if lettre.etat not in EN_COURS else None,
            ),
            "jalons": steps.milestones(lettre, known[lettre.pk]),
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
