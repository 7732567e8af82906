"""The page of one section, or of one action, of the projet de santé."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from dossiers.models import Section
from dossiers.questions import Rubrique, SectionForm
from dossiers.views.sections import SectionView, find
from projects.models import ProjetSante
from projects.questions.projet import projet_form
from projects.rubriques_projet import TERRITOIRE, fiche_numero, is_fiche
from projects.selectors.projets import rubriques_of
from projects.services.projets.writing import save_project_section
from projects.states import FormeProjet
from projects.views import etapes
from projects.views.projets.presenters import section_url


class ProjetSectionView(LoginRequiredMixin, SectionView):
    template_name = "projects/section.html"

    def get(self, request: HttpRequest, pk: int, cle: str) -> HttpResponse:
        if cle == TERRITOIRE:
            return redirect("projects:projet_territoire", pk=pk)
        return super().get(request, pk, cle)

    def get_step(self, request: HttpRequest, pk: int) -> Any:
        return etapes.PROJET.open_to_writing(request, pk)

    def get_section(self, step: ProjetSante, cle: str) -> Section:
        if cle == TERRITOIRE or _rubrique(step, cle) is None:
            raise Http404
        return get_object_or_404(step.sections.select_related("modifie_par"), cle=cle)

    def make_form(self, step: ProjetSante, section: Section, **kwargs: Any) -> SectionForm:
        return projet_form(section.cle, jour=timezone.localdate(self.request.now), **kwargs)

    def save(self, request: HttpRequest, step: Any, section: Section, form: SectionForm, version: int) -> Section:
        return save_project_section(
            projet=step,
            cle=section.cle,
            contenu=form.contenu(),
            manques=form.manques(),
            version=version,
            by=request.acteur,
            now=request.now,
        )

    def page(self, step: ProjetSante, section: Section) -> dict[str, Any]:
        rubrique = _rubrique(step, section.cle)
        retour = reverse("projects:projet", args=[step.pk])
        return {
            "rubrique": rubrique,
            "retour": retour,
            "fil": [
                {"label": "Mes projets", "url": reverse("portal:accueil_role")},
                {"label": "Projet de santé", "url": retour},
                {"label": rubrique.titre if rubrique else ""},
            ],
        }

    def next_url(self, step: ProjetSante, section: Section) -> str:
        """The next section by "Enregistrer et continuer", else the project; from an action, the others."""
        back = reverse("projects:projet", args=[step.pk])
        if is_fiche(section.cle):
            return f"{back}#fiches" if step.depose_at is None else reverse("projects:projet_fiches", args=[step.pk])
        if "continuer" in self.request.POST:
            keys = [rubrique.cle for rubrique in rubriques_of(step.forme)]
            following = [cle for cle in keys[keys.index(section.cle) + 1 :] if cle != TERRITOIRE or not step.depose_at]
            if following:
                return section_url(step, following[0])
        return back


def _rubrique(projet: ProjetSante, cle: str) -> Rubrique | None:
    """The rubrique of that key in a project of that form; an action is one of its own."""
    if is_fiche(cle) and projet.forme == FormeProjet.RUBRIQUES:
        return Rubrique(cle, f"Fiche-action n°\u00a0{fiche_numero(cle)}", "", bloquante=False)
    return find(rubriques_of(projet.forme), cle)
