"""A file that another département leads from a day on: who moved it, and why."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.dossier import Dossier


class Deplacement(models.Model):
    """One move, never changed. Its id is the event of the mails that tell it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="deplacements")
    de = models.ForeignKey("territories.Departement", models.PROTECT, related_name="+")
    vers = models.ForeignKey("territories.Departement", models.PROTECT, related_name="+")
    motif = models.CharField("raison", max_length=500)
    deplace_at = models.DateTimeField()
    deplace_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    qualite = models.CharField("qualité", max_length=300)

    class Meta:
        verbose_name = "changement de département pilote"
        constraints = [
            models.CheckConstraint(condition=~Q(de=F("vers")), name="deplacement_change"),
            models.CheckConstraint(
                condition=~Q(motif=""),
                name="deplacement_motive",
                violation_error_message="Dites pourquoi le dossier change de département pilote.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="deplacement_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.dossier_id} : {self.de_id} → {self.vers_id}"
