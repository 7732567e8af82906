"""Filters a person keeps under a name."""

from django.conf import settings
from django.db import models


class VueEnregistree(models.Model):
    """The filters a person keeps under a name, for one list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="vues")
    liste = models.CharField(max_length=40)
    nom = models.CharField(max_length=80)
    parametres = models.CharField("paramètres", max_length=500, help_text="The query string, without page.")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "vue enregistrée"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "liste", "nom"],
                name="vue_nom_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom
