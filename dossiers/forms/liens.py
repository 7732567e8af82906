"""Tying a file to another, and changing the département that leads."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dossiers.states import NatureLien
from guichet.kernel.forms import LongText

TOO_LONG = "Au plus %(limit_value)d caractères."


def _reason(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Donnez la raison.", "max_length": TOO_LONG},
    )


class LierForm(forms.Form):
    nature = forms.ChoiceField(
        label="Ce dossier est…",
        choices=NatureLien.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites quel est le lien.", "invalid_choice": "Ce lien n’existe pas."},
    )
    reference = forms.CharField(
        label="Référence de l’autre dossier",
        help_text="Par exemple OCC-31-2026-0042.",
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Donnez la référence de l’autre dossier.", "max_length": TOO_LONG},
    )
    motif = _reason("Raison du lien")


class DeplacerForm(forms.Form):
    """`departements` are those of the territory that do not lead, as (code, name)."""

    departement = forms.ChoiceField(
        label="Nouveau département pilote",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un département.",
            "invalid_choice": "Le département pilote est l’un de ceux du territoire.",
        },
    )
    motif = _reason("Raison du changement")

    def __init__(self, *args: Any, departements: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departement"].choices = departements  # type: ignore[attr-defined]
