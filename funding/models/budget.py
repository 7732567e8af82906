"""The two budgets of the request, in the accounts of the form: 60–69 and 86 against 70–79 and 87, whole euros."""

import pgtrigger
from django.db import models
from django.db.models import Q

from funding.models.demande import DemandeFir
from funding.models.freeze import GELE, TOUTE_ECRITURE
from funding.states import GenreBudget, SensCompte


class LigneNomenclature(models.Model):
    """A line of the form where an amount is typed: reference data, loaded from `data/cerfa-12156-06.json`."""

    code = models.CharField(max_length=30, primary_key=True)
    edition = models.CharField("édition du formulaire", max_length=40)
    compte = models.CharField(max_length=20)
    sens = models.CharField(max_length=8, choices=SensCompte.choices)
    volontaire = models.BooleanField(help_text="86 and 87: in kind, apart from the first total.")
    demande = models.BooleanField(help_text="The subsidy asked stands on this line.")
    libelle = models.CharField("libellé", max_length=160)

    class Meta:
        verbose_name = "ligne de la nomenclature"
        constraints = [
            models.UniqueConstraint(
                fields=["demande"], condition=Q(demande=True), name="nomenclature_une_ligne_demande"
            )
        ]

    def __str__(self) -> str:
        return self.libelle


class BudgetPrevisionnel(models.Model):
    """One budget of a request, for one exercise (civil year)."""

    demande = models.ForeignKey(DemandeFir, models.CASCADE, related_name="budgets")
    genre = models.CharField(max_length=12, choices=GenreBudget.choices)
    exercice = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "budget prévisionnel"
        constraints = [
            models.UniqueConstraint(fields=["demande", "genre"], name="budget_un_par_genre"),
            models.CheckConstraint(
                condition=Q(genre__in=GenreBudget.values),
                name="budget_genre_connu",
                violation_error_message="Ce genre de budget n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(exercice__range=(2000, 2100)),
                name="budget_exercice_plausible",
                violation_error_message="L’exercice est une année, par exemple 2027.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="budget_gele",
                when=pgtrigger.Before,
                operation=TOUTE_ECRITURE,
                func=GELE.format(demandes="OLD.demande_id, NEW.demande_id", quoi="son budget"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} {self.exercice}"


class LigneBudget(models.Model):
    """An amount on a line of the nomenclature, in whole euros. A line without an amount has no row."""

    budget = models.ForeignKey(BudgetPrevisionnel, models.CASCADE, related_name="lignes")
    ligne = models.ForeignKey(LigneNomenclature, models.PROTECT, related_name="+")
    detail = models.CharField("précision", max_length=160, blank=True)
    montant = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "ligne de budget"
        constraints = [
            models.UniqueConstraint(fields=["budget", "ligne"], name="ligne_budget_unique"),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="ligne_budget_positive",
                violation_error_message="Un montant du budget est positif.",
            ),
            models.CheckConstraint(
                condition=Q(montant=models.functions.Round("montant")),
                name="ligne_budget_euros_entiers",
                violation_error_message="Les montants du budget sont en euros entiers.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ligne_budget_gelee",
                when=pgtrigger.Before,
                operation=TOUTE_ECRITURE,
                func=GELE.format(
                    demandes="SELECT demande_id FROM funding_budgetprevisionnel"
                    " WHERE id IN (OLD.budget_id, NEW.budget_id)",
                    quoi="son budget",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ligne_id} {self.montant}"
