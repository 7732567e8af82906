"""Inviting an adviser of the Guichet to read a draft."""

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import User
from accounts.selectors import organisations_for, users_with_right
from dossiers.services.conseillers import invite_adviser, remove_adviser
from projects.forms.actes import ConseillerForm
from projects.models import LettreIntention
from projects.selectors import letters_for_pages


def own_letter(request: HttpRequest, pk: int) -> LettreIntention:
    """The letter, for a person who writes it; 404 for anybody else."""
    lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)
    if not rules.test_rule("lettre.rediger", request.acteur, lettre):
        raise Http404
    return lettre


def advisers(request: HttpRequest, lettre: LettreIntention) -> list[User]:
    guichet = organisations_for(lettre.dossier.region, "guichet").values_list("pk", flat=True)
    return list(
        users_with_right(guichet, "instruire", on=timezone.localdate(request.now)).order_by("nom", "prenom", "pk")
    )


class ConseillersView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._render(request, own_letter(request, pk), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = own_letter(request, pk)
        people = advisers(request, lettre)
        form = ConseillerForm(request.POST, conseillers=[(str(p.pk), str(p)) for p in people])
        if not form.is_valid():
            return self._render(request, lettre, form, status=422)
        chosen = next(p for p in people if str(p.pk) == form.cleaned_data["conseiller"])
        invite_adviser(dossier=lettre.dossier, user=chosen, by=request.acteur, now=request.now)
        messages.success(request, f"{chosen} peut maintenant lire votre brouillon.")
        return redirect("projects:conseillers", pk=pk)

    def _render(
        self, request: HttpRequest, lettre: LettreIntention, form: ConseillerForm | None, status: int = 200
    ) -> HttpResponse:
        people = advisers(request, lettre)
        invited = list(lettre.dossier.conseillers.filter(retire_at=None).select_related("user").order_by("pk"))
        taken = {invite.user_id for invite in invited}
        choices = [(str(p.pk), str(p)) for p in people if p.pk not in taken]
        context = {
            "lettre": lettre,
            "form": form or ConseillerForm(conseillers=choices),
            "invites": invited,
            "reste": bool(choices),
        }
        return render(request, "projects/conseillers.html", context, status=status)


class RetirerConseillerView(LoginRequiredMixin, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = own_letter(request, pk)
        user_id = request.POST.get("user", "")
        if not user_id.isdecimal() or len(user_id) > 18:
            raise Http404
        remove_adviser(dossier=lettre.dossier, user_id=int(user_id), by=request.acteur, now=request.now)
        messages.success(request, "Cette personne ne lit plus votre brouillon.")
        return redirect("projects:conseillers", pk=pk)
