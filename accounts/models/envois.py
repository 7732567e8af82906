"""The one outbox of mails, which is also the inbox of each person."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.states import CATEGORIES_AU_CHOIX, RECAPITULATIF, CategorieEnvoi, EtatEnvoi, RythmeEnvoi


class Envoi(models.Model):
    """One mail to one address about one event. Written with the event, sent by the worker, read in the portal.

    `evenement` is the event's id, without a key upwards. `message_id` is made once: a mail that leaves
    twice keeps it. A `confidentiel` mail carries a secret link: its text is erased once sent.
    """

    evenement = models.UUIDField("événement")
    modele = models.CharField("modèle", max_length=80)
    categorie = models.CharField("catégorie", max_length=10, choices=CategorieEnvoi, default=CategorieEnvoi.COMPTE)
    destinataire = models.EmailField("destinataire")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="envois",
        verbose_name="personne",
    )
    dossier_reference = models.CharField("dossier", max_length=40, blank=True)
    sujet = models.CharField("objet", max_length=200)
    texte = models.TextField("texte")
    html = models.TextField("texte mis en forme", blank=True)
    url = models.CharField("lien", max_length=300, blank=True)
    confidentiel = models.BooleanField("confidentiel", default=False)
    message_id = models.CharField(max_length=120, unique=True, editable=False)
    etat = models.CharField("état", max_length=10, choices=EtatEnvoi, default=EtatEnvoi.ATTENDU)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    prochain_essai_at = models.DateTimeField("prochain essai", null=True, blank=True)
    erreur = models.TextField("cause de l’échec", blank=True)
    created_at = models.DateTimeField("créé le")
    envoye_at = models.DateTimeField("envoyé le", null=True, blank=True)
    lu_at = models.DateTimeField("lu le", null=True, blank=True)

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        constraints = [
            models.UniqueConstraint(
                fields=["evenement", "modele", "destinataire"],
                name="envoi_once",
                violation_error_message="Ce message est déjà prévu.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(etat=EtatEnvoi.ATTENDU, envoye_at__isnull=True, prochain_essai_at__isnull=False)
                    | Q(etat=EtatEnvoi.ENVOYE, envoye_at__isnull=False)
                    | Q(etat=EtatEnvoi.ECHEC, envoye_at__isnull=True)
                    | Q(etat=EtatEnvoi.GROUPE, envoye_at__isnull=True, prochain_essai_at__isnull=True)
                    | Q(etat=EtatEnvoi.PORTAIL, envoye_at__isnull=True, prochain_essai_at__isnull=True)
                ),
                name="envoi_state_and_dates",
                violation_error_message="L’état de l’envoi ne correspond pas à ses dates.",
            ),
        ]
        indexes = [
            models.Index(fields=["prochain_essai_at", "id"], condition=Q(etat=EtatEnvoi.ATTENDU), name="envoi_due"),
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(confidentiel=False) & ~Q(modele=RECAPITULATIF),
                name="envoi_inbox",
            ),
            models.Index(fields=["-created_at"], condition=Q(etat=EtatEnvoi.ECHEC), name="envoi_failed"),
            models.Index(fields=["user"], condition=Q(etat=EtatEnvoi.GROUPE), name="envoi_grouped"),
        ]

    def __str__(self) -> str:
        return f"{self.modele} → {self.destinataire}"


class PreferenceEnvoi(models.Model):
    """How a person wants the mails of one category; without a row they leave at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences_envoi")
    categorie = models.CharField("catégorie", max_length=10, choices=[(c.value, c.label) for c in CATEGORIES_AU_CHOIX])
    rythme = models.CharField("rythme", max_length=10, choices=RythmeEnvoi)

    class Meta:
        verbose_name = "préférence de notification"
        verbose_name_plural = "préférences de notification"
        constraints = [
            models.UniqueConstraint(fields=["user", "categorie"], name="preference_one"),
            models.CheckConstraint(
                condition=Q(categorie__in=[c.value for c in CATEGORIES_AU_CHOIX]), name="preference_of_choice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.categorie} {self.rythme}"
