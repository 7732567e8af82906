"""Forms of acts on a letter: open, withdraw, invite an adviser."""

from typing import Any

from django import forms

from guichet.kernel.forms import LongText


class NouvelleForm(forms.Form):
    nom_cpts = forms.CharField(
        label="Nom de la CPTS",
        help_text="Un nom de travail suffit\u00a0: il se change jusqu’au dépôt.",
        max_length=160,
    )
    nom_association = forms.CharField(
        label="Nom de l’association porteuse",
        help_text="Existante ou en cours de création. Vous pourrez y inviter d’autres personnes.",
        max_length=200,
    )

    def __init__(self, *args: Any, association_connue: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if association_connue:
            del self.fields["nom_association"]


class RetirerForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi retirez-vous cette lettre\u00a0?",
        help_text="Le Guichet lit cette raison.",
        max_length=2000,
        widget=LongText(attrs={"rows": 4}),
    )


class ConseillerForm(forms.Form):
    """`conseillers` are the people of the Guichet, as (id, name)."""

    conseiller = forms.ChoiceField(label="Conseillère ou conseiller du Guichet")

    def __init__(self, *args: Any, conseillers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conseiller"].choices = [("", "Choisir…"), *conseillers]  # type: ignore[attr-defined]
