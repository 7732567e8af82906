"""An appeal against a decision, and its outcome."""

from datetime import date
from typing import Any

from django import forms

from dossiers.states import GenreRecours
from guichet.kernel.forms import DayInput, LongText

TEXTE_MAX = 4000


class _Jour(forms.Form):
    """`premier` and `dernier` bound the day asked under the name `jour_de`."""

    jour_de = ""

    def __init__(self, *args: Any, premier: date, dernier: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.premier, self.dernier = premier, dernier
        self.fields[self.jour_de].widget.attrs |= {"min": premier.isoformat(), "max": dernier.isoformat()}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        day = data.get(self.jour_de)
        if day and not self.premier <= day <= self.dernier:
            self.add_error(self.jour_de, TROP_TOT if day < self.premier else "Cette date est dans le futur.")
        return data


TROP_TOT = "Cette date est avant ce qu’elle suit\u00a0: vérifiez-la."


class RecoursForm(_Jour):
    jour_de = "forme_le"
    genre = forms.ChoiceField(
        label="Quel recours\u00a0?",
        choices=GenreRecours.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la nature du recours."},
    )
    forme_le = forms.DateField(
        label="Formé le",
        help_text="Le jour où le recours a été reçu ou enregistré au greffe.",
        widget=DayInput(),
        error_messages={"required": "Donnez le jour du recours.", "invalid": "Cette date n’existe pas."},
    )
    observations = forms.CharField(
        label="Ce que le recours demande",
        help_text="Facultatif. L’association le lit.",
        required=False,
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 4}),
    )


class IssueForm(_Jour):
    jour_de = "issue_le"
    issue = forms.CharField(
        label="Quelle est l’issue\u00a0?",
        help_text="Par exemple\u00a0: rejet du recours gracieux, désistement, annulation par le tribunal.",
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": "Dites quelle est l’issue du recours."},
    )
    issue_le = forms.DateField(
        label="Issue du",
        widget=DayInput(),
        error_messages={"required": "Donnez le jour de l’issue.", "invalid": "Cette date n’existe pas."},
    )
