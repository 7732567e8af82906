"""The page of a deposited project: what it says, its clock, what was asked, and what each person does about it."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from dossiers.selectors.documents import papers_of
from dossiers.selectors.pieces import pieces_of
from dossiers.views import suivi
from dossiers.views.clock import clock
from projects.documents.projets import parts
from projects.models import ProjetSante
from projects.selectors.projets import last_version, projects_for_pages, with_sections
from projects.views.projets import panneaux, presenters


class ProjetView(LoginRequiredMixin, View):
    """The whole project to read, with the panels of this person."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = projects_for_pages(request.acteur)  # type: ignore[attr-defined]
        if not request.acteur.est_agent:  # type: ignore[attr-defined]  # an agent reads the version deposited
            found = with_sections(found)
        projet = get_object_or_404(found, pk=pk)
        context = {
            **presenters.page(projet),
            "onglets": None,
            "etape": None,
            "parties": reading(projet, request),
            "pieces": pieces_of(projet.dossier, acteur=request.acteur),  # type: ignore[attr-defined]
            "documents": papers_of(projet.dossier, acteur=request.acteur),  # type: ignore[attr-defined]
            "panneaux": panels_of(request, projet),
        }
        return render(request, "projects/projets/lecture.html", context)


def reading(projet: ProjetSante, request: HttpRequest) -> list[dict[str, Any]]:
    """The parts as they are read: those of the last deposit for an agent, while the association completes."""
    if request.acteur.est_agent and (version := last_version(projet)):  # type: ignore[attr-defined]
        shown = version.contenu["parties"]
    else:
        shown = parts(projet, jour=timezone.localdate(request.now), limit=40)  # type: ignore[attr-defined]
    return [{"titre": part["titre"], "ancre": part["cle"], "blocs": part["blocs"], "url": ""} for part in shown]


def clock_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """The period of the silence, for everyone who reads the project."""
    if projet.delai is None:
        return None
    horloge = clock(
        projet.delai,
        today=timezone.localdate(request.now),  # type: ignore[attr-defined]
        titre="Silence de l’ARS",
        doutes=request.acteur.est_agent,  # type: ignore[attr-defined]
    )
    return {"gabarit": "funding/panneaux/delai.html", "zone": "marge", "horloge": horloge}


PANELS = (*panneaux.HEAD, clock_panel, *panneaux.BESIDE, *panneaux.MAIN)


def panels_of(request: HttpRequest, projet: ProjetSante) -> list[dict[str, Any]]:
    """What this person sees beside the project, in order; `tete` is a template above all the rest, "" for none."""
    found = [*(panel(request, projet) for panel in PANELS), suivi.panel(request, projet.dossier)]
    return [{"tete": "", **panel} for panel in found if panel]
