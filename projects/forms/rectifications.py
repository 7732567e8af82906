"""Proposing to correct an answer, and answering the proposal."""

from collections.abc import Sequence
from typing import Any

from django import forms

from guichet.kernel.forms import LongText

TOO_LONG = "Au plus %(limit_value)d caractères."


class ChoisirForm(forms.Form):
    """Which answer; `reponses` are those that may be corrected, by section."""

    champ = forms.ChoiceField(
        label="La réponse à corriger",
        error_messages={"required": "Choisissez une réponse.", "invalid_choice": "Cette réponse ne se rectifie pas."},
    )

    def __init__(self, *args: Any, reponses: Sequence[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["champ"].choices = [("", "Choisir…"), *reponses]  # type: ignore[attr-defined]


class RectifierForm(forms.Form):
    """`maximum` is what the section takes; `longue` for a text of several lines."""

    apres = forms.CharField(
        label="Le nouveau texte",
        error_messages={"required": "Écrivez le nouveau texte.", "max_length": TOO_LONG},
    )
    motif = forms.CharField(
        label="Pourquoi cette correction\u00a0?",
        help_text="Par exemple\u00a0: faute de frappe, chiffre inversé.",
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi.", "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, maximum: int | None, longue: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs: dict[str, Any] = {"rows": 8} if longue else {}
        if maximum:
            attrs["maxlength"] = maximum
        self.fields["apres"].widget = LongText(attrs=attrs) if longue else forms.TextInput(attrs=attrs)


class ReponseForm(forms.Form):
    reponse = forms.CharField(
        label="Votre réponse à l’association",
        help_text="Obligatoire pour écarter la correction.",
        required=False,
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
