"""Moving the portal's date forward, to rehearse what time does by itself. Never where rehearsals are not allowed."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.acteur import Acteur
from guichet.kernel.after_commit import wake
from guichet.kernel.lifecycle import Refused
from portal.models import JOURS_MAX, AvanceDate
from portal.selectors import days_ahead

PASSAGE = "projects.passer_l_horloge"

MEANWHILE = "La date du portail a été avancée entre-temps. Relisez la page avant de l’avancer encore."


@transaction.atomic
def advance(*, jours: int, depuis: int, by: Acteur, now: datetime) -> AvanceDate:
    """Move the portal's date forward by `jours`, and wake the clock once this is committed, so that it passes at once.

    `depuis`: by how many days the person saw it ahead; refused when it is not so any more, so that a form sent twice
    moves it once. `now` is the real instant. Refused outside a rehearsal, backwards, and beyond `JOURS_MAX` in all.
    """
    if not settings.REPETITION:
        raise Refused("La date du portail est la date réelle\u00a0: elle ne s’avance pas.")
    if jours < 1:
        raise Refused("La date du portail ne recule pas\u00a0: avancez-la d’un jour au moins.")
    if depuis + jours > JOURS_MAX:
        raise Refused(f"La date du portail ne peut pas avoir plus de {JOURS_MAX} jours d’avance.")
    if depuis != days_ahead():
        raise Refused(MEANWHILE)
    try:
        with transaction.atomic():
            made = AvanceDate.objects.create(depuis=depuis, total=depuis + jours, acteur=by.user, recorded_at=now)
    except IntegrityError as taken:
        raise Refused(MEANWHILE) from taken
    wake(PASSAGE)
    return made
