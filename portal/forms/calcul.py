"""What "Calculer un délai" asks: a procedure, a day of receipt, the pieces asked for, the day one looks from.

Everything comes from the address and goes back to it, so that a link gives the same answer. Days are read, judged and
refused by the kernel, in the words of `manage.py echeance`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.http import urlencode

from guichet.kernel.civil import read_day
from guichet.kernel.deadlines import (
    DERNIER_JOUR_PLAUSIBLE,
    PREMIER_JOUR_PLAUSIBLE,
    Ledger,
    PieceDemandee,
    Regime,
    require_plausible,
)
from guichet.kernel.forms import DayInput, FieldsForm

PIECES_MAX = 6
EXIGEE, UTILE = "exigee", "utile"
ADD = "ajouter"
FACTS = ("demandee_le", "recue_le", "limite_le")
CELL = re.compile(r"pieces-([0-9]{1,3})-(nature|demandee_le|recue_le|limite_le)")
FRENCH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
TOO_MANY = f"Ce calcul prend {PIECES_MAX} pièces au plus\u00a0: celles qui suivent ne sont pas reprises."
LONGEST_SHOWN = 20
"""Of an unreadable day, the characters a refusal repeats."""


class TypedDayInput(DayInput):
    """A day in the browser's calendar; what is not a day stays in sight, as the text it is."""

    def __init__(self) -> None:
        super().__init__(first=PREMIER_JOUR_PLAUSIBLE, last=DERNIER_JOUR_PLAUSIBLE)
        self.attrs["class"] = "form-control"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]
        if shown["value"]:
            try:
                shown["value"] = read_day(_iso(shown["value"])).isoformat()
            except ValueError:
                shown["type"] = "text"
        return context


class DayField(forms.Field):
    """A plausible day, written 2026-09-14 or 14/09/2026; None when left empty."""

    widget = TypedDayInput

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or not value:
            return value or None
        try:
            day = read_day(_iso(str(value))[:LONGEST_SHOWN])
            require_plausible(day)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal
        return day


class PieceForm(forms.Form):
    """One piece asked for; nothing when no day is typed. `asked` is the piece, once valid."""

    nature = forms.ChoiceField(
        label="Un texte l’exige-t-il\u00a0?",
        choices=[(EXIGEE, "Oui, exigée"), (UTILE, "Non, utile")],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": "Dites si un texte exige cette pièce.",
            "invalid_choice": "Dites si un texte exige cette pièce, ou si elle est seulement utile.",
        },
    )
    demandee_le = DayField(
        label="Demandée le", error_messages={"required": "Indiquez le jour où cette pièce a été demandée."}
    )
    recue_le = DayField(label="Reçue le", required=False)
    limite_le = DayField(label="Attendue au plus tard le", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if asked := data.get("demandee_le"):
            for fact in FACTS[1:]:
                alone: dict[str, Any] = {fact: data.get(fact)}
                try:
                    PieceDemandee(demandee_le=asked, **alone)
                except ValueError as refusal:
                    self.add_error(fact, str(refusal))
        return data

    @property
    def asked(self) -> PieceDemandee:
        data = self.cleaned_data
        return PieceDemandee(requise=data["nature"] == EXIGEE, **{fact: data[fact] for fact in FACTS})


class CalculForm(FieldsForm):
    """Reads a query; not bound when it holds none of our names, or when a row more is asked for (`ajouter`).

    `pieces` are the rows to show: those filled, then one that is empty while there may be another.
    """

    regime = forms.ChoiceField(
        label="Pour quelle démarche\u00a0?",
        required=False,
        choices=[
            (Regime.ACCEPTATION.value, "Un projet de santé\u00a0: deux mois de silence valent validation"),
            (Regime.REJET.value, "Une demande de subvention à l’ARS\u00a0: deux mois de silence valent rejet"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": "Choisissez la démarche\u00a0: un projet de santé, ou une demande de subvention."
        },
    )
    recu = DayField(
        label="Jour de réception",
        help_text="Pour un projet de santé, le jour où l’ARS a le dossier. Pour une subvention, le jour où la "
        "première administration saisie a la demande. À 23\u00a0h\u00a059, heure de Paris, c’est encore ce "
        "jour\u00a0; à minuit, le suivant.",
        error_messages={"required": "Indiquez le jour de réception."},
    )
    au = DayField(
        label="Jour où l’on se place",
        required=False,
        help_text="La réponse dit où en est le délai ce jour-là. Vide, c’est aujourd’hui, à Paris.",
    )

    pieces_max = PIECES_MAX

    def __init__(self, query: Mapping[str, str], *, today: date) -> None:
        typed = {name: query[name].strip() for name in self.base_fields if name in query}
        rows = _rows(query)
        asked = bool(typed or rows) and ADD not in query
        typed["regime"] = typed.get("regime") or Regime.ACCEPTATION.value
        super().__init__(typed if asked else None, initial={"au": today.isoformat(), **typed})
        self.today = today
        filled = [row for row in rows if any(row.get(fact) for fact in FACTS)]
        self.too_many = len(filled) > PIECES_MAX
        shown = filled if asked else rows
        self.filled = [_piece(n, row, bound=asked) for n, row in enumerate(shown[:PIECES_MAX])]
        self.pieces = [*self.filled, *(_piece(n, {}) for n in range(len(self.filled), PIECES_MAX)[:1])]
        self.model = _piece("__n__", {})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.too_many:
            raise forms.ValidationError(TOO_MANY)
        for piece in self.filled:
            if piece.is_valid() and data.get("recu"):
                try:
                    Ledger(regime=Regime.ACCEPTATION, recu_le=data["recu"], pieces=(piece.asked,))
                except ValueError as refusal:
                    piece.add_error("demandee_le", str(refusal))
        return data

    def is_valid(self) -> bool:
        return super().is_valid() and all(piece.is_valid() for piece in self.filled)

    @property
    def erreurs(self) -> list[dict[str, str]]:
        """What is wrong in the rows, each with the field to correct, for components/error_summary.html."""
        return [
            {"message": f"Pièce\u00a0{n}, {field.label.lower()}\u00a0: {error}", "ancre": field.auto_id}
            for n, piece in enumerate(self.filled, 1)
            for field in piece
            for error in field.errors
        ]

    @property
    def ledger(self) -> Ledger:
        """The facts, once valid; the required pieces first, as the command takes them."""
        pieces = sorted((piece.asked for piece in self.filled), key=lambda piece: not piece.requise)
        return Ledger(
            regime=Regime(self.cleaned_data["regime"]), recu_le=self.cleaned_data["recu"], pieces=tuple(pieces)
        )

    @property
    def au_le(self) -> date:
        return self.cleaned_data["au"] or self.today

    @property
    def query(self) -> str:
        """The whole of the facts, once valid, the day one looks from included: the same answer on any day."""
        facts: dict[str, Any] = {"regime": self.cleaned_data["regime"], "recu": self.cleaned_data["recu"]}
        for piece in self.filled:
            facts |= {piece.add_prefix(name): value for name, value in piece.cleaned_data.items() if value}
        return urlencode(facts | {"au": self.au_le})


def _rows(query: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of the table as typed, in their order, the empty ones included."""
    rows: dict[int, dict[str, str]] = {}
    for key in query:
        if found := CELL.fullmatch(key):
            rows.setdefault(int(found[1]), {})[found[2]] = query[key].strip()
    return [rows[n] for n in sorted(rows)]


def _piece(n: int | str, row: dict[str, str], *, bound: bool = False) -> PieceForm:
    prefix = f"pieces-{n}"
    row = {"nature": EXIGEE, **row}
    data = {f"{prefix}-{name}": value for name, value in row.items()} if bound else None
    return PieceForm(data, prefix=prefix, initial=row, use_required_attribute=False)


def _iso(text: str) -> str:
    """The same day in the order of the kernel when it is written as in France."""
    found = FRENCH_DAY.fullmatch(text.strip())
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text.strip()
