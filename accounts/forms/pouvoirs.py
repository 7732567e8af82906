"""Giving a mandate or a delegation of signature, ending one."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.services.pouvoirs import BEFORE
from accounts.states import QualiteMandat
from guichet.kernel.forms import DayInput


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


class PouvoirForm(forms.Form):
    """Who, from when, to when; the rest by kind."""

    user = forms.TypedChoiceField(label="Personne")
    debut_le = day_field("À partir du")
    fin_le = day_field("Jusqu’au", required=False, help_text="Dernier jour compris. Vide\u00a0: sans fin connue.")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(user.pk): user for user in people}
        self.fields["user"].choices = [("", "Choisir une personne"), *((pk, str(user)) for pk, user in known.items())]  # type: ignore[attr-defined]
        self.fields["user"].coerce = known.__getitem__  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("debut_le") and data.get("fin_le") and data["fin_le"] < data["debut_le"]:
            self.add_error("fin_le", BEFORE)
        return data


class MandatForm(PouvoirForm):
    qualite = forms.ChoiceField(
        label="Qualité",
        choices=QualiteMandat.choices,
        widget=forms.RadioSelect,
        help_text="Le suppléant répond en l’absence du titulaire.",
    )
    field_order = ["user", "qualite", "debut_le", "fin_le"]


class DelegationForm(PouvoirForm):
    objet = forms.CharField(label="Objet", max_length=200, help_text="Par exemple\u00a0: décisions relatives aux CPTS.")
    plafond = forms.DecimalField(
        label="Plafond en euros",
        required=False,
        min_value=1,
        max_digits=12,
        decimal_places=2,
        localize=True,
        help_text="Au-delà, la personne ne peut pas accorder. Vide\u00a0: sans plafond.",
    )
    acte = forms.CharField(
        label="Acte de délégation", max_length=200, help_text="Par exemple\u00a0: arrêté du 5 janvier 2026, article 3."
    )
    field_order = ["user", "objet", "plafond", "acte", "debut_le", "fin_le"]


class FinForm(forms.Form):
    fin_le = day_field("Dernier jour", help_text="Ce jour compris. Ce qui a été décidé jusque-là reste valable.")
