"""Threads and notes about a file, each with its audience."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.demande_pieces import PieceDemandee
from dossiers.models.dossier import Dossier
from dossiers.states import AudienceFil


class Fil(models.Model):
    """One subject. `organisation` names the body of an internal note; `piece_demandee` the item it is about."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="fils")
    audience = models.CharField(max_length=16, choices=AudienceFil.choices)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    piece_demandee = models.OneToOneField(PieceDemandee, models.PROTECT, null=True, related_name="fil")
    sujet = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dernier_at = models.DateTimeField("dernier message")
    attend_reponse_de = models.CharField(
        max_length=12, blank=True, help_text="Which side owes an answer: porteur, guichet, ars, am, or nobody."
    )

    class Meta:
        verbose_name = "fil d’échange"
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=AudienceFil.ORGANISME) ^ Q(organisation__isnull=True),
                name="fil_organisme_nomme",
            ),
        ]
        indexes = [models.Index(fields=["dossier", "-dernier_at"], name="fil_du_dossier")]
        triggers = [
            pgtrigger.Protect(
                name="fil_garde_ses_lecteurs",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("dossier", "audience", "organisation", "piece_demandee"),
            ),
        ]

    def __str__(self) -> str:
        return self.sujet


class Message(models.Model):
    """What a person said, in which capacity; never changed."""

    fil = models.ForeignKey(Fil, models.PROTECT, related_name="messages")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    qualite = models.CharField("qualité", max_length=300)
    texte = models.TextField()
    attend_reponse = models.BooleanField("attend une réponse", default=False)
    evenement = models.UUIDField(unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "message"
        indexes = [models.Index(fields=["fil", "created_at"], name="message_du_fil")]
        triggers = [pgtrigger.Protect(name="message_garde", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.qualite} · {self.created_at:%Y-%m-%d}"


class PieceMessage(models.Model):
    """A file joined to a message: read by the thread's audience alone."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="fichiers")
    nom = models.CharField("nom du fichier", max_length=200)
    fichier = models.FileField(upload_to="echanges/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    taille = models.PositiveIntegerField("taille en octets")
    type_mime = models.CharField(max_length=100)

    class Meta:
        verbose_name = "fichier d’un message"
        triggers = [pgtrigger.Protect(name="fichier_garde", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.nom


class LectureFil(models.Model):
    """Until when a person has read a thread."""

    fil = models.ForeignKey(Fil, models.CASCADE, related_name="lectures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    lu_at = models.DateTimeField()

    class Meta:
        verbose_name = "lecture d’un fil"
        constraints = [models.UniqueConstraint(fields=["fil", "user"], name="lecture_une_par_personne")]

    def __str__(self) -> str:
        return f"{self.fil_id} · {self.user_id}"
