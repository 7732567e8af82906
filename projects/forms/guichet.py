"""Forms of the Guichet's desk: consult, give its opinion, consult again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.states import Genre
from guichet.kernel.forms import DayInput, LongText
from projects.states import SensAvis

GROUPES = {
    Genre.URPS: "Les URPS",
    Genre.DD_ARS: "Délégations départementales de l’ARS",
    Genre.CPAM: "Assurance Maladie (CPAM, CCSS)",
    Genre.MSA: "Mutualité sociale agricole",
    Genre.ELSM: "Service médical de l’Assurance Maladie (ELSM)",
}
"""The kinds of bodies, in the order of the page."""

TEXTE_MAX = 4000


class _Limite(forms.Form):
    """A last day asked, after `jour`."""

    limite_le = forms.DateField(
        label="Réponses attendues pour le",
        widget=DayInput(),
        error_messages={"required": "Donnez une date.", "invalid": "Cette date n’existe pas."},
    )

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour

    def clean_limite_le(self) -> date:
        day: date = self.cleaned_data["limite_le"]
        if day <= self.jour:
            raise forms.ValidationError("La date limite est à venir\u00a0: laissez au moins un jour.")
        if day.year > self.jour.year + 2:
            raise forms.ValidationError("Cette date est trop lointaine.")
        return day


class ConsulterForm(_Limite):
    """Whom to ask among `organismes`, the bodies of the file's perimeter; until when; with which quorum.

    `aides` says beside the day and the quorum where the proposed value comes from.
    """

    organismes = forms.MultipleChoiceField(
        label="Qui consulter",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Consultez au moins une URPS.",
            "invalid_choice": "Un de ces organismes n’est pas compétent sur le territoire de ce dossier.",
        },
    )
    quorum = forms.IntegerField(
        label="Quorum",
        min_value=0,
        max_value=99,
        error_messages={"required": "Donnez un nombre, 0 s’il n’y a pas de quorum.", "invalid": "Donnez un nombre."},
    )
    field_order = ("organismes", "limite_le", "quorum")

    def __init__(self, *args: Any, organismes: Sequence[Organisation], aides: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {body.code: body for body in organismes}
        self.fields["organismes"].choices = _groups(organismes)  # type: ignore[attr-defined]
        for name, text in aides.items():
            self.fields[name].help_text = text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        urps = sum(self.offered[code].genre == Genre.URPS for code in data.get("organismes", []))
        if "organismes" in data and not urps:
            self.add_error("organismes", "Consultez au moins une URPS.")
        elif "organismes" in data and data.get("quorum", 0) > urps:
            self.add_error("quorum", f"Le quorum ne peut pas dépasser le nombre d’URPS consultées ({urps}).")
        return data

    def chosen(self) -> list[Organisation]:
        """The bodies ticked, once valid."""
        return [self.offered[code] for code in self.cleaned_data["organismes"]]


def _groups(organismes: Sequence[Organisation]) -> list[tuple[str, list[tuple[str, str]]]]:
    found = [
        (title, [(body.code, body.nom) for body in organismes if body.genre == genre])
        for genre, title in GROUPES.items()
    ]
    return [(title, rows) for title, rows in found if rows]


class RouvrirForm(_Limite):
    motif = forms.CharField(
        label="Pourquoi rouvrir la consultation\u00a0?",
        help_text="L’association, l’ARS et les organismes consultés pourront lire cette raison.",
        max_length=2000,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi la consultation est rouverte."},
    )
    field_order = ("motif", "limite_le")


class SyntheseForm(forms.Form):
    """The opinion of the Guichet: a text per criterion of the region, a sense, a conclusion.

    With `brouillon`, nothing is compulsory: it is only kept.
    """

    sens = forms.ChoiceField(
        label="Sens de l’avis du Guichet",
        choices=SensAvis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le sens de l’avis du Guichet."},
    )
    conclusion = forms.CharField(
        label="Conclusion",
        help_text="Elle est lue par l’association et par l’ARS, dans l’avis signé par le Guichet.",
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 6}),
        error_messages={"required": "Écrivez la conclusion de l’avis."},
    )

    def __init__(
        self, *args: Any, criteres: Sequence[Mapping[str, str]], brouillon: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [critere["code"] for critere in criteres]
        for critere in criteres:
            self.fields[critere["code"]] = forms.CharField(
                label=f"Ce que le Guichet retient sur «\u00a0{critere['libelle'].lower()}\u00a0»",
                required=False,
                max_length=TEXTE_MAX,
                widget=LongText(attrs={"rows": 3}),
            )
        if brouillon:
            for field in self.fields.values():
                field.required = False

    def textes(self) -> dict[str, str]:
        """The text of each criterion and the conclusion, once valid."""
        return {name: self.cleaned_data[name] for name in (*self.codes, "conclusion")}
