"""Append-only journals: one concrete table per lifecycle, one shape for all.

An event says what was done, by whom and in which capacity, when it was recorded and from which day it takes
effect, on which legal basis and where it came from. PostgreSQL refuses to change or delete one. Its key grows with
time: of two events of one instant, the greater was written after (ADR 0022).
"""

import pgtrigger
from django.conf import settings
from django.db import models
from uuid6 import uuid7


class Origine(models.TextChoices):
    """Where an act comes from."""

    PORTAIL = "portail", "Sur le portail"
    PAPIER = "papier", "Sur papier"
    REPRISE = "reprise", "Reprise de l’historique"
    HORLOGE = "horloge", "Par l’écoulement du délai"


class Evenement(models.Model):
    """One line of a journal. Subclasses add the key to their object, with `related_name="evenements"`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.CharField(max_length=60)
    source = models.CharField(max_length=30)
    cible = models.CharField(max_length=30)
    acteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    qualite = models.CharField("qualité", max_length=300, help_text="Frozen text: in which capacity the person acted.")
    recorded_at = models.DateTimeField()
    prend_effet_le = models.DateField()
    fondement = models.CharField(max_length=60, help_text="Key of a dated Fondement.")
    origine = models.CharField(max_length=10, choices=Origine.choices)
    motif = models.TextField(blank=True)
    donnees = models.JSONField("données", default=dict)

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Protect(name="journal_immuable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.recorded_at:%Y-%m-%d %H:%M}"
