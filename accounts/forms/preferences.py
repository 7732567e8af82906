"""Notification preferences."""

from typing import Any

from django import forms

from accounts.states import CATEGORIES_AU_CHOIX, CategorieEnvoi, RythmeEnvoi

EXPLANATIONS = {
    CategorieEnvoi.ETAPES: "Une lettre déposée, un avis rendu, un dossier qui vous est confié.",
    CategorieEnvoi.ECHANGES: "Ce que l’on vous écrit sur un dossier.",
    CategorieEnvoi.RAPPELS: "Ce qui est attendu de vous et dont la date approche.",
}


class PreferencesForm(forms.Form):
    """One choice by category."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for categorie in CATEGORIES_AU_CHOIX:
            self.fields[categorie.value] = forms.ChoiceField(
                label=categorie.label,
                help_text=EXPLANATIONS[categorie],
                choices=RythmeEnvoi.choices,
                widget=forms.RadioSelect,
            )
