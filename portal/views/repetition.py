"""The page from which an administrator moves the portal's date forward, where rehearsals are allowed."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from accounts.views.base import AdministratorMixin, UnprocessableMixin
from dossiers.models import Delai
from dossiers.parcours import pages_of
from dossiers.selectors.delais import clock_trouble, last_passage
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.instant import Instant
from portal import selectors
from portal.forms.repetition import AvancerForm
from portal.models import JOURS_MAX, AvanceDate
from portal.services.repetition import advance

DEADLINES_SHOWN = 6
MAILS_SHOWN = 15
PAS = (1, 7, 30)
"""The days one moves by without a deadline in mind."""


@dataclass(frozen=True)
class Echeance:
    """A period still open: what silence will mean, on which day, in how many days; within reach or not. `url`: its
    file, "" when it has no page of its own.
    """

    delai: Delai
    url: str
    jours: int
    possible: bool


class RepetitionView(AdministratorMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    """Does not exist, for anybody, where the portal's date is the real one."""

    template_name = "portal/repetition.html"
    form_class = AvancerForm
    success_url = reverse_lazy("portal:repetition")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.REPETITION:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "depuis": self.instant.days}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request: Any = self.request
        moved = list(selectors.moves())
        closed = list(selectors.silences_since(request.acteur, moved[-1])[:DEADLINES_SHOWN]) if moved else []
        running = list(selectors.running_deadlines(request.acteur, after=civil_day(request.now))[:DEADLINES_SHOWN])
        urls = pages_of({delai.dossier_id for delai in (*closed, *running)}, request.acteur)
        return super().get_context_data(
            **kwargs,
            instant=self.instant,
            maximum=JOURS_MAX,
            reste=JOURS_MAX - self.instant.days,
            pas=[pas for pas in PAS if pas <= JOURS_MAX - self.instant.days],
            echeances=[self._deadline(delai, urls) for delai in running],
            constates=[(delai, urls.get(delai.dossier_id, "")) for delai in closed],
            avances=moved,
            courriels=list(selectors.rehearsal_mails(moved[-1])[:MAILS_SHOWN]) if moved else [],
            montres=MAILS_SHOWN,
            horloge_en_panne=clock_trouble(now=request.now),
            passage=last_passage(),
        )

    def form_valid(self, form: AvancerForm) -> HttpResponse:
        request: Any = self.request
        values = {name: form.cleaned_data[name] for name in ("jours", "depuis")}
        made = advance(**values, by=request.acteur, now=self.instant.real)
        messages.success(request, moved_to(made, self.instant))
        return super().form_valid(form)

    @property
    def instant(self) -> Instant:
        found: Instant = self.request.instant  # type: ignore[attr-defined]
        return found

    def _deadline(self, delai: Delai, urls: dict[int, str]) -> Echeance:
        assert delai.echeance_le is not None  # running_deadlines gives no other
        jours = (delai.echeance_le - civil_day(self.instant.now)).days
        possible = jours <= JOURS_MAX - self.instant.days
        return Echeance(delai, url=urls.get(delai.dossier_id, ""), jours=jours, possible=possible)


def moved_to(made: AvanceDate, instant: Instant) -> str:
    day = date_longue(civil_day(Instant(instant.real, made.total).now))
    return f"Le portail est maintenant au {day}. L’horloge passe\u00a0: ce que le silence décide est constaté aussitôt."
