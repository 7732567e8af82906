"""Giving a first manager to an association that has none."""

from django import forms

from guichet.kernel.forms import LongText


class DemandeRepriseForm(forms.Form):
    """Whom to invite, and why."""

    email = forms.EmailField(label="Adresse électronique de la personne", help_text="Une personne de l’association.")
    motif = forms.CharField(
        label="Raison",
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
        help_text="Elle est conservée. Par exemple\u00a0: dossier reçu sur papier, présidente partie en juin.",
    )


class RepriseForm(DemandeRepriseForm):
    fonction = forms.CharField(
        label="Fonction", max_length=120, required=False, help_text="Par exemple\u00a0: présidente."
    )
    field_order = ["email", "fonction", "motif"]
