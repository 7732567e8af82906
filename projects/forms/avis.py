"""The grid of an opinion: a note and a comment on each criterion, a sense. Nothing is required of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from guichet.kernel.forms import LongText
from projects.models import Avis
from projects.states import NoteCritere, SensAvis

COMMENT_MAX = 2000
TEXT_MAX = 6000


class AvisForm(forms.Form):
    """`criteres` are those of the region on the day: code, libelle, aide. Fields are `c_<code>` and its comment."""

    def __init__(self, *args: Any, criteres: Sequence[Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteres = criteres
        for critere in criteres:
            name = f"c_{critere['code']}"
            label = critere["libelle"]
            self.fields[name] = forms.ChoiceField(label=label, choices=NoteCritere.choices, required=False)
            self.fields[f"{name}_commentaire"] = forms.CharField(
                label=f"Commentaire sur «\u00a0{label}\u00a0»", max_length=COMMENT_MAX, required=False
            )
        self.fields["sens"] = forms.ChoiceField(label="Votre avis", choices=SensAvis.choices, required=False)
        self.fields["commentaire"] = forms.CharField(label="Commentaire général", max_length=TEXT_MAX, required=False)

    def answers(self) -> dict[str, Any]:
        """What the services take: sens, criteres, commentaire."""
        data = self.cleaned_data
        return {
            "sens": data["sens"],
            "commentaire": data["commentaire"],
            "criteres": {
                critere["code"]: {
                    "note": data[f"c_{critere['code']}"],
                    "commentaire": data[f"c_{critere['code']}_commentaire"],
                }
                for critere in self.criteres
            },
        }

    def add_defects(self, defects: Mapping[str, str]) -> None:
        """What keeps the opinion from being given, each beside its question."""
        for field, message in defects.items():
            self.add_error(field if field == "sens" else f"c_{field}", message)

    def grille(self) -> list[dict[str, Any]]:
        """The rows of `components/criteria_grid.html`."""
        rows = []
        for critere in self.criteres:
            name = f"c_{critere['code']}"
            found = [*self[name].errors, *self[f"{name}_commentaire"].errors]
            rows.append(
                {
                    "nom": name,
                    "libelle": critere["libelle"],
                    "aide": critere.get("aide", ""),
                    "options": self._options(name),
                    "commentaire": self[f"{name}_commentaire"].value() or "",
                    "erreur": " ".join(str(message) for message in found),
                }
            )
        return rows

    def sens_options(self) -> list[dict[str, Any]]:
        return self._options("sens")

    def erreurs(self) -> list[dict[str, str]]:
        """The lines of the summary of errors, each to its place in the page."""
        return [
            {"message": str(message), "ancre": _anchor(name)}
            for name in self.fields
            for message in (self.errors.get(name) or [])
        ]

    def _options(self, name: str) -> list[dict[str, Any]]:
        chosen = self[name].value()
        choices = self.fields[name].choices  # type: ignore[attr-defined]
        return [{"valeur": value, "libelle": label, "choisi": value == chosen} for value, label in choices]


def _anchor(name: str) -> str:
    if name in ("sens", "commentaire"):
        return f"div_id_{name}"
    return f"critere_{name.removesuffix('_commentaire')}"


def initial_of(avis: Avis) -> dict[str, str]:
    """What the grid shows of a kept opinion."""
    values = {"sens": avis.sens, "commentaire": avis.commentaire}
    for code, told in avis.criteres.items():
        values[f"c_{code}"] = told.get("note", "")
        values[f"c_{code}_commentaire"] = told.get("commentaire", "")
    return values


class AbstentionForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi vous abstenez-vous\u00a0?",
        help_text="Facultatif.",
        max_length=COMMENT_MAX,
        required=False,
        widget=LongText(attrs={"rows": 3}),
    )


class DeportForm(forms.Form):
    conflit = forms.CharField(
        label="Quel lien avez-vous avec ce projet\u00a0?",
        help_text="Par exemple\u00a0: membre de l’association, exercice dans le territoire, lien familial.",
        max_length=COMMENT_MAX,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Dites quel lien vous conduit à vous déporter."},
    )
