"""The inbox of a person: what it opened, and when first."""

from datetime import datetime

from accounts.models import Envoi


def mark_read(*, envoi: Envoi, now: datetime) -> None:
    """Record the first time a message was opened; later openings change nothing."""
    Envoi.objects.filter(pk=envoi.pk, lu_at__isnull=True).update(lu_at=now)
