"""A request for pieces, item by item: what is asked, whether a text requires it, what came."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.piece import Piece
from dossiers.states import EtapePieces, EtatPieceDemandee


class DemandePieces(models.Model):
    """One request of one desk about one step. `evenement` is the id of the event that made it: no key upwards."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes_pieces")
    evenement = models.UUIDField(unique=True)
    etape = models.CharField("étape", max_length=12, choices=EtapePieces.choices)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    demandee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    demandee_le = models.DateField()
    created_at = models.DateTimeField()
    close_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "demande de pièces"
        indexes = [models.Index(fields=["dossier"], condition=Q(close_at=None), name="demande_pieces_ouverte")]

    def __str__(self) -> str:
        return f"{self.get_etape_display()} · {self.demandee_le}"


class PieceDemandee(models.Model):
    """One item. Required by a text, it names the article and has a limit where the step needs one; wished, it may have
    a date. `recue_le` is the legal day of the answer (Paris).
    """

    demande = models.ForeignKey(DemandePieces, models.PROTECT, related_name="items")
    ordre = models.PositiveSmallIntegerField()
    intitule = models.CharField("intitulé", max_length=200)
    precision = models.TextField("précision", blank=True)
    requise_par_un_texte = models.BooleanField(default=False)
    fondement = models.CharField("article", max_length=200, blank=True)
    limite_le = models.DateField("limite", null=True)
    concerne = models.CharField("partie concernée", max_length=40, blank=True)
    etat = models.CharField(max_length=14, choices=EtatPieceDemandee.choices, default=EtatPieceDemandee.ATTENDUE)
    reponse = models.TextField("réponse", blank=True)
    pieces = models.ManyToManyField(Piece, related_name="repond_a")
    recue_le = models.DateField(null=True)
    repondu_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    repondu_at = models.DateTimeField(null=True)
    constat = models.TextField("ce qui manque encore", blank=True)

    class Meta:
        verbose_name = "pièce demandée"
        constraints = [
            models.UniqueConstraint(fields=["demande", "ordre"], name="piece_demandee_ordre"),
            models.CheckConstraint(
                condition=Q(requise_par_un_texte=False) | ~Q(fondement=""),
                name="piece_requise_a_un_article",
                violation_error_message="Une pièce exigée par un texte cite l’article.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatPieceDemandee.ATTENDUE) | Q(recue_le__isnull=False),
                name="piece_repondue_datee",
            ),
        ]

    def __str__(self) -> str:
        return self.intitule
