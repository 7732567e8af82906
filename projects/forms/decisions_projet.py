"""What the ARS prepares and decides on a projet de santé."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from dossiers.models import PieceDemandee
from dossiers.states import NatureDecision
from funding.forms.instruction import RecuesForm, motivation
from guichet.kernel.civil import date_longue
from guichet.kernel.forms import DayInput, LongText
from projects.services.projets.deciding import MOTIVER, Opposition
from projects.states import MotifOpposition

TEXTE_MAX = 4000
SANS_CONFLIT = [("", "Aucun dossier")]
NOMMER = "Nommez l’objectif du projet régional de santé que le projet ne respecte pas, un par ligne."
DIRE = "Dites en quoi le territoire d’action n’est pas pertinent."


def day_field(label: str, *, last: date, first: date | None = None, aide: str = "", manque: str) -> forms.DateField:
    """A day between `first` and `last`, each included."""

    def bounded(value: date) -> None:
        if value > last:
            raise forms.ValidationError("Cette date est dans le futur.")
        if first and value < first:
            raise forms.ValidationError(f"Cette date est avant le {date_longue(first)}\u00a0: vérifiez-la.")

    return forms.DateField(
        label=label,
        help_text=aide,
        widget=DayInput(first=first, last=last),
        validators=[bounded],
        error_messages={"required": manque, "invalid": "Cette date n’existe pas."},
    )


class OppositionFields(forms.Form):
    """The ground of an opposition and what it rests on. `objectifs` are those of the PRS that the region keeps, in
    their words; `conflits` the files whose territory overlaps, as (kept words, label).
    """

    motif = forms.ChoiceField(
        label="Sur quel motif\u00a0?",
        help_text="La loi n’en connaît que deux (CSP, art. L1434-12).",
        choices=MotifOpposition.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le motif de l’opposition."},
    )
    objectifs_connus = forms.MultipleChoiceField(
        label="Objectifs du projet régional de santé non respectés",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Cet objectif n’est plus dans la liste de la région."},
    )
    objectifs = forms.CharField(
        label="Objectifs du projet régional de santé non respectés",
        help_text="Un par ligne, dans les mots du projet régional, avec sa référence.",
        required=False,
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 3}),
    )
    raison = forms.CharField(
        label="En quoi le territoire n’est pas pertinent",
        required=False,
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 3}),
    )
    dossier_en_conflit = forms.ChoiceField(
        label="Dossier dont le territoire se superpose",
        help_text="S’il y en a un. La décision le nomme\u00a0: l’association le lira.",
        required=False,
        error_messages={"invalid_choice": "Ce dossier ne recouvre plus le territoire."},
    )

    def __init__(
        self, *args: Any, objectifs: Sequence[str] = (), conflits: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if objectifs:
            self.fields["objectifs_connus"].choices = [(text, text) for text in objectifs]  # type: ignore[attr-defined]
            self.fields["objectifs"].label = "Autres objectifs"
        else:
            del self.fields["objectifs_connus"]
        if conflits:
            self.fields["dossier_en_conflit"].choices = [*SANS_CONFLIT, *conflits]  # type: ignore[attr-defined]
        else:
            del self.fields["dossier_en_conflit"]

    def objectives(self) -> tuple[str, ...]:
        """Those ticked, then those typed."""
        given = self.cleaned_data
        typed = [line.strip() for line in given.get("objectifs", "").splitlines() if line.strip()]
        return (*given.get("objectifs_connus", ()), *typed)

    def opposition(self) -> Opposition:
        """The ground with its own data alone, once valid."""
        given = self.cleaned_data
        motif = given.get("motif", "")
        if motif == MotifOpposition.PRS:
            return Opposition(motif=motif, objectifs=self.objectives())
        if motif == MotifOpposition.TERRITOIRE:
            conflict = given.get("dossier_en_conflit", "")
            return Opposition(motif=motif, raison=given.get("raison", ""), dossier_en_conflit=conflict)
        return Opposition(motif="")

    def judge_ground(self) -> None:
        """Say beside its field what the ground still lacks."""
        motif = self.cleaned_data.get("motif")
        if motif == MotifOpposition.PRS and not self.objectives():
            self.add_error("objectifs", NOMMER)
        if motif == MotifOpposition.TERRITOIRE and not self.cleaned_data.get("raison", "").strip():
            self.add_error("raison", DIRE)


class OpposerForm(OppositionFields):
    motivation = motivation(
        "Motivation",
        aide="Les raisons de droit et de fait, imprimées sur la décision (CRPA, art. L211-2 et L211-5).",
        obligatoire=MOTIVER,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.judge_ground()
        return data


class PreparerForm(OppositionFields):
    """The decision as the délégation prepares it: nothing is compulsory but its nature; a word for whoever signs."""

    nature = forms.ChoiceField(
        label="La décision proposée",
        choices=[
            (NatureDecision.VALIDATION_PROJET.value, "Valider le projet"),
            (NatureDecision.OPPOSITION_PROJET.value, "S’opposer au projet"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites quelle décision vous proposez."},
    )
    sans_attendre = forms.CharField(
        label="Pourquoi ne pas attendre l’avis de l’Assurance Maladie",
        help_text="Si cet avis n’est pas encore rendu.",
        required=False,
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 2}),
    )
    motivation = motivation("Motivation proposée", aide="Elle est reprise sur la page de la décision, à relire.")
    remarques = forms.CharField(
        label="Remarques pour la personne qui signe",
        help_text="Lues par l’ARS seule. Elles ne sont pas imprimées.",
        required=False,
        max_length=TEXTE_MAX,
        widget=LongText(attrs={"rows": 4}),
    )
    field_order = (
        "nature",
        "motif",
        "objectifs_connus",
        "objectifs",
        "raison",
        "dossier_en_conflit",
        "sans_attendre",
        "motivation",
        "remarques",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].required = False

    def donnees(self) -> dict[str, Any]:
        """What is kept of the proposed decision, once valid: the ground of an opposition, or why not to wait."""
        if self.cleaned_data["nature"] == NatureDecision.OPPOSITION_PROJET:
            return self.opposition().donnees()
        return {"sans_attendre": self.cleaned_data["sans_attendre"].strip()}


def prepared(donnees: Mapping[str, Any], connus: Sequence[str]) -> dict[str, Any]:
    """What a prepared ground fills in a form; `connus` are the objectives the region keeps."""
    found = list(donnees.get("objectifs", ()))
    return {
        "motif": donnees.get("motif", ""),
        "objectifs_connus": [text for text in found if text in connus],
        "objectifs": "\n".join(text for text in found if text not in connus),
        "raison": donnees.get("raison", ""),
        "dossier_en_conflit": donnees.get("dossier_en_conflit", ""),
        "sans_attendre": donnees.get("sans_attendre", ""),
    }


class ValiderProjetForm(forms.Form):
    """`attendu`: the caisse whose opinion is still awaited, "" when none is."""

    motivation = motivation("Observations", aide="Facultatif. Imprimées sur la décision.")

    def __init__(self, *args: Any, attendu: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if attendu:
            self.fields["sans_attendre"] = forms.CharField(
                label="Pourquoi ne pas attendre l’avis de l’Assurance Maladie\u00a0?",
                help_text="La décision le dit. L’avis ne lie pas l’ARS, mais la pratique est de valider après lui.",
                max_length=TEXTE_MAX,
                widget=LongText(attrs={"rows": 3}),
                error_messages={
                    "required": f"{attendu} n’a pas encore donné son avis\u00a0: dites pourquoi vous ne l’attendez pas."
                },
            )
            self.order_fields(["sans_attendre", "motivation"])


class RetraitForm(forms.Form):
    """Withdrawing an illegal validation: on which day the CPTS was heard, and why it is illegal."""

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entendue_le"] = day_field(
            "La CPTS a présenté ses observations le",
            last=jour,
            aide="Elle est entendue avant le retrait (CRPA, art. L121-1).",
            manque="Donnez le jour où la CPTS a été entendue.",
        )
        self.fields["motivation"] = motivation(
            "En quoi la validation est illégale",
            aide="Les raisons de droit et de fait, imprimées sur la décision.",
            obligatoire=MOTIVER,
        )


class RapporterForm(forms.Form):
    """Giving up an opposition: on what appeal or judgment."""

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fait"] = forms.CharField(
            label="À la suite de quel recours ou de quel jugement\u00a0?",
            help_text="Par exemple\u00a0: recours gracieux de l’association, jugement du tribunal administratif.",
            max_length=300,
            error_messages={"required": "Dites quel recours ou quel jugement conduit à rapporter l’opposition."},
        )
        self.fields["fait_le"] = day_field("En date du", last=jour, manque="Donnez sa date.")
        self.fields["motivation"] = motivation("Observations", aide="Facultatif. Imprimées sur la décision.")


class ConstaterForm(forms.Form):
    """The day the ARS had the project, not before its deposit."""

    def __init__(self, *args: Any, depot: date, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["le"] = day_field(
            "Reçu par l’ARS le",
            first=depot,
            last=jour,
            aide="Les deux mois courent de ce jour, et non du jour où vous le constatez.",
            manque="Donnez le jour de la réception.",
        )
        self.initial.setdefault("le", depot)


class RenoncerForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi le service y renonce-t-il\u00a0?",
        help_text="L’association lit cette raison.",
        max_length=2000,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi le service renonce à ces pièces."},
    )


class NonConformeForm(forms.Form):
    constat = forms.CharField(
        label="Ce qui manque encore",
        help_text="L’association lit ces mots et répond à nouveau.",
        max_length=2000,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": "Dites ce qui manque encore."},
    )


class RecuesProjetForm(RecuesForm):
    """What came by another way than the portal; an item already answered may have come in two parts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in self.attendues:
            if item.recue_le:
                self.fields[f"recue_{item.pk}"].help_text = (
                    f"Déjà reçue le {date_longue(item.recue_le)}. À remplir seulement si une autre partie est arrivée "
                    "depuis\u00a0: c’est le jour de la dernière qui compte."
                )

    def fields_of(self, item: PieceDemandee) -> list[forms.BoundField]:
        """The three questions about one piece."""
        return [self[f"{name}_{item.pk}"] for name in ("recue", "mot", "scan")]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not self.recues():
            raise forms.ValidationError("Donnez le jour d’arrivée d’au moins une pièce.")
        return data
