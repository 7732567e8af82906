"""Giving a first manager to an association: asked by the Guichet, done by an administrator of the portal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from accounts.forms.reprise import DemandeRepriseForm, RepriseForm
from accounts.models import Organisation
from accounts.rules import administre, demande_la_reprise
from accounts.services import reprise
from accounts.states import Genre
from accounts.views.base import UnprocessableMixin
from guichet.kernel.lifecycle import Refused


class RepriseView(LoginRequiredMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    template_name = "accounts/reprise.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.organisation = get_object_or_404(Organisation, code=kwargs["code"], genre=Genre.ASSOCIATION)
        self.administre = administre.test(request.acteur, self.organisation)
        if not self.administre and not demande_la_reprise.test(request.acteur, self.organisation):
            raise Http404
        reprise.refuse_unless_abandoned(self.organisation, on=timezone.localdate(request.now))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_form_class(self) -> Any:
        return RepriseForm if self.administre else DemandeRepriseForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, organisation=self.organisation, administre=self.administre)

    def form_valid(self, form: Any) -> HttpResponse:
        request: Any = self.request
        act = reprise.hand_over if self.administre else reprise.ask
        try:
            act(organisation=self.organisation, **form.cleaned_data, by=request.acteur, now=request.now)
        except Refused as refusal:
            form.add_error("email", str(refusal))
            return self.form_invalid(form)
        done = "L’invitation est envoyée à" if self.administre else "La demande est transmise, pour"
        messages.success(request, f"{done} {form.cleaned_data['email']}.")
        if self.administre:
            return redirect("accounts:membres", code=self.organisation.code)
        return redirect("portal:accueil_role")
