"""The tab of the whole file: its neighbours, its links, what else is asked of it, its exchanges at a glance."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from dossiers.selectors.territoires import overlaps
from dossiers.views import echanges, liens, suivi
from funding.views import demandes_seules
from projects.selectors import files_alive, letters_for_pages
from projects.views import presenters
from projects.views.onglets import reads_journal, tabs

PANELS = (suivi.panel, demandes_seules.file_panel, liens.panel, echanges.panel)


class DossierView(LoginRequiredMixin, View):
    """What surrounds a letter, apart from what is to be done on it. For the association and for the desks."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)  # type: ignore[attr-defined]
        if not reads_journal(request, lettre):
            raise Http404
        acteur = request.acteur  # type: ignore[attr-defined]
        neighbours = None
        if acteur.est_agent and lettre.territoire:
            neighbours = overlaps(lettre.territoire, acteur=acteur, parmi=files_alive())
        found = [panel(request, lettre.dossier) for panel in PANELS]
        context = {
            "lettre": lettre,
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "onglets": tabs(request, lettre, "dossier"),
            "chevauchements": neighbours,
            "panneaux": [panel for panel in found if panel],
        }
        return render(request, "projects/dossier.html", context)
