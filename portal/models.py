"""What the portal itself keeps: the moves of its date during a rehearsal."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

JOURS_MAX = 400
"""How far the portal's date may be ahead of the real one, all moves together: beyond, no period is left to rehearse."""


class AvanceDate(models.Model):
    """One move of the portal's date, forward, by whole days: from `depuis` days ahead of the real date to `total`.

    The portal is ahead by the greatest `total`. Each move starts where the one before ended, so that two people who
    move it at once do not add up; nothing is changed or removed. `recorded_at` is the real instant.
    """

    depuis = models.PositiveSmallIntegerField("jours d’avance avant")
    total = models.PositiveSmallIntegerField("jours d’avance après")
    acteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("avancée le")

    class Meta:
        verbose_name = "avance de la date"
        verbose_name_plural = "avances de la date"
        constraints = [
            models.UniqueConstraint(
                fields=["depuis"], name="avance_une_fois", violation_error_message="La date a déjà été avancée."
            ),
            models.CheckConstraint(
                condition=Q(total__gt=F("depuis")),
                name="avance_jamais_en_arriere",
                violation_error_message="La date du portail ne recule pas.",
            ),
            models.CheckConstraint(
                condition=Q(total__lte=JOURS_MAX),
                name="avance_bornee",
                violation_error_message="La date du portail ne peut pas être avancée davantage.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="avance_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"+{self.total} j"

    @property
    def jours(self) -> int:
        return self.total - self.depuis
