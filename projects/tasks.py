"""Tasks of the clock: they read the time and call a service. Late or twice, they change nothing more."""

from celery import shared_task

from guichet.kernel import instant
from projects.services import silence, vigil


@shared_task(name="projects.passer_l_horloge")
def passer_l_horloge(**_: object) -> int:
    """One passage: just after midnight in Paris, in the morning, and when beat starts."""
    return silence.passage(now=instant.current()).constates


@shared_task(name="projects.surveiller_l_horloge")
def surveiller_l_horloge(**_: object) -> str:
    """Each hour: what is still wrong once the clock was made to pass again, told to the administrators once a day."""
    return vigil.watch(now=instant.current())
