"""Turning a section's answers into blocks of a paper: the labels of the form, the words the person typed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from django import forms

from accounts.models import Organisation
from dossiers.models import Dossier, Piece
from dossiers.questions import Groupe, RowsField
from dossiers.selectors.reglages import fondement, reglage
from guichet.kernel.civil import date_longue

Bloc = dict[str, Any]
NON_RENSEIGNE = "Non renseigné"


class Asked(Protocol):
    """What a section asks: a form, or its class where the answers are only read."""

    @property
    def fields(self) -> Mapping[str, forms.Field]: ...
    @property
    def groupes(self) -> Sequence[Groupe]: ...


def section_blocs(form: Asked, contenu: dict[str, Any], *, sans: tuple[str, ...] = ()) -> list[Bloc]:
    """Blocks in the order of the form: short answers together, long texts and tables each under its label.

    Where the form has groups, the short answers that open one come under its title.
    """
    blocs: list[Bloc] = []
    groupe_of = {name: groupe.titre for groupe in form.groupes for name in groupe.champs}
    begun = ""
    for name, field in form.fields.items():
        if name in sans:
            continue
        value = contenu.get(name)
        label = str(field.label)
        if isinstance(field, RowsField):
            blocs.append(_table(label, field, value or []))
        elif isinstance(field.widget, forms.Textarea):
            paragraphs = [p for p in str(value or "").splitlines() if p.strip()] or [NON_RENSEIGNE]
            blocs.append({"genre": "texte", "titre": label, "paragraphes": paragraphs})
        else:
            line = [label, shown(field, value)]
            opens = groupe_of.get(name, "") not in ("", begun)
            if opens:
                blocs.append({"genre": "definitions", "titre": groupe_of[name], "lignes": [line]})
            elif blocs and blocs[-1]["genre"] == "definitions":
                blocs[-1]["lignes"].append(line)
            else:
                blocs.append({"genre": "definitions", "lignes": [line]})
        begun = groupe_of.get(name, "")
    return blocs


def shown(field: forms.Field, value: Any) -> str:
    """A kept answer in the words of the page."""
    if value in (None, ""):
        return NON_RENSEIGNE
    if read := getattr(field, "shown", None):  # a field that knows how its answer is read, such as an amount
        return str(read(value))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if isinstance(field, forms.DateField):
        return date_longue(date.fromisoformat(value))
    if isinstance(field, forms.BooleanField):
        return "Oui" if value else "Non"
    return str(value)


def _table(label: str, field: RowsField, rows: list[dict[str, Any]]) -> Bloc:
    if not rows:
        return {"genre": "texte", "titre": label, "paragraphes": [NON_RENSEIGNE]}
    numeric = [
        n
        for n, column in enumerate(field.colonnes.values())
        if isinstance(column, forms.IntegerField) or hasattr(column, "shown")
    ]
    return {
        "genre": "tableau",
        "titre": label,
        "entetes": [str(column.label) for column in field.colonnes.values()],
        "lignes": [[_cell(column, row.get(cle)) for cle, column in field.colonnes.items()] for row in rows],
        "numeriques": numeric,
    }


def _cell(column: forms.Field, value: Any) -> str:
    return "—" if value in (None, "") else shown(column, value)


def digest(contexte: dict[str, Any]) -> str:
    """SHA-256 of a frozen context, written in one canonical way: what was deposited, whatever its rendering."""
    text = json.dumps(contexte, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def party(organisation: Organisation) -> dict[str, Any]:
    """A body or an association as a letterhead names it."""
    lines = [*organisation.adresse.splitlines(), organisation.courriel, organisation.telephone]
    return {"nom": organisation.nom, "lignes": [line for line in lines if line]}


def joined(dossier: Dossier) -> list[Piece]:
    """The files of a dossier, in the order its papers list them."""
    return list(dossier.pieces.order_by("genre", "nom", "pk"))


def pieces_bloc(pieces: Sequence[Piece]) -> Bloc:
    """Each file with its fingerprint."""
    if not pieces:
        return {"genre": "texte", "paragraphes": ["Aucune pièce jointe."]}
    return {
        "genre": "tableau",
        "entetes": ["Pièce", "Fichier", "Empreinte SHA-256"],
        "lignes": [[piece.get_genre_display(), piece.nom, piece.sha256] for piece in pieces],
        "numeriques": [],
    }


def official_letter(
    *,
    dossier: Dossier,
    titre: str,
    objet: str,
    emetteur: Organisation,
    destinataire: Organisation,
    jour: date,
    blocs: Sequence[Bloc],
    signature: dict[str, Any] | None = None,
    mentions: Sequence[str] = (),
) -> dict[str, Any]:
    """The frozen context of a letter of one body to another about a file (`presentation` courrier)."""
    return {
        "presentation": "courrier",
        "titre": titre,
        "objet": objet,
        "reference": dossier.reference,
        "lieu": "",
        "date": date_longue(jour),
        "emetteur": party(emetteur),
        "destinataire": party(destinataire),
        "sections": [{"blocs": list(blocs)}],
        **({"signature": signature} if signature else {}),
        "mentions": [mention for mention in mentions if mention],
    }


def remedies(*, on: date) -> list[str]:
    """How a decision may be contested, in the dated words of the region; nothing while they are not set."""
    found = reglage("voies_recours", on=on)
    return list(found.valeur) if found else []


def article(cle: str, *, on: date) -> str:
    """The article of a key on that day, as a paper quotes it; "" when it is not loaded."""
    found = fondement(cle, on=on)
    return found.article if found else ""
