"""Load every reference data of the region: organisations, professions, law, missions, barème, accounts of the form."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services import references as accounts
from dossiers.services import references as dossiers
from funding.services import references as funding
from projects.services import references as projects


class Command(BaseCommand):
    help = "Charge les données de référence de la région (sans effet si elles sont déjà là)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = accounts.file_of_region(settings.REGION_CODE)
        except LookupError as error:
            raise CommandError(f"Aucun fichier de référence pour la région {settings.REGION_CODE}.") from error
        counts = accounts.load(path=path)
        dossiers.load()
        funding.load(region=settings.REGION_CODE)
        projects.load()
        self.stdout.write(f"{path.name} : {counts['organisations']} organisations, {counts['professions']} professions")
