"""Pages of a funding request: its task list or its reading, each section, the report of the needs into the budget."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from dossiers.models import Section
from dossiers.questions import SectionForm
from dossiers.services.sections import VersionConflict
from dossiers.views.sections import SectionView, find
from funding.calculations import needs, share
from funding.models import DemandeFir
from funding.parcours import Retour
from funding.questions import request_form
from funding.questions.budget import BudgetForm
from funding.questions.chiffrage import ChiffrageForm
from funding.sections import BUDGET_PROJET, CHIFFRAGE, DEMANDE, GENRES, RUBRIQUES
from funding.selectors import ordered_sections, reperes_on
from funding.services.budgets import report_chiffrage, save_budget
from funding.services.requests import not_writable, save_request_section
from funding.states import EtatDemandeFir
from funding.views import demandes_seules, panneaux, presenters
from funding.views.reading import reading
from guichet.kernel.lifecycle import Refused


def visible_request(request: HttpRequest, pk: int) -> DemandeFir:
    """The request, through the perimeter of the person; 404 otherwise."""
    return get_object_or_404(DemandeFir.objects.visible_to(request.acteur).for_pages(), pk=pk)  # type: ignore[attr-defined]


def writes(request: HttpRequest, demande: DemandeFir) -> bool:
    """Whether the person has the right to write it, whatever its state."""
    return bool(rules.test_rule("demande.rediger", request.acteur, demande))  # type: ignore[attr-defined]


def breadcrumb(demande: DemandeFir, step: Retour | None, *labels: str) -> list[dict[str, str]]:
    """From the home of the person to this page, by the step that carries the request."""
    trail = [{"label": "Accueil", "url": reverse("portal:accueil_role")}]
    if step:
        trail.append({"label": step.label, "url": step.url})
    if labels:
        trail.append({"label": "Demande de subvention", "url": reverse("funding:demande", args=[demande.pk])})
    return [*trail, *({"label": label} for label in labels or ("Demande de subvention",))]


class DemandeView(LoginRequiredMixin, View):
    """The task list for those who write a draft, the whole request to read for everyone else."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        demande = visible_request(request, pk)
        sections = ordered_sections(demande)
        step = demande.retour
        context: dict[str, Any] = {
            "demande": demande,
            "tag": presenters.tag_of(demande),
            "faits": presenters.facts(demande),
            "fil": breadcrumb(demande, step),
            "retour": step,
        }
        if demande.etat == EtatDemandeFir.BROUILLON and writes(request, demande):
            context["taches"] = presenters.tasks(demande, sections, now=request.now)
            return render(request, "funding/demande_redaction.html", context)
        context["parties"] = reading(demande, sections, jour=timezone.localdate(demande.deposee_at or request.now))
        found = [panel(request, demande) for panel in (*panneaux.PANELS, demandes_seules.panel)]
        context["panneaux"] = [panel for panel in found if panel]
        return render(request, "funding/demande_lecture.html", context)


class DemandeSectionView(LoginRequiredMixin, SectionView):
    """One section: a form for those who write a draft, to read otherwise."""

    template_name = "funding/section.html"

    def get(self, request: HttpRequest, pk: int, cle: str) -> HttpResponse:
        demande = visible_request(request, pk)
        if demande.etat == EtatDemandeFir.BROUILLON and writes(request, demande):
            return super().get(request, pk, cle)
        section = self.get_section(demande, cle)
        rubrique = find(RUBRIQUES, cle)
        jour = timezone.localdate(demande.deposee_at or request.now)
        context = {
            "demande": demande,
            "tag": presenters.tag_of(demande),
            "rubrique": rubrique,
            "fil": breadcrumb(demande, demande.retour, section_title(cle)),
            "parties": reading(demande, [(rubrique, section)], jour=jour),
        }
        return render(request, "funding/section_lecture.html", context)

    def get_step(self, request: HttpRequest, pk: int) -> DemandeFir:
        demande = visible_request(request, pk)
        if not writes(request, demande):
            raise PermissionDenied
        if demande.etat != EtatDemandeFir.BROUILLON:
            raise Refused(not_writable(demande))
        return demande

    def get_section(self, step: DemandeFir, cle: str) -> Section:
        if find(RUBRIQUES, cle) is None:
            raise Http404
        return step.sections.select_related("modifie_par").get(cle=cle)

    def make_form(self, step: DemandeFir, section: Section, **kwargs: Any) -> SectionForm:
        jour = timezone.localdate(self.request.now)  # type: ignore[attr-defined]
        return request_form(section.cle, demande=step, jour=jour, **kwargs)

    def save(self, request: HttpRequest, step: Any, section: Section, form: SectionForm, version: int) -> Section:
        shared = {"demande": step, "version": version, "by": request.acteur, "now": request.now}  # type: ignore[attr-defined]
        if isinstance(form, BudgetForm):
            return save_budget(
                genre=GENRES[section.cle],
                exercice=form.cleaned_data["exercice"],
                montants=form.montants(),
                details=form.details(),
                **shared,
            )
        return save_request_section(cle=section.cle, contenu=form.contenu(), manques=form.manques(), **shared)

    def page(self, step: DemandeFir, section: Section) -> dict[str, Any]:
        home = step.retour
        context: dict[str, Any] = {
            "demande": step,
            "rubrique": find(RUBRIQUES, section.cle),
            "fil": breadcrumb(step, home, section_title(section.cle)),
            "retour": home.url if home else reverse("funding:demande", args=[step.pk]),
            "corps": CORPS.get(section.cle, "funding/corps_champs.html"),
        }
        if section.cle == DEMANDE:
            context["reperes"] = reperes_on(timezone.localdate(self.request.now))  # type: ignore[attr-defined]
        if section.cle == CHIFFRAGE:
            context["version_budget"] = step.sections.get(cle=BUDGET_PROJET).version
        return context

    def extras(self, step: DemandeFir, section: Section, form: SectionForm) -> dict[str, Any]:
        if isinstance(form, BudgetForm):
            budget = presenters.budget_of_form(form)
            return {
                "budget": budget,
                "part": share(step.montant_demande, budget["totaux"]) if section.cle == BUDGET_PROJET else "",
            }
        if isinstance(form, ChiffrageForm):
            found = needs(section.contenu, form.natures)
            return {"besoins": presenters.needs_table(found), "total": sum(besoin.montant for besoin in found)}
        return {}

    def next_url(self, step: DemandeFir, section: Section) -> str:
        """To continue leads to the next section, the last one back to the step; needs are counted on their own page."""
        if "rester" in self.request.POST:
            return f"{self.request.path}#besoins"
        if "continuer" in self.request.POST:
            keys = [rubrique.cle for rubrique in RUBRIQUES]
            following = keys[keys.index(section.cle) + 1 :]
            if following:
                return reverse("funding:section", args=[step.pk, following[0]])
        home = step.retour
        return home.url if home else reverse("funding:demande", args=[step.pk])


CORPS = dict.fromkeys(GENRES, "funding/corps_budget.html")
"""What stands inside the form; the fields one under the other where nothing is said."""


def section_title(cle: str) -> str:
    rubrique = find(RUBRIQUES, cle)
    return rubrique.titre if rubrique else ""


class ReporterView(LoginRequiredMixin, View):
    """Carry the needs into the project's budget."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        demande = visible_request(request, pk)
        if not writes(request, demande):
            raise PermissionDenied
        raw = request.POST.get("version_budget", "")
        version = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
        try:
            report_chiffrage(demande=demande, version=version, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        except VersionConflict as conflict:
            raise Refused(
                "Le budget du projet a été modifié entre-temps\u00a0: rien n’est reporté. Relisez-le, puis recommencez."
            ) from conflict
        messages.success(request, "Le chiffrage est reporté dans le budget du projet. Complétez les produits.")
        return redirect("funding:section", pk=pk, cle=BUDGET_PROJET)
