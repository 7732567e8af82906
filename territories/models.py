"""The official list of France: regions, départements, EPCI, communes and municipal arrondissements.

Reference data, written only by `territories.services.loading`: never edited by hand. A commune that a newer vintage
no longer lists stays, for the files that name it, with the last vintage that listed it.
"""

from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

M = TypeVar("M", bound=models.Model, covariant=True)


class Millesime(models.Model):
    """One vintage of the list: where it comes from, under which licence, which populations it holds."""

    code = models.CharField(max_length=10, primary_key=True)
    source = models.TextField()
    licence = models.CharField(max_length=100)
    population_reference = models.CharField("populations", max_length=200)
    courant = models.BooleanField("en vigueur")
    sha256 = models.CharField("empreinte du fichier", max_length=64)
    perimetre = ArrayField(
        models.CharField(max_length=3),
        verbose_name="périmètre",
        null=True,
        blank=True,
        help_text="Départements chargés ; vide : toute la France.",
    )

    class Meta:
        verbose_name = "millésime"
        constraints = [
            models.UniqueConstraint(
                "courant",
                name="un_seul_millesime_courant",
                condition=models.Q(courant=True),
                violation_error_message="Un seul millésime est en vigueur.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Region(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=100)

    class Meta:
        verbose_name = "région"

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departements", verbose_name="région")

    class Meta:
        verbose_name = "département"

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class CurrentQuerySet(models.QuerySet[M]):
    def current(self) -> Self:
        """Those the vintage in force lists."""
        return self.filter(millesime__courant=True)


class Epci(models.Model):
    """An EPCI à fiscalité propre, by its SIREN.

    `departements`, `nombre_communes` and `population` are those of its communes in the same vintage, written with
    them: the source's own totals belong to an older vintage.
    """

    class Forme(models.TextChoices):
        CC = "CC", "communauté de communes"
        CA = "CA", "communauté d’agglomération"
        CU = "CU", "communauté urbaine"
        METRO = "METRO", "métropole"
        MET69 = "MET69", "métropole de Lyon"

    code = models.CharField("numéro SIREN", max_length=9, primary_key=True)
    nom = models.CharField(max_length=200)
    nom_normalise = models.CharField("nom sans accent", max_length=200)
    forme = models.CharField(max_length=5, choices=Forme.choices)
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements")
    nombre_communes = models.PositiveSmallIntegerField("nombre de communes")
    population = models.PositiveIntegerField()
    mots = SearchVectorField("mots cherchés")
    millesime = models.ForeignKey(Millesime, models.PROTECT, related_name="+", verbose_name="millésime")

    objects = CurrentQuerySet.as_manager()

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        indexes = [GinIndex(fields=["mots"], name="epci_mots")]

    def __str__(self) -> str:
        return self.nom


class CommuneQuerySet(CurrentQuerySet[M]):
    def whole(self) -> Self:
        """Communes only: with the municipal arrondissements, an inhabitant of Marseille would count twice."""
        return self.filter(nature=Commune.Nature.COMMUNE)


class Commune(models.Model):
    """A commune, or a municipal arrondissement of Paris, Lyon or Marseille (then `parent` is the city).

    An arrondissement belongs to the EPCI of its city. `population` is null where none is published.
    """

    class Nature(models.TextChoices):
        COMMUNE = "commune", "commune"
        ARRONDISSEMENT = "arrondissement_municipal", "arrondissement municipal"

    code = models.CharField("code Insee", max_length=5, primary_key=True)
    nom = models.CharField(max_length=100)
    nom_normalise = models.CharField("nom sans accent", max_length=100)
    nature = models.CharField(max_length=24, choices=Nature.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="arrondissements", verbose_name="commune"
    )
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="communes", verbose_name="département")
    epci = models.ForeignKey(Epci, models.PROTECT, null=True, blank=True, related_name="communes", verbose_name="EPCI")
    codes_postaux = ArrayField(models.CharField(max_length=5), verbose_name="codes postaux")
    population = models.PositiveIntegerField(null=True, blank=True)
    mots = SearchVectorField("mots cherchés")
    millesime = models.ForeignKey(Millesime, models.PROTECT, related_name="communes", verbose_name="millésime")

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        indexes = [GinIndex(fields=["mots"], name="commune_mots")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(nature="commune", parent__isnull=True)
                | models.Q(nature="arrondissement_municipal", parent__isnull=False),
                name="arrondissement_d_une_commune",
                violation_error_message="Un arrondissement municipal, et lui seul, appartient à une commune.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"
