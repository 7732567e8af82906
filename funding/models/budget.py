"""The two budgets of the request, in the accounts of the form: 60–69 and 86 against 70–79 and 87, whole euros."""

from django.db import models
from django.db.models import Q

from funding.models.demande import DemandeFir
from funding.states import GenreBudget


class BudgetPrevisionnel(models.Model):
    """One budget of a request, for one exercise (civil year)."""

    demande = models.ForeignKey(DemandeFir, models.CASCADE, related_name="budgets")
    genre = models.CharField(max_length=12, choices=GenreBudget.choices)
    exercice = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "budget prévisionnel"
        constraints = [models.UniqueConstraint(fields=["demande", "genre"], name="budget_un_par_genre")]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} {self.exercice}"


class LigneBudget(models.Model):
    """`ligne` is a code of the nomenclature (its account, its side and its label are data); `montant` in whole euros."""

    budget = models.ForeignKey(BudgetPrevisionnel, models.CASCADE, related_name="lignes")
    ligne = models.CharField(max_length=20)
    compte = models.CharField(max_length=2)
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

    def __str__(self) -> str:
        return f"{self.ligne} {self.montant}"
