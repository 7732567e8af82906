"""The journal of a file: what was done, by whom, in which capacity, on which basis."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from dossiers.models import Decision
from funding.lifecycles import DEMANDE_FIR
from funding.models import EvenementFir
from guichet.kernel.journal import Evenement, Origine
from guichet.kernel.lifecycle import Lifecycle
from projects.lifecycles import LETTRE, PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.views import etapes
from projects.views.onglets import Parcours, opened, reads_file, tabs


class FileView(LoginRequiredMixin, View):
    """A page of the whole file, opened from its letter or from its project. 404 for a body that is only asked for its
    opinion.
    """

    etape: ClassVar[etapes.Kind] = etapes.LETTRE
    onglet: ClassVar[str]
    template_name: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = self.etape.get(request, pk)
        parcours = opened(request, step)
        if not reads_file(request, parcours):
            raise Http404
        shown = {**self.etape.page(step), "onglets": tabs(request, parcours, self.onglet)}
        return render(request, self.template_name, shown | self.content(request, parcours))

    def content(self, request: HttpRequest, parcours: Parcours) -> dict[str, Any]:
        """What the page shows under its header."""
        raise NotImplementedError


class JournalView(FileView):
    """What was done on the letter, on its request and on the projects, the latest first. Opinions have their own page:
    nobody's answer is told here.
    """

    onglet = "journal"
    template_name = "projects/journal.html"

    def content(self, request: HttpRequest, parcours: Parcours) -> dict[str, Any]:
        events = events_of(request, parcours)
        events.sort(key=lambda pair: (pair[0].recorded_at, pair[1].name, str(pair[0].pk)), reverse=True)
        sealed = unopened_by_the_association(parcours.dossier.pk) if not request.acteur.est_agent else set()
        return {"lignes": [line(event, cycle, sealed=event.pk in sealed) for event, cycle in events]}


def unopened_by_the_association(dossier: int) -> set[UUID]:
    """The events of the decisions nobody of the association opened on the portal yet: their reasons are read there,
    where the opening is kept. One query.
    """
    waiting = Decision.objects.filter(dossier=dossier, ouvertures=None, notifiee_le=None)
    return set(waiting.values_list("evenement", flat=True))


A_OUVRIR = "Les raisons se lisent dans la décision."


def events_of(request: HttpRequest, parcours: Parcours) -> list[tuple[Evenement, Lifecycle]]:
    """What happened on the steps of the file this person opens, each with its table. Three queries at most."""
    found: list[tuple[Evenement, Lifecycle]] = []
    if lettre := parcours.lettre:
        of_letter = lettre.evenements.select_related("acteur").order_by("-recorded_at", "-id")
        found += [(event, LETTRE) for event in of_letter]
        if lettre.demande_id and not lettre.sans_demande:
            of_request = EvenementFir.objects.filter(demande=lettre.demande_id).select_related("acteur")
            found += [(event, DEMANDE_FIR) for event in of_request.order_by("-recorded_at", "-id")]
    if parcours.projet:
        attempts = ProjetSante.objects.visible_to(request.acteur).filter(dossier=parcours.dossier)
        of_projects = EvenementProjet.objects.filter(projet__in=attempts).select_related("acteur")
        found += [(event, PROJET) for event in of_projects.order_by("-recorded_at", "-id")]
    return found


def line(event: Evenement, cycle: Lifecycle, *, sealed: bool = False) -> dict[str, Any]:
    """One event as the journal tells it; `sealed`: its reasons are still to be opened elsewhere."""
    return {
        "quand": event.recorded_at,
        "effet": event.prend_effet_le,
        "acte": cycle.row(event.action).label,
        "etat": cycle.states(event.cible).label if event.cible != event.source else "",
        "qui": str(event.acteur) if event.acteur else "Horloge du portail",
        "qualite": event.qualite if event.acteur else "",
        "origine": Origine(event.origine).label if event.origine != Origine.PORTAIL else "",
        "motif": A_OUVRIR if sealed and event.motif else event.motif,
    }
