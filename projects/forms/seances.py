"""A session: its day and place, its agenda, who was there, what was said of a file."""

from datetime import date, timedelta
from typing import Any

from django import forms

from dossiers.questions import RowsField, choix, texte
from guichet.kernel.forms import DayInput, LongText

Choix = list[tuple[str, str]]
UN_AN = timedelta(days=366)


class SeanceForm(forms.Form):
    """`jour` is today: a session is at most a year from it, or the year was mistyped."""

    tenue_le = forms.DateField(
        label="Jour de la séance",
        widget=DayInput(),
        error_messages={"required": "Donnez le jour de la séance."},
    )
    lieu = forms.CharField(
        label="Lieu", help_text="Une adresse, ou «\u00a0à distance\u00a0».", max_length=160, required=False
    )

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour

    def clean_tenue_le(self) -> date:
        day: date = self.cleaned_data["tenue_le"]
        if day != self.initial.get("tenue_le") and abs(day - self.jour) > UN_AN:
            raise forms.ValidationError("Cette séance est à plus d’un an d’aujourd’hui\u00a0: vérifiez l’année.")
        return day


class SeanceEntiereForm(SeanceForm):
    notes = forms.CharField(
        label="Notes de séance",
        help_text="Ce qui ne porte sur aucun dossier. Elles ne figurent dans aucun compte rendu.",
        max_length=6000,
        required=False,
        widget=LongText(attrs={"rows": 5}),
    )


class OrdreDuJourForm(forms.Form):
    """`dossiers` are the running consultations not on the agenda yet, as (key, words)."""

    dossiers = forms.MultipleChoiceField(
        label="Dossiers en consultation",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un dossier."},
    )

    def __init__(self, *args: Any, dossiers: Choix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dossiers"].choices = dossiers  # type: ignore[attr-defined]


class PresentsForm(forms.Form):
    """`organismes` as (code, name), `points` as (key of a point, name of the file)."""

    def __init__(self, *args: Any, organismes: Choix, points: Choix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["presents"] = RowsField(
            "Les personnes présentes",
            {
                "organisation": choix("Organisme", organismes),
                "nom": texte("Prénom et nom", maximum=120),
                "qualite": texte("Qualité", maximum=120),
                "deport": choix("Se déporte sur", points),
            },
            aide="Une ligne par personne. Pour deux déports, une ligne de plus.",
            maximum=60,
            vides=3,
        )


class ReleveForm(forms.Form):
    releve = forms.CharField(
        label="Ce qui a été dit de ce dossier",
        help_text="Repris dans le compte rendu de ce dossier, que seul le Guichet lit.",
        max_length=6000,
        required=False,
        widget=LongText(attrs={"rows": 8}),
    )
