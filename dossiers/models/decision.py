"""A decision: its three instants (signed, made available, opened), its proof, and who opened it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.piece import Piece
from dossiers.states import EtatDecision, NatureDecision
from guichet.kernel.journal import Origine


class Decision(models.Model):
    """`evenement` is the id of the event it made, none while a decision on paper waits for its second person.

    `montant` in euros, for a grant. `acte` freezes the delegation of the day. `signee_le` and `notifiee_le` are legal
    days; `disponible_at` is the instant the portal made it available to the association.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="decisions")
    evenement = models.UUIDField(null=True, unique=True)
    etape_id = models.PositiveBigIntegerField(help_text="Key of the letter or of the request, by `nature`.")
    nature = models.CharField(max_length=20, choices=NatureDecision.choices)
    etat = models.CharField(max_length=12, choices=EtatDecision.choices)
    montant = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    motivation = models.TextField(blank=True)
    donnees = models.JSONField(default=dict)
    signataire = models.CharField(max_length=200)
    qualite = models.CharField("qualité", max_length=300)
    acte = models.CharField("acte de délégation", max_length=300, blank=True)
    signee_le = models.DateField("signée le")
    notifiee_le = models.DateField("notifiée le", null=True)
    disponible_at = models.DateTimeField(null=True)
    origine = models.CharField(max_length=10, choices=Origine.choices)
    preuve = models.ForeignKey(Piece, models.PROTECT, null=True, related_name="+")
    saisie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saisie_at = models.DateTimeField()
    confirmee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmee_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "décision"
        constraints = [
            models.CheckConstraint(
                condition=Q(evenement__isnull=True) ^ Q(etat=EtatDecision.PRISE),
                name="decision_prise_a_un_evenement",
            ),
            models.CheckConstraint(
                condition=~Q(nature=NatureDecision.ACCORD_FIR) | Q(montant__isnull=False, montant__gt=0),
                name="decision_accord_montant",
                violation_error_message="Une subvention accordée a un montant.",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=[NatureDecision.REFUS_LETTRE, NatureDecision.REFUS_FIR]) | ~Q(motivation=""),
                name="decision_refus_motive",
                violation_error_message="Un refus est motivé (CRPA, art. L211-2).",
            ),
            models.CheckConstraint(
                condition=~Q(origine=Origine.PAPIER) | Q(preuve__isnull=False),
                name="decision_papier_prouvee",
                violation_error_message="Une décision prise hors du portail est jointe.",
            ),
            models.CheckConstraint(
                condition=~Q(origine=Origine.PAPIER)
                | Q(confirmee_par__isnull=True)
                | ~Q(confirmee_par=models.F("saisie_par")),
                name="decision_papier_seconde_personne",
                violation_error_message="Une autre personne que celle qui l’a saisie confirme la décision.",
            ),
            models.UniqueConstraint(
                fields=["nature", "etape_id"],
                condition=Q(etat=EtatDecision.A_CONFIRMER),
                name="decision_une_a_confirmer",
                violation_error_message="Une décision attend déjà d’être confirmée.",
            ),
        ]
        indexes = [
            models.Index(fields=["dossier", "-saisie_at"], name="decision_dossier"),
            models.Index(fields=["dossier"], condition=Q(etat=EtatDecision.A_CONFIRMER), name="decision_a_confirmer"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decision_prise_immuable",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__etat=EtatDecision.A_CONFIRMER.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} · {self.signee_le}"


class OuvertureDecision(models.Model):
    """Who opened a decision, and when: one line by person, never changed."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="ouvertures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    qualite = models.CharField("qualité", max_length=300)
    ouverte_at = models.DateTimeField()

    class Meta:
        verbose_name = "ouverture d’une décision"
        constraints = [models.UniqueConstraint(fields=["decision", "user"], name="ouverture_une_par_personne")]
        triggers = [pgtrigger.Protect(name="ouverture_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.user_id}"
