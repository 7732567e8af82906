"""Rectifying a deposited letter."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern

from projects.models import LettreIntention

urlpatterns: list[URLPattern] = []


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """What this desk shows on the page of a letter: `gabarit`, `zone` (principal or marge) and its values; or None."""
    return None
