"""A mission of the CPTS: dated data, since the list changes by agreement."""

from django.db import models


class Mission(models.Model):
    """`socle` missions are compulsory, the others optional. `source` says which text lists it from `applicable_du`."""

    code = models.CharField(max_length=40)
    nom = models.CharField(max_length=160)
    description = models.CharField(max_length=500)
    socle = models.BooleanField()
    ordre = models.PositiveSmallIntegerField()
    applicable_du = models.DateField()
    applicable_au = models.DateField(null=True)
    source = models.CharField(max_length=300)
    doute = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "applicable_du"], name="mission_datee_unique")]

    def __str__(self) -> str:
        return self.nom
