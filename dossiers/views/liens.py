"""Links between files, and the change of the département that leads: shown to the desks, done by them."""

from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views import View

from dossiers.forms.liens import DeplacerForm, LierForm
from dossiers.models import Dossier
from dossiers.parcours import pages_of
from dossiers.rules import ARS, ASSURANCE_MALADIE
from dossiers.selectors.liens import moves_of, ties_of
from dossiers.services.liens import tie
from dossiers.services.moving import move
from dossiers.states import NatureLien
from guichet.kernel.lifecycle import Refused
from territories.models import Departement

DESKS = ("guichet", *ARS, *ASSURANCE_MALADIE)


def panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """The links of a file in both directions and the moves it made, for the desks alone."""
    acteur: Any = request.acteur  # type: ignore[attr-defined]
    if acteur.genre not in DESKS or dossier.reference is None:
        return None
    ties, moves = ties_of(dossier, acteur=acteur), moves_of(dossier)
    pages = pages_of([lien.autre.pk for lien in ties], acteur) if ties else {}
    lies = rules.test_rule("dossier.lier", acteur, dossier)
    deplace = len(dossier.departements) > 1 and rules.test_rule("dossier.guichet", acteur, dossier)
    if not (ties or moves or lies or deplace):
        return None
    return {
        "gabarit": "dossiers/panneaux/liens.html",
        "zone": "marge",
        "dossier": dossier,
        "liens": [(lien, pages.get(lien.autre.pk, "")) for lien in ties],
        "deplacements": moves,
        "lie": lies,
        "deplace": deplace,
    }


class LierView(LoginRequiredMixin, View):
    """Say what a file is to another, named by its reference."""

    template_name = "dossiers/liens.html"
    rule = "dossier.lier"
    fait = "Le lien est noté. Les services qui suivent les deux dossiers le voient."

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.file(request, pk)
        return self.page(request, dossier, self.form(dossier))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.file(request, pk)
        form = self.form(dossier, data=request.POST)
        if form.is_valid():
            try:
                self.act(request, dossier, form)
            except Refused as refused:
                form.add_error(None, str(refused))
        if not form.is_valid():
            return self.page(request, dossier, form, status=422)
        messages.success(request, self.fait)
        return redirect(back(request, dossier))

    def file(self, request: HttpRequest, pk: int) -> Dossier:
        """The deposited file, through the perimeter of the person; 404 for whoever the act is never for."""
        found = Dossier.objects.visible_to(request.acteur).select_related("departement_pilote")  # type: ignore[attr-defined]
        dossier: Dossier = get_object_or_404(found, pk=pk, reference__isnull=False)
        if not rules.test_rule(self.rule, request.acteur, dossier):  # type: ignore[attr-defined]
            raise Http404
        return dossier

    def form(self, dossier: Dossier, **given: Any) -> forms.Form:
        return LierForm(**given)

    def act(self, request: HttpRequest, dossier: Dossier, form: forms.Form) -> None:
        acteur: Any = request.acteur  # type: ignore[attr-defined]
        typed = form.cleaned_data["reference"].strip()
        autre = Dossier.objects.visible_to(acteur).filter(reference__iexact=typed).first()
        if autre is None:
            form.add_error("reference", "Aucun dossier que vous suivez ne porte cette référence.")
            return
        nature, motif = NatureLien(form.cleaned_data["nature"]), form.cleaned_data["motif"]
        tie(dossier=dossier, autre=autre, nature=nature, motif=motif, by=acteur, now=request.now)  # type: ignore[attr-defined]

    def page(self, request: HttpRequest, dossier: Dossier, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"dossier": dossier, "form": form, "retour": back(request, dossier)}
        return render(request, self.template_name, context, status=status)


class DeplacerView(LierView):
    """Another département of the territory leads the file."""

    template_name = "dossiers/deplacer.html"
    rule = "dossier.guichet"
    fait = "Le département pilote est changé. L’association et les services sont prévenus."

    def file(self, request: HttpRequest, pk: int) -> Dossier:
        dossier = super().file(request, pk)
        if len(dossier.departements) < 2:
            raise Refused("Le territoire n’est que dans un département\u00a0: le pilote ne change pas.")
        return dossier

    def form(self, dossier: Dossier, **given: Any) -> forms.Form:
        others = Departement.objects.filter(code__in=dossier.departements).exclude(pk=dossier.departement_pilote_id)
        return DeplacerForm(**given, departements=[(d.code, str(d)) for d in others.order_by("code")])

    def act(self, request: HttpRequest, dossier: Dossier, form: forms.Form) -> None:
        move(dossier=dossier, **form.cleaned_data, by=request.acteur, now=request.now)  # type: ignore[attr-defined]


def back(request: HttpRequest, dossier: Dossier) -> str:
    """The page of the file, else the home."""
    pages = pages_of([dossier.pk], request.acteur)  # type: ignore[attr-defined]
    return pages.get(dossier.pk) or reverse("portal:accueil_role")


urlpatterns = [
    path("dossiers/<int:pk>/liens/nouveau/", LierView.as_view(), name="lier"),
    path("dossiers/<int:pk>/deplacer/", DeplacerView.as_view(), name="deplacer"),
]
