"""What a section asks: its fields in order, the one form component. Papers and pages read their labels from here.

A section is saved as a draft at any moment, complete only when nothing is missing.

No field is required to save: a draft may be empty. What the deposit needs is told by `obligatoires` and `manques`.
A value that cannot be kept (too long, not a number) is an error and is not saved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from dossiers.controls import control
from guichet.kernel.forms import FieldsForm, LongText

Manque = tuple[str, str]
"""Field id and French sentence of what is missing."""


@dataclass(frozen=True)
class Rubrique:
    """A section of a task list: `cle` in addresses and rows, `bloquante` when the deposit needs it complete."""

    cle: str
    titre: str
    aide: str
    bloquante: bool = True


@dataclass(frozen=True)
class Groupe:
    """Fields that stand together under one heading of the page, with a sentence of help if need be."""

    titre: str
    champs: tuple[str, ...]
    aide: str = ""


LONG = 6000


def texte_long(label: str, *, aide: str = "", rows: int = 6, maximum: int = LONG) -> forms.CharField:
    """A text area with its limit said by the browser and checked by the server."""
    return forms.CharField(
        label=label, help_text=aide, required=False, max_length=maximum, widget=LongText(attrs={"rows": rows})
    )


def texte(label: str, *, aide: str = "", maximum: int = 200, **attrs: str) -> forms.CharField:
    """One line of text."""
    return forms.CharField(
        label=label, help_text=aide, required=False, max_length=maximum, widget=forms.TextInput(attrs=attrs)
    )


def choix(label: str, options: list[tuple[str, str]], *, aide: str = "", radio: bool = False) -> forms.ChoiceField:
    """One of a few options; an empty choice is allowed in a draft."""
    if radio:
        return forms.ChoiceField(label=label, help_text=aide, required=False, choices=options, widget=forms.RadioSelect)
    return forms.ChoiceField(label=label, help_text=aide, required=False, choices=[("", "Choisir…"), *options])


def nombre(label: str, *, aide: str = "", maximum: int = 1_000_000) -> forms.IntegerField:
    """A whole number, zero or more."""
    return forms.IntegerField(label=label, help_text=aide, required=False, min_value=0, max_value=maximum)


class RowsWidget(forms.Widget):
    """A table of rows. Posted names are `<field>-<n>-<column>`; an empty row is not kept.

    `vides` empty rows are offered at first, then one.
    """

    template_name = "components/rows_field.html"
    use_fieldset = True

    def __init__(self, colonnes: dict[str, forms.Field], *, maximum: int, vides: int) -> None:
        super().__init__()
        self.colonnes = colonnes
        self.maximum = maximum
        self.vides = vides

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        rows = []
        for n in self._numbers(data, name):
            row = {
                cle: champ.widget.value_from_datadict(data, files, f"{name}-{n}-{cle}")
                for cle, champ in self.colonnes.items()
            }
            rows.append(row)
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def _numbers(self, data: Any, name: str) -> list[int]:
        found = set()
        for key in data:
            parts = key.split("-")
            if len(parts) == 3 and parts[0] == name and parts[1].isdecimal() and len(parts[1]) <= 4:
                found.add(int(parts[1]))
        return sorted(found)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = [row for row in (value or []) if any(v not in (None, "", False) for v in row.values())]
        empty = min(1 if rows else self.vides, max(self.maximum - len(rows), 0))
        rows = [*rows, *({} for _ in range(empty))]
        context["colonnes"] = [(cle, champ.label, champ.help_text) for cle, champ in self.colonnes.items()]
        context["lignes"] = [self._cells(name, n, row) for n, row in enumerate(rows)]
        context["modele"] = self._cells(name, "__n__", {})
        context["maximum"] = self.maximum
        return context

    def _cells(self, name: str, n: int | str, row: dict[str, Any]) -> list[dict[str, Any]]:
        cells = []
        for cle, champ in self.colonnes.items():
            ident = f"{name}-{n}-{cle}"
            attrs = {"id": f"id_{ident}", **champ.widget_attrs(champ.widget)}
            kind = "form-select" if isinstance(champ.widget, forms.Select) else "form-control"
            attrs["class"] = kind
            html = control(champ.widget, ident, champ.prepare_value(row.get(cle)), attrs)
            cells.append({"cle": cle, "id": f"id_{ident}", "label": champ.label, "html": html})
        return cells


class RowsField(forms.Field):
    """A list of dicts, one per filled row, each column cleaned by its own field. JSON-safe once through `to_json`."""

    def __init__(
        self, label: str, colonnes: dict[str, forms.Field], *, aide: str = "", maximum: int = 60, vides: int = 1
    ) -> None:
        super().__init__(
            label=label, help_text=aide, required=False, widget=RowsWidget(colonnes, maximum=maximum, vides=vides)
        )
        self.colonnes = colonnes
        self.maximum = maximum

    def clean(self, value: Any) -> list[dict[str, Any]]:
        kept, errors = [], []
        for row in value or []:
            if all(cell in (None, "", False) for cell in row.values()):
                continue
            cleaned: dict[str, Any] = {}
            for cle, champ in self.colonnes.items():
                try:
                    cleaned[cle] = champ.clean(row.get(cle))
                except forms.ValidationError as error:
                    name = self.nom_de_ligne(len(kept) + 1, row)
                    errors.append(f"{name}, «\u00a0{champ.label}\u00a0»\u00a0: {' '.join(error.messages)}")
            kept.append(cleaned)
        if len(kept) > self.maximum:
            errors.append(f"Au plus {self.maximum} lignes.")
        if errors:
            raise forms.ValidationError(errors)
        return kept

    def nom_de_ligne(self, n: int, row: dict[str, Any]) -> str:
        """How an error names a row."""
        return f"Ligne {n}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        return initial != data


class CountsWidget(RowsWidget):
    """One row per option of the column `fixe`, always there and in the same order: only the other columns are typed."""

    template_name = "components/counts_field.html"

    def __init__(self, colonnes: dict[str, forms.Field], *, fixe: str, options: list[tuple[str, str]]) -> None:
        super().__init__(colonnes, maximum=len(options), vides=0)
        self.fixe = fixe
        self.options = options

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super(RowsWidget, self).get_context(name, None, attrs)
        kept = {row[self.fixe]: row for row in value or [] if row.get(self.fixe)}
        unknown = [(code, code) for code in kept if code not in dict(self.options)]
        titre, *others = [champ.label for champ in self.colonnes.values()]
        return context | {
            "titre": titre,
            "colonnes": others,
            "lignes": [
                {"nom": f"{name}-{n}-{self.fixe}", "code": code, "libelle": libelle, "cellules": cells[1:]}
                for n, (code, libelle) in enumerate([*self.options, *unknown])
                if (cells := self._cells(name, n, kept.get(code, {})))
            ],
        }


class CountsField(RowsField):
    """Numbers beside each option of the first column, a choice; kept as the rows where something was typed."""

    def __init__(self, label: str, colonnes: dict[str, forms.Field], *, aide: str = "") -> None:
        fixe, choice = next(iter(colonnes.items()))
        options = [option for option in choice.choices if option[0]]  # type: ignore[attr-defined]
        super().__init__(label, colonnes, aide=aide, maximum=len(options))
        self.widget = CountsWidget(colonnes, fixe=fixe, options=options)
        self.fixe = fixe

    def clean(self, value: Any) -> list[dict[str, Any]]:
        typed = [row for row in value or [] if any(cell for cle, cell in row.items() if cle != self.fixe)]
        return super().clean(typed)

    def nom_de_ligne(self, n: int, row: dict[str, Any]) -> str:
        code = row.get(self.fixe)
        return f"«\u00a0{dict(self.widget.options).get(code, code)}\u00a0»"


@dataclass(frozen=True)
class Questions:
    """The questions of a section, to be read only: the fields are those of the class, shared and never changed."""

    fields: Mapping[str, forms.Field]
    groupes: Sequence[Groupe]


class SectionForm(FieldsForm):
    """Base of every section. `obligatoires` maps a field to the sentence said when it is empty.

    `passes` are days that are not after today: the day of a fact, not of a plan.
    `groupes`, when a page is long, names each field once, in order; the page shows one heading per group.
    """

    obligatoires: ClassVar[dict[str, str]] = {}
    passes: ClassVar[tuple[str, ...]] = ()
    groupes: tuple[Groupe, ...] = ()

    def __init__(self, *args: Any, jour: date, **kwargs: Any) -> None:
        self.jour = jour
        super().__init__(*args, **kwargs)
        for name in self.passes:
            self.fields[name].validators.append(self._not_future)
            self.fields[name].widget.attrs["max"] = jour.isoformat()

    def _not_future(self, day: date) -> None:
        if day > self.jour:
            raise forms.ValidationError("Cette date est dans le futur.")

    def champs_par_groupe(self) -> list[tuple[Groupe, list[forms.BoundField]]]:
        """Each group with its fields, for the page."""
        return [(groupe, [self[name] for name in groupe.champs]) for groupe in self.groupes]

    def contenu(self) -> dict[str, Any]:
        """The cleaned answers, JSON-safe: dates as ISO text, amounts as text."""
        return {name: to_json(value) for name, value in self.cleaned_data.items()}

    def manques(self) -> list[Manque]:
        """What the deposit still needs, each with the id of its field, in the order of the page."""
        return list(self._manques())

    def _manques(self) -> Iterator[Manque]:
        for name, phrase in self.obligatoires.items():
            if not is_filled(self.cleaned_data.get(name)):
                yield f"id_{name}", phrase


def to_json(value: Any) -> Any:
    """A JSON-safe copy of a cleaned value."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value


def is_filled(value: Any) -> bool:
    """Whether something was answered. Zero is an answer (0 == False: a test of membership would lose it)."""
    return value is not None and value is not False and value not in ("", [], {})
