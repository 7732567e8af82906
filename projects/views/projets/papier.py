"""What came or left on paper about a project: its deposit, the decision or the request for pieces notified."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views import View

from dossiers.models import Decision, Dossier
from dossiers.selectors.reglages import reglage
from dossiers.states import NatureDecision
from dossiers.views.actes import GesteView, today
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import nombre
from guichet.kernel.uploads import FileRefused, FileTooLarge
from projects.forms.papier_projet import DecisionProjetPapierForm, ProjetPapierForm
from projects.models import ProjetSante
from projects.selectors import paper
from projects.selectors.projets import files_waiting_for_a_project, projects_for_pages
from projects.services import paper as services
from projects.services.projets.outside import register_outside_deposit
from projects.views.papier import DecisionPapierView
from projects.views.projets.decisions import OBJECTIFS, conflicts_of

QUERY_MAX = 80
SHOWN = 20


class ChoisirDossierView(LoginRequiredMixin, View):
    """Which file the project that came is about: those the ARS reads that have no project in progress."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not rules.test_rule("projets.enregistrer", request.acteur):
            raise Http404
        words = request.GET.get("q", "").strip()[:QUERY_MAX]
        found = list(files_waiting_for_a_project(request.acteur, words)[: SHOWN + 1])
        context = {"q": words, "dossiers": found[:SHOWN], "autres": len(found) > SHOWN}
        return render(request, "projects/projets/bureau/papier_choisir.html", context)


class ProjetPapierView(GesteView):
    """A project received by post on a file the ARS reads: its real day is that of the deposit."""

    template_name = "projects/projets/bureau/papier_depot.html"
    titre = "Enregistrer un projet reçu sur papier"
    bouton = "Enregistrer le projet"

    def allowed(self, request: HttpRequest, pk: int) -> Dossier:
        found = Dossier.objects.visible_to(request.acteur).select_related("association", "departement_pilote")
        dossier = get_object_or_404(found, pk=pk)
        if not rules.test_rule("dossier.instruire_ars", request.acteur, dossier):
            raise Http404
        return dossier

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        held = ProjetSante.objects.filter(dossier=step).exclude(etat__in=FINIS).first()
        if held is not None:
            raise Refused(f"Ce dossier a déjà un projet de santé, «\u00a0{held.get_etat_display()}\u00a0».")

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        step = self.allowed(request, pk)
        form = self.make_form(request, step, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.show(request, step, form, status=422)
        try:
            event = register_outside_deposit(dossier=step, **form.cleaned_data, by=request.acteur, now=request.now)
        except FileRefused as refused:
            form.add_error("scan", str(refused))
            return self.show(request, step, form, status=413 if isinstance(refused, FileTooLarge) else 422)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.show(request, step, form, status=422)
        messages.success(request, "Le projet est enregistré. L’accusé de réception est établi à sa date d’arrivée.")
        response = HttpResponse(status=302)
        response["Location"] = reverse("projects:projet", args=[event.projet_id])
        return response

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> ProjetPapierForm:
        return ProjetPapierForm(**given, jour=today(request))

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        return [
            "Les deux mois du silence courent du jour de l’arrivée. S’ils sont déjà passés, le silence sera inscrit au "
            "prochain passage de l’horloge.",
            "La copie numérisée tient lieu de projet. L’association reçoit l’accusé de réception\u00a0; les avis sont "
            "demandés s’il en est encore temps.",
        ]

    def page(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        last = step.territoires.exclude(fige_at=None).order_by("-numero").first()
        told = f"{nombre(last.population)} habitants, taille {last.taille}" if last and last.population else ""
        return {"territoire": told, "association": step.association.nom}

    def heading(self, step: Any) -> dict[str, Any]:
        return {"sous_titre": step.nom, "reference": step.reference or ""}

    def back(self, step: Any) -> str:
        return reverse("projects:projet_papier_choisir")


FINIS = ("oppose", "retire", "retrait_prononce", "brouillon")
"""States in which a project on paper may still come: the draft is what it completes."""


class DecisionProjetPapierView(DecisionPapierView):
    """A decision or a request for pieces that left on paper: nothing changes until somebody else confirms it."""

    droit = "projet.instruire"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "ajouter" not in request.POST:
            return super().post(request, pk)
        step = self.step(request, pk)
        form: Any = self.form(request, step, data=request.POST)
        return self.page(request, step, form.one_more())

    def steps(self, request: HttpRequest) -> Any:
        return projects_for_pages(request.acteur)  # type: ignore[attr-defined]

    def form(self, request: HttpRequest, step: Any, **given: Any) -> DecisionProjetPapierForm:
        found = reglage(OBJECTIFS, on=today(request))
        return DecisionProjetPapierForm(
            **given,
            natures=paper.natures_for(step),
            signataires=[(str(user.pk), str(user)) for user in paper.signatories(step)],
            jour=today(request),
            objectifs=[str(text) for text in (found.valeur if found else [])],
            conflits=conflicts_of(request, step),
        )

    def record(self, request: HttpRequest, step: Any, given: dict[str, Any]) -> Decision:
        return services.record_paper_decision(
            step=step,
            nature=NatureDecision(given["nature"]),
            signataire=paper.signatories(step).get(pk=given["signataire"]),
            signee_le=given["signee_le"],
            notifiee_le=given["notifiee_le"],
            scan=given["scan"],
            motivation=given["motivation"],
            donnees=self.bound.donnees(),
            by=request.acteur,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
        )

    def recorded(self, request: HttpRequest, step: Any, decision: Decision) -> HttpResponse:
        step.refresh_from_db(fields=["etat", "delai"])
        effect = paper.effect_on_project(step, decision, on=today(request))
        messages.info(request, effect.phrase)
        return super().recorded(request, step, decision)

    def back(self, step: Any) -> str:
        return reverse("projects:projet", args=[step.pk])

    def page(self, request: HttpRequest, step: Any, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "dossier": step.dossier,
            "retour": self.back(step),
            "silence": step.delai if step.etat == "valide_tacitement" else None,
        }
        return render(request, "projects/projets/bureau/papier_decision.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("projets-de-sante/papier/", ChoisirDossierView.as_view(), name="projet_papier_choisir"),
    path("projets-de-sante/papier/<int:pk>/", ProjetPapierView.as_view(), name="projet_papier"),
    path(
        "projets-de-sante/<int:pk>/decision-papier/",
        DecisionProjetPapierView.as_view(),
        name="projet_papier_decision",
    ),
]
