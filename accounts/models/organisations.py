"""Organisations and professions: mostly reference data of the region, plus the associations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.states import CategorieProfession, Genre


class Organisation(models.Model):
    """A body one may act for. `departements` is its perimeter; empty means the whole region."""

    genre = models.CharField("nature", max_length=20, choices=Genre)
    code = models.SlugField("code", max_length=80, unique=True)
    nom = models.CharField("nom", max_length=200)
    sigle = models.CharField("sigle", max_length=40, blank=True)
    region = models.CharField("code de la région", max_length=3)
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements", default=list, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="rattachée à",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="composantes",
    )
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    adresse = models.TextField("adresse postale", blank=True)

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisations"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(genre__in=Genre.values),
                name="organisation_genre_known",
                violation_error_message="Cette nature d’organisation n’existe pas.",
            ),
            models.UniqueConstraint(
                fields=["region", "genre"],
                condition=models.Q(genre__in=[Genre.GUICHET, Genre.ARS]),
                name="organisation_one_guichet_one_ars",
                violation_error_message="Cette région a déjà cette organisation.",
            ),
        ]
        indexes = [models.Index(fields=["region", "genre"], name="organisation_region_genre")]

    def __str__(self) -> str:
        return self.nom

    @property
    def avec_article(self) -> str:
        """As the subject of a sentence: "l’Agence régionale…", "la caisse primaire…"; an association as it is."""
        article = ARTICLES.get(Genre(self.genre), "")
        common = self.genre in (Genre.DD_ARS, Genre.CPAM, Genre.ELSM) and self.nom[1:2].islower()
        return article + (self.nom[:1].lower() + self.nom[1:] if common else self.nom)

    @property
    def a_qui(self) -> str:
        """As to whom something is sent: "à l’Agence…", "à la caisse…", "au Guichet…"."""
        name = self.avec_article
        return f"au {name.removeprefix('le ')}" if name.startswith("le ") else f"à {name}"


ARTICLES = {
    Genre.GUICHET: "le ",
    Genre.URPS: "l’",
    Genre.ARS: "l’",
    Genre.DD_ARS: "la ",
    Genre.CPAM: "la ",
    Genre.MSA: "la ",
    Genre.ELSM: "l’",
}


class Profession(models.Model):
    """A profession counted in the mobilisation of a project, with the URPS that speaks for it."""

    code = models.SlugField("code", max_length=60, primary_key=True)
    libelle = models.CharField("libellé", max_length=120)
    categorie = models.CharField("catégorie", max_length=20, choices=CategorieProfession)
    urps = models.ForeignKey(
        Organisation,
        verbose_name="URPS",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="professions",
    )
    ordre = models.PositiveSmallIntegerField("ordre d’affichage")

    class Meta:
        verbose_name = "profession"
        verbose_name_plural = "professions"

    def __str__(self) -> str:
        return self.libelle
