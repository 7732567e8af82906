"""Section J: the forecast budget, in three kinds of charges, and the resources expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, texte, texte_long
from funding.questions.fields import EurosField
from projects.questions.projet.diagnostic import LONG_PROJET

MISE_EN_PLACE = "mise_en_place"
FONCTIONNEMENT = "fonctionnement"
INVESTISSEMENT = "investissement"
RESSOURCES = "ressources"

CHARGES = {
    MISE_EN_PLACE: "La mise en place de la CPTS",
    FONCTIONNEMENT: "Le fonctionnement",
    INVESTISSEMENT: "Les investissements",
}
"""The three kinds of charges, with their title."""

ORIGINES = [
    ("assurance_maladie", "Assurance Maladie (contrat ACI)"),
    ("ars", "ARS (fonds d’intervention régional)"),
    ("collectivite", "Commune, intercommunalité, département, région"),
    ("adherents", "Cotisations des adhérents"),
    ("autre", "Autre"),
]
ETATS_RESSOURCE = [("acquise", "Acquise"), ("demandee", "Demandée"), ("envisagee", "Envisagée")]


class MontantField(EurosField):
    """Whole euros where zero is an answer: there is no such charge."""

    def clean(self, value: Any) -> Decimal | None:
        amount = super().clean(value)
        return Decimal(0) if amount is None and str(value or "").strip() else amount


@dataclass(frozen=True)
class TotauxProjet:
    """Sums of the forecast budget, in whole euros."""

    mise_en_place: Decimal
    fonctionnement: Decimal
    investissement: Decimal
    ressources: Decimal

    @property
    def charges(self) -> Decimal:
        return self.mise_en_place + self.fonctionnement + self.investissement

    @property
    def solde(self) -> Decimal:
        """Resources less charges: negative when money is missing."""
        return self.ressources - self.charges


def budget_totals(contenu: Mapping[str, Any]) -> TotauxProjet:
    """The sums of a budget as it is kept, or as it was cleaned. A row without an amount counts for nothing."""

    def total(name: str) -> Decimal:
        return sum((Decimal(row.get("montant") or 0) for row in contenu.get(name) or []), Decimal(0))

    return TotauxProjet(total(MISE_EN_PLACE), total(FONCTIONNEMENT), total(INVESTISSEMENT), total(RESSOURCES))


def _charges(cle: str, *, aide: str) -> RowsField:
    return RowsField(
        CHARGES[cle],
        {"libelle": texte("Dépense", maximum=160), "montant": MontantField("Montant en euros")},
        aide=aide,
        maximum=30,
        vides=2,
    )


class BudgetProjetForm(SectionForm):
    annee = forms.IntegerField(
        label="Année du budget",
        help_text="La première année pleine du projet, par exemple 2028.",
        required=False,
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
    )
    mise_en_place = _charges(
        MISE_EN_PLACE, aide="Coordination, secrétariat, appui au démarrage. En euros entiers, une ligne par dépense."
    )
    fonctionnement = _charges(
        FONCTIONNEMENT, aide="Local, déplacements, assurance, indemnités des professionnels pour les actions."
    )
    investissement = _charges(
        INVESTISSEMENT,
        aide="Logiciels, matériel informatique. S’il n’y en a pas, écrivez-le sur une ligne, avec 0.",
    )
    ressources = RowsField(
        "Les ressources attendues",
        {
            "origine": choix("De qui", ORIGINES),
            "precision": texte("Précision", maximum=160),
            "montant": MontantField("Montant en euros"),
            "etat": choix("Où en est-elle", ETATS_RESSOURCE),
        },
        aide="Ce que versera l’Assurance Maladie se fixe dans le contrat, après le projet.",
        maximum=30,
        vides=2,
    )
    commentaire = texte_long(
        "Ce qu’il faut savoir de ce budget",
        aide="Comment les montants ont été estimés, les autres financeurs sollicités.",
        rows=4,
        maximum=LONG_PROJET,
    )

    groupes = (
        Groupe("L’année", ("annee",)),
        Groupe("Les charges", tuple(CHARGES), "Chaque dépense va dans l’un de ces trois tableaux."),
        Groupe("Les ressources", (RESSOURCES, "commentaire")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "annee": "Indiquez l’année du budget.",
        MISE_EN_PLACE: "Indiquez les charges de mise en place.",
        FONCTIONNEMENT: "Indiquez les charges de fonctionnement.",
        INVESTISSEMENT: "Indiquez les investissements, ou écrivez qu’il n’y en a pas, avec 0.",
        RESSOURCES: "Indiquez les ressources que vous attendez.",
    }

    def totaux(self) -> TotauxProjet:
        """The sums of what the page shows: typed if it can be read, else as kept."""
        return budget_totals(self.cleaned_data if self.is_bound else self.initial)

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        for name in (*CHARGES, RESSOURCES):
            if any(row["montant"] is None for row in self.cleaned_data.get(name) or []):
                titre = self.fields[name].label
                yield f"id_{name}", f"«\u00a0{titre}\u00a0»\u00a0: une ligne n’a pas de montant."
