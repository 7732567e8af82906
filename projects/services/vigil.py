"""Watching the clock: a missed passage is made up for; what stays wrong is told to the administrators."""

import logging
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import organisations_for, users_with_right
from accounts.services.mails import queue_mail
from accounts.states import CategorieEnvoi, Droit, Genre
from dossiers.selectors.delais import clock_trouble
from projects.services.silence import passage

log = logging.getLogger(__name__)

TROUBLES = UUID("0d9f6f0e-6d5c-4d3b-9a53-0a4d2a8f5c11")
"""Under which each day of trouble gets its event: one mail a day for each administrator, however often it is seen."""

CE_QUI_EN_DEPEND = (
    "Tant que cela dure, les silences ne sont pas constatés et les alertes ne partent pas. Les dates de la "
    "loi, elles, ne changent pas."
)


def watch(*, now: datetime) -> str:
    """ "" when the clock is well, if need be after one more passage; else the trouble, told once in the day."""
    if not clock_trouble(now=now):
        return ""
    passage(now=now)
    trouble = clock_trouble(now=now)
    if trouble:
        log.error("clock: %s", trouble)
        _tell_administrators(trouble, now=now)
    return trouble


def _tell_administrators(trouble: str, *, now: datetime) -> None:
    today = timezone.localdate(now)
    desk = organisations_for(settings.REGION_CODE, Genre.GUICHET).values_list("pk", flat=True)
    for user in users_with_right(desk, Droit.ADMINISTRER, on=today):
        queue_mail(
            evenement=uuid5(TROUBLES, f"{settings.REGION_CODE}-{today}"),
            modele="etape",
            user=user,
            contexte={
                "sujet": "L’horloge du portail a besoin de vous",
                "paragraphes": [trouble, CE_QUI_EN_DEPEND],
                "bouton": "Ouvrir l’administration",
            },
            now=now,
            url=reverse("portal:administration"),
            categorie=CategorieEnvoi.COMPTE,
        )
