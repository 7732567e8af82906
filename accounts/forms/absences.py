"""Noting days away."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.services.absences import ITSELF, REVERSED
from guichet.kernel.forms import DayInput


class AbsenceForm(forms.Form):
    """From, to, who stands in; `personne` only for who manages the people of the body."""

    personne = forms.TypedChoiceField(label="Personne absente")
    du_le = forms.DateField(label="Premier jour d’absence", widget=DayInput())
    au_le = forms.DateField(
        label="Dernier jour d’absence",
        help_text="Compris\u00a0: la personne revient le lendemain.",
        widget=DayInput(),
    )
    remplacant = forms.TypedChoiceField(
        label="Remplacement",
        required=False,
        empty_value=None,
        help_text="Cette personne est prévenue, et reçoit les courriels des dossiers suivis pendant l’absence. "
        "Si elle est absente à son tour, ils ne sont pas transmis plus loin.",
    )

    def __init__(self, *args: Any, colleagues: Sequence[User], by: User, gere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(user.pk): user for user in colleagues}
        choices = [(pk, str(user)) for pk, user in people.items()]
        for name in ("personne", "remplacant"):
            self.fields[name].coerce = people.__getitem__  # type: ignore[attr-defined]
        self.fields["personne"].choices = choices  # type: ignore[attr-defined]
        self.fields["personne"].initial = str(by.pk)
        self.fields["remplacant"].choices = [("", "Personne"), *choices]  # type: ignore[attr-defined]
        if not gere:
            del self.fields["personne"]
            self.fields["remplacant"].choices = [  # type: ignore[attr-defined]
                ("", "Personne"),
                *((pk, label) for pk, label in choices if pk != str(by.pk)),
            ]
        self.by = by

    @property
    def user(self) -> User:
        found: User = self.cleaned_data.get("personne", self.by)
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("du_le") and data.get("au_le") and data["au_le"] < data["du_le"]:
            self.add_error("au_le", REVERSED)
        if data.get("remplacant") and data["remplacant"] == self.user:
            self.add_error("remplacant", ITSELF)
        return data
