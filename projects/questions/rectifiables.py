"""The answers where a slip of the pen may be corrected: texts; not the territory, the amounts, nor the identity."""

from datetime import date

from django import forms

from projects.questions import letter_questions
from projects.sections import ASSOCIATION, FINANCEMENT, RUBRIQUES, TERRITOIRE

SANS_RECTIFICATION = (TERRITOIRE, FINANCEMENT)
IDENTITE = ("nom", "siret", "rna", "iban", "titulaire_compte")
"""Of the association: who it is, and its account."""


def rectifiable_fields(cle: str, *, jour: date) -> dict[str, forms.CharField]:
    """The fields of a section that hold text, by name; those of the day the letter was deposited."""
    if cle in SANS_RECTIFICATION or cle not in {rubrique.cle for rubrique in RUBRIQUES}:
        return {}
    return {
        name: field
        for name, field in letter_questions(cle, jour=jour).fields.items()
        if isinstance(field, forms.CharField) and not (cle == ASSOCIATION and name in IDENTITE)
    }


def rectifiable_choices(*, jour: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every answer that may be corrected, by section: (title, [("section.field", label)])."""
    groups = []
    for rubrique in RUBRIQUES:
        fields = rectifiable_fields(rubrique.cle, jour=jour)
        if fields:
            groups.append((rubrique.titre, [(f"{rubrique.cle}.{name}", str(f.label)) for name, f in fields.items()]))
    return groups
