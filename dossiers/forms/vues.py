"""The name under which the filters of a list are kept."""

from typing import Any

from django import forms

from dossiers.services.vues import why_not


class VueForm(forms.Form):
    """`names`: those the person uses already for this list."""

    nom = forms.CharField(
        label="Nom de la vue",
        max_length=80,
        help_text="Par exemple\u00a0: à transmettre en Haute-Garonne.",
        error_messages={
            "required": "Donnez un nom à cette vue.",
            "max_length": "Ce nom est trop long\u00a0: 80 caractères au plus.",
        },
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def clean_nom(self) -> str:
        nom: str = self.cleaned_data["nom"]
        if refusal := why_not(nom, self.names):
            raise forms.ValidationError(refusal)
        return nom
