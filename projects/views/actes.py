"""What the acts on a letter share: the letter through the perimeter of the person, and the way back to its page."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dossiers.views.actes import ActeView
from projects.lifecycles import LETTRE
from projects.models import LettreIntention
from projects.selectors import letters_for_pages


class LettreActeView(ActeView):
    """A row of the table of the letter as a page."""

    cycle = LETTRE

    def get_step(self, request: HttpRequest, pk: int) -> LettreIntention:
        return get_object_or_404(letters_for_pages(request.acteur), pk=pk)

    def back(self, step: Any) -> str:
        return reverse("projects:lettre", args=[step.pk])
