"""The tab of the whole file: its neighbours, its links, what else is asked of it, its exchanges at a glance."""

from typing import Any

from django.http import HttpRequest

from dossiers.selectors.territoires import overlaps
from dossiers.views import echanges, liens, suivi
from funding.views import demandes_seules
from projects.selectors import files_alive
from projects.views import calendrier
from projects.views.journal import FileView
from projects.views.onglets import Parcours

PANELS = (suivi.panel, demandes_seules.file_panel, liens.panel, echanges.panel)


class DossierView(FileView):
    """What surrounds a letter or a project, apart from what is to be done on it. For the association and the desks."""

    onglet = "dossier"
    template_name = "projects/dossier.html"

    def content(self, request: HttpRequest, parcours: Parcours) -> dict[str, Any]:
        acteur = request.acteur
        steps = (parcours.projet, parcours.lettre)
        territoire = next((step.territoire for step in steps if step and step.territoire), None)
        neighbours = None
        if acteur.est_agent and territoire:
            neighbours = overlaps(territoire, acteur=acteur, parmi=files_alive())
        found = [panel(request, parcours.dossier) for panel in PANELS]
        return {"chevauchements": neighbours, "panneaux": [panel for panel in found if panel]}


class CalendrierView(FileView):
    """What happened to a file and what comes, with the periods that ran: for every reader of the file."""

    onglet = "calendrier"
    template_name = "projects/calendrier.html"

    def content(self, request: HttpRequest, parcours: Parcours) -> dict[str, Any]:
        return {"chronologie": calendrier.calendar_of(request, parcours)}
