"""A file the association joins: kept privately, known by its SHA-256, its type read from its content."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.states import GenrePiece


class Piece(models.Model):
    """`recue_le` is the legal day of arrival (Paris). Once `figee_at` is set (deposited), a piece is never removed. The
    ARS and the Assurance Maladie read it from `transmise_at` on.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pieces")
    genre = models.CharField(max_length=12, choices=GenrePiece.choices)
    nom = models.CharField("nom du fichier", max_length=200)
    fichier = models.FileField(upload_to="pieces/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    taille = models.PositiveIntegerField("taille en octets")
    type_mime = models.CharField(max_length=100)
    recue_le = models.DateField("reçue le")
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deposee_at = models.DateTimeField()
    figee_at = models.DateTimeField(null=True)
    transmise_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "sha256", "genre"],
                name="piece_une_fois",
                violation_error_message="Ce fichier est déjà joint.",
            ),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="piece_sha256"),
        ]

    def __str__(self) -> str:
        return self.nom
