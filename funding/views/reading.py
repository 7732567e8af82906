"""A request as it is read on a page: the same blocks as on its paper, and the budgets in their two columns."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dossiers.documents import section_blocs
from dossiers.models import Section
from dossiers.questions import Rubrique
from funding.calculations import totals
from funding.models import DemandeFir
from funding.nomenclature import nomenclature
from funding.questions import request_form
from funding.sections import GENRES
from funding.selectors import budget_lines
from funding.states import GenreBudget
from funding.views import presenters


def reading(
    demande: DemandeFir, sections: Sequence[tuple[Rubrique | None, Section]], *, jour: date
) -> list[dict[str, Any]]:
    """Per section: titre, ancre, and either blocs or budget (with its exercise)."""
    return [_part(demande, rubrique, section, jour=jour) for rubrique, section in sections if rubrique]


def _part(demande: DemandeFir, rubrique: Rubrique, section: Section, *, jour: date) -> dict[str, Any]:
    part: dict[str, Any] = {"titre": rubrique.titre, "ancre": rubrique.cle, "blocs": [], "budget": None}
    if section.cle in GENRES:
        return part | _budget(demande, GENRES[section.cle])
    form = request_form(section.cle, demande=demande, jour=jour)
    return part | {"blocs": section_blocs(form, section.contenu)}


def _budget(demande: DemandeFir, genre: GenreBudget) -> dict[str, Any]:
    exercice, montants, details = budget_lines(demande, genre)
    if not montants:
        return {"blocs": [{"genre": "texte", "paragraphes": ["Non renseigné"]}]}
    totaux = totals(montants, nomenclature())
    budget = presenters.budget_to_read(totaux, montants, details, financeur=demande.ligne_du_financeur)
    return {"budget": budget, "exercice": exercice}
