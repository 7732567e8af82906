"""Threads and notes of a file."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views import View

from dossiers.models import Dossier


class EchangesView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        raise Http404


urlpatterns: list[URLPattern] = [path("dossiers/<int:pk>/echanges/", EchangesView.as_view(), name="echanges")]


def panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """What this part shows on every page of a file: `gabarit`, `zone` (principal or marge) and its values; or None."""
    return None
