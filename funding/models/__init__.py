"""Models of money, by theme."""

from funding.models.bareme import Bareme, SeuilTaille
from funding.models.budget import BudgetPrevisionnel, LigneBudget, LigneNomenclature
from funding.models.demande import DemandeFir, EvenementFir, SectionFir

__all__ = [
    "Bareme",
    "BudgetPrevisionnel",
    "DemandeFir",
    "EvenementFir",
    "LigneBudget",
    "LigneNomenclature",
    "SectionFir",
    "SeuilTaille",
]
