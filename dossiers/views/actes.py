"""One act on one step: a page that says what it will do, with its form, then one call of a service."""

from datetime import date
from typing import Any, ClassVar

import rules
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from dossiers.models import Decision
from dossiers.selectors.decisions import waiting_on
from guichet.kernel.lifecycle import Lifecycle, Refused


def today(request: HttpRequest) -> date:
    """The civil day of the request, in Paris."""
    return timezone.localdate(request.now)  # type: ignore[attr-defined]


class GesteView(LoginRequiredMixin, View):
    """One act as a page: 422 with the same page for a form to correct; back to the step once done.

    A subclass gives `allowed`, `act`, `back` and, if need be, `form_class`, `refuse_early`, `page`; `heading` too where
    the step has no file.
    """

    template_name = "dossiers/acte.html"
    form_class: ClassVar[type[forms.Form] | None] = None
    titre: str = ""
    bouton: ClassVar[str] = ""
    danger: ClassVar[bool] = False
    fait: ClassVar[str] = ""

    def get(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        step = self.allowed(request, pk)
        self.refuse_early(request, step)
        return self.show(request, step, self.make_form(request, step))

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        step = self.allowed(request, pk)
        form = self.make_form(request, step, data=request.POST, files=request.FILES)
        if form is not None and not form.is_valid():
            return self.show(request, step, form, status=422)
        self.form = form
        self.act(request, step, form.cleaned_data if form is not None else {})
        if self.fait:
            messages.success(request, self.fait)
        return redirect(self.back(step))

    def allowed(self, request: HttpRequest, pk: int) -> Any:
        """The step through the perimeter of the person; Http404 for whoever the act is never for."""
        raise Http404

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        """Say at once why the act is not possible, before anything is typed."""

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> forms.Form | None:
        """The form of the act, bound when data is given; None for an act without a question."""
        return self.form_class(**given, **self.form_options(request, step)) if self.form_class else None

    def form_options(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        return {}

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        """What will happen, in sentences."""
        return []

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        """Call the service with the typed values; `self.form` is the valid form they come from."""
        raise NotImplementedError

    def back(self, step: Any) -> str:
        """Where the person goes next, and by "Revenir sans rien changer"."""
        raise NotImplementedError

    def papers(self, step: Any) -> list[Decision]:
        """The decisions taken on paper that wait for a second person, and that this act would contradict or repeat."""
        return []

    def heading(self, step: Any) -> dict[str, Any]:
        """Which file the act is about."""
        return {"sous_titre": step.dossier.nom, "reference": step.dossier.reference or ""}

    def page(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        """What a template of its own needs beside the form."""
        return {}

    def show(self, request: HttpRequest, step: Any, form: forms.Form | None, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "titre": self.titre,
            "consequences": self.consequences(request, step),
            "bouton": self.bouton,
            "danger": self.danger,
            "retour": self.back(step),
            "papiers": self.papers(step),
            **self.heading(step),
            **self.page(request, step),
        }
        return render(request, self.template_name, context, status=status)


class ActeView(GesteView):
    """A row of a table of the law as a page. 404 for whoever the row is never for; its sentence (409) when the state or
    a guard refuses.

    A subclass gives `cycle` and `action`, and `get_step`; where it decides, `decide` is every nature the decision on
    the step may have.
    """

    cycle: ClassVar[Lifecycle]
    action: ClassVar[str]
    decide: ClassVar[tuple[str, ...]] = ()

    def get_step(self, request: HttpRequest, pk: int) -> Any:
        """The step through the perimeter of the person; Http404 otherwise."""
        raise Http404

    def allowed(self, request: HttpRequest, pk: int) -> Any:
        step = self.get_step(request, pk)
        if not rules.test_rule(self.cycle.row(self.action).who, request.acteur, step):  # type: ignore[attr-defined]
            raise Http404
        return step

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        sentence = self.cycle.refusal(step, self.action, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        if sentence:
            raise Refused(sentence)

    def papers(self, step: Any) -> list[Decision]:
        steps = self.decided(step)
        return list(waiting_on(step.dossier_id, steps)) if steps else []

    def decided(self, step: Any) -> list[tuple[int, tuple[str, ...]]]:
        """The keys of the steps this page decides on, with every nature such a decision may have."""
        return [(step.pk, self.decide)] if self.decide else []
