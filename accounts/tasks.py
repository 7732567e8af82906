"""Tasks of accounts: they read the clock and call a service."""

from celery import shared_task

from accounts.services import digest, mails
from guichet.kernel import instant


@shared_task(name=mails.TASK)
def envoyer_les_mails(**_: object) -> int:
    """Send what is due. Woken after each event, and by the sweep for what a lost wake-up left behind."""
    return mails.send_due(now=instant.current())


@shared_task(name=digest.TASK)
def envoyer_les_recapitulatifs(**_: object) -> int:
    """Write the digests of the day: nothing before seven, nothing twice; called often, so that none is missed."""
    return digest.send_digests(now=instant.current())
