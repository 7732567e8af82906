"""Section F: the objectives, the missions, how the professions work together."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, texte, texte_long
from guichet.kernel.forms import DayInput
from projects.models import Mission
from projects.questions.projet.diagnostic import LONG_PROJET

RETENUE = "retenue"
ENGAGEMENTS = [
    (RETENUE, "Oui, elle fait partie du projet"),
    ("plus_tard", "Plus tard"),
    ("non", "Non"),
]
NON_OUI = [("non", "Non"), ("oui", "Oui")]


class MissionsForm(SectionForm):
    """One choice per mission in force on the day; `missions` are rows of the dated data.

    Blocks only without an objective or without any mission: the other rules are réserves.
    """

    objectifs = texte_long(
        "Les objectifs de la CPTS",
        aide="Ce que le projet doit changer pour les habitants et pour les professionnels, en regard des besoins.",
        maximum=LONG_PROJET,
    )
    thematiques = RowsField(
        "Les thèmes du projet",
        {
            "theme": texte("Thème", maximum=160),
            "raison": texte("Pourquoi il est retenu", maximum=300),
        },
        aide="Plusieurs thèmes, que la plupart des acteurs reconnaissent.",
        maximum=20,
        vides=3,
    )
    numerique = choix(
        "Le projet repose-t-il seulement sur un outil numérique ou sur la télémédecine\u00a0?",
        NON_OUI,
        aide="Ces outils aident une CPTS\u00a0; ils ne suffisent pas à en faire une.",
        radio=True,
    )
    filiere = choix(
        "Le projet se limite-t-il à une seule spécialité ou à un seul public\u00a0?",
        NON_OUI,
        aide="Par exemple une seule maladie, ou les seules personnes âgées.",
        radio=True,
    )
    modalites = texte_long(
        "Comment les professionnels travaillent ensemble",
        aide="Ce sont les modalités du travail pluriprofessionnel\u00a0: réunions, protocoles communs, "
        "échanges d’information, qui fait quoi entre les professions.",
        maximum=LONG_PROJET,
    )
    autres = texte_long("Autres orientations", rows=3)
    etapes = RowsField(
        "Les grandes étapes",
        {
            "etape": texte("Étape", maximum=200),
            "debut": forms.DateField(label="Du", required=False, widget=DayInput()),
            "fin": forms.DateField(label="Au", required=False, widget=DayInput()),
        },
        aide="Chaque action a aussi ses dates, sur sa propre fiche.",
        maximum=40,
        vides=3,
    )

    obligatoires: ClassVar[dict[str, str]] = {"objectifs": "Dites quels sont les objectifs de la CPTS."}

    def __init__(self, *args: Any, missions: list[Mission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = []
        for mission in missions:
            kind = "mission socle" if mission.socle else "mission optionnelle"
            name = f"mission_{mission.code}"
            self.fields[name] = choix(f"{mission.nom} ({kind})", ENGAGEMENTS, aide=mission.description)
            names.append(name)
        self.missions = tuple(names)
        self.groupes = (
            Groupe("Les objectifs", ("objectifs", "thematiques", "numerique", "filiere")),
            Groupe("Le travail en commun", ("modalites",)),
            Groupe(
                "Les missions retenues",
                (*names, "autres"),
                "Le contrat avec l’ARS et l’Assurance Maladie demandera toutes les missions socles. "
                "Pour chaque mission retenue, écrivez ensuite au moins une fiche-action.",
            ),
            Groupe("Le calendrier d’ensemble", ("etapes",)),
        )
        self.order_fields([name for groupe in self.groupes for name in groupe.champs])

    def clean_etapes(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["etapes"]
        for n, row in enumerate(rows, 1):
            if row["debut"] and row["fin"] and row["fin"] < row["debut"]:
                raise forms.ValidationError(f"Ligne {n}\u00a0: la fin précède le début.")
        return rows

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.missions and not any(self.cleaned_data.get(name) == RETENUE for name in self.missions):
            yield f"id_{self.missions[0]}", "Retenez au moins une mission."
