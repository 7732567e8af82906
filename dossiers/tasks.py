"""Tasks of the files: they read the clock and call a service."""

from celery import shared_task

from dossiers.services import rendering
from dossiers.services.documents import TASK
from guichet.kernel import instant

LOT = 20


@shared_task(name=TASK)
def rendre_les_documents(**_: object) -> int:
    """Draw what is due. Woken after each event, and by the sweep for what a lost wake-up left behind."""
    now = instant.current()
    drawn = 0
    while lot := rendering.render_due(now=now, limit=LOT):
        drawn += lot
    return drawn
