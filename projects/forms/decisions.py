"""What the ARS decides on a letter, and on the request that goes with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from funding.forms.instruction import MontantField, motivation
from guichet.kernel.forms import DayInput
from guichet.kernel.money import euros


@dataclass(frozen=True)
class Accord:
    """What may be granted with the letter: the sum asked in euros, and why the person may not sign for a sum ("")."""

    demande: Decimal
    couvre: Callable[[Decimal], str]


class ValiderForm(forms.Form):
    """`comite`: the region decides after a committee, whose day is asked; not after `jour`, today. `accord`: the
    request that may be granted at the same time, None when there is none to grant.
    """

    motivation = motivation("Observations", aide="Facultatif. Imprimées sur la décision.")

    def __init__(self, *args: Any, jour: date, comite: bool, accord: Accord | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jour = jour
        if comite:
            self.fields["comite_le"] = forms.DateField(
                label="Date du comité",
                help_text="La région valide les lettres après un comité.",
                widget=DayInput(last=jour),
                error_messages={"required": "Donnez la date du comité.", "invalid": "Cette date n’existe pas."},
            )
        if accord:
            self.fields["accorder"] = forms.BooleanField(
                label="Accorder la subvention en même temps",
                required=False,
                help_text="Sinon, la demande reste à décider\u00a0: son délai continue de courir.",
            )
            self.fields["montant"] = MontantField(
                "Montant accordé, en euros",
                demande=accord.demande,
                couvre=accord.couvre,
                aide=f"{euros(accord.demande)} demandés. Compte seulement si la case est cochée.",
            )
            self.initial.setdefault("montant", accord.demande)

    def clean_comite_le(self) -> date:
        day: date = self.cleaned_data["comite_le"]
        if day > self.jour:
            raise forms.ValidationError("Le comité s’est tenu au plus tard aujourd’hui.")
        return day

    def clean(self) -> dict[str, Any]:
        """The sum is judged only when it is granted."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("accorder"):
            self.errors.pop("montant", None)
            data["montant"] = None
        elif data.get("montant") is None and "montant" not in self.errors:
            self.add_error("montant", "Donnez le montant accordé.")
        return data


class RefuserLettreForm(forms.Form):
    """`avec_demande`: a request is still to decide; it is refused with the letter, with its own reasons."""

    motivation = motivation(
        "Motifs du refus de la lettre",
        aide="Les raisons de droit et de fait, imprimées sur la décision (CRPA, art. L211-2 et L211-5).",
        obligatoire="Donnez les motifs du refus de la lettre.",
    )

    def __init__(self, *args: Any, avec_demande: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if avec_demande:
            self.fields["motivation_demande"] = motivation(
                "Motifs du refus de la subvention",
                aide="La demande de subvention est refusée avec la lettre, par une décision à part.",
                obligatoire="Donnez les motifs du refus de la subvention.",
            )
