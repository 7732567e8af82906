"""Configuration of the application."""

from typing import Any

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projets de CPTS"

    def ready(self) -> None:
        from funding import parcours

        parcours.register(_letter_of)


def _letter_of(demande: Any) -> Any:
    """The letter a request goes with is where people come back to; None for a request of its own."""
    from django.urls import reverse

    from funding.parcours import Retour
    from projects.models import LettreIntention

    letter = LettreIntention.objects.filter(demande=demande).values_list("pk", flat=True).first()
    return Retour("Lettre d’intention", reverse("projects:lettre", args=[letter])) if letter else None
