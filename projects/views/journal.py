"""The journal of a file: what was done, by whom, in which capacity, on which basis."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from funding.lifecycles import DEMANDE_FIR
from funding.models import EvenementFir
from guichet.kernel.journal import Evenement, Origine
from guichet.kernel.lifecycle import Lifecycle
from projects.lifecycles import LETTRE
from projects.selectors import letters_for_pages
from projects.views import presenters
from projects.views.onglets import reads_journal, tabs


class JournalView(LoginRequiredMixin, View):
    """What was done on the letter and on its request, the latest first. Opinions have their own page: nobody's answer
    is told here. A body that is only asked for its opinion has no journal.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)  # type: ignore[attr-defined]
        if not reads_journal(request, lettre):
            raise Http404
        events = [(event, LETTRE) for event in lettre.evenements.select_related("acteur").order_by("-recorded_at")]
        if lettre.demande_id and not lettre.sans_demande:
            of_request = EvenementFir.objects.filter(demande=lettre.demande_id).select_related("acteur")
            events += [(event, DEMANDE_FIR) for event in of_request.order_by("-recorded_at")]
        events.sort(key=lambda pair: (pair[0].recorded_at, pair[1].name, str(pair[0].pk)), reverse=True)
        context = {
            "lettre": lettre,
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "onglets": tabs(request, lettre, "journal"),
            "lignes": [line(event, cycle) for event, cycle in events],
        }
        return render(request, "projects/journal.html", context)


def line(event: Evenement, cycle: Lifecycle) -> dict[str, Any]:
    """One event as the journal tells it."""
    return {
        "quand": event.recorded_at,
        "effet": event.prend_effet_le,
        "acte": cycle.row(event.action).label,
        "etat": cycle.states(event.cible).label if event.cible != event.source else "",
        "qui": str(event.acteur) if event.acteur else "Horloge du portail",
        "qualite": event.qualite if event.acteur else "",
        "origine": Origine(event.origine).label if event.origine != Origine.PORTAIL else "",
        "motif": event.motif,
    }
