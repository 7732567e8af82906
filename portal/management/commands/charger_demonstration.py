"""Load the demonstration: invented people and files. Never in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from guichet.kernel import instant
from portal.demonstration import comptes, dossiers


class Command(BaseCommand):
    help = "Charge les comptes et les dossiers de démonstration, puis affiche les comptes."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("La démonstration ne se charge pas en production.")
        if not comptes.exist():
            with transaction.atomic():
                dossiers.build(region=settings.REGION_CODE, now=instant.current())
        shown = (comptes.PORTEUR, *comptes.COMPTES, *comptes.AUTRES_PORTEURS)
        width = max(len(compte.courriel) for compte in shown)
        self.stdout.write(f"Comptes de démonstration (mot de passe : {comptes.PASSWORD})")
        for compte in shown:
            self.stdout.write(f"  {compte.courriel:<{width}}  {compte.role}")
        self.stdout.write(
            f"Code du second facteur des agents, dans un autre terminal : make code (secret : {comptes.SECRET})"
        )
