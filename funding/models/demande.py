"""A request for a subsidy, its sections, its journal."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q

from dossiers.models import Dossier, Section
from funding.lifecycles import DEMANDE_FIR
from funding.states import EtatDemandeFir, ObjetDemande, Regime
from guichet.kernel.journal import Evenement


class DemandeFirQuerySet(models.QuerySet["DemandeFir"]):
    def visible_to(self, acteur: object) -> "DemandeFirQuerySet":
        """The requests of the files `acteur` may open."""
        return self.filter(dossier__in=Dossier.objects.visible_to(acteur))  # type: ignore[arg-type]


class DemandeFir(models.Model):
    """`montant_demande` is in whole euros, on line 74 of the project's budget. `regime` says what silence means."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes_fir")
    etat = models.CharField(max_length=20, choices=EtatDemandeFir.choices, default=EtatDemandeFir.BROUILLON)
    objet = models.CharField(max_length=20, choices=ObjetDemande.choices, default=ObjetDemande.AMORCAGE)
    financeur = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    regime = models.CharField(max_length=10, choices=Regime.choices, default=Regime.REJET)
    montant_demande = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    deposee_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = DemandeFirQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de subvention FIR"
        constraints = [
            models.CheckConstraint(condition=Q(montant_demande__gte=0), name="demande_montant_positif"),
            models.CheckConstraint(
                condition=Q(etat=EtatDemandeFir.BROUILLON) | Q(etat=EtatDemandeFir.RETIREE) | Q(deposee_at__isnull=False),
                name="demande_deposee_datee",
            ),
        ]
        triggers = [pgtrigger.FSM(name="cycle_demande", field="etat", transitions=DEMANDE_FIR.pairs())]

    def __str__(self) -> str:
        return f"Demande {self.pk} · {self.dossier}"


class EvenementFir(Evenement):
    demande = models.ForeignKey(DemandeFir, models.PROTECT, related_name="evenements")


class SectionFir(Section):
    demande = models.ForeignKey(DemandeFir, models.CASCADE, related_name="sections")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demande", "cle"], name="section_fir_unique")]
