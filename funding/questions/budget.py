"""A budget of the request: the exercise, and one amount per line of the form."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from dossiers.questions import Manque, SectionForm, to_json
from funding.calculations import Totaux, budget_defects, totals
from funding.nomenclature import nomenclature
from funding.questions.fields import EurosField
from funding.sections import DETAIL, MONTANT


class BudgetForm(SectionForm):
    """`montant_demande`: the subsidy asked, which stands on its line of account 74; None for the association's budget.
    `ligne` names that line when the funder is not the ARS.

    An unknown line has no field: what a forged form posts for it is not read.
    """

    exercice = forms.IntegerField(
        label="Exercice",
        help_text="L’année civile de ce budget, par exemple 2027.",
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
        error_messages={"required": "Indiquez l’année du budget."},
    )

    def __init__(self, *args: Any, montant_demande: Decimal | None, ligne: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ligne = ligne
        self.montant_demande = montant_demande
        self.initial = {"exercice": self.jour.year, **self.initial}
        for code, line in nomenclature().lignes.items():
            self.fields[f"{MONTANT}{code}"] = EurosField((line.demande and ligne) or line.libelle)
            if line.detail:
                self.fields[f"{DETAIL}{code}"] = forms.CharField(
                    label=f"{line.libelle}\u00a0: précisez", required=False, max_length=160
                )

    def montants(self) -> dict[str, Decimal]:
        """The amounts typed, by line."""
        return {code: value for code, value in self._by_line(MONTANT).items() if value}

    def details(self) -> dict[str, str]:
        """What was specified, by line."""
        return {code: value for code, value in self._by_line(DETAIL).items() if value}

    def totaux(self) -> Totaux:
        """The sums of what the page shows: typed if it can be read, else as kept."""
        shown = {}
        for code in nomenclature().lignes:
            name = f"{MONTANT}{code}"
            value = self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)
            if value:
                shown[code] = Decimal(value)
        return totals(shown, nomenclature())

    def contenu(self) -> dict[str, Any]:
        return {name: to_json(value) or None for name, value in self.cleaned_data.items()}

    def _manques(self) -> Iterator[Manque]:
        for phrase in budget_defects(self.totaux(), montant_demande=self.montant_demande, ligne=self.ligne):
            yield "id_budget", phrase

    def _by_line(self, prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)
        }
