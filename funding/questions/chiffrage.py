"""Section "Le chiffrage de vos besoins": hours, meetings, quotes, as people think of them."""

from collections.abc import Iterator
from typing import Any

from dossiers.questions import Manque, RowsField, SectionForm, choix, nombre, texte
from funding.calculations import GROUPES, Nature, needs
from funding.questions.fields import EurosField, QuantiteField


class ChiffrageForm(SectionForm):
    """`natures`: the kinds of needs of the day, by code. A row counts once its figures are there."""

    def __init__(self, *args: Any, natures: dict[str, Nature], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.natures = natures
        self.fields = {
            "temps": RowsField(
                "Du temps",
                {
                    "nature": self._choice("temps"),
                    "libelle": texte("Précision", maximum=160),
                    "personnes": nombre("Personnes", maximum=1000),
                    "heures": QuantiteField("Heures par personne"),
                    "taux": EurosField("Taux horaire", entiers=False),
                },
                aide="Coordination, indemnisation de professionnels qui participent.",
                maximum=30,
                vides=2,
            ),
            "reunions": RowsField(
                "Des réunions",
                {
                    "nature": self._choice("reunions"),
                    "libelle": texte("Précision", maximum=160),
                    "nombre": nombre("Nombre", maximum=1000),
                    "cout": EurosField("Coût de chacune", entiers=False),
                },
                aide="Salle, accueil, déplacements\u00a0: ce que coûte une réunion.",
                maximum=30,
            ),
            "forfaits": RowsField(
                "Un devis, une prestation, une dépense",
                {
                    "nature": self._choice("forfaits"),
                    "libelle": texte("Précision", maximum=160),
                    "montant": EurosField("Montant", entiers=False),
                },
                aide="Consultant, diagnostic, constitution de l’association…",
                maximum=30,
                vides=2,
            ),
        }

    def _choice(self, groupe: str) -> Any:
        kinds = [(nature.code, nature.libelle) for nature in self.natures.values() if nature.groupe == groupe]
        return choix("Nature", kinds)

    def _manques(self) -> Iterator[Manque]:
        for groupe in GROUPES:
            rows = self.cleaned_data.get(groupe) or []
            if len(needs({groupe: rows}, self.natures)) < len(rows):
                titre = f"«\u00a0{self.fields[groupe].label}\u00a0»"
                yield f"id_{groupe}", f"{titre}\u00a0: une ligne n’a pas de nature ou de chiffre."
