"""Requests without a letter: opening, checking, depositing."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern

from funding.models import DemandeFir

urlpatterns: list[URLPattern] = []


def panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """What this desk shows on the page of a request: `gabarit`, `zone` (principal or marge) and its values; or None."""
    return None
