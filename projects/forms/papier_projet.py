"""What came, or left, on paper about a projet de santé: its deposit, the decision or the request notified."""

from datetime import date
from typing import Any

from django import forms

from dossiers.forms.pieces_demandees import ItemsField, item_columns, items_of
from dossiers.services.pieces_demandees import ITEMS_MAX, Item
from dossiers.states import NatureDecision
from projects.forms.decisions_projet import OppositionFields, day_field
from projects.forms.papier import DecisionPapierForm, scan_field

ARRIVEE = "Le jour de l’arrivée à l’ARS\u00a0: les deux mois courent de ce jour, pas de la saisie."


NOTIFIEE = "Le jour où l’association l’a reçue\u00a0: c’est lui qui compte. Laissez vide si elle ne l’est pas encore."


class ProjetPapierForm(forms.Form):
    """A project received on paper: the day it arrived, its scan, the proof of that day. `jour` is today."""

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recu_le"] = day_field(
            "Reçu le", last=jour, aide=ARRIVEE, manque="Donnez le jour où le projet est arrivé."
        )
        self.fields["scan"] = scan_field("Le projet numérisé")
        self.fields["preuve"] = scan_field("La preuve de sa date d’arrivée")
        self.fields["preuve"].required = False
        self.fields["preuve"].help_text = "Accusé postal, tampon d’arrivée, courriel. Facultative, mais utile."


class DecisionProjetPapierForm(OppositionFields, DecisionPapierForm):
    """A decision or a request for pieces that left on paper: the ground of an opposition, the pieces asked. Only what
    the nature needs is kept. The button "Ajouter une ligne" posts `ajouter`: without script, show `one_more()`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].required = False
        self.fields["scan"].label = "Le courrier numérisé, avec la preuve de sa notification"
        self.fields["motivation"].help_text = "Obligatoires pour une opposition\u00a0: reprenez ceux de la décision."
        self.fields["notifiee_le"].help_text = NOTIFIEE
        self.fields["items"] = ItemsField(
            "Les pièces demandées",
            item_columns(None, textes=True, limite=True),
            aide="Telles qu’elles sont écrites dans le courrier. Une au moins est exigée par un texte.",
            maximum=ITEMS_MAX,
            vides=2,
        )

    @property
    def nature(self) -> str:
        return str(self.cleaned_data.get("nature") or "")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.asked: list[Item] = []
        if self.nature == NatureDecision.OPPOSITION_PROJET:
            if not given.get("motif"):
                self.add_error("motif", "Choisissez le motif de l’opposition.")
            if not (given.get("motivation") or "").strip():
                self.add_error("motivation", "Une opposition est motivée\u00a0: reprenez les motifs de la décision.")
            self.judge_ground()
        if self.nature == NatureDecision.DEMANDE_PIECES_PROJET and "items" not in self.errors:
            self._judge_items(given)
        elif self.nature != NatureDecision.DEMANDE_PIECES_PROJET:
            self.errors.pop("items", None)
        return given

    def _judge_items(self, given: dict[str, Any]) -> None:
        try:
            self.asked = items_of(given.get("items") or [])
        except forms.ValidationError as wrong:
            self.add_error("items", wrong)
            return
        if not any(item.requise for item in self.asked):
            self.add_error("items", "Une au moins est exigée par un texte\u00a0: sinon le courrier n’arrête rien.")

    def donnees(self) -> dict[str, Any]:
        """What the decision keeps, by its nature, once valid."""
        if self.nature == NatureDecision.OPPOSITION_PROJET:
            return self.opposition().donnees()
        if self.nature == NatureDecision.DEMANDE_PIECES_PROJET:
            return {"pieces": [_told(item) for item in self.asked]}
        return {}

    def one_more(self) -> "DecisionProjetPapierForm":
        """The same form, not judged, with what is typed and an empty row more."""
        for name, field in self.fields.items():
            if name != "scan":
                self.initial[name] = field.widget.value_from_datadict(self.data, self.files, name)
        self.is_bound = False
        return self


def _told(item: Item) -> dict[str, Any]:
    return {
        "intitule": item.intitule,
        "precision": item.precision,
        "requise": item.requise,
        "fondement": item.fondement,
        "limite_le": item.limite_le.isoformat() if item.limite_le else None,
    }
