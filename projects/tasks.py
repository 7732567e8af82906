"""Tasks of the clock: they read the time and call a service. Late or twice, they change nothing more."""

from celery import shared_task

from guichet.kernel import instant
from projects.services import silence, vigil


@shared_task(name="projects.passer_l_horloge")
def passer_l_horloge(*, rebours: bool = False, **_: object) -> int:
    """One passage: just after midnight in Paris, in the morning, and when beat starts. When much is due, another worker
    is asked to help from the other end; if none does, this one does it all.
    """
    now = instant.current()
    if not rebours and silence.is_heavy(now=now):
        passer_l_horloge.apply_async(kwargs={"rebours": True}, ignore_result=True)
    return silence.passage(now=now, rebours=rebours).constates


@shared_task(name="projects.surveiller_l_horloge")
def surveiller_l_horloge(**_: object) -> str:
    """Each hour: what is still wrong once the clock was made to pass again, told to the administrators once a day."""
    return vigil.watch(now=instant.current())
