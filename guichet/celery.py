"""The Celery application: the queue carries wake-ups, the sweep finds what a wake-up lost."""

import os

from celery import Celery
from celery.signals import beat_init

# As wsgi.py, which loads this module first: nothing that serves falls back on the settings of the demonstration.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.production")

app = Celery("guichet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def ready_to_send() -> bool:
    """Import what sending takes and open nothing: otherwise the first person to act waits a second for it."""
    return bool(app.amqp and app.connection_for_write().transport_cls)


@beat_init.connect
def sweep_at_start(**_: object) -> None:
    """Without its state file, beat does not catch up a missed run: each task is sent once at start."""
    for task in dict.fromkeys(entry["task"] for entry in app.conf.beat_schedule.values()):
        app.send_task(task, ignore_result=True)
