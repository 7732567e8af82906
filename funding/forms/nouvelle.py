"""Opening a request without a letter: what for, asked of whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from funding.states import ObjetDemande

CHOISIR = [("", "Choisir…")]


class NouvelleDemandeForm(forms.Form):
    """`financeurs` maps an object to those who fund it, as (id, name)."""

    objet = forms.ChoiceField(
        label="Objet de la demande",
        choices=ObjetDemande.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites à quoi sert la subvention.", "invalid_choice": "Cet objet n’existe pas."},
    )
    financeur = forms.ChoiceField(
        label="Financeur",
        help_text="L’aide à l’écriture de la lettre se demande à une URPS, tout le reste à l’ARS.",
        error_messages={"required": "Choisissez le financeur.", "invalid_choice": "Choisissez dans la liste."},
    )

    def __init__(self, *args: Any, financeurs: Mapping[str, Sequence[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.financeurs = financeurs
        every = {pk: nom for rows in financeurs.values() for pk, nom in rows}
        self.fields["financeur"].choices = [*CHOISIR, *every.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        objet, financeur = given.get("objet"), given.get("financeur")
        if objet and financeur and financeur not in {pk for pk, _ in self.financeurs[objet]}:
            wanted = "une URPS" if objet == ObjetDemande.AIDE_URPS else "l’ARS"
            self.add_error("financeur", f"Pour cet objet, la demande s’adresse à {wanted}.")
        return given
