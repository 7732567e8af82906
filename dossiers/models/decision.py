"""A decision: its three instants (signed, made available, opened), its proof, and who opened it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.piece import Piece
from dossiers.states import EtatDecision, GenreRecours, NatureDecision
from guichet.kernel.journal import Origine
from guichet.kernel.triggers import changed

DEFAVORABLES = [
    NatureDecision.REFUS_LETTRE,
    NatureDecision.REFUS_FIR,
    NatureDecision.OPPOSITION_PROJET,
    NatureDecision.RETRAIT_PROJET,
]
"""Decisions that must give their reasons (CRPA L211-2)."""
CONSOLIDABLES = [NatureDecision.VALIDATION_PROJET, NatureDecision.RAPPORT_PROJET]


class Decision(models.Model):
    """`evenement` is the id of the event it made, none while a decision on paper waits for its second person.

    `montant` in euros, for a grant. `acte` freezes the delegation of the day. `signee_le` and `notifiee_le` are legal
    days; `disponible_at` is the instant the portal made it available to the association. `consolidation_le`: the last
    day on which a decision that creates rights may be withdrawn as illegal, four months after it (CRPA L242-1).
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="decisions")
    evenement = models.UUIDField(null=True, unique=True)
    etape_id = models.PositiveBigIntegerField(help_text="Key of the letter, request or project, by `nature`.")
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
    consolidation_le = models.DateField("retirable jusqu’au", null=True)
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
                condition=~Q(nature__in=DEFAVORABLES) | ~Q(motivation=""),
                name="decision_refus_motive",
                violation_error_message="Un refus est motivé (CRPA, art. L211-2).",
            ),
            models.CheckConstraint(
                condition=~Q(nature=NatureDecision.OPPOSITION_PROJET)
                | Q(donnees__has_key="motif", donnees__motif__in=["prs", "territoire"]),
                name="decision_opposition_sur_un_motif",
                violation_error_message="Une opposition repose sur l’un des deux motifs de la loi (CSP, L1434-12).",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=CONSOLIDABLES) | Q(consolidation_le__isnull=False),
                name="decision_validation_se_consolide",
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


class Recours(models.Model):
    """An appeal against a decision, and what became of it: the dates of each, never changed once settled."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="recours")
    genre = models.CharField(max_length=12, choices=GenreRecours.choices)
    forme_le = models.DateField("formé le")
    observations = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    issue_le = models.DateField("issue le", null=True)
    saisi_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saisi_at = models.DateTimeField()

    class Meta:
        verbose_name = "recours"
        verbose_name_plural = "recours"
        constraints = [
            models.CheckConstraint(condition=Q(issue="") ^ Q(issue_le__isnull=False), name="recours_issue_datee"),
            models.CheckConstraint(
                condition=Q(issue_le__isnull=True) | Q(issue_le__gte=models.F("forme_le")), name="recours_issue_apres"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="recours_garde", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="recours_clos_fixe",
                operation=pgtrigger.Update,
                condition=changed("decision_id", "genre", "forme_le", "saisi_par_id", "saisi_at")
                | pgtrigger.Q(old__issue_le__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} · {self.forme_le}"
