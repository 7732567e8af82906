"""Inviting an adviser of the Guichet to read a draft."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import User
from accounts.selectors import organisations_for, users_with_right
from dossiers.models import Dossier
from dossiers.services.conseillers import invite_adviser, remove_adviser
from projects.forms.actes import ConseillerForm
from projects.views import etapes


def advisers(request: HttpRequest, dossier: Dossier) -> list[User]:
    guichet = organisations_for(dossier.region, "guichet").values_list("pk", flat=True)
    return list(
        users_with_right(guichet, "instruire", on=timezone.localdate(request.now)).order_by("nom", "prenom", "pk")
    )


class ConseillersView(LoginRequiredMixin, View):
    kind: ClassVar[etapes.Kind] = etapes.LETTRE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._render(request, self.kind.written(request, pk), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.kind.written(request, pk)
        people = advisers(request, etape.dossier)
        form = ConseillerForm(request.POST, conseillers=[(str(p.pk), str(p)) for p in people])
        if not form.is_valid():
            return self._render(request, etape, form, status=422)
        chosen = next(p for p in people if str(p.pk) == form.cleaned_data["conseiller"])
        invite_adviser(dossier=etape.dossier, user=chosen, by=request.acteur, now=request.now)
        messages.success(request, f"{chosen} peut maintenant lire votre brouillon.")
        return redirect(self.kind.url(etape, "conseillers"))

    def _render(self, request: HttpRequest, etape: Any, form: ConseillerForm | None, status: int = 200) -> HttpResponse:
        people = advisers(request, etape.dossier)
        invited = list(etape.dossier.conseillers.filter(retire_at=None).select_related("user").order_by("pk"))
        taken = {invite.user_id for invite in invited}
        choices = [(str(p.pk), str(p)) for p in people if p.pk not in taken]
        context = {
            **self.kind.page(etape),
            "retirer": self.kind.url(etape, "retirer_conseiller"),
            "form": form or ConseillerForm(conseillers=choices),
            "invites": invited,
            "reste": bool(choices),
        }
        return render(request, "projects/conseillers.html", context, status=status)


class RetirerConseillerView(LoginRequiredMixin, View):
    kind: ClassVar[etapes.Kind] = etapes.LETTRE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.kind.written(request, pk)
        user_id = request.POST.get("user", "")
        if not user_id.isdecimal() or len(user_id) > 18:
            raise Http404
        remove_adviser(dossier=etape.dossier, user_id=int(user_id), by=request.acteur, now=request.now)
        messages.success(request, "Cette personne ne lit plus votre brouillon.")
        return redirect(self.kind.url(etape, "conseillers"))
