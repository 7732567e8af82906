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
            models.UniqueConstraint(fields=["dossier"], condition=Q(fige_at=None), name="territoire_un_seul_brouillon"),
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


def _parts_within(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """Once a statement: what it wrote fits in its communes, a municipal arrondissement being a part of its city."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="ecrites"),
        func="""
            IF EXISTS (
                WITH villes AS (
                    SELECT DISTINCT e.territoire_id, COALESCE(c.parent_id, c.code) AS ville
                      FROM ecrites e JOIN territories_commune c ON c.code = e.commune_id
                ), parts AS (
                    SELECT p.territoire_id, p.commune_id, p.nom, p.population, c.population AS plafond, v.ville,
                           w.population AS plafond_ville, p.nom = '' AND c.code = v.ville AS ville_entiere
                      FROM villes v
                      JOIN territories_commune w ON w.code = v.ville
                      JOIN territories_commune c ON c.code = v.ville OR c.parent_id = v.ville
                      JOIN dossiers_partterritoire p ON p.territoire_id = v.territoire_id AND p.commune_id = c.code
                )
                SELECT 1 FROM parts GROUP BY territoire_id, commune_id, plafond
                HAVING (bool_or(nom = '') AND count(*) > 1) OR (bool_or(nom <> '') AND sum(population) > plafond)
                UNION ALL
                SELECT 1 FROM parts GROUP BY territoire_id, ville, plafond_ville
                HAVING (bool_or(ville_entiere) AND count(*) > 1)
                    OR (bool_or(nom <> '') AND sum(population) > plafond_ville)
            ) THEN
                RAISE EXCEPTION 'Les parties d’une commune dépassent la commune entière.'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


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
                func="""
                    PERFORM 1 FROM dossiers_territoire
                      WHERE id IN (OLD.territoire_id, NEW.territoire_id) FOR NO KEY UPDATE;
                    IF EXISTS (SELECT 1 FROM dossiers_territoire
                                WHERE id IN (OLD.territoire_id, NEW.territoire_id) AND fige_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'Ce territoire est figé : un changement est une nouvelle version.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            _parts_within("parts_dans_la_commune", pgtrigger.Insert),
            _parts_within("parts_dans_la_commune_maj", pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.nom}".strip()
