"""The page of a project: its task list for those who write it; once deposited what it says, its clock, what was asked,
and what each person does about it.
"""

from datetime import date
from typing import Any

import rules
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from dossiers.selectors.documents import papers_of
from dossiers.selectors.pieces import pieces_of
from dossiers.views import suivi
from dossiers.views.clock import clock
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Echeance
from projects.models import ProjetSante
from projects.selectors.projets import last_version, project_in_progress, projects_for_pages, with_sections
from projects.services.projets.opening import TERMINES
from projects.states import EtatProjet
from projects.views.onglets import opened, tabs
from projects.views.projets import depot, panneaux, porteur, presenters, redaction, steps, versions


class ProjetView(LoginRequiredMixin, View):
    """The task list of a draft for those who write it, the whole project to read for everyone else, with the panels of
    this person.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = projects_for_pages(request.acteur)
        if not request.acteur.est_agent:  # an agent reads the version deposited
            found = with_sections(found)
        projet = get_object_or_404(found, pk=pk)
        writes = porteur.writes(request, projet)
        deposits = bool(rules.test_rule("projet.deposer", request.acteur, projet))
        if writes and projet.etat == EtatProjet.BROUILLON:
            return redaction.draft_page(request, projet, deposits=deposits)
        context = {
            **presenters.page(projet),
            "onglets": tabs(request, opened(request, projet), "projet"),
            "etape": self._step(request, projet, deposits=deposits) if writes else None,
            "parties": reading(projet, request),
            "pieces": pieces_of(projet.dossier, acteur=request.acteur),
            "documents": papers_of(projet.dossier, acteur=request.acteur),
            "panneaux": panels_of(request, projet),
        }
        return render(request, "projects/projets/lecture.html", context)

    def _step(self, request: HttpRequest, projet: ProjetSante, *, deposits: bool) -> Any:
        suite = project_in_progress(projet.dossier) if projet.etat in TERMINES else None
        suivi = porteur.suivi_of(projet)
        return steps.next_step(projet, deposits=deposits, now=request.now, suivi=suivi, suite=suite)


def reading(projet: ProjetSante, request: HttpRequest) -> list[dict[str, Any]]:
    """The parts as they are read: those of the last deposit for an agent, while the association completes; those who
    complete find where each is changed.
    """
    if request.acteur.est_agent and (version := last_version(projet)):
        return versions.parts_of(version)
    edit = projet.etat == EtatProjet.INCOMPLET and porteur.writes(request, projet)
    return [{**part, "plie": True} for part in depot.typed(projet, jour=timezone.localdate(request.now), edit=edit)]


def clock_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """The period of the silence, for everyone who reads the project."""
    if projet.delai is None:
        return None
    today = timezone.localdate(request.now)
    arrived = projet.arrivee()
    horloge = clock(projet.delai, today=today, titre="Silence de l’ARS", doutes=request.acteur.est_agent, ends=arrived)
    if arrived:
        horloge["phrase"] = _not_sent(arrived, today)
    return {"gabarit": "funding/panneaux/delai.html", "zone": "marge", "horloge": horloge}


def _not_sent(arrived: Echeance, today: date) -> str:
    """What came counts already, though the association has one gesture left."""
    assert arrived.dernier_jour is not None
    assert arrived.echeance_le is not None
    silent = date_longue(arrived.echeance_le)
    if today > arrived.dernier_jour:
        return f"Dès que l’association enverra ses réponses, la validation sera inscrite à sa date, le {silent}."
    return (
        "Toutes les pièces exigées sont arrivées\u00a0: le délai compte, même si l’association ne les a pas encore "
        f"envoyées. Sans opposition, le projet est réputé validé le {silent}."
    )


PANELS = (*panneaux.HEAD, clock_panel, *panneaux.BESIDE, *panneaux.MAIN, *porteur.PANELS)


def panels_of(request: HttpRequest, projet: ProjetSante) -> list[dict[str, Any]]:
    """What this person sees beside the project, in order; `tete` is a template above all the rest, "" for none."""
    found = [*(panel(request, projet) for panel in PANELS), suivi.panel(request, projet.dossier)]
    return [{"tete": "", **panel} for panel in found if panel]
