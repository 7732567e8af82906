"""Opening the project of a community whose letter was made elsewhere."""

from django import forms

from guichet.kernel.forms import LongText


class SansLettreForm(forms.Form):
    nom_cpts = forms.CharField(
        label="Nom de la CPTS",
        help_text="Il se change jusqu’au dépôt.",
        max_length=160,
        error_messages={"required": "Donnez le nom de la CPTS."},
    )
    nom_association = forms.CharField(
        label="Nom de l’association porteuse",
        max_length=200,
        error_messages={"required": "Donnez le nom de l’association."},
    )
    motif = forms.CharField(
        label="Pourquoi la lettre d’intention n’est-elle pas dans le portail\u00a0?",
        help_text="Par exemple\u00a0: lettre validée en 2023, avant l’ouverture du portail. L’ARS lit cette raison.",
        max_length=2000,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi la lettre d’intention n’est pas dans le portail."},
    )
