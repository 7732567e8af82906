"""Rectifying a deposited letter: the association proposes, the desk that holds the letter answers."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views import View

from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects.forms.rectifications import ChoisirForm, RectifierForm, ReponseForm
from projects.lifecycles import LETTRE
from projects.models import LettreIntention, Rectification
from projects.questions.rectifiables import rectifiable_choices, rectifiable_fields
from projects.selectors import letters_for_pages
from projects.services.rectifying import (
    accept_rectification,
    answer_of,
    propose_rectification,
    set_rectification_aside,
)
from projects.states import EtatRectification


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """The corrections accepted, for every reader; those proposed, for the association and the desk; how to propose."""
    acteur: Any = request.acteur  # type: ignore[attr-defined]
    writes = rules.test_rule("lettre.rediger", acteur, lettre)
    judges = rules.test_rule("lettre.rectifier", acteur, lettre)
    shown = list(EtatRectification) if writes or judges else [EtatRectification.ACCEPTEE]
    rows = sorted((row for row in lettre.rectifications.all() if row.etat in shown), key=lambda row: row.pk)
    proposes = writes and lettre.etat in LETTRE.row("rectifier").sources and lettre.origine != Origine.PAPIER
    if not rows and not proposes:
        return None
    return {
        "gabarit": "projects/panneaux/rectifications.html",
        "zone": "marge",
        "lettre": lettre,
        "lignes": rows,
        "propose": proposes,
        "repond": judges,
    }


class RectifierView(LoginRequiredMixin, View):
    """First which answer (`?champ=section.field`), then its text as it is read, the new one and why."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = self.letter(request, pk)
        if "champ" not in request.GET:
            return self.choose(request, lettre, ChoisirForm(reponses=self.choices(lettre)))
        form = ChoisirForm(request.GET, reponses=self.choices(lettre))
        if not form.is_valid():
            return self.choose(request, lettre, form, status=422)
        return self.page(request, lettre, form.cleaned_data["champ"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = self.letter(request, pk)
        chosen = ChoisirForm(request.GET, reponses=self.choices(lettre))
        if not chosen.is_valid():
            return self.choose(request, lettre, chosen, status=422)
        name = chosen.cleaned_data["champ"]
        form = self.form(lettre, name, data=request.POST)
        if form.is_valid():
            section, champ = name.split(".", 1)
            act = {"by": request.acteur, "now": request.now}  # type: ignore[attr-defined]
            try:
                propose_rectification(lettre=lettre, section=section, champ=champ, **form.cleaned_data, **act)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, "Votre correction est proposée. Le service qui tient la lettre vous répondra."
                )
                return redirect("projects:lettre", pk=pk)
        return self.page(request, lettre, name, form=form, status=422)

    def letter(self, request: HttpRequest, pk: int) -> LettreIntention:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)  # type: ignore[attr-defined]
        if not rules.test_rule("lettre.rediger", request.acteur, lettre):  # type: ignore[attr-defined]
            raise Http404
        if lettre.etat not in LETTRE.row("rectifier").sources or lettre.origine == Origine.PAPIER:
            raise Refused(f"Cette lettre est «\u00a0{lettre.get_etat_display()}\u00a0»\u00a0: elle ne se rectifie pas.")
        return lettre

    def choices(self, lettre: LettreIntention) -> list[tuple[str, list[tuple[str, str]]]]:
        return rectifiable_choices(jour=_jour(lettre))

    def form(self, lettre: LettreIntention, name: str, **given: Any) -> RectifierForm:
        field = _field(lettre, name)
        longue = bool(getattr(field.widget, "template_name", "").endswith("textarea.html"))
        return RectifierForm(**given, maximum=field.max_length, longue=longue)

    def choose(
        self, request: HttpRequest, lettre: LettreIntention, form: ChoisirForm, status: int = 200
    ) -> HttpResponse:
        return render(request, "projects/rectifier_choisir.html", {"lettre": lettre, "form": form}, status=status)

    def page(
        self,
        request: HttpRequest,
        lettre: LettreIntention,
        name: str,
        *,
        form: RectifierForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        section, champ = name.split(".", 1)
        avant = answer_of(lettre, section, champ)
        context = {
            "lettre": lettre,
            "libelle": str(_field(lettre, name).label),
            "avant": avant,
            "form": form or self.form(lettre, name, initial={"apres": avant}),
        }
        return render(request, "projects/rectifier.html", context, status=status)


class RectificationView(LoginRequiredMixin, View):
    """Before, after and why: the desk accepts or sets aside; the association reads where it stands."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk)
        return self.page(request, found, ReponseForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk)
        form = ReponseForm(request.POST)
        aside = "ecarter" in request.POST
        if form.is_valid() and aside and not form.cleaned_data["reponse"].strip():
            form.add_error("reponse", "Dites pourquoi le texte déposé est gardé.")
        if not form.is_valid():
            return self.page(request, found, form, status=422)
        settle = set_rectification_aside if aside else accept_rectification
        settle(rectification=found, **form.cleaned_data, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        told = "La correction est écartée." if aside else "La correction est acceptée. La lettre est rééditée."
        messages.success(request, told)
        return redirect("projects:lettre", pk=found.lettre_id)

    def found(self, request: HttpRequest, pk: int) -> Rectification:
        """Through the perimeter of the letter; an accepted one for every reader, the others for both sides."""
        readable = letters_for_pages(request.acteur)  # type: ignore[attr-defined]
        rows = Rectification.objects.select_related("lettre__dossier__association", "proposee_par", "traitee_par")
        found = get_object_or_404(rows, pk=pk, lettre__in=readable.values("pk"))
        sides = [rules.test_rule(rule, request.acteur, found.lettre) for rule in ("lettre.rediger", "lettre.rectifier")]  # type: ignore[attr-defined]
        if found.etat != EtatRectification.ACCEPTEE and not any(sides):
            raise Http404
        return found

    def page(self, request: HttpRequest, found: Rectification, form: ReponseForm, status: int = 200) -> HttpResponse:
        judges = rules.test_rule("lettre.rectifier", request.acteur, found.lettre)  # type: ignore[attr-defined]
        waits = found.etat == EtatRectification.PROPOSEE
        context = {
            "rectification": found,
            "lettre": found.lettre,
            "form": form if judges and waits else None,
            "attend": waits,
        }
        return render(request, "projects/rectification.html", context, status=status)


def _jour(lettre: LettreIntention) -> Any:
    return timezone.localdate(lettre.deposee_at) if lettre.deposee_at else None


def _field(lettre: LettreIntention, name: str) -> Any:
    section, champ = name.split(".", 1)
    return rectifiable_fields(section, jour=_jour(lettre))[champ]


urlpatterns = [
    path("lettres/<int:pk>/rectifier/", RectifierView.as_view(), name="rectifier"),
    path("rectifications/<int:pk>/", RectificationView.as_view(), name="rectification"),
]
