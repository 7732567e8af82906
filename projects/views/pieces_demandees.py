"""The Guichet asks for what is missing in a letter, and reads what came."""

from typing import Any

import rules
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views import View

from dossiers.forms.pieces_demandees import DemanderPiecesForm
from dossiers.views.actes import today
from dossiers.views.pieces_demandees import AskingView, panel_of
from funding.states import EtatDemandeFir
from projects.models import LettreIntention
from projects.selectors import letters_for_pages
from projects.selectors.consultations import requests_on
from projects.services.checking import CONCERNE_LA_DEMANDE, ask_pieces
from projects.views.actes import LettreActeView

OBJETS = [("", "La lettre d’intention"), (CONCERNE_LA_DEMANDE, "La demande de subvention")]
REPONDRE_AVANT_LE = 50
"""Requests shown at once: far above what a letter meets."""


class DemanderPiecesView(AskingView, LettreActeView):
    action = "demander_pieces"
    template_name = "projects/demander_pieces.html"
    titre = "Demander des précisions"
    bouton = "Envoyer la demande"
    fait = "La demande est envoyée. L’association répond point par point, puis dépose à nouveau sa lettre."

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> DemanderPiecesForm:
        objets = OBJETS if _request_held(step) else ()
        return DemanderPiecesForm(**given, jour=today(request), objets=objets)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        told = [
            "L’association reçoit la liste par courriel et dans un document daté.",
            "Elle peut corriger sa lettre, puis la dépose à nouveau\u00a0: vous la vérifierez alors.",
        ]
        if _request_held(step):
            told.append(
                "Si un élément porte sur la demande de subvention, elle est rouverte avec la lettre\u00a0: son délai "
                "de deux mois s’arrête, et un nouveau commence au prochain dépôt."
            )
        return told

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        ask_pieces(lettre=step, items=values["items"], by=request.acteur, now=request.now)


def _request_held(lettre: LettreIntention) -> bool:
    """Whether a request waits with the letter, and may be re-opened."""
    demande = lettre.demande
    return demande is not None and not lettre.sans_demande and demande.etat == EtatDemandeFir.DEPOSEE


class PrecisionsView(LoginRequiredMixin, View):
    """All that the Guichet asked about a letter, and the answers: for its desk and for the association."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)
        if not any(rules.test_rule(rule, request.acteur, lettre) for rule in ("lettre.guichet", "lettre.rediger")):
            raise Http404
        demandes = panel_of(requests_on(lettre), limit=REPONDRE_AVANT_LE)
        return render(request, "projects/precisions.html", {"lettre": lettre, "demandes": demandes})


urlpatterns: list[URLPattern] = [
    path("lettres/<int:pk>/demander-des-precisions/", DemanderPiecesView.as_view(), name="demander_pieces"),
    path("lettres/<int:pk>/precisions/", PrecisionsView.as_view(), name="precisions"),
]
