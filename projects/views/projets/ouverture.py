"""Opening a projet de santé: from a validated letter, or from an attempt that ended. Each page says what it does."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from guichet.kernel.lifecycle import Refused
from projects.selectors.projets import project_in_progress
from projects.services.projets.opening import TERMINES, copy_project, open_project
from projects.states import EtatLettre, EtatProjet
from projects.views import etapes

REPRIS = "Un nouveau projet reprend vos réponses\u00a0: relisez-les partie par partie."


class OuvrirView(LoginRequiredMixin, View):
    """The projet de santé of a validated letter. A draft in progress is proposed first."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = etapes.LETTRE.written(request, pk)
        if lettre.etat != EtatLettre.VALIDEE:
            raise Refused("Le projet de santé s’écrit une fois la lettre d’intention validée par l’ARS.")
        context = {**etapes.LETTRE.page(lettre), "en_cours": project_in_progress(lettre.dossier)}
        return render(request, "projects/projets/ouvrir.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = etapes.LETTRE.written(request, pk)
        running = project_in_progress(lettre.dossier)
        if running:  # a second click, or a colleague a moment before
            return redirect("projects:projet", pk=running.pk)
        projet = open_project(lettre=lettre, by=request.acteur, now=request.now)
        read_by = "Il n’est lu que par votre association et par les conseillers qu’elle a invités."
        messages.success(request, f"Votre projet de santé est ouvert. {read_by}")
        return redirect("projects:projet", pk=projet.pk)


class ReprendreView(LoginRequiredMixin, View):
    """A new attempt from one that ended, after a page that says what it does."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = self._ended(request, pk)
        context = {
            **etapes.PROJET.page(projet),
            "en_cours": project_in_progress(projet.dossier),
            "oppose": projet.etat == EtatProjet.OPPOSE,
        }
        return render(request, "projects/projets/reprendre.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        copy = copy_project(projet=self._ended(request, pk), by=request.acteur, now=request.now)
        messages.success(request, REPRIS)
        return redirect("projects:projet", pk=copy.pk)

    def _ended(self, request: HttpRequest, pk: int) -> Any:
        projet = etapes.PROJET.written(request, pk)
        if projet.etat not in TERMINES:
            raise Refused("Une nouvelle tentative suit une opposition ou un retrait.")
        return projet
