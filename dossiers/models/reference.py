"""What may change by law or by region: dated data with its source, never a constant."""

from django.db import models
from django.db.models import Q


class Reglage(models.Model):
    """A setting of the region from a day on: the value in force is the latest whose `applicable_du` is not after the
    day asked. `doute` tells an agent what the sources do not settle.
    """

    cle = models.CharField("clé", max_length=60)
    valeur = models.JSONField()
    applicable_du = models.DateField()
    motif = models.CharField("raison", max_length=500)
    source = models.CharField(max_length=300)
    doute = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "réglage"
        constraints = [
            models.UniqueConstraint(fields=["cle", "applicable_du"], name="reglage_un_par_jour"),
            models.CheckConstraint(condition=~Q(motif="") & ~Q(source=""), name="reglage_source"),
        ]

    def __str__(self) -> str:
        return f"{self.cle} au {self.applicable_du}"


class Fondement(models.Model):
    """The article a lawyer will look up, in its version of a day."""

    cle = models.CharField("clé", max_length=60)
    article = models.CharField(max_length=160)
    resume = models.CharField("ce que dit le texte", max_length=500)
    applicable_du = models.DateField()
    source = models.CharField(max_length=300)
    doute = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cle", "applicable_du"], name="fondement_un_par_jour")]

    def __str__(self) -> str:
        return self.article
