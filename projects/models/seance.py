"""A meeting of the Guichet: its agenda, who was there, the opinions given, its minutes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.consultation import Consultation


class Seance(models.Model):
    """`close_at` is set when its minutes are made: nothing of it changes after."""

    region = models.CharField(max_length=3)
    tenue_le = models.DateField("tenue le")
    lieu = models.CharField(max_length=160, blank=True)
    presents = models.JSONField("présents", default=list, help_text="Rows {organisation, nom, qualite}.")
    notes = models.TextField("notes de séance", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    close_at = models.DateTimeField(null=True)
    evenement = models.UUIDField(unique=True, help_text="Under which its minutes are made.")

    class Meta:
        verbose_name = "séance"
        indexes = [models.Index(fields=["region", "-tenue_le"], name="seance_region")]
        triggers = [
            pgtrigger.Protect(
                name="seance_close_fixe",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__close_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Séance du {self.tenue_le}"


class PointSeance(models.Model):
    """A file on the agenda, in its order, with what was said of it."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="points")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="points")
    ordre = models.PositiveSmallIntegerField()
    releve = models.TextField("relevé", blank=True)

    class Meta:
        verbose_name = "point de l’ordre du jour"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "consultation"],
                name="point_une_fois",
                violation_error_message="Ce dossier est déjà à l’ordre du jour.",
            ),
            models.CheckConstraint(condition=Q(ordre__gte=1), name="point_ordre"),
        ]

    def __str__(self) -> str:
        return f"{self.ordre}. {self.consultation_id}"
