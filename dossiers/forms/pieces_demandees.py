"""Asking for pieces item by item, and answering one item."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from dossiers.models import Piece
from dossiers.questions import RowsField
from dossiers.services.pieces_demandees import ITEMS_MAX, Item
from dossiers.states import GenrePiece
from guichet.kernel.forms import DayInput, LongText
from guichet.kernel.uploads import EXTENSIONS

INTITULE_MAX, PRECISION_MAX, REPONSE_MAX = 200, 2000, 6000
EXIGEE = "exigee"
MANQUE = "Dites au moins une chose qui manque."


class ItemsField(RowsField):
    """The items of a request, one per filled row; an error names the item by its title."""

    def nom_de_ligne(self, n: int, row: dict[str, Any]) -> str:
        typed = str(row.get("intitule") or "").strip()
        return f"«\u00a0{typed[:60]}\u00a0»" if typed else f"Élément {n}"


class DemanderPiecesForm(forms.Form):
    """What is asked: `cleaned_data["items"]` is a list of `Item`.

    Each of these adds a column: `objets`, what an item may be about, as (code, label), the first with an empty code;
    `textes`, whether a text requires it and which article. With `limite`, every item has its last day; otherwise a day
    is wished, or none. `jour` is today: no day before it. The button "Ajouter une ligne" posts `ajouter`: without
    script, show `one_more()`.
    """

    def __init__(
        self,
        *args: Any,
        jour: date,
        objets: Sequence[tuple[str, str]] = (),
        textes: bool = False,
        limite: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"] = ItemsField(
            "Ce qui est demandé",
            item_columns(jour, objets=objets, textes=textes, limite=limite),
            aide="Un élément par chose demandée\u00a0: l’association répond à chacun séparément.",
            maximum=ITEMS_MAX,
            vides=3,
        )

    def clean_items(self) -> list[Item]:
        return items_of(self.cleaned_data["items"])

    def one_more(self) -> "DemanderPiecesForm":
        """The same form, not judged, with what is typed and an empty row more: adding a row without script."""
        self.initial["items"] = self.fields["items"].widget.value_from_datadict(self.data, self.files, "items")
        self.is_bound = False
        return self


def items_of(rows: list[dict[str, Any]]) -> list[Item]:
    """The items of the filled rows; at least one, and the article of each that a text requires."""
    if not rows:
        raise forms.ValidationError(MANQUE)
    without = [row["intitule"] for row in rows if row.get("requise") and not row.get("fondement")]
    if without:
        raise forms.ValidationError(
            [f"«\u00a0{title}\u00a0»\u00a0: citez l’article du texte qui l’exige." for title in without]
        )
    return [
        Item(
            intitule=row["intitule"],
            precision=row["precision"],
            requise=bool(row.get("requise")),
            fondement=row.get("fondement") or "",
            limite_le=row["limite_le"],
            concerne=row.get("concerne") or "",
        )
        for row in rows
    ]


def item_columns(
    jour: date | None, *, objets: Sequence[tuple[str, str]] = (), textes: bool = False, limite: bool = False
) -> dict[str, forms.Field]:
    """The columns of an item; no limit before `jour`, None for a request already sent."""

    def not_past(value: date) -> None:
        if jour and value < jour:
            raise forms.ValidationError("cette date est passée.")

    columns: dict[str, forms.Field] = {
        "intitule": forms.CharField(
            label="Ce qui manque",
            max_length=INTITULE_MAX,
            error_messages={"required": "dites en quelques mots ce qui est demandé."},
        ),
        "precision": forms.CharField(
            label="Précision",
            required=False,
            max_length=PRECISION_MAX,
            widget=LongText(attrs={"rows": 2}),
        ),
    }
    if textes:
        columns["requise"] = forms.ChoiceField(
            label="Un texte l’exige-t-il\u00a0?",
            required=False,
            choices=[("", "Non, utile"), (EXIGEE, "Oui, exigée")],
        )
        columns["fondement"] = forms.CharField(label="Article de ce texte", required=False, max_length=200)
    if objets:
        columns["concerne"] = forms.ChoiceField(label="À propos de", required=False, choices=list(objets))
    columns["limite_le"] = forms.DateField(
        label="Au plus tard le" if limite else "Souhaité pour le",
        required=limite,
        validators=[not_past],
        widget=DayInput(first=jour),
        error_messages={"required": "donnez une date limite.", "invalid": "cette date n’existe pas."},
    )
    return columns


class RepondreForm(forms.Form):
    """The answer to one item: words, files already joined, a new file; at least one of them. `pieces` are the files of
    the dossier.
    """

    reponse = forms.CharField(
        label="Votre réponse",
        required=False,
        max_length=REPONSE_MAX,
        help_text="Répondez en quelques lignes, ou dites où c’est écrit dans votre dossier. Aucune donnée de patient.",
        widget=LongText(attrs={"rows": 6}),
    )
    pieces = forms.TypedMultipleChoiceField(
        label="Des pièces déjà jointes au dossier", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    fichier = forms.FileField(
        label="Une nouvelle pièce",
        required=False,
        help_text="PDF, PNG, JPEG, docx, xlsx, pptx, odt, ods ou odp. 20\u00a0Mo au plus.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
    )
    genre = forms.ChoiceField(
        label="Nature de la nouvelle pièce",
        required=False,
        choices=[("", "Choisir…"), *GenrePiece.choices],
        error_messages={"invalid_choice": "Cette nature de pièce n’existe pas."},
    )

    def __init__(self, *args: Any, pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {piece.pk: piece for piece in pieces}
        labels = [(piece.pk, f"{piece.nom} ({piece.get_genre_display().lower()})") for piece in pieces]
        if labels:
            self.fields["pieces"].choices = labels  # type: ignore[attr-defined]
        else:
            del self.fields["pieces"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("fichier") and not data.get("genre") and "genre" not in self.errors:
            self.add_error("genre", "Choisissez la nature de la nouvelle pièce.")
        said = data.get("reponse") or data.get("pieces") or data.get("fichier")
        if not self.errors and not said:
            raise forms.ValidationError("Écrivez une réponse, ou joignez une pièce.")
        return data

    def chosen(self) -> list[Piece]:
        """The files ticked, once valid."""
        return [self.offered[pk] for pk in self.cleaned_data.get("pieces", [])]
