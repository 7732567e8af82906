"""A quarter of a commune: its name, its inhabitants, where the figure comes from, why the commune is cut."""

from django import forms

from guichet.kernel.forms import FieldsForm, LongText

TOO_LONG = "Au plus %(limit_value)d caractères."


class QuartierForm(FieldsForm):
    commune = forms.CharField(widget=forms.HiddenInput, max_length=5)
    nom = forms.CharField(
        label="Nom du quartier",
        help_text="Tel que les habitants le nomment.",
        max_length=120,
        error_messages={"required": "Donnez le nom du quartier.", "max_length": TOO_LONG},
    )
    population = forms.IntegerField(
        label="Nombre d’habitants",
        min_value=1,
        max_value=5_000_000,
        error_messages={
            "required": "Indiquez le nombre d’habitants.",
            "invalid": "Écrivez un nombre entier, par exemple 12500.",
            "min_value": "Un quartier a au moins un habitant.",
            "max_value": "Ce nombre est trop grand.",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    source = forms.CharField(
        label="Source de ce nombre",
        help_text="Par exemple\u00a0: Insee, population par quartier (IRIS), avec son année.",
        max_length=200,
        error_messages={"required": "Dites d’où vient ce nombre.", "max_length": TOO_LONG},
    )
    motif = forms.CharField(
        label="Raison du découpage",
        help_text="Pourquoi ce quartier et non la commune entière.",
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi la commune est découpée.", "max_length": TOO_LONG},
    )
