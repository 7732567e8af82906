"""The private addresses at which calendars read the dates of a person's files."""

import hashlib
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.dossier import Dossier


def empreinte_of(jeton: str) -> str:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(jeton.encode()).hexdigest()


class AbonnementAgendaQuerySet(models.QuerySet["AbonnementAgenda"]):
    def active(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoque_at=None)


class AbonnementAgenda(models.Model):
    """An address of one person, for what it reads in the name of `organisation`: all its files, or one.

    The token is in the address only, told once: the row keeps its SHA-256. What the address answers is judged at each
    reading, by what the person may open that day. `lu_at` is the last reading, to the hour.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="agendas")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="agendas")
    empreinte = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    revoque_at = models.DateTimeField(null=True)
    lu_at = models.DateTimeField(null=True)

    objects = AbonnementAgendaQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse d’agenda"
        verbose_name_plural = "adresses d’agenda"
        constraints = [
            models.CheckConstraint(
                condition=Q(revoque_at__isnull=True) | Q(revoque_at__gte=F("created_at")),
                name="agenda_retire_apres_sa_creation",
            ),
            models.CheckConstraint(condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"), name="agenda_empreinte_seule"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="agenda_retire_fixe",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoque_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="agenda_a_qui_fixe",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__user_id__df=pgtrigger.F("new__user_id"))
                | pgtrigger.Q(old__organisation_id__df=pgtrigger.F("new__organisation_id"))
                | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id"))
                | pgtrigger.Q(old__empreinte__df=pgtrigger.F("new__empreinte")),
            ),
        ]

    def __str__(self) -> str:
        return f"agenda {self.pk} · {self.user_id}"
