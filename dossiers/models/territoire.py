"""The territory of a CPTS: dated versions made of parts, frozen once deposited."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier


class Territoire(models.Model):
    """One version. Mutable while `fige_at` is empty (a draft), then never: a change is a new version.

    `population` is the sum of the parts, in inhabitants of the vintage of each part; `taille` is 1 to 4 by the
    thresholds of the barème named in `bareme`, 0 while the territory is empty.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="territoires")
    numero = models.PositiveSmallIntegerField("version")
    population = models.PositiveIntegerField(default=0)
    taille = models.PositiveSmallIntegerField(default=0)
    bareme = models.CharField(max_length=40, blank=True)
    departements = ArrayField(models.CharField(max_length=3), default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fige_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "numero"], name="territoire_version_unique"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(fige_at=None), name="territoire_un_seul_brouillon"
            ),
            models.CheckConstraint(condition=Q(taille__range=(0, 4)), name="territoire_taille_0_a_4"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="territoire_fige",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__fige_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} v{self.numero}"


class PartTerritoire(models.Model):
    """A whole commune or municipal arrondissement (`nom` empty), or a named part of a commune with its declared
    population, the source of that figure and the reason. `population` is frozen with its vintage.
    """

    territoire = models.ForeignKey(Territoire, models.CASCADE, related_name="parts")
    commune = models.ForeignKey("territories.Commune", models.PROTECT, related_name="+")
    nom = models.CharField("quartier", max_length=120, blank=True)
    population = models.PositiveIntegerField()
    millesime = models.CharField("millésime", max_length=40)
    source = models.CharField("source de la population", max_length=200, blank=True)
    motif = models.CharField("raison du découpage", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territoire", "commune", "nom"],
                name="part_unique",
                violation_error_message="Cette partie du territoire est déjà dans la liste.",
            ),
            models.CheckConstraint(
                condition=Q(nom="") | (~Q(source="") & ~Q(motif="")),
                name="part_de_commune_sourcee",
                violation_error_message="Un quartier a une population, une source et une raison.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="parts_figees",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("verrou", "timestamptz")],
                func="""
                    SELECT fige_at INTO verrou FROM dossiers_territoire
                     WHERE id = COALESCE(NEW.territoire_id, OLD.territoire_id);
                    IF verrou IS NOT NULL THEN
                        RAISE EXCEPTION 'Ce territoire est figé : un changement est une nouvelle version.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="parts_dans_la_commune",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("total", "bigint"), ("plafond", "bigint"), ("entiere", "boolean")],
                func="""
                    SELECT sum(population), bool_or(nom = '') AND count(*) > 1 INTO total, entiere
                      FROM dossiers_partterritoire
                     WHERE territoire_id = NEW.territoire_id AND commune_id = NEW.commune_id;
                    SELECT population INTO plafond FROM territories_commune WHERE code = NEW.commune_id;
                    IF entiere OR (NEW.nom <> '' AND total > plafond) THEN
                        RAISE EXCEPTION 'Les parties d’une commune dépassent la commune entière.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.nom}".strip()
