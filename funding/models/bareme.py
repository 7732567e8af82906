"""A barème: dated data with its source. Published once, then immutable; its end is the next one's start."""

import pgtrigger
from django.db import models
from django.db.models import Q

from funding.states import StatutBareme


class Bareme(models.Model):
    code = models.CharField(max_length=40, unique=True)
    titre = models.CharField(max_length=200)
    applicable_du = models.DateField()
    statut = models.CharField(max_length=10, choices=StatutBareme.choices, default=StatutBareme.BROUILLON)
    source = models.CharField(max_length=300)
    doute = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "barème"
        constraints = [
            models.UniqueConstraint(
                fields=["applicable_du"],
                condition=Q(statut=StatutBareme.PUBLIE),
                name="bareme_publie_un_par_date",
                violation_error_message="Un barème publié commence déjà ce jour-là.",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="bareme_publie_immuable",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__statut=StatutBareme.PUBLIE.value),
            )
        ]

    def __str__(self) -> str:
        return self.titre


class SeuilTaille(models.Model):
    """The size `taille` (1 to 4) starts at `population_min` inhabitants, inclusive by our convention."""

    bareme = models.ForeignKey(Bareme, models.CASCADE, related_name="seuils")
    taille = models.PositiveSmallIntegerField()
    population_min = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bareme", "taille"], name="seuil_un_par_taille"),
            models.UniqueConstraint(fields=["bareme", "population_min"], name="seuil_distinct"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="seuils_publies_immuables",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM funding_bareme
                                WHERE id IN (OLD.bareme_id, NEW.bareme_id) AND statut = 'publie') THEN
                        RAISE EXCEPTION 'Ce barème est publié : ses seuils ne changent plus.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"T{self.taille} ≥ {self.population_min}"
