"""Who is in charge of a file, and its links."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern

from dossiers.models import Dossier

urlpatterns: list[URLPattern] = []


def panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """What this part shows on every page of a file: `gabarit`, `zone` (principal or marge) and its values; or None."""
    return None
