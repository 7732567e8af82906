"""Load the reference data of the region this deployment serves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services import references


class Command(BaseCommand):
    help = "Charge les organisations et les professions de la région (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = references.file_of_region(settings.REGION_CODE)
        except LookupError as error:
            raise CommandError(f"Aucun fichier de référence pour la région {settings.REGION_CODE}.") from error
        counts = references.load(path=path)
        self.stdout.write(f"{path.name} : {counts['organisations']} organisations, {counts['professions']} professions")
