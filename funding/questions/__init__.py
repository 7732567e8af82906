"""Which form a section of the request has, given the day and the reference data."""

from datetime import date
from typing import Any

from dossiers.questions import SectionForm
from funding import sections
from funding.models import DemandeFir
from funding.questions.budget import BudgetForm
from funding.questions.chiffrage import ChiffrageForm
from funding.questions.demande import AttestationsForm, DemandeForm, MoyensForm
from funding.selectors import natures_on

FORMS: dict[str, type[SectionForm]] = {
    sections.DEMANDE: DemandeForm,
    sections.MOYENS: MoyensForm,
    sections.ATTESTATIONS: AttestationsForm,
}


def request_form(cle: str, *, demande: DemandeFir, jour: date, **kwargs: Any) -> SectionForm:
    """The form of the section `cle`, with the settings of the day where it needs them."""
    if cle == sections.CHIFFRAGE:
        return ChiffrageForm(jour=jour, natures=natures_on(jour), **kwargs)
    if cle == sections.BUDGET_PROJET:
        return BudgetForm(
            jour=jour, montant_demande=demande.montant_demande, ligne=demande.ligne_du_financeur, **kwargs
        )
    if cle == sections.BUDGET_ASSOCIATION:
        return BudgetForm(jour=jour, montant_demande=None, ligne=demande.ligne_du_financeur, **kwargs)
    return FORMS[cle](jour=jour, **kwargs)
