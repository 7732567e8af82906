"""Writing invented letters through the forms and the services, as people do from a browser."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.questions import Manque
from funding.models import DemandeFir
from funding.questions import request_form
from funding.sections import BUDGET_ASSOCIATION, BUDGET_PROJET
from funding.services.budgets import save_budget
from funding.services.requests import save_request_section
from funding.states import GenreBudget
from portal.demonstration import reponses
from portal.demonstration.fiches import FICHES
from portal.demonstration.projet import PROJET
from projects.models import LettreIntention, ProjetSante
from projects.questions import letter_form
from projects.questions.projet import projet_form
from projects.rubriques_projet import FICHE_PREFIX, IDENTITE
from projects.services.opening import open_letter
from projects.services.projets.opening import open_project
from projects.services.projets.writing import add_sheet, save_project_section
from projects.services.territoire import add_communes
from projects.services.writing import save_letter_section


def write_letter(
    *,
    by: Acteur,
    region: str,
    nom: str,
    communes: Collection[str],
    now: datetime,
    changes: dict[str, dict[str, Any]] | None = None,
    demande: bool = True,
) -> LettreIntention:
    """A letter whose every section is complete, ready for its deposit. `changes`: answers to replace, by section."""
    lettre = open_letter(nom_cpts=nom, nom_association=f"Association {nom}", by=by, region=region, now=now)
    if communes:
        add_communes(etape=lettre, codes=communes, by=by, now=now)
    funding = {"financement": {"demande": "avec" if demande else "sans"}}
    for cle, answers in reponses.LETTRE.items():
        told = {**answers, **funding.get(cle, {}), **(changes or {}).get(cle, {})}
        if cle == "association":
            told = {**told, "nom_cpts": nom, "nom": str(lettre.dossier.association)}
        save_letter_answers(lettre, cle, told, by=by, now=now)
    lettre.refresh_from_db()
    if lettre.demande:
        write_request(lettre.demande, by=by, now=now)
    lettre.refresh_from_db()
    return lettre


def save_letter_answers(
    lettre: LettreIntention, cle: str, answers: dict[str, Any], *, by: Acteur, now: datetime
) -> None:
    """Save one section of a letter; ValueError when an answer is not valid."""
    form = letter_form(cle, jour=timezone.localdate(now), data=reponses.posted(answers))
    contenu, manques = _cleaned(form, cle)
    version = lettre.sections.get(cle=cle).version
    save_letter_section(lettre=lettre, cle=cle, contenu=contenu, manques=manques, version=version, by=by, now=now)


def write_request(demande: DemandeFir, *, by: Acteur, now: datetime) -> None:
    """Every section and both budgets of a request, balanced."""
    for cle in reponses.REQUETE:
        save_request_answers(demande, cle, by=by, now=now)
    write_budgets(demande, by=by, now=now)


def save_request_answers(demande: DemandeFir, cle: str, *, by: Acteur, now: datetime) -> None:
    """Save one section of a request; ValueError when an answer is not valid."""
    data = reponses.posted(reponses.REQUETE[cle])
    form = request_form(cle, demande=demande, jour=timezone.localdate(now), data=data)
    contenu, manques = _cleaned(form, cle)
    version = demande.sections.get(cle=cle).version
    save_request_section(demande=demande, cle=cle, contenu=contenu, manques=manques, version=version, by=by, now=now)


def write_budgets(demande: DemandeFir, *, by: Acteur, now: datetime) -> None:
    """Both budgets of a request, balanced."""
    for genre, cle, lines in (
        (GenreBudget.PROJET, BUDGET_PROJET, reponses.BUDGET_PROJET),
        (GenreBudget.ASSOCIATION, BUDGET_ASSOCIATION, reponses.BUDGET_ASSOCIATION),
    ):
        save_budget(
            demande=demande,
            genre=genre,
            exercice=timezone.localdate(now).year + 1,
            montants={code: Decimal(amount) for code, amount in lines.items()},
            details={},
            version=demande.sections.get(cle=cle).version,
            by=by,
            now=now,
        )


def write_project(
    *,
    lettre: LettreIntention,
    by: Acteur,
    now: datetime,
    cles: Collection[str] = tuple(PROJET),
    fiches: int = len(FICHES),
) -> ProjetSante:
    """The project of a validated letter: these sections, complete, and that many actions. The rest stays as the letter
    says it.
    """
    projet = open_project(lettre=lettre, by=by, now=now)
    names = {
        "nom_cpts": lettre.dossier.nom,
        "nom": lettre.dossier.association.nom,
        "representant_courriel": by.user.email,
    }
    for cle in cles:
        told = PROJET[cle] | (names if cle == IDENTITE else {})
        save_project_answers(projet, cle, told, by=by, now=now)
    carried = {sheet.contenu["mission"]: sheet.cle for sheet in projet.sections.filter(cle__startswith=FICHE_PREFIX)}
    for _, answers in FICHES[:fiches]:
        mission = answers["mission"]
        cle = carried.pop(mission, None) or add_sheet(projet=projet, mission=mission, by=by, now=now).cle
        save_project_answers(projet, cle, answers, by=by, now=now)
    return projet


def save_project_answers(projet: ProjetSante, cle: str, answers: dict[str, Any], *, by: Acteur, now: datetime) -> None:
    """Save one section or one action of a project; ValueError when an answer is not valid."""
    form = projet_form(cle, jour=timezone.localdate(now), data=reponses.posted(answers))
    contenu, manques = _cleaned(form, cle)
    version = projet.sections.get(cle=cle).version
    save_project_section(projet=projet, cle=cle, contenu=contenu, manques=manques, version=version, by=by, now=now)


def _cleaned(form: Any, cle: str) -> tuple[dict[str, Any], list[Manque]]:
    if not form.is_valid():
        raise ValueError(f"{cle}: {form.errors.as_json()}")
    return form.contenu(), form.manques()
