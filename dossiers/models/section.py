"""A section of a long form: its answers, its version, and what is still missing."""

from django.conf import settings
from django.db import models

from dossiers.states import EtatSection


class Section(models.Model):
    """One page of a task list, saved by itself. `version` grows by one at each save: two writers never overwrite
    one another silently. `manques` is a list of [field id, French sentence], computed when the section is saved.
    """

    cle = models.CharField(max_length=40)
    contenu = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    etat = models.CharField(max_length=12, choices=EtatSection.choices, default=EtatSection.A_COMMENCER)
    manques = models.JSONField(default=list)
    repris_de = models.CharField("repris de", max_length=160, blank=True)
    modifie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    modifie_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.cle} v{self.version}"
