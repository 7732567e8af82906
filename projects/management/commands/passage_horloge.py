"""`manage.py passage_horloge`: one passage of the clock, now, and what it did. Late or twice, it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guichet.kernel import instant
from projects.services.silence import passage


class Command(BaseCommand):
    help = "Fait passer l’horloge : constate les silences, clôt les avis sans réponse, envoie les alertes."

    def handle(self, *args: Any, **options: Any) -> None:
        row = passage(now=instant.current())
        self.stdout.write(
            f"Échéances\u00a0: {row.dus}, constatées\u00a0: {row.constates}. Alertes envoyées\u00a0: {row.alertes}. "
            f"Erreurs\u00a0: {row.erreurs}."
        )
        if row.erreurs:
            raise CommandError("Des dossiers n’ont pas pu être traités : leur cause est dans les journaux du serveur.")
