"""Print the six-digit code of the moment for the demonstration's agents. Never in production."""

from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demonstration.comptes import SECRET


class Command(BaseCommand):
    help = "Affiche le code du second facteur des agents de démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Ce code n’existe pas en production.")
        counters = list(yield_hotp_counters_from_time())
        now = counters[len(counters) // 2]
        self.stdout.write(format_hotp_value(hotp_value(SECRET, now)))
