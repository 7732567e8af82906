"""Which form a section of the letter has, given the day and the reference data."""

from datetime import date
from typing import Any

from accounts.selectors import professions
from dossiers.questions import Questions, SectionForm
from projects import sections
from projects.questions.association import AssociationForm, PersonnesForm
from projects.questions.contenu import (
    AccesForm,
    BesoinsForm,
    CalendrierForm,
    FinancementForm,
    MobilisationForm,
    OrganisationForm,
    ProjetForm,
)
from projects.selectors import missions_on

FORMS: dict[str, type[SectionForm]] = {
    sections.ASSOCIATION: AssociationForm,
    sections.PERSONNES: PersonnesForm,
    sections.ACCES: AccesForm,
    sections.BESOINS: BesoinsForm,
    sections.MOBILISATION: MobilisationForm,
    sections.PROJET: ProjetForm,
    sections.ORGANISATION: OrganisationForm,
    sections.CALENDRIER: CalendrierForm,
    sections.FINANCEMENT: FinancementForm,
}
"""Every section but the territory, which has its own page."""


def letter_form(cle: str, *, jour: date, **kwargs: Any) -> SectionForm:
    """The form of the section `cle`, with the professions and missions of the day where it needs them."""
    if cle == sections.MOBILISATION:
        choices = [(p.code, p.libelle) for p in professions()]
        return MobilisationForm(jour=jour, professions=choices, **kwargs)
    if cle == sections.PROJET:
        return ProjetForm(jour=jour, missions=missions_on(jour), **kwargs)
    return FORMS[cle](jour=jour, **kwargs)


def letter_questions(cle: str, *, jour: date) -> Questions | SectionForm:
    """What the section `cle` asks, to read its answers: several times quicker than a form to fill."""
    if cle in (sections.MOBILISATION, sections.PROJET):
        return letter_form(cle, jour=jour)
    return Questions(FORMS[cle].base_fields, FORMS[cle].groupes)
