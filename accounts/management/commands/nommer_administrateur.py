"""Name an administrator of the portal: how the first one comes in, whom nobody can invite."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.models.users import normalise_email
from accounts.services.memberships import name_administrator
from guichet.kernel import instant
from guichet.kernel.lifecycle import Refused


class Command(BaseCommand):
    help = "Fait d’une personne qui a un compte un administrateur du portail, membre du Guichet de la région."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("courriel", help="l’adresse de son compte")

    def handle(self, *args: Any, **options: Any) -> None:
        courriel = normalise_email(options["courriel"])
        user = User.objects.filter(email=courriel, is_active=True).first()
        if user is None:
            raise CommandError(f"Aucun compte actif pour {courriel}\u00a0: créez-le d’abord.")
        try:
            membership = name_administrator(user=user, region=settings.REGION_CODE, now=instant.current())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user} ({courriel}) administre le portail\u00a0: {membership.organisation.nom}.")
