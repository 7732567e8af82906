"""The Guichet opens the project of a community whose letter was made elsewhere, then has its people invited."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views import View

from projects.forms.sans_lettre import SansLettreForm
from projects.services.projets.opening import open_without_letter


class SansLettreView(LoginRequiredMixin, View):
    """Its name, its association, why the letter is not in the portal; what follows is the invitation."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, SansLettreForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SansLettreForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        projet = open_without_letter(**form.cleaned_data, by=request.acteur, now=request.now)
        messages.success(
            request,
            f"Le dossier «\u00a0{projet.dossier.nom}\u00a0» est ouvert. Dites qui inviter dans l’association.",
        )
        return redirect("accounts:reprise", code=projet.dossier.association.code)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        acteur: Any = getattr(request, "acteur", None)
        if request.user.is_authenticated and not rules.test_rule("projets.ouvrir_sans_lettre", acteur):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def _page(self, request: HttpRequest, form: SansLettreForm, status: int = 200) -> HttpResponse:
        return render(request, "projects/projets/bureau/sans_lettre.html", {"form": form}, status=status)


urlpatterns: list[URLPattern] = [
    path("projets-de-sante/sans-lettre/", SansLettreView.as_view(), name="projet_sans_lettre"),
]
