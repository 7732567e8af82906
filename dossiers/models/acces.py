"""People in charge of a file, and what ties it to other files."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models.memberships import days, one_key
from dossiers.models.dossier import Dossier
from dossiers.states import NatureLien, RoleAffectation


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def active(self, *, on: date) -> Self:
        return self.filter(Q(fin_le__isnull=True) | Q(fin_le__gt=on), debut_le__lte=on)


class Affectation(models.Model):
    """Who, in a body, is in charge of a file, from a day on. `fin_le` is the first day without the charge."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="affectations")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="affectations")
    role = models.CharField("rôle", max_length=10, choices=RoleAffectation.choices)
    debut_le = models.DateField("depuis le")
    fin_le = models.DateField("jusqu’au", null=True)
    affecte_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AffectationQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.CheckConstraint(
                condition=Q(fin_le__isnull=True) | Q(fin_le__gte=F("debut_le")), name="affectation_dates"
            ),
            ExclusionConstraint(
                name="affectation_une_par_role",
                expressions=[
                    (one_key("dossier_id"), RangeOperators.OVERLAPS),
                    (one_key("organisation_id"), RangeOperators.OVERLAPS),
                    (days("debut_le", "fin_le", "[)"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=RoleAffectation.TITULAIRE),
                violation_error_message="Ce dossier a déjà un titulaire à ces dates.",
            ),
            ExclusionConstraint(
                name="affectation_un_suppleant",
                expressions=[
                    (one_key("dossier_id"), RangeOperators.OVERLAPS),
                    (one_key("organisation_id"), RangeOperators.OVERLAPS),
                    (days("debut_le", "fin_le", "[)"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=RoleAffectation.SUPPLEANT),
                violation_error_message="Ce dossier a déjà un suppléant à ces dates.",
            ),
        ]
        indexes = [models.Index(fields=["user", "dossier"], name="affectation_personne")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} : {self.user_id} · {self.dossier_id}"


class LienDossier(models.Model):
    """What a file is to another: competing, merged into, split from, born of. Said once, with its reason."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="liens")
    autre = models.ForeignKey(Dossier, models.PROTECT, related_name="liens_recus")
    nature = models.CharField(max_length=14, choices=NatureLien.choices)
    motif = models.CharField("raison", max_length=500)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lien entre dossiers"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "autre", "nature"],
                name="lien_une_fois",
                violation_error_message="Ce lien est déjà noté.",
            ),
            models.CheckConstraint(
                condition=~Q(dossier=F("autre")),
                name="lien_a_un_autre",
                violation_error_message="Un dossier n’est pas lié à lui-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.nature} {self.autre_id}"
