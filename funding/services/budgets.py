"""Writing the two budgets of a request, by hand or from the needs typed in `chiffrage`."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Section
from dossiers.services.sections import save_section
from funding.calculations import budget_defects, by_line, needs, totals, whole_euros
from funding.models import BudgetPrevisionnel, DemandeFir, LigneBudget
from funding.nomenclature import nomenclature
from funding.sections import BUDGETS, CHIFFRAGE, DETAIL, MONTANT
from funding.selectors import budget_lines, natures_on
from funding.services.requests import as_manques, lock_for_writing
from funding.states import GenreBudget
from guichet.kernel import money
from guichet.kernel.lifecycle import Refused


@transaction.atomic
def save_budget(
    *,
    demande: DemandeFir,
    genre: GenreBudget,
    exercice: int,
    montants: Mapping[str, Decimal],
    details: Mapping[str, str],
    version: int,
    by: Acteur,
    now: datetime,
) -> Section:
    """Replace the lines of a draft's budget, and say in its section whether it balances; return that section.

    `montants`: line code to whole euros above zero; `details`: line code to what the form asks to specify, kept where
    there is an amount. A budget that does not balance is saved as a draft. Raises VersionConflict (nothing written),
    or Refused: a line the form does not know, an amount that is not in whole euros or that no form would take.
    """
    locked = lock_for_writing(demande, by=by)
    _judge(montants, details)
    section = locked.sections.get(cle=BUDGETS[genre])
    details = {code: text for code, text in details.items() if text and code in montants}
    contenu = budget_contenu(exercice, montants, details)
    asked = locked.montant_demande if genre == GenreBudget.PROJET else None
    manques = as_manques(budget_defects(totals(montants, nomenclature()), montant_demande=asked))
    saved = save_section(section, contenu=contenu, manques=manques, version=version, by=by, now=now)
    _write_lines(locked, genre, exercice=exercice, montants=montants, details=details)
    return saved


@transaction.atomic
def report_chiffrage(*, demande: DemandeFir, version: int, by: Acteur, now: datetime) -> Section:
    """Carry the needs into the project's budget: the lines they map to are replaced, the others stay.

    Amounts are summed by line to the cent, then rounded to the euro. `version` is the budget's, as the person read it.
    """
    locked = lock_for_writing(demande, by=by)
    today = timezone.localdate(now)
    typed = locked.sections.get(cle=CHIFFRAGE).contenu
    carried = whole_euros(by_line(needs(typed, natures_on(today))))
    if not carried:
        raise Refused("Le chiffrage est vide\u00a0: il n’y a rien à reporter dans le budget.")
    exercice, montants, details = budget_lines(locked, GenreBudget.PROJET)
    return save_budget(
        demande=locked,
        genre=GenreBudget.PROJET,
        exercice=exercice or today.year,
        montants={**montants, **carried},
        details=details,
        version=version,
        by=by,
        now=now,
    )


def budget_contenu(exercice: int, montants: Mapping[str, Decimal], details: Mapping[str, str]) -> dict[str, Any]:
    """A budget as its section keeps it: one answer per field of its form."""
    return {
        "exercice": exercice,
        **{f"{MONTANT}{code}": str(int(montant)) for code, montant in sorted(montants.items())},
        **{f"{DETAIL}{code}": text for code, text in sorted(details.items())},
    }


def _judge(montants: Mapping[str, Decimal], details: Mapping[str, str]) -> None:
    known = nomenclature().lignes
    if unknown := sorted((montants.keys() | details.keys()) - known.keys()):
        raise Refused(f"Le budget contient une ligne que le formulaire ne connaît pas\u00a0: {unknown[0]}.")
    for code, montant in montants.items():
        if montant <= 0 or montant != montant.to_integral_value():
            raise Refused(f"«\u00a0{known[code].libelle}\u00a0»\u00a0: un montant en euros entiers, au-dessus de zéro.")
        if montant > money.PLUS_GRAND_MONTANT:
            limit = money.euros(money.PLUS_GRAND_MONTANT)
            raise Refused(f"«\u00a0{known[code].libelle}\u00a0»\u00a0: {money.euros(montant)}, plus que {limit}.")


def _write_lines(
    demande: DemandeFir,
    genre: GenreBudget,
    *,
    exercice: int,
    montants: Mapping[str, Decimal],
    details: Mapping[str, str],
) -> None:
    budget, _ = BudgetPrevisionnel.objects.update_or_create(
        demande=demande, genre=genre, defaults={"exercice": exercice}
    )
    budget.lignes.all().delete()
    LigneBudget.objects.bulk_create(
        LigneBudget(budget=budget, ligne_id=code, montant=montant, detail=details.get(code, ""))
        for code, montant in montants.items()
    )
