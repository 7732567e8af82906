"""Correcting a slip of the pen in what was deposited."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from projects.models.lettre import LettreIntention
from projects.states import EtatRectification


class Rectification(models.Model):
    """A slip of the pen in a deposited letter: proposed by the association, accepted by the desk that holds the file.

    The deposited answers never change: what is read and printed after carries `apres`.
    """

    lettre = models.ForeignKey(LettreIntention, models.PROTECT, related_name="rectifications")
    section = models.CharField(max_length=40)
    champ = models.CharField(max_length=60)
    libelle = models.CharField("libellé", max_length=200)
    avant = models.TextField(blank=True)
    apres = models.TextField()
    motif = models.CharField("raison", max_length=500)
    etat = models.CharField(max_length=10, choices=EtatRectification.choices)
    proposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposee_at = models.DateTimeField()
    traitee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    traitee_at = models.DateTimeField(null=True)
    reponse = models.CharField("réponse", max_length=500, blank=True)

    class Meta:
        verbose_name = "rectification"
        constraints = [
            models.UniqueConstraint(
                fields=["lettre", "section", "champ"],
                condition=Q(etat=EtatRectification.PROPOSEE),
                name="rectification_une_proposee",
                violation_error_message="Une rectification de cette réponse est déjà proposée.",
            ),
            models.CheckConstraint(condition=~Q(avant=F("apres")), name="rectification_change"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rectification_traitee_fixe",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__etat=EtatRectification.PROPOSEE.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.section}.{self.champ}"
