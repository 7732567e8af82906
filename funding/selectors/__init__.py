"""Reads of barèmes and requests for more than one caller."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from dossiers.models import Delai, Reglage, Section
from dossiers.questions import Rubrique
from dossiers.selectors.reglages import valeur
from funding.calculations import Nature
from funding.models import Bareme, DemandeFir, SeuilTaille
from funding.sections import RUBRIQUES
from funding.states import GenreBudget, StatutBareme


def bareme_on(day: date) -> Bareme:
    """The published barème in force on that day, its thresholds with it, from the smallest size. Two queries.

    Raises Bareme.DoesNotExist when none was published by then: reference data is missing.
    """
    seuils = Prefetch("seuils", SeuilTaille.objects.order_by("taille"))
    found = Bareme.objects.filter(statut=StatutBareme.PUBLIE, applicable_du__lte=day)
    bareme = found.order_by("-applicable_du").prefetch_related(seuils).first()
    if bareme is None:
        raise Bareme.DoesNotExist(f"no published barème on {day}")
    return bareme


def ordered_sections(demande: DemandeFir) -> list[tuple[Rubrique, Section]]:
    """Each rubrique of the request with its row, in the order of the page: one query."""
    rows = {row.cle: row for row in demande.sections.select_related("modifie_par")}
    return [(rubrique, rows[rubrique.cle]) for rubrique in RUBRIQUES]


def budget_lines(demande: DemandeFir, genre: GenreBudget) -> tuple[int | None, dict[str, Decimal], dict[str, str]]:
    """The exercise, the amounts and what is specified, by line; None and nothing when the budget is not begun."""
    budget = demande.budgets.filter(genre=genre).first()
    if budget is None:
        return None, {}, {}
    rows = list(budget.lignes.order_by("pk"))
    montants = {row.ligne_id: row.montant for row in rows}
    return budget.exercice, montants, {row.ligne_id: row.detail for row in rows if row.detail}


def running_period(demande: DemandeFir) -> Delai | None:
    """The period that runs on the request, as the database has it; None when none does. It is set on `demande`."""
    running = Delai.objects.filter(demande_fir=demande, clos_at=None).first()
    if running:
        demande.delai = running
    return running


def requests_for_pieces(demande: DemandeFir) -> list[UUID]:
    """The events by which pieces were asked for about this request."""
    return list(
        demande.evenements.filter(action="demander_pieces").order_by("recorded_at", "id").values_list("pk", flat=True)
    )


def natures_on(day: date) -> dict[str, Nature]:
    """The kinds of needs in force on that day and the line each goes to, in their order."""
    return {row["code"]: Nature(**row) for row in valeur("fir_chiffrage", on=day, defaut=[])}


@dataclass(frozen=True)
class Reperes:
    """What is known beside the amount asked: the region's maximum (None while nobody has typed it), the doubt and the
    source, what other regions give, and the amount above which a convention is compulsory.
    """

    maximum: Decimal | None
    doute: str
    source: str
    exemples: list[dict[str, Any]]
    exemples_doute: str
    convention: Decimal | None


def reperes_on(day: date) -> Reperes:
    """The settings in force on that day: one query."""
    cles = ("fir_amorcage_maximum", "fir_amorcage_exemples", "fir_convention_seuil")
    rows = (
        Reglage.objects.filter(cle__in=cles, applicable_du__lte=day).order_by("cle", "-applicable_du").distinct("cle")
    )
    found = {row.cle: row for row in rows}
    maximum, exemples = found.get(cles[0]), found.get(cles[1])
    return Reperes(
        maximum=_montant(maximum),
        doute=maximum.doute if maximum else "",
        source=maximum.source if maximum else "",
        exemples=exemples.valeur if exemples else [],
        exemples_doute=exemples.doute if exemples else "",
        convention=_montant(found.get(cles[2])),
    )


def _montant(reglage: Reglage | None) -> Decimal | None:
    if reglage is None or reglage.valeur["montant"] is None:
        return None
    return Decimal(reglage.valeur["montant"])
