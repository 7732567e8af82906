"""Configuration of the application."""

from typing import Any

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Financement"

    def ready(self) -> None:
        from dossiers import agenda
        from dossiers.parcours import follow
        from dossiers.states import EtapePieces
        from funding.selectors.agenda import jalons

        agenda.register(jalons)
        follow(EtapePieces.DEMANDE_FIR, _after_answers)


def _after_answers(asked: Any) -> Any:
    """What follows the answers to the funder: the request is completed from its page."""
    from django.urls import reverse

    from dossiers.parcours import Suite
    from funding.models import DemandeFir

    request = DemandeFir.objects.filter(evenements=asked.evenement).values_list("pk", flat=True).first()
    if request is None:
        return None
    url = reverse("funding:demande", args=[request])
    return Suite(
        libelle="Demande de subvention",
        retour=url,
        phrase="Quand chaque pièce exigée a sa réponse, complétez la demande\u00a0: l’examen reprend alors.",
        url=reverse("funding:completer", args=[request]),
        bouton="Compléter la demande",
    )
