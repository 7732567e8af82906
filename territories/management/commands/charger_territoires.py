"""Load the official list of communes: `manage.py charger_territoires [--departements 31,34]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from territories.services.loading import load


class Command(BaseCommand):
    help = "Charge la liste officielle des communes et leurs populations ; ne fait rien si elle est déjà chargée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--departements", help="codes séparés par des virgules (défaut : toute la France)")
        parser.add_argument("--fichier", type=Path, help="un autre millésime (défaut : le plus récent du projet)")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = options["departements"]
        departements = None if codes is None else [code.strip() for code in codes.split(",") if code.strip()]
        try:
            loaded = load(departements=departements, path=options["fichier"])
        except KeyError as error:
            raise CommandError(f"Département inconnu : {error.args[0]}.") from error
        if not loaded.communes:
            self.stdout.write(f"Territoires : le millésime {loaded.millesime} est déjà chargé.")
        else:
            self.stdout.write(f"Territoires : {loaded.communes} communes du millésime {loaded.millesime} chargées.")
