"""What the pages of a request show, as plain values for the components."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dossiers.models import Section
from dossiers.questions import Rubrique
from dossiers.states import EtatSection
from funding.calculations import Besoin, Totaux
from funding.models import DemandeFir
from funding.nomenclature import CHARGE, PRODUIT, Compte, Ligne, nomenclature
from funding.questions.budget import BudgetForm
from funding.sections import DETAIL, MONTANT
from funding.states import EtatDemandeFir
from guichet.kernel.civil import heure
from guichet.kernel.money import euros

TONS = {
    EtatDemandeFir.BROUILLON: "info",
    EtatDemandeFir.INCOMPLETE: "warn",
    EtatDemandeFir.ACCORDEE: "ok",
    EtatDemandeFir.REFUSEE: "alert",
    EtatDemandeFir.REJETEE_TACITEMENT: "alert",
}
TONS_SECTION = {EtatSection.EN_COURS: "warn", EtatSection.COMPLET: "ok"}

Cell = Callable[[Ligne], dict[str, Any]]


def tag_of(demande: DemandeFir) -> dict[str, str]:
    """The state in words and its tone."""
    return {"libelle": demande.get_etat_display(), "ton": TONS.get(EtatDemandeFir(demande.etat), "")}


def facts(demande: DemandeFir) -> list[dict[str, str]]:
    """The line under the title."""
    rows = [{"fort": demande.dossier.reference, "texte": ""}] if demande.dossier.reference else []
    rows += [{"fort": "", "texte": demande.dossier.association.nom}, {"fort": "", "texte": demande.financeur.nom}]
    if demande.montant_demande:
        rows.append({"fort": f"{euros(demande.montant_demande)} demandés", "texte": ""})
    return rows


def tasks(demande: DemandeFir, sections: list[tuple[Rubrique, Section]], *, now: datetime) -> list[dict[str, Any]]:
    """One line of the task list per section."""
    return [
        {
            "titre": rubrique.titre,
            "url": reverse("funding:section", args=[demande.pk, rubrique.cle]),
            "etat": {"libelle": section.get_etat_display(), "ton": TONS_SECTION.get(EtatSection(section.etat), "")},
            "aide": rubrique.aide if section.etat == EtatSection.A_COMMENCER else "",
            "modifie": _last_edit(section, now=now),
        }
        for rubrique, section in sections
    ]


def _last_edit(section: Section, *, now: datetime) -> str:
    if section.repris_de:
        return f"Repris de {section.repris_de}\u00a0: relisez et enregistrez"
    if section.modifie_at is None:
        return ""
    when = timezone.localtime(section.modifie_at)
    day = "" if when.date() == timezone.localdate(now) else f"le {when:%d/%m/%Y} "
    return f"Modifié par {section.modifie_par} {day}à {heure(when)}"


# --- Budgets -----------------------------------------------------------------------------------------


def budget_of_form(form: BudgetForm) -> dict[str, Any]:
    """The budget as typed, with its fields and their errors."""

    def cell(ligne: Ligne) -> dict[str, Any]:
        typed = _field(form, f"{MONTANT}{ligne.code}")
        return {
            **typed,
            "libelle": form.fields[f"{MONTANT}{ligne.code}"].label,
            "precision": _field(form, f"{DETAIL}{ligne.code}") if ligne.detail else None,
        }

    return _budget(form.totaux(), cell, shown=lambda ligne: True)


def budget_to_read(
    totaux: Totaux, montants: Mapping[str, Decimal], details: Mapping[str, str], *, financeur: str = ""
) -> dict[str, Any]:
    """The budget as kept: only the lines that have an amount. `financeur` names the line of the sum asked."""

    def cell(ligne: Ligne) -> dict[str, Any]:
        return {
            "nom": f"{MONTANT}{ligne.code}",
            "libelle": (ligne.demande and financeur) or ligne.libelle,
            "valeur": euros(montants[ligne.code]),
            "precision": {"valeur": details.get(ligne.code, "")},
        }

    return _budget(totaux, cell, shown=lambda ligne: ligne.code in montants)


def _field(form: BudgetForm, name: str) -> dict[str, Any]:
    bound = form[name]
    return {
        "nom": name,
        "valeur": "" if bound.value() is None else bound.value(),
        "erreur": " ".join(map(str, bound.errors)),
    }


def _budget(totaux: Totaux, cell: Cell, *, shown: Callable[[Ligne], bool]) -> dict[str, Any]:
    return {
        "totaux": totaux,
        "cotes": [
            _side(CHARGE, "Charges", totaux.charges, totaux, cell, shown=shown, volontaire=False),
            _side(PRODUIT, "Produits", totaux.produits, totaux, cell, shown=shown, volontaire=False),
        ],
        "solde": _balance(totaux.charges, totaux.produits, empty=EMPTY),
        "cotes_nature": [
            _side(
                CHARGE, "Emplois en nature", totaux.contributions_charges, totaux, cell, shown=shown, volontaire=True
            ),
            _side(
                PRODUIT,
                "Ressources en nature",
                totaux.contributions_produits,
                totaux,
                cell,
                shown=shown,
                volontaire=True,
            ),
        ],
        "solde_nature": _balance(totaux.contributions_charges, totaux.contributions_produits, empty=NOTHING_IN_KIND),
    }


def _side(
    sens: str,
    titre: str,
    total: Decimal,
    totaux: Totaux,
    cell: Cell,
    *,
    shown: Callable[[Ligne], bool],
    volontaire: bool,
) -> dict[str, Any]:
    comptes = [
        _account(compte, totaux, cell, shown)
        for compte in nomenclature().comptes
        if compte.sens == sens and compte.volontaire is volontaire and any(shown(ligne) for ligne in compte.lignes)
    ]
    return {"sens": "charges" if sens == CHARGE else "produits", "titre": titre, "total": total, "comptes": comptes}


def _account(compte: Compte, totaux: Totaux, cell: Cell, shown: Callable[[Ligne], bool]) -> dict[str, Any]:
    told = {"code": compte.numero, "libelle": compte.libelle, "total": totaux.comptes[compte.code]}
    if compte.lignes[0].code == compte.code:
        return {**told, "ligne": cell(compte.lignes[0])}
    return {**told, "ligne": None, "lignes": [cell(ligne) for ligne in compte.lignes if shown(ligne)]}


EMPTY = {"phrase": "Le budget est vide\u00a0: saisissez des montants.", "ton": "warn"}
NOTHING_IN_KIND = {"phrase": "Aucune contribution en nature.", "ton": "ok"}


def _balance(charges: Decimal, produits: Decimal, *, empty: dict[str, str]) -> dict[str, str]:
    """The same words as static/js/budget.js, which renews them as one types."""
    if not charges and not produits:
        return empty
    if charges == produits:
        return {"phrase": "Le budget est équilibré.", "ton": "ok"}
    if charges > produits:
        return {
            "phrase": f"Il manque {euros(charges - produits)} de produits pour équilibrer le budget.",
            "ton": "warn",
        }
    return {"phrase": f"Les produits dépassent les charges de {euros(produits - charges)}.", "ton": "warn"}


# --- Needs -------------------------------------------------------------------------------------------


def needs_table(besoins: list[Besoin]) -> list[dict[str, str]]:
    """Each need: what, how it is counted, how much, and the line of the budget it goes to."""
    lignes = nomenclature().lignes
    return [
        {
            "libelle": besoin.libelle,
            "calcul": besoin.calcul,
            "montant": euros(besoin.montant),
            "ligne": f"{lignes[besoin.ligne].compte} – {lignes[besoin.ligne].libelle}",
        }
        for besoin in besoins
    ]
