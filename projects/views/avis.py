"""Opinions: the page of a body."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views import View

from projects.models import LettreIntention


class AvisView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        raise Http404


urlpatterns: list[URLPattern] = [path("avis/<int:pk>/", AvisView.as_view(), name="avis")]


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """What this desk shows on the page of a letter: `gabarit`, `zone` (principal or marge) and its values; or None."""
    return None
