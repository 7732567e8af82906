"""The page of one section of the letter."""

from typing import Any

import rules
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from dossiers.models import Section
from dossiers.questions import SectionForm
from dossiers.views.sections import SectionView, find
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention
from projects.questions import letter_form
from projects.sections import RUBRIQUES, TERRITOIRE
from projects.selectors import letters_for_pages
from projects.services.writing import ECRITURE, save_letter_section


class LettreSectionView(LoginRequiredMixin, SectionView):
    template_name = "projects/section.html"

    def get(self, request: HttpRequest, pk: int, cle: str) -> HttpResponse:
        if cle == TERRITOIRE:
            return redirect("projects:territoire", pk=pk)
        return super().get(request, pk, cle)

    def get_step(self, request: HttpRequest, pk: int) -> LettreIntention:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)
        if not rules.test_rule("lettre.rediger", request.acteur, lettre):
            raise Http404
        if lettre.etat not in ECRITURE:
            raise Refused(f"Cette lettre est «\u00a0{lettre.get_etat_display()}\u00a0»\u00a0: elle ne se modifie plus.")
        return lettre

    def get_section(self, step: LettreIntention, cle: str) -> Section:
        if find(RUBRIQUES, cle) is None or cle == TERRITOIRE:
            raise Http404
        return step.sections.select_related("modifie_par").get(cle=cle)

    def make_form(self, step: LettreIntention, section: Section, **kwargs: Any) -> SectionForm:
        return letter_form(section.cle, jour=timezone.localdate(self.request.now), **kwargs)

    def save(self, request: HttpRequest, step: Any, section: Section, form: SectionForm, version: int) -> Section:
        return save_letter_section(
            lettre=step,
            cle=section.cle,
            contenu=form.contenu(),
            manques=form.manques(),
            version=version,
            by=request.acteur,
            now=request.now,
        )

    def page(self, step: LettreIntention, section: Section) -> dict[str, Any]:
        rubrique = find(RUBRIQUES, section.cle)
        retour = reverse("projects:lettre", args=[step.pk])
        return {
            "rubrique": rubrique,
            "retour": retour,
            "fil": [
                {"label": "Mes projets", "url": reverse("portal:accueil_role")},
                {"label": "Lettre d’intention", "url": retour},
                {"label": rubrique.titre if rubrique else ""},
            ],
        }

    def next_url(self, step: LettreIntention, section: Section) -> str:
        """ "Enregistrer et continuer" leads to the next section, the last one to the letter."""
        if "continuer" in self.request.POST:
            keys = [rubrique.cle for rubrique in RUBRIQUES]
            following = keys[keys.index(section.cle) + 1 :]
            if following:
                return reverse("projects:section", args=[step.pk, following[0]])
        return reverse("projects:lettre", args=[step.pk])
