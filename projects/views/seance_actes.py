"""What the Guichet does to a session it holds: day, agenda, people present, opinions given, minutes."""

from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from dossiers.views.actes import GesteView, today
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused
from projects.forms.avis import AvisForm
from projects.forms.seances import OrdreDuJourForm, PresentsForm, ReleveForm, SeanceEntiereForm, SeanceForm
from projects.lifecycles import AVIS
from projects.models import Avis, PointSeance, Seance
from projects.selectors.avis import criteres_on
from projects.selectors.seances import (
    asked_in_session,
    bodies_of,
    points_visible_to,
    running_consultations,
    seances_visible_to,
)
from projects.services.opinions import opinion_defects
from projects.services.seances import (
    add_points,
    close_session,
    edit_session,
    move_up,
    note_present,
    open_session,
    record_opinion,
    remove_point,
    write_point,
)


class NouvelleSeanceView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, SeanceForm(jour=today(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SeanceForm(request.POST, jour=today(request))
        if not form.is_valid():
            return self._render(request, form, status=422)
        seance = open_session(**form.cleaned_data, by=request.acteur, now=request.now)
        messages.success(request, "La séance est créée. Composez maintenant son ordre du jour.")
        return redirect("projects:seance", pk=seance.pk)

    def _render(self, request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
        if not rules.test_rule("seance.tenir", request.acteur):
            raise Http404
        context = {
            "seance": None,
            "form": form,
            "titre": "Nouvelle séance",
            "bouton": "Créer la séance",
            "danger": False,
            "consequences": [],
            "retour": reverse("projects:seances"),
        }
        return render(request, "projects/seance_formulaire.html", context, status=status)


class HeldView(GesteView):
    """An act on a session one holds, then back to the session. 409 once it is closed."""

    template_name = "projects/seance_formulaire.html"
    bouton = "Enregistrer"

    def allowed(self, request: HttpRequest, pk: int) -> Seance:
        seance = get_object_or_404(seances_visible_to(request.acteur), pk=pk)
        if not rules.test_rule("seance.tenir", request.acteur, seance):
            raise Http404
        if seance.close_at is not None:
            raise Refused("Cette séance est close\u00a0: rien n’en change plus.")
        return seance

    def back(self, step: Seance) -> str:
        return reverse("projects:seance", args=[step.pk])

    def heading(self, step: Seance) -> dict[str, Any]:
        return {"seance": step}


class ModifierSeanceView(HeldView):
    titre = "Modifier la séance"
    fait = "La séance est modifiée."

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form:
        values = {"tenue_le": step.tenue_le, "lieu": step.lieu, "notes": step.notes}
        return SeanceEntiereForm(**given, jour=today(request), initial=values)

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        edit_session(seance=step, **values, by=request.acteur)


class OrdreDuJourView(HeldView):
    titre = "Ajouter des dossiers à l’ordre du jour"
    bouton = "Ajouter à l’ordre du jour"

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form:
        known = step.points.values("consultation")
        running = running_consultations(request.acteur).exclude(pk__in=known)
        words = [
            (str(one.pk), f"{one.lettre.dossier}\u00a0– avis attendus pour le {date_longue(one.limite_le)}")
            for one in running
        ]
        return OrdreDuJourForm(**given, dossiers=words)

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        add_points(seance=step, consultations=[int(pk) for pk in values["dossiers"]], by=request.acteur)


class PresentsView(HeldView):
    titre = "Les présents et les déports"
    fait = "Les présents sont notés."

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form:
        points = points_visible_to(request.acteur).filter(seance=step).order_by("ordre", "pk")
        files = [(str(point.pk), point.consultation.lettre.dossier.nom) for point in points]
        return PresentsForm(
            **given, organismes=bodies_of(step.region), points=files, initial={"presents": step.presents}
        )

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        response = super().post(request, pk, **more)
        if response.status_code == 302 and request.POST.get("ajouter"):
            return redirect(f"{request.path}#id_presents")
        return response

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        note_present(seance=step, presents=values["presents"], by=request.acteur)


class CloreView(HeldView):
    titre = "Clore la séance"
    bouton = "Clore et établir le compte rendu"
    fait = "La séance est close. Le compte rendu de chaque dossier est en préparation."

    def consequences(self, request: HttpRequest, step: Seance) -> list[str]:
        return [
            "Un compte rendu est établi pour chaque dossier de l’ordre du jour\u00a0; seul le Guichet le lit.",
            "La séance ne change plus\u00a0: ni les présents, ni les relevés, ni l’ordre du jour.",
            "Les avis qui n’y ont pas été donnés peuvent encore l’être dans le portail.",
        ]

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        close_session(seance=step, by=request.acteur, now=request.now)


class PointView(HeldView):
    """What was said of one file."""

    titre = "Relevé"

    def point(self, request: HttpRequest, seance: Seance) -> PointSeance:
        found = points_visible_to(request.acteur).filter(seance=seance)
        return get_object_or_404(found, pk=self.kwargs["point"])

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form | None:
        point = self.point(request, step)
        self.titre = f"Relevé\u00a0: {point.consultation.lettre.dossier.nom}"
        return ReleveForm(**given, initial={"releve": point.releve})

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        write_point(point=self.point(request, step), releve=values["releve"], by=request.acteur)


class MonterView(PointView):
    http_method_names = ["post"]

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form | None:
        return None

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        move_up(point=self.point(request, step), by=request.acteur)


class RetirerPointView(PointView):
    bouton = "Retirer de l’ordre du jour"
    danger = True
    fait = "Le dossier est retiré de l’ordre du jour."

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form | None:
        self.titre = f"Retirer de l’ordre du jour\u00a0: {self.point(request, step).consultation.lettre.dossier.nom}"
        return None

    def consequences(self, request: HttpRequest, step: Seance) -> list[str]:
        lost = ["Le relevé écrit pour ce dossier est perdu."] if self.point(request, step).releve else []
        return ["Le dossier n’est plus examiné dans cette séance\u00a0; sa consultation continue.", *lost]

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        remove_point(point=self.point(request, step), by=request.acteur)


class SeanceAvisView(HeldView):
    """The opinion a body gave in the session. What it may have drafted itself is not shown."""

    template_name = "projects/seance_avis.html"
    bouton = "Enregistrer l’avis"
    fait = "L’avis est enregistré."

    def avis(self, request: HttpRequest, seance: Seance) -> Avis:
        return get_object_or_404(asked_in_session(seance), pk=self.kwargs["avis"])

    def refuse_early(self, request: HttpRequest, step: Seance) -> None:
        if refusal := AVIS.refusal(self.avis(request, step), "rendre", by=request.acteur, now=request.now):
            raise Refused(refusal)

    def make_form(self, request: HttpRequest, step: Seance, **given: Any) -> forms.Form:
        avis = self.avis(request, step)
        self.titre = f"Avis\u00a0: {avis.organisation.nom}"
        form = AvisForm(criteres=criteres_on(timezone.localdate(request.now)), **given)
        if form.is_bound and form.is_valid():
            answers = form.answers()
            form.add_defects(opinion_defects(answers["sens"], answers["criteres"], on=request.now))
        return form

    def act(self, request: HttpRequest, step: Seance, values: dict[str, Any]) -> None:
        answers = self.form.answers()
        record_opinion(seance=step, avis=self.avis(request, step), **answers, by=request.acteur, now=request.now)


POINT = "seances/<int:pk>/dossiers/<int:point>"

urlpatterns: list[URLPattern] = [
    path("seances/nouvelle/", NouvelleSeanceView.as_view(), name="seance_nouvelle"),
    path("seances/<int:pk>/modifier/", ModifierSeanceView.as_view(), name="seance_modifier"),
    path("seances/<int:pk>/ordre-du-jour/", OrdreDuJourView.as_view(), name="seance_ordre"),
    path("seances/<int:pk>/presents/", PresentsView.as_view(), name="seance_presents"),
    path("seances/<int:pk>/clore/", CloreView.as_view(), name="seance_clore"),
    path("seances/<int:pk>/avis/<int:avis>/", SeanceAvisView.as_view(), name="seance_avis"),
    path(f"{POINT}/", PointView.as_view(), name="seance_point"),
    path(f"{POINT}/monter/", MonterView.as_view(), name="seance_monter"),
    path(f"{POINT}/retirer/", RetirerPointView.as_view(), name="seance_retirer"),
]
