"""An invitation to act for an organisation: by e-mail, with rights, for a limited time, once."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models.organisations import Organisation
from accounts.states import Droit


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted nor revoked; possibly expired."""
        return self.filter(acceptee_at__isnull=True, revoquee_at__isnull=True)


class Invitation(models.Model):
    """The token itself is only in the mail: the row keeps its SHA-256."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations", verbose_name="organisation"
    )
    email = models.EmailField("adresse électronique")
    fonction = models.CharField("fonction", max_length=120, blank=True)
    droits = ArrayField(models.CharField(max_length=20, choices=Droit), verbose_name="droits", default=list, blank=True)
    motif = models.CharField(
        "raison", max_length=500, blank=True, help_text="Why the portal invites where nobody manages the people."
    )
    jeton_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="invité par"
    )
    created_at = models.DateTimeField("envoyée le")
    expire_at = models.DateTimeField("expire le")
    acceptee_at = models.DateTimeField("acceptée le", null=True, blank=True)
    revoquee_at = models.DateTimeField("annulée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(acceptee_at__isnull=True, revoquee_at__isnull=True),
                name="invitation_one_pending",
                violation_error_message="Une invitation est déjà en cours pour cette adresse.",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower"),
            models.CheckConstraint(
                condition=Q(droits__contained_by=list(Droit.values)),
                name="invitation_droits_known",
                violation_error_message="Un de ces droits n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(acceptee_at__isnull=True) | Q(revoquee_at__isnull=True),
                name="invitation_one_end",
                violation_error_message="Une invitation acceptée ne peut plus être annulée.",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def expired(self, *, now: datetime) -> bool:
        return now >= self.expire_at
