"""A person's own pages: its name, the capacity in which it acts, its messages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import DetailView, FormView, ListView, TemplateView

from accounts import selectors
from accounts.forms.membres import ProfilForm
from accounts.middleware import SESSION_KEY
from accounts.models import Envoi
from accounts.services import inbox, profile
from accounts.views.base import UnprocessableMixin


class ProfilView(LoginRequiredMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    template_name = "accounts/profil.html"
    form_class = ProfilForm
    success_url = reverse_lazy("accounts:profil")

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        return {**super().get_form_kwargs(), "initial": {"prenom": user.prenom, "nom": user.nom}}  # type: ignore[union-attr]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        acteurs = self.request.acteurs  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs, acteurs=acteurs)

    def form_valid(self, form: Any) -> HttpResponse:
        profile.rename(user=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(self.request, "Votre nom est enregistré.")
        return super().form_valid(form)


class QualiteView(LoginRequiredMixin, TemplateView):
    """Choose in the name of whom one acts. The choice lives in the session and is judged at each request."""

    template_name = "accounts/qualite.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request: Any = self.request
        return super().get_context_data(**kwargs, acteurs=request.acteurs, acteur=request.acteur)

    def post(self, request: Any) -> HttpResponse:
        wanted = request.POST.get("organisation", "")
        known = {str(acteur.organisation_id): acteur for acteur in request.acteurs}
        if wanted not in known:
            raise Http404
        request.session[SESSION_KEY] = known[wanted].organisation_id
        messages.success(request, f"Vous agissez maintenant en qualité de : {known[wanted].qualite}.")
        return redirect("portal:accueil_role")


class MessagerieView(LoginRequiredMixin, ListView):  # type: ignore[type-arg]
    template_name = "accounts/messagerie.html"
    context_object_name = "envois"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Envoi]:
        return selectors.inbox(self.request.user)  # type: ignore[arg-type]


class MessageView(LoginRequiredMixin, DetailView):  # type: ignore[type-arg]
    """One message; somebody else's does not exist."""

    template_name = "accounts/message.html"
    context_object_name = "envoi"

    def get_queryset(self) -> QuerySet[Envoi]:
        return selectors.inbox(self.request.user).defer(None)  # type: ignore[arg-type]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        inbox.mark_read(envoi=self.object, now=request.now)  # type: ignore[attr-defined]
        return response
