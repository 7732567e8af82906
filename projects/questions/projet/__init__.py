"""Which form a section of the projet de santé has, given the day and the reference data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.selectors import professions
from dossiers.questions import Questions, SectionForm
from projects import rubriques_projet as rubriques
from projects.models import Mission
from projects.questions.projet.acteurs import AnnexesForm, PartenairesForm, SystemeInformationForm, UsagersForm
from projects.questions.projet.budget import BudgetProjetForm
from projects.questions.projet.diagnostic import DiagnosticForm
from projects.questions.projet.fiches import FicheActionForm, FicheDocumentForm
from projects.questions.projet.gouvernance import EvaluationForm, GouvernanceForm
from projects.questions.projet.identite import IdentiteForm
from projects.questions.projet.missions import MissionsForm
from projects.selectors import missions_on

FORMS: dict[str, type[SectionForm]] = {
    rubriques.IDENTITE: IdentiteForm,
    rubriques.DIAGNOSTIC: DiagnosticForm,
    rubriques.GOUVERNANCE: GouvernanceForm,
    rubriques.PARTENAIRES: PartenairesForm,
    rubriques.MISSIONS: MissionsForm,
    rubriques.SYSTEME_INFORMATION: SystemeInformationForm,
    rubriques.USAGERS: UsagersForm,
    rubriques.EVALUATION: EvaluationForm,
    rubriques.BUDGET: BudgetProjetForm,
    rubriques.ANNEXES: AnnexesForm,
    rubriques.FICHE_DOCUMENT: FicheDocumentForm,
}
"""Every section but the territory, which has its own page, and the actions, which share one form."""

PAR_MISSION = (MissionsForm, FicheActionForm, FicheDocumentForm)
"""The forms that ask about the missions in force on the day."""


def projet_form(cle: str, *, jour: date, missions: Sequence[Mission] | None = None, **kwargs: Any) -> SectionForm:
    """The form of the section or of the action `cle`, with the reference data of the day where it needs them;
    `missions`, when whoever asks for several has read them.

    KeyError for a key that has no form.
    """
    kind = FicheActionForm if rubriques.is_fiche(cle) else FORMS[cle]
    if kind is PartenairesForm:
        return PartenairesForm(jour=jour, professions=[(p.code, p.libelle) for p in professions()], **kwargs)
    if issubclass(kind, PAR_MISSION):
        return kind(jour=jour, missions=missions_on(jour) if missions is None else missions, **kwargs)
    return kind(jour=jour, **kwargs)


def projet_questions(cle: str, *, jour: date, missions: Sequence[Mission] | None = None) -> Questions | SectionForm:
    """What the section `cle` asks, to read its answers: several times quicker than a form to fill."""
    kind = FORMS.get(cle)
    if kind is None or kind is PartenairesForm or issubclass(kind, PAR_MISSION):
        return projet_form(cle, jour=jour, missions=missions)
    return Questions(kind.base_fields, kind.groupes)
