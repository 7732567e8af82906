"""What came, or was decided, on paper: the letter received, the decision signed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dossiers.states import NatureDecision
from funding.questions.fields import EurosField
from guichet.kernel.forms import DayInput, LongText
from guichet.kernel.uploads import EXTENSIONS

TOO_LONG = "Au plus %(limit_value)d caractères."
REFUS = (NatureDecision.REFUS_LETTRE, NatureDecision.REFUS_FIR)


def day_field(label: str, *, aide: str = "", required: bool = True, manque: str = "Donnez cette date.") -> Any:
    """A day chosen in the browser's calendar."""
    return forms.DateField(
        label=label,
        help_text=aide,
        required=required,
        widget=DayInput(),
        error_messages={"required": manque, "invalid": "Cette date n’existe pas."},
    )


def scan_field(label: str) -> forms.FileField:
    """A scan; its type is judged by the service, from its content."""
    return forms.FileField(
        label=label,
        help_text="PDF ou image. 20\u00a0Mo au plus.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
        error_messages={
            "required": "Joignez la copie numérisée.",
            "invalid": "Le fichier n’est pas arrivé. Envoyez-le à nouveau.",
        },
    )


class LettrePapierForm(forms.Form):
    """`departements` are those of the territory, as (code, name); `jour` is today."""

    nom_cpts = forms.CharField(
        label="Nom de la CPTS",
        help_text="Tel qu’il est écrit dans la lettre.",
        max_length=160,
        error_messages={"required": "Donnez le nom de la CPTS.", "max_length": TOO_LONG},
    )
    nom_association = forms.CharField(
        label="Nom de l’association porteuse",
        help_text="Existante ou en cours de création.",
        max_length=200,
        error_messages={"required": "Donnez le nom de l’association.", "max_length": TOO_LONG},
    )
    pilote = forms.ChoiceField(
        label="Département pilote",
        help_text="Celui qui conduit le dossier.",
        error_messages={
            "required": "Choisissez le département pilote.",
            "invalid_choice": "Ce département n’est pas dans le territoire.",
        },
    )
    recu_le = day_field(
        "Reçue le",
        aide="Le jour de l’arrivée\u00a0: c’est la date du dépôt.",
        manque="Donnez le jour où la lettre est arrivée.",
    )
    montant = EurosField(
        "Subvention demandée, en euros", aide="Laissez vide si le courrier ne demande pas de subvention."
    )
    scan = scan_field("La lettre numérisée")

    def __init__(self, *args: Any, departements: Sequence[tuple[str, str]], jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour
        choices = [] if len(departements) == 1 else [("", "Choisir…")]
        self.fields["pilote"].choices = [*choices, *departements]  # type: ignore[attr-defined]
        self.fields["recu_le"].widget.attrs["max"] = jour.isoformat()

    def clean_recu_le(self) -> date:
        return _past(self.cleaned_data["recu_le"], self.jour)


class DecisionPapierForm(forms.Form):
    """`natures` are what the step allows, `signataires` who may have signed, as (id, name); `jour` is today."""

    nature = forms.ChoiceField(
        label="Ce qui est décidé",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Dites ce qui est décidé.",
            "invalid_choice": "Cette décision n’est pas possible dans l’état du dossier.",
        },
    )
    signataire = forms.ChoiceField(
        label="Signataire",
        help_text="Sa délégation est vérifiée à la date de la signature.",
        error_messages={
            "required": "Choisissez la personne qui a signé.",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    signee_le = day_field("Signée le", manque="Donnez la date de la signature.")
    notifiee_le = day_field(
        "Notifiée le",
        aide="Le jour où l’association l’a reçue. Laissez vide si elle n’est pas encore notifiée.",
        required=False,
    )
    montant = EurosField("Montant accordé, en euros")
    comite_le = day_field("Comité tenu le", aide="Si un comité a été réuni avant la décision.", required=False)
    motivation = forms.CharField(
        label="Motifs",
        help_text="Obligatoires pour un refus\u00a0: reprenez ceux de la décision.",
        required=False,
        max_length=6000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"max_length": TOO_LONG},
    )
    scan = scan_field("La décision numérisée")

    def __init__(
        self,
        *args: Any,
        natures: Sequence[NatureDecision],
        signataires: Sequence[tuple[str, str]],
        jour: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour
        self.fields["nature"].choices = [(nature.value, nature.label) for nature in natures]  # type: ignore[attr-defined]
        self.fields["signataire"].choices = [("", "Choisir…"), *signataires]  # type: ignore[attr-defined]
        if NatureDecision.ACCORD_FIR not in natures:
            del self.fields["montant"]
        if NatureDecision.VALIDATION_LETTRE not in natures:
            del self.fields["comite_le"]
        for name in ("signee_le", "notifiee_le"):
            self.fields[name].widget.attrs["max"] = jour.isoformat()

    def clean_signee_le(self) -> date:
        return _past(self.cleaned_data["signee_le"], self.jour)

    def clean_notifiee_le(self) -> date | None:
        given = self.cleaned_data["notifiee_le"]
        return given and _past(given, self.jour)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        nature, signed, notified = given.get("nature"), given.get("signee_le"), given.get("notifiee_le")
        if signed and notified and notified < signed:
            self.add_error("notifiee_le", "Une décision ne peut pas être notifiée avant d’être signée.")
        if nature in REFUS and not (given.get("motivation") or "").strip():
            self.add_error("motivation", "Un refus est motivé\u00a0: reprenez les motifs de la décision.")
        if nature == NatureDecision.ACCORD_FIR and not given.get("montant") and "montant" not in self.errors:
            self.add_error("montant", "Donnez le montant accordé.")
        return given


def _past(day: date, today: date) -> date:
    if day > today:
        raise ValidationError("Cette date est dans le futur.")
    return day
