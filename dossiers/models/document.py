"""A paper that leaves the portal: a row made with the event that causes it, rendered later by the worker."""

import pgtrigger
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.states import AudienceDocument, EtatDocument
from guichet.kernel.triggers import changed


class Document(models.Model):
    """Unique by event and template. `contexte` is frozen text: the paper of a day can be proven. Once rendered, the
    bytes, their SHA-256 and the version of the template never change. `audience` says who reads it; the ARS and the
    Assurance Maladie do from `transmis_at` on. `annule_at`: what it attests was proven wrong; its bytes stay, its page
    of verification says "annulée".
    """

    evenement = models.UUIDField(help_text="Id of the event that caused it; no key upwards.")
    modele = models.CharField(max_length=40)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="documents")
    titre = models.CharField(max_length=200)
    contexte = models.JSONField()
    audience = models.CharField(max_length=10, choices=AudienceDocument.choices, default=AudienceDocument.PARTIES)
    transmis_at = models.DateTimeField(null=True)
    code_court = models.CharField(max_length=12, unique=True)
    etat = models.CharField(max_length=8, choices=EtatDocument.choices, default=EtatDocument.ATTENDU)
    created_at = models.DateTimeField()
    version_modele = models.CharField(max_length=16, blank=True)
    fichier = models.FileField(upload_to="documents/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    taille = models.PositiveIntegerField(default=0)
    rendu_at = models.DateTimeField(null=True)
    essais = models.PositiveSmallIntegerField(default=0)
    erreur = models.TextField(blank=True)
    prochain_essai_at = models.DateTimeField(null=True)
    annule_at = models.DateTimeField("annulé", null=True)
    annule_motif = models.CharField("pourquoi annulé", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evenement", "modele"], name="document_un_par_evenement"),
            models.CheckConstraint(
                condition=Q(annule_at__isnull=True) ^ ~Q(annule_motif=""), name="document_annule_dit_pourquoi"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDocument.RENDU) | (~Q(fichier="") & ~Q(sha256="")),
                name="document_rendu_a_un_fichier",
            ),
        ]
        indexes = [
            models.Index(fields=["prochain_essai_at"], condition=~Q(etat=EtatDocument.RENDU), name="document_a_rendre")
        ]
        triggers = [
            pgtrigger.Protect(
                name="document_contexte_gele",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__contexte__df=pgtrigger.F("new__contexte"))
                | pgtrigger.Q(old__evenement__df=pgtrigger.F("new__evenement"))
                | pgtrigger.Q(old__modele__df=pgtrigger.F("new__modele"))
                | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id"))
                | pgtrigger.Q(old__code_court__df=pgtrigger.F("new__code_court")),
            ),
            pgtrigger.Protect(
                name="document_rendu_immuable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__etat=EtatDocument.RENDU.value)
                & (
                    pgtrigger.Q(old__etat__df=pgtrigger.F("new__etat"))
                    | pgtrigger.Q(old__titre__df=pgtrigger.F("new__titre"))
                    | pgtrigger.Q(old__audience__df=pgtrigger.F("new__audience"))
                    | pgtrigger.Q(old__fichier__df=pgtrigger.F("new__fichier"))
                    | pgtrigger.Q(old__sha256__df=pgtrigger.F("new__sha256"))
                    | pgtrigger.Q(old__taille__df=pgtrigger.F("new__taille"))
                    | pgtrigger.Q(old__version_modele__df=pgtrigger.F("new__version_modele"))
                    | pgtrigger.Q(old__rendu_at__df=pgtrigger.F("new__rendu_at"))
                    | pgtrigger.Q(old__created_at__df=pgtrigger.F("new__created_at"))
                ),
            ),
            pgtrigger.Protect(
                name="document_annule_reste_annule",
                operation=pgtrigger.Update,
                condition=changed("annule_at", "annule_motif") & pgtrigger.Q(old__annule_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="document_rendu_garde",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__etat=EtatDocument.RENDU.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titre} ({self.code_court})"
