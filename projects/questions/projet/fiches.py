"""One action of the project, and the short fiche that goes with a project deposited as a document."""

from collections.abc import Iterator
from datetime import date
from math import ceil
from typing import Any, ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, is_filled, texte, texte_long
from funding.questions.fields import QuantiteField
from guichet.kernel.forms import DayInput
from projects.models import Mission
from projects.questions.projet.budget import MontantField
from projects.questions.projet.missions import NON_OUI

RESULTAT = "resultat"
NATURES = [("action", "Ce que nous faisons"), (RESULTAT, "Ce que cela change (un résultat)")]

SUIVI = "suivi"
VARIABLE = "variable"
USAGES = [(SUIVI, "Suivre la mission"), (VARIABLE, "Calculer aussi la part variable du financement")]

PREUVES = [
    ("export_am", "Données de l’Assurance Maladie"),
    ("compte_rendu", "Compte rendu de réunion"),
    ("emargement", "Feuille d’émargement"),
    ("enquete", "Enquête"),
    ("logiciel", "Relevé d’un logiciel ou d’un agenda"),
    ("autre", "Autre"),
]


class FicheActionForm(SectionForm):
    """An action. It never blocks the deposit: what it lacks shows in its state, and in the réserves."""

    intitule = texte("Titre de l’action", maximum=160)
    objectif = texte_long(
        "Objectif", aide="Ce que l’action doit changer, pour qui. Pas de donnée de patient.", rows=4, maximum=3000
    )
    action = texte_long("Le déroulement", aide="Ce que vous allez faire, étape par étape, et qui fait quoi.")
    pilote = texte(
        "Qui pilote", aide="Une fonction ou un groupe de travail\u00a0; un nom n’est pas nécessaire.", maximum=200
    )
    partenaires = texte_long(
        "Avec qui", aide="Les professions, les structures, les partenaires qui participent.", rows=3, maximum=2000
    )
    debut = forms.DateField(
        label="Début", help_text="Une date approximative suffit.", required=False, widget=DayInput()
    )
    fin = forms.DateField(
        label="Fin", help_text="Laissez vide si l’action est faite pour durer.", required=False, widget=DayInput()
    )
    moyens_humains = texte_long(
        "Les personnes et leur temps", aide="Qui, combien d’heures, quelles indemnités.", rows=3, maximum=2000
    )
    moyens_materiels = texte_long("Le matériel et les outils", rows=3, maximum=2000)
    budget = MontantField("Le coût de l’action", aide="Par an, en euros entiers. Une estimation suffit.")
    indicateurs = RowsField(
        "Les indicateurs",
        {
            "libelle": texte_long("Ce qui est mesuré", rows=2, maximum=300),
            "nature": choix("Il mesure", NATURES),
            "unite": texte("Unité", maximum=40),
            "base": QuantiteField("Valeur de départ", maximum=10_000_000),
            "cible": QuantiteField("Cible", maximum=10_000_000),
            "echeance": texte("Pour quand", maximum=80),
            "source": choix("Source ou preuve", PREUVES),
            "usage": choix("Il sert à", USAGES),
        },
        aide="Au moins un par action. Sans valeur de départ ni cible, un indicateur ne se mesure pas. "
        "L’ARS, l’Assurance Maladie et vous fixerez ensemble ceux du contrat.",
        maximum=12,
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "intitule": "Donnez un titre à l’action.",
        "mission": "Dites de quelle mission l’action relève.",
        "objectif": "Dites quel est l’objectif de l’action.",
        "action": "Décrivez ce que vous allez faire.",
        "pilote": "Dites qui pilote l’action.",
        "debut": "Dites quand l’action commence.",
        "indicateurs": "Donnez au moins un indicateur.",
    }
    moyens = ("moyens_humains", "moyens_materiels", "budget")

    def __init__(self, *args: Any, missions: list[Mission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mission"] = choix("Mission", [(mission.code, mission.nom) for mission in missions])
        self.groupes = (
            Groupe("L’action", ("intitule", "mission", "objectif", "action")),
            Groupe("Qui et quand", ("pilote", "partenaires", "debut", "fin")),
            Groupe("Les moyens", self.moyens, "Au moins l’une des trois réponses."),
            Groupe("La mesure", ("indicateurs",), "À quoi vous verrez que l’action réussit."),
        )
        self.order_fields([name for groupe in self.groupes for name in groupe.champs])

    def clean_fin(self) -> date | None:
        fin: date | None = self.cleaned_data["fin"]
        debut = self.cleaned_data.get("debut")
        if fin and debut and fin < debut:
            raise forms.ValidationError("La fin de l’action précède son début.")
        return fin

    def clean_indicateurs(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["indicateurs"]
        if any(not row["libelle"] for row in rows):
            raise forms.ValidationError("Dites ce que mesure chaque indicateur, ou retirez la ligne.")
        return rows

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if not any(is_filled(self.cleaned_data.get(name)) for name in self.moyens):
            yield "id_moyens_humains", "Dites avec quels moyens l’action se fait."


COLONNE = 90
"""Characters in a line of the printed fiche."""

LIMITES = {
    "objet": (600, 7),
    "territoire": (350, 4),
    "actions": (800, 11),
    "gouvernance": (350, 4),
    "modalites": (450, 5),
    "evaluation": (350, 4),
}
"""Characters and printed lines of each text, so that the fiche fills two pages at most."""


def _court(name: str, label: str, *, aide: str) -> forms.CharField:
    characters, lines = LIMITES[name]
    return texte_long(label, aide=f"{aide} {characters} caractères au plus.", rows=min(lines, 6), maximum=characters)


class FicheDocumentForm(SectionForm):
    """The two printed pages that say what a deposited document holds. Blocks the deposit when it is not complete."""

    titre = texte("Titre du projet de santé", maximum=120)
    objet = _court("objet", "L’objet et les objectifs", aide="Ce que le projet doit changer.")
    territoire = _court(
        "territoire",
        "Le territoire en quelques mots",
        aide="Pourquoi il a du sens pour ceux qui y vivent et y soignent.",
    )
    actions = _court("actions", "Les principales actions", aide="Une ligne par action, avec sa mission.")
    numerique = choix(
        "Le projet repose-t-il seulement sur un outil numérique ou sur la télémédecine\u00a0?", NON_OUI, radio=True
    )
    filiere = choix("Le projet se limite-t-il à une seule spécialité ou à un seul public\u00a0?", NON_OUI, radio=True)
    gouvernance = _court("gouvernance", "La gouvernance", aide="Qui décide, comment.")
    modalites = _court(
        "modalites", "Comment les professionnels travaillent ensemble", aide="Réunions, protocoles, échanges."
    )
    evaluation = _court("evaluation", "L’évaluation", aide="Les principaux indicateurs, et qui les suit.")
    budget_total = MontantField("Le budget annuel", aide="Le total des charges, en euros entiers.")
    contact_nom = texte("Personne à contacter", aide="Prénom et nom.", maximum=80)
    contact_courriel = forms.EmailField(label="Son adresse électronique", required=False, max_length=100)
    contact_telephone = texte("Son téléphone", maximum=30, autocomplete="tel")

    obligatoires: ClassVar[dict[str, str]] = {
        "titre": "Donnez le titre du projet.",
        "objet": "Dites quel est l’objet du projet.",
        "territoire": "Décrivez le territoire en quelques mots.",
        "actions": "Citez les principales actions.",
        "contact_nom": "Nommez la personne à contacter.",
        "contact_courriel": "Donnez l’adresse électronique de la personne à contacter.",
    }

    def __init__(self, *args: Any, missions: list[Mission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = []
        for mission in missions:
            name = f"mission_{mission.code}"
            self.fields[name] = forms.BooleanField(label=mission.nom, required=False)
            names.append(name)
        self.missions = tuple(names)
        self.groupes = (
            Groupe("Le projet", ("titre", "objet", "territoire")),
            Groupe("Les missions traitées", self.missions, "Cochez celles dont parle votre document."),
            Groupe("Les actions", ("actions", "numerique", "filiere")),
            Groupe("L’organisation", ("gouvernance", "modalites", "evaluation", "budget_total")),
            Groupe("Le contact", ("contact_nom", "contact_courriel", "contact_telephone")),
        )
        self.order_fields([name for groupe in self.groupes for name in groupe.champs])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, (_, lines) in LIMITES.items():
            if printed_lines(data.get(name, "")) > lines:
                phrase = f"Ce texte imprimé dépasse {lines} lignes\u00a0: raccourcissez-le, ou allez moins à la ligne."
                self.add_error(name, phrase)
        return data

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.missions and not any(self.cleaned_data.get(name) for name in self.missions):
            yield f"id_{self.missions[0]}", "Cochez au moins une mission."


def printed_lines(text: str) -> int:
    """About how many lines a text takes once printed, the space between its paragraphs counted as half a line each."""
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return ceil(sum(ceil(len(line) / COLONNE) for line in paragraphs) + max(len(paragraphs) - 1, 0) / 2)
