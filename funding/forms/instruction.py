"""What the funder decides on a request, and what the association asks of it."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from dossiers.models import PieceDemandee
from funding.questions.fields import EurosField
from funding.services.completing import Recue
from guichet.kernel.forms import DayInput, LongText
from guichet.kernel.money import euros
from guichet.kernel.uploads import EXTENSIONS

MOTIVATION_MAX = 6000


def motivation(label: str, *, aide: str, obligatoire: str = "") -> forms.CharField:
    """A reason in words; `obligatoire` is what to say when it is missing, "" when it may be."""
    return forms.CharField(
        label=label,
        help_text=aide,
        required=bool(obligatoire),
        max_length=MOTIVATION_MAX,
        widget=LongText(attrs={"rows": 6}),
        error_messages={"required": obligatoire},
    )


class MontantField(EurosField):
    """A grant: a sum above zero, at most what is asked, and what the delegation of whoever signs covers.

    `couvre` gives "" or the sentence that says why the person may not sign for that sum.
    """

    def __init__(self, label: str, *, demande: Decimal, couvre: Callable[[Decimal], str], aide: str = "") -> None:
        self.demande, self.couvre = demande, couvre
        super().__init__(label, aide=aide, entiers=False)

    def clean(self, value: Any) -> Decimal | None:
        montant = super().clean(value)
        if montant is None:
            return None
        if montant > self.demande:
            raise forms.ValidationError(
                f"La somme demandée est de {euros(self.demande)}\u00a0: accordez au plus ce montant."
            )
        if refused := self.couvre(montant):
            raise forms.ValidationError(refused)
        return montant


class AccorderForm(forms.Form):
    """The sum granted, in euros, and what the decision adds to it."""

    def __init__(self, *args: Any, demande: Decimal, couvre: Callable[[Decimal], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["montant"] = MontantField(
            "Montant accordé, en euros", demande=demande, couvre=couvre, aide=f"{euros(demande)} au plus."
        )
        self.fields["montant"].required = True
        self.fields["motivation"] = motivation(
            "Précisions", aide="Facultatif. Imprimées sur la décision\u00a0: conditions, dépenses retenues, calendrier."
        )
        self.initial.setdefault("montant", demande)

    def clean_montant(self) -> Decimal:
        montant: Decimal | None = self.cleaned_data["montant"]
        if montant is None:
            raise forms.ValidationError("Donnez le montant accordé.")
        return montant


class RefuserForm(forms.Form):
    motivation = motivation(
        "Motifs du refus",
        aide="Les raisons de droit et de fait, imprimées sur la décision (CRPA, art. L211-2 et L211-5).",
        obligatoire="Donnez les motifs du refus.",
    )


class MotifsForm(forms.Form):
    motifs = motivation(
        "Motifs du rejet",
        aide="L’association les lit dans le portail, sur une lettre (CRPA, art. L232-4).",
        obligatoire="Écrivez les motifs du rejet.",
    )


class RetirerForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi retirez-vous cette demande\u00a0?",
        help_text="Le financeur lit cette raison.",
        max_length=2000,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi vous retirez la demande."},
    )


class RecuesForm(forms.Form):
    """For each item still awaited: the day it came, a word, its scan. `recues()` gives those that came."""

    def __init__(self, *args: Any, attendues: Sequence[PieceDemandee], jour: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attendues, self.jour = list(attendues), jour
        for item in self.attendues:
            named = f"«\u00a0{item.intitule}\u00a0»"
            self.fields[f"recue_{item.pk}"] = forms.DateField(
                label=f"{named}\u00a0: reçue le",
                required=False,
                help_text="Le jour où elle est vraiment arrivée. Laissez vide si elle n’est pas arrivée.",
                widget=DayInput(last=jour),
                error_messages={"invalid": "Cette date n’existe pas."},
            )
            self.fields[f"mot_{item.pk}"] = forms.CharField(
                label=f"{named}\u00a0: comment elle est arrivée",
                required=False,
                max_length=500,
                help_text="Par exemple\u00a0: par courrier, remise en main propre.",
            )
            self.fields[f"scan_{item.pk}"] = forms.FileField(
                label=f"{named}\u00a0: la pièce numérisée",
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for item in self.attendues:
            day, word, scan = (data.get(f"{name}_{item.pk}") for name in ("recue", "mot", "scan"))
            if day and not item.demande.demandee_le <= day <= self.jour:
                self.add_error(f"recue_{item.pk}", "Cette date est avant la demande, ou dans le futur.")
            if day and not word and not scan:
                self.add_error(f"mot_{item.pk}", "Dites comment la pièce est arrivée, ou joignez-la.")
            if not day and (word or scan) and f"recue_{item.pk}" not in self.errors:
                self.add_error(f"recue_{item.pk}", "Donnez le jour où la pièce est arrivée.")
        return data

    def recues(self) -> list[Recue]:
        """What came, once valid."""
        given = self.cleaned_data
        return [
            Recue(
                item=item,
                recue_le=given[f"recue_{item.pk}"],
                reponse=given[f"mot_{item.pk}"],
                fichier=given[f"scan_{item.pk}"],
            )
            for item in self.attendues
            if given[f"recue_{item.pk}"]
        ]
