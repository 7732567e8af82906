"""Days away: one's own, and those of the body for who manages its people."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.generic import FormView, View

from accounts import selectors
from accounts.forms.absences import AbsenceForm
from accounts.services import absences
from accounts.states import Droit
from accounts.views.base import UnprocessableMixin
from guichet.kernel.lifecycle import Refused

PAST_SHOWN = 10


class AgentMixin(LoginRequiredMixin):
    """For those who act for a body; an association has no files to stand in for."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.acteur.est_agent:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def absences(self, request: Any) -> Any:
        """Those this person reads and cancels: its own, or the body's."""
        on = timezone.localdate(request.now)
        return selectors.absences_of(request.acteur, gere=request.acteur.has(Droit.GERER), on=on)


class AbsencesView(AgentMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    template_name = "accounts/absences.html"
    form_class = AbsenceForm
    success_url = reverse_lazy("accounts:absences")

    def get_form_kwargs(self) -> dict[str, Any]:
        request: Any = self.request
        on = timezone.localdate(request.now)
        colleagues = [row.user for row in selectors.members_of(request.acteur.membership.organisation, on=on)]
        gere = request.acteur.has(Droit.GERER)
        return {**super().get_form_kwargs(), "colleagues": colleagues, "by": request.user, "gere": gere}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request: Any = self.request
        on = timezone.localdate(request.now)
        found = self.absences(request)
        to_come = [(row, row.du_le <= on) for row in found.filter(au_le__gte=on).order_by("du_le", "pk")]
        return super().get_context_data(
            **kwargs,
            organisation=request.acteur.membership.organisation,
            gere=request.acteur.has(Droit.GERER),
            affecte=bool(request.acteur.droits & {Droit.INSTRUIRE, Droit.GERER}),
            a_venir=to_come,
            passees=found.filter(au_le__lt=on).order_by("-au_le", "-pk")[:PAST_SHOWN],
        )

    def form_valid(self, form: AbsenceForm) -> HttpResponse:
        request: Any = self.request
        values = {name: form.cleaned_data[name] for name in ("du_le", "au_le", "remplacant")}
        try:
            absence = absences.note(user=form.user, **values, by=request.acteur, now=request.now)
        except Refused as refusal:
            form.add_error("du_le", str(refusal))
            return self.form_invalid(form)
        messages.success(request, f"L’absence de {absence.user} est notée, {absences.period(absence)}.")
        if absence.remplacant and selectors.absence_across(absence.remplacant, absence):
            messages.warning(request, f"{absence.remplacant} sera aussi en absence pendant une partie de ces jours.")
        return super().form_valid(form)


class AnnulerAbsenceView(AgentMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        absence = get_object_or_404(self.absences(request), pk=pk)
        absences.cancel(absence=absence, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        messages.success(request, f"L’absence de {absence.user} est supprimée pour les jours à venir.")
        return redirect("accounts:absences")
