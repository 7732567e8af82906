"""The dates of files in a calendar: the addresses of a person, and what an address answers to a calendar."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from dossiers.models import AbonnementAgenda, Dossier
from dossiers.parcours import pages_of
from dossiers.selectors.agenda import agendas_of, dates_of, find, with_answers
from dossiers.services.agenda import AGENDAS_MAX, note_read, revoke, subscribe
from guichet.kernel.calendars import write_calendar

ALL = "tous mes dossiers"
SECRET = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
"""An answer that holds, or is reached by, a secret address."""


@csrf_exempt
@require_safe
def calendrier(request: HttpRequest, jeton: str) -> HttpResponse:
    """To whom holds the address: no session, no cookie. Whatever the reason it does not answer, it says the same."""
    now = request.now  # type: ignore[attr-defined]
    abonnement = find(jeton)
    jalons = dates_of(abonnement, on=timezone.localdate(now)) if abonnement else None
    if abonnement is None or jalons is None:
        gone = "Cette adresse d’agenda n’existe pas, ou ne répond plus.\n"
        return HttpResponse(gone, status=404, content_type="text/plain; charset=utf-8", headers=SECRET)
    note_read(abonnement=abonnement, now=now)
    content = write_calendar(
        jalons, cle=f"agenda-{abonnement.pk}", nom=name_of(abonnement), site=settings.SITE_URL, now=now
    )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={**SECRET, "Content-Disposition": 'inline; filename="agenda.ics"'},
    )


def name_of(abonnement: AbonnementAgenda) -> str:
    """The name of the calendar among those of the person."""
    what = abonnement.dossier.nom if abonnement.dossier else ALL
    return f"Guichet CPTS – {what} ({abonnement.organisation.nom})"


class AgendasView(LoginRequiredMixin, View):
    """The addresses of the person; one more for all the files of its capacity."""

    def get(self, request: Any) -> HttpResponse:
        agendas = list(with_answers(agendas_of(request.user), request.acteurs))
        context = {
            "agendas": agendas,
            "acteur": request.acteur,
            "place": len(agendas) < AGENDAS_MAX,
            "maximum": AGENDAS_MAX,
        }
        return render(request, "dossiers/agendas.html", context)

    def post(self, request: Any) -> HttpResponse:
        return told_once(request, None, reverse("dossiers:agendas"))


class AgendaDossierView(LoginRequiredMixin, View):
    """An address for one file."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        dossier = self._file(request, pk)
        context = {"dossier": dossier, "acteur": request.acteur, "retour": self._back(request, dossier)}
        return render(request, "dossiers/agenda_dossier.html", context)

    def post(self, request: Any, pk: int) -> HttpResponse:
        dossier = self._file(request, pk)
        return told_once(request, dossier, self._back(request, dossier))

    def _file(self, request: Any, pk: int) -> Dossier:
        return get_object_or_404(Dossier.objects.visible_to(request.acteur), pk=pk)

    def _back(self, request: Any, dossier: Dossier) -> str:
        return pages_of([dossier.pk], request.acteur).get(dossier.pk, reverse("dossiers:agendas"))


def told_once(request: Any, dossier: Dossier | None, retour: str) -> HttpResponse:
    """Make an address and show it. Nothing keeps it: this answer is the only one that says it, hence no redirection."""
    abonnement, jeton = subscribe(dossier=dossier, by=request.acteur, now=request.now)
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('dossiers:agenda', args=[jeton])}"
    context = {
        "abonnement": abonnement,
        "dossier": dossier,
        "acteur": request.acteur,
        "adresse": address,
        "webcal": f"webcal://{address.partition('://')[2]}",
        "retour": retour,
    }
    response = render(request, "dossiers/agenda_adresse.html", context)
    for name, value in SECRET.items():
        response[name] = value
    return response


class RetirerAgendaView(LoginRequiredMixin, View):
    """Revoke an address, after a page that says what it does; somebody else's does not exist."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        return render(request, "dossiers/agenda_retirer.html", {"abonnement": self._mine(request, pk)})

    def post(self, request: Any, pk: int) -> HttpResponse:
        revoke(abonnement=self._mine(request, pk), by=request.acteur, now=request.now)
        messages.success(request, "L’adresse est retirée\u00a0: elle ne répond plus.")
        return redirect("dossiers:agendas")

    def _mine(self, request: Any, pk: int) -> AbonnementAgenda:
        return get_object_or_404(with_answers(agendas_of(request.user), request.acteurs), pk=pk)


urlpatterns: list[URLPattern] = [
    path("agenda/<str:jeton>.ics", calendrier, name="agenda"),
    path("comptes/agendas/", AgendasView.as_view(), name="agendas"),
    path("comptes/agendas/<int:pk>/retirer/", RetirerAgendaView.as_view(), name="retirer_agenda"),
    path("dossiers/<int:pk>/agenda/", AgendaDossierView.as_view(), name="agenda_dossier"),
]
