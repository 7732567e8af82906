"""Appeals against a decision: the page that records one, the page that says what became of it."""

from typing import Any

import rules
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from dossiers.forms.recours import IssueForm, RecoursForm
from dossiers.models import Decision, Recours
from dossiers.selectors.decisions import decisions_visible_to
from dossiers.services.recours import record_appeal, settle_appeal
from dossiers.views.actes import GesteView, today
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused


def appeals(request: HttpRequest, decision: Decision) -> dict[str, Any]:
    """The appeals of a decision, the first first, for whoever reads it; for the desk of the ARS, where it records one
    or its outcome. One query.
    """
    desk = rules.test_rule("dossier.instruire_ars", request.acteur, decision.dossier)  # type: ignore[attr-defined]
    rows = [_line(row, desk=desk) for row in decision.recours.order_by("forme_le", "pk")]
    return {"lignes": rows, "ajouter": reverse("dossiers:recours", args=[decision.pk]) if desk else ""}


def _line(row: Recours, *, desk: bool) -> dict[str, Any]:
    waits = row.issue_le is None
    return {
        "titre": row.get_genre_display(),
        "forme": date_longue(row.forme_le),
        "observations": row.observations,
        "issue": row.issue,
        "issue_le": date_longue(row.issue_le) if row.issue_le else "",
        "url": reverse("dossiers:recours_issue", args=[row.pk]) if desk and waits else "",
    }


class RecoursView(GesteView):
    """The ARS records an appeal against a decision it took."""

    form_class = RecoursForm
    titre = "Enregistrer un recours"
    bouton = "Enregistrer le recours"
    fait = "Le recours est enregistré. L’association le lit avec la décision."

    def allowed(self, request: HttpRequest, pk: int) -> Decision:
        found = decisions_visible_to(request.acteur).select_related("dossier")
        decision: Decision = get_object_or_404(found, pk=pk)
        if not rules.test_rule("dossier.instruire_ars", request.acteur, decision.dossier):
            raise Http404
        return decision

    def form_options(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        return {"premier": step.signee_le, "dernier": today(request)}

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        return [
            f"{step.get_nature_display()}, signée le {date_longue(step.signee_le)}.",
            "Le recours est gardé avec la décision\u00a0: l’association et les services qui la lisent le voient.",
            "La décision ne change pas. Si le recours aboutit, une nouvelle décision le dira.",
        ]

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        record_appeal(decision=step, **values, by=request.acteur, now=request.now)

    def back(self, step: Any) -> str:
        return reverse("dossiers:decision", args=[step.pk])


class IssueView(GesteView):
    """What became of an appeal."""

    form_class = IssueForm
    titre = "Inscrire l’issue du recours"
    bouton = "Inscrire l’issue"
    fait = "L’issue du recours est inscrite."

    def allowed(self, request: HttpRequest, pk: int) -> Recours:
        mine = Recours.objects.filter(decision__in=decisions_visible_to(request.acteur))
        recours: Recours = get_object_or_404(mine.select_related("decision__dossier"), pk=pk)
        if not rules.test_rule("dossier.instruire_ars", request.acteur, recours.decision.dossier):
            raise Http404
        return recours

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        if step.issue_le is not None:
            raise Refused(f"L’issue de ce recours est déjà inscrite, au {date_longue(step.issue_le)}.")

    def form_options(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        return {"premier": step.forme_le, "dernier": today(request)}

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        return [
            f"{step.get_genre_display()}, formé le {date_longue(step.forme_le)}.",
            "L’issue ne se modifie plus après. L’association la lit avec la décision.",
            "Si elle conduit à changer la décision, prenez ensuite la nouvelle décision depuis la page du projet.",
        ]

    def heading(self, step: Any) -> dict[str, Any]:
        dossier = step.decision.dossier
        return {"sous_titre": dossier.nom, "reference": dossier.reference or ""}

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        settle_appeal(recours=step, **values, by=request.acteur, now=request.now)

    def back(self, step: Any) -> str:
        return reverse("dossiers:decision", args=[step.decision_id])


urlpatterns: list[URLPattern] = [
    path("decisions/<int:pk>/recours/", RecoursView.as_view(), name="recours"),
    path("recours/<int:pk>/issue/", IssueView.as_view(), name="recours_issue"),
]
