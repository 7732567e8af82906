"""What the acts of the desks on a projet de santé share."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dossiers.selectors.reglages import fondement
from dossiers.views.actes import ActeView, today
from funding.views.signing import Signing
from guichet.kernel.civil import date_longue
from projects.lifecycles import PROJET
from projects.models import ProjetSante
from projects.selectors.projets import projects_for_pages


class DeskActe(ActeView):
    """A row of the table of the projet de santé as a page of the ARS."""

    cycle = PROJET

    def get_step(self, request: HttpRequest, pk: int) -> ProjetSante:
        return get_object_or_404(projects_for_pages(request.acteur), pk=pk)

    def back(self, step: Any) -> str:
        return reverse("projects:projet", args=[step.pk])


def signature(request: HttpRequest) -> str:
    """In virtue of what this person signs today, or why it may not."""
    return Signing(request.acteur, today(request)).sentence()  # type: ignore[attr-defined]


def doubt(cle: str, request: HttpRequest) -> str:
    """What is not settled about an article, "" when nothing is. One query."""
    found = fondement(cle, on=today(request))
    return found.doute if found else ""


def last_day(projet: ProjetSante) -> str:
    """ "8 décembre 2026"; "" while no last day is known. What came and was not sent counts."""
    found = projet.arrivee() or projet.delai
    return date_longue(found.dernier_jour) if found and found.dernier_jour else ""
