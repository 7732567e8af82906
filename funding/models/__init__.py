"""Models of money, by theme."""

from funding.models.bareme import Bareme, SeuilTaille
from funding.models.budget import BudgetPrevisionnel, LigneBudget, LigneNomenclature
from funding.models.demande import DeclarationAssociation, DemandeFir, EvenementFir, SectionFir

__all__ = [
    "Bareme",
    "BudgetPrevisionnel",
    "DeclarationAssociation",
    "DemandeFir",
    "EvenementFir",
    "LigneBudget",
    "LigneNomenclature",
    "SectionFir",
    "SeuilTaille",
]
