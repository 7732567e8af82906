"""What the pages common to a letter and to a projet de santé need of each: its rows, its words, its addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention, ProjetSante
from projects.rubriques_projet import DIAGNOSTIC, FICHE_DOCUMENT
from projects.sections import ACCES
from projects.selectors import letters_for_pages
from projects.selectors.projets import projects_for_pages
from projects.services import writing as letters
from projects.services.projets import writing as projects
from projects.states import FormeProjet
from projects.views import presenters as of_letter
from projects.views.projets import presenters as of_project


@dataclass(frozen=True)
class Kind:
    """`nom` begins the addresses of its pages (`<nom>`, `<nom>_journal`…), but those of a letter have no prefix;
    `libelle` is what people read, `retour` the words that lead back to it.
    """

    nom: str
    prefixe: str
    libelle: str
    retour: str
    rows: Callable[[Any], QuerySet[Any]]
    tag: Callable[[Any], dict[str, str]]
    facts: Callable[[Any], list[dict[str, str]]]
    ecriture: tuple[str, ...]
    not_writable: Callable[[Any], str]
    after_territory: Callable[[Any], str]

    def url(self, step: Any, name: str = "") -> str:
        """The page `name` of the step; its own page by default."""
        return reverse(f"projects:{self.prefixe}{name}" if name else f"projects:{self.nom}", args=[step.pk])

    def get(self, request: HttpRequest, pk: int) -> Any:
        """The step through the perimeter of the person; 404 otherwise."""
        return get_object_or_404(self.rows(request.acteur), pk=pk)

    def written(self, request: HttpRequest, pk: int) -> Any:
        """The step of the association the person writes for, whatever its state; 404 otherwise."""
        step = self.get(request, pk)
        if not rules.test_rule(f"{self.nom}.rediger", request.acteur, step):
            raise Http404
        return step

    def open_to_writing(self, request: HttpRequest, pk: int) -> Any:
        """The same, Refused once it is no longer written."""
        step = self.written(request, pk)
        if step.etat not in self.ecriture:
            raise Refused(self.not_writable(step))
        return step

    def page(self, step: Any) -> dict[str, Any]:
        """What the header and the breadcrumb of each page of a step need, but its tabs."""
        return {
            "etape": step,
            "dossier": step.dossier,
            "tag": self.tag(step),
            "faits": self.facts(step),
            "retour": {"url": self.url(step), "libelle": self.libelle, "bouton": self.retour},
        }


def _after_project_territory(projet: ProjetSante) -> str:
    return of_project.section_url(projet, DIAGNOSTIC if projet.forme == FormeProjet.RUBRIQUES else FICHE_DOCUMENT)


LETTRE = Kind(
    nom="lettre",
    prefixe="",
    libelle="Lettre d’intention",
    retour="Revenir à la lettre",
    rows=letters_for_pages,
    tag=of_letter.tag_of,
    facts=of_letter.facts,
    ecriture=letters.ECRITURE,
    not_writable=letters.not_writable,
    after_territory=lambda lettre: of_letter.section_url(lettre, ACCES),
)
PROJET = Kind(
    nom="projet",
    prefixe="projet_",
    libelle="Projet de santé",
    retour="Revenir au projet",
    rows=projects_for_pages,
    tag=of_project.tag_of,
    facts=of_project.facts,
    ecriture=projects.ECRITURE,
    not_writable=projects.not_writable,
    after_territory=_after_project_territory,
)


def kind_of(step: LettreIntention | ProjetSante) -> Kind:
    return PROJET if isinstance(step, ProjetSante) else LETTRE
