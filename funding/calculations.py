"""How much: sizes and budgets. Pure: no database, no clock, no float; euros are Decimal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import Any

from funding.nomenclature import CHARGE, Nomenclature
from guichet.kernel import money

ZERO = Decimal(0)
UN_EURO = Decimal(1)


# --- The size of a community --------------------------------------------------------------------------


def size(population: int, seuils: Sequence[tuple[int, int]]) -> int:
    """The size, from 1, of a community of that many inhabitants; 0 when there is nobody.

    `seuils` are (size, inhabitants from which it starts, inclusive by our convention), in any order.
    """
    if population <= 0:
        return 0
    return max((taille for taille, start in seuils if start <= population), default=0)


# --- The two budgets of a request -------------------------------------------------------------------


@dataclass(frozen=True)
class Totaux:
    """Sums of a budget, in euros. `charges` and `produits` are before the contributions in kind (86 and 87)."""

    charges: Decimal = ZERO
    produits: Decimal = ZERO
    contributions_charges: Decimal = ZERO
    contributions_produits: Decimal = ZERO
    demande: Decimal = ZERO
    comptes: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def general_charges(self) -> Decimal:
        return self.charges + self.contributions_charges

    @property
    def general_produits(self) -> Decimal:
        return self.produits + self.contributions_produits

    @property
    def is_empty(self) -> bool:
        return not self.general_charges and not self.general_produits


def totals(montants: Mapping[str, Decimal], form: Nomenclature) -> Totaux:
    """The sums of `montants` (line code to amount). KeyError on a line the form does not know."""
    sums = {"charges": ZERO, "produits": ZERO, "contributions_charges": ZERO, "contributions_produits": ZERO}
    comptes: dict[str, Decimal] = {compte.code: ZERO for compte in form.comptes}
    lignes = form.lignes
    for code, montant in montants.items():
        ligne = lignes[code]
        comptes[ligne.compte] += montant
        cote = "charges" if ligne.sens == CHARGE else "produits"
        sums[f"contributions_{cote}" if ligne.volontaire else cote] += montant
    return Totaux(**sums, demande=montants.get(form.ligne_demande.code, ZERO), comptes=comptes)


def budget_defects(totaux: Totaux, *, montant_demande: Decimal | None, ligne: str = "") -> list[str]:
    """What keeps a budget from being deposited, in French sentences; none when it balances.

    Charges equal produits before 86 and 87, 86 equals 87 (hence after too). `montant_demande` is the subsidy asked,
    which stands on its line of account 74; None for the association's budget, where nothing says it must.
    `ligne` names that line when the funder is not the ARS.
    """
    if totaux.is_empty:
        return ["Le budget est vide."]
    defects = []
    if totaux.charges != totaux.produits:
        defects.append(imbalance(totaux))
    if totaux.contributions_charges != totaux.contributions_produits:
        defects.append(
            "Les contributions en nature ne s’équilibrent pas\u00a0: "
            f"{money.euros(totaux.contributions_charges)} au compte 86, "
            f"{money.euros(totaux.contributions_produits)} au compte 87."
        )
    if montant_demande is not None and totaux.demande != montant_demande:
        which = f"la ligne «\u00a0{ligne}\u00a0»" if ligne else "la ligne de l’ARS"
        defects.append(
            f"La subvention demandée ({money.euros(montant_demande)}) doit être {which}, au compte 74, "
            f"du budget du projet\u00a0: elle y est de {money.euros(totaux.demande)}."
        )
    return defects


def imbalance(totaux: Totaux) -> str:
    """By how much charges and produits differ, in words."""
    ecart = totaux.charges - totaux.produits
    plus, moins = ("charges", "produits") if ecart > 0 else ("produits", "charges")
    return (
        f"Le budget n’est pas équilibré\u00a0: les {plus} dépassent les {moins} de {money.euros(abs(ecart))} "
        f"({money.euros(totaux.charges)} de charges, {money.euros(totaux.produits)} de produits)."
    )


def share(montant: Decimal, totaux: Totaux) -> str:
    """The subsidy in the total of the produits, as the form prints it: `62,5 %`."""
    return money.pourcentage(montant, totaux.produits)


# --- Needs typed as people think of them --------------------------------------------------------------


@dataclass(frozen=True)
class Nature:
    """A kind of need and the line of the budget it goes to: dated data. `groupe` is temps, reunions or forfaits."""

    code: str
    groupe: str
    libelle: str
    ligne: str


@dataclass(frozen=True)
class Besoin:
    """One need: what it is, how it is counted (in words), its amount to the cent and the line it goes to."""

    libelle: str
    calcul: str
    montant: Decimal
    ligne: str


def needs(contenu: Mapping[str, Any], natures: Mapping[str, Nature]) -> list[Besoin]:
    """The needs of a saved section, in its order. A row without all its figures, or of a kind gone, is left out."""
    found = []
    for groupe, (factors, words) in GROUPES.items():
        for row in contenu.get(groupe) or []:
            nature = natures.get(row.get("nature") or "")
            values = [row.get(factor) for factor in factors]
            if nature is None or any(value in (None, "") for value in values):
                continue
            figures = [Decimal(str(value)) for value in values]
            montant = money.centimes(prod(figures, start=UN_EURO))
            if montant:
                calcul = words.format(*[money.nombre(figure) for figure in figures[:-1]], money.euros(figures[-1]))
                found.append(Besoin(row.get("libelle") or nature.libelle, calcul, montant, nature.ligne))
    return found


GROUPES: dict[str, tuple[tuple[str, ...], str]] = {
    "temps": (("personnes", "heures", "taux"), "{0}\u00a0×\u00a0{1}\u00a0h\u00a0×\u00a0{2}"),
    "reunions": (("nombre", "cout"), "{0}\u00a0×\u00a0{1}"),
    "forfaits": (("montant",), "{0}"),
}
"""The figures of each table of needs, and how their product is told."""


def by_line(besoins: Iterable[Besoin]) -> dict[str, Decimal]:
    """The needs summed by line of the budget, to the cent."""
    sums: dict[str, Decimal] = {}
    for besoin in besoins:
        sums[besoin.ligne] = sums.get(besoin.ligne, ZERO) + besoin.montant
    return sums


def whole_euros(montants: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Each amount to the nearest euro (half a euro up), as the form wants them; an amount that rounds to zero goes."""
    rounded = {code: montant.quantize(UN_EURO, rounding=ROUND_HALF_UP) for code, montant in montants.items()}
    return {code: montant for code, montant in rounded.items() if montant}
