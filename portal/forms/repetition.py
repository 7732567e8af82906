"""By how many days the portal's date is moved forward."""

from typing import Any

from django import forms

from portal.models import JOURS_MAX


class AvancerForm(forms.Form):
    """`depuis`: by how many days the portal is ahead now; the page sends it back, so that it was read."""

    jours = forms.IntegerField(
        label="Nombre de jours",
        error_messages={
            "required": "Indiquez de combien de jours avancer la date.",
            "invalid": "Indiquez un nombre entier de jours.",
        },
    )
    depuis = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, depuis: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reste = JOURS_MAX - depuis
        jours = self.fields["jours"]
        jours.widget.attrs |= {"min": 1, "max": self.reste, "inputmode": "numeric"}
        jours.help_text = f"De 1 à {self.reste}. Le portail garde l’heure qu’il est."
        self.fields["depuis"].initial = depuis

    def clean_jours(self) -> int:
        jours: int = self.cleaned_data["jours"]
        if not 1 <= jours <= self.reste:
            raise forms.ValidationError(f"Choisissez de 1 à {self.reste} jours.")
        return jours
