"""How one wants to be told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from accounts.forms.preferences import PreferencesForm
from accounts.services import preferences
from accounts.views.base import UnprocessableMixin


class PreferencesView(LoginRequiredMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    template_name = "accounts/preferences.html"
    form_class = PreferencesForm
    success_url = reverse_lazy("accounts:preferences")

    def get_initial(self) -> dict[str, Any]:
        return preferences.preferences_of(self.request.user)  # type: ignore[arg-type,return-value]

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        preferences.choose(user=self.request.user, rythmes=form.cleaned_data)  # type: ignore[arg-type]
        messages.success(self.request, "Vos choix sont enregistrés\u00a0: ils valent pour les prochains messages.")
        return super().form_valid(form)
