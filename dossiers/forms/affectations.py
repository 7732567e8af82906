"""Saying who follows a file, and moving the files of one person to another."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import User
from dossiers.models import Affectation
from dossiers.services.affectations import SAME_PERSON
from dossiers.states import RoleAffectation

NOBODY = "personne"
"""Stored in the address of the bulk page: the files that have no titulaire."""

ROLES = RoleAffectation.values


class PersonneField(forms.TypedChoiceField):
    """One of these people, given back as the person; None for the empty choice."""

    def __init__(self, people: Sequence[User] = (), *, vide: str, **kwargs: Any) -> None:
        self.people = {str(user.pk): user for user in people}
        choices = [("", vide), *((pk, str(user)) for pk, user in self.people.items())]
        super().__init__(choices=choices, coerce=self.people.__getitem__, empty_value=None, **kwargs)


class AffecterForm(forms.Form):
    """Who holds each role; `vu_*`, the charge the person read, so that a colleague's change is not undone unseen."""

    def __init__(
        self, *args: Any, colleagues: Sequence[User], charges: Mapping[str, Affectation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for role, label, help_text in (
            (RoleAffectation.TITULAIRE.value, "Titulaire", "Suit le dossier et reçoit les messages qui le concernent."),
            (RoleAffectation.SUPPLEANT.value, "Suppléance", "Reçoit les mêmes messages."),
        ):
            row = charges.get(role)
            gone = [row.user] if row and row.user not in colleagues else []
            self.fields[role] = PersonneField(
                [*colleagues, *gone],
                vide="Personne",
                label=label,
                help_text=help_text,
                required=False,
                initial=row.user_id if row else "",
            )
            seen = forms.IntegerField(required=False, widget=forms.HiddenInput, initial=row.pk if row else None)
            self.fields[f"vu_{role}"] = seen

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        people = [data.get(role) for role in ROLES]
        if all(people) and people[0] == people[1]:
            self.add_error(RoleAffectation.SUPPLEANT.value, SAME_PERSON)
        return data

    @property
    def wanted(self) -> dict[str, User | None]:
        return {role: self.cleaned_data[role] for role in ROLES}

    @property
    def seen(self) -> dict[str, int | None]:
        return {role: self.cleaned_data[f"vu_{role}"] for role in ROLES}


class ReaffecterForm(forms.Form):
    """From whom, to whom."""

    de = forms.ChoiceField(label="Dossiers suivis par")
    vers = PersonneField(vide="Choisir une personne", label="À confier à")

    def __init__(self, *args: Any, holders: Sequence[User], colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {str(user.pk): user for user in holders}
        self.fields["de"].choices = [  # type: ignore[attr-defined]
            ("", "Choisir une personne"),
            (NOBODY, "Dossiers sans titulaire"),
            *((pk, str(user)) for pk, user in self.holders.items()),
        ]
        self.fields["vers"] = PersonneField(colleagues, vide="Choisir une personne", label="À confier à")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("de") and data.get("vers") and self.source == data["vers"]:
            self.add_error("vers", "Choisissez deux personnes différentes.")
        return data

    @property
    def source(self) -> User | None:
        """The person whose files move; None for the files without a titulaire."""
        return self.holders.get(self.cleaned_data["de"])
