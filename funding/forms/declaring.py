"""The association declares its numbers, its papers and its account."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from dossiers.models import Piece
from dossiers.states import GenrePiece
from funding.questions.fields import IdentifierField
from guichet.kernel.identifiers import iban, masque_iban, rna, siret


class DeclarationForm(forms.Form):
    """`connu`: what is known already, carried over; the account is never shown whole, and stays when nothing is typed.
    `pieces`: the files of the dossier, among which statutes and board are chosen.
    """

    rna = IdentifierField(
        check=rna,
        required=True,
        label="Numéro RNA",
        help_text="La lettre W suivie de neuf chiffres, sur le récépissé de la préfecture.",
        error_messages={"required": "Donnez le numéro RNA."},
    )
    siret = IdentifierField(
        check=siret,
        required=True,
        label="Numéro SIRET",
        help_text="Quatorze chiffres, sur l’avis de situation de l’INSEE.",
        error_messages={"required": "Donnez le numéro SIRET."},
    )
    titulaire = forms.CharField(
        label="Titulaire du compte bancaire",
        help_text="L’association, tel que le relevé d’identité bancaire l’écrit.",
        max_length=160,
        error_messages={"required": "Dites au nom de qui le compte est ouvert."},
    )
    iban = IdentifierField(
        check=iban,
        label="IBAN",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-never-kept": "", "spellcheck": "false"}),
    )
    statuts = forms.ChoiceField(label="Les statuts", error_messages={"required": "Choisissez les statuts."})
    dirigeants = forms.ChoiceField(
        label="La liste des dirigeants", error_messages={"required": "Choisissez la liste des dirigeants."}
    )

    def __init__(self, *args: Any, connu: Mapping[str, str], pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = connu.get("iban", "")
        self.offered = {str(piece.pk): piece for piece in pieces}
        for name in ("rna", "siret", "titulaire"):
            self.initial.setdefault(name, connu.get(name, ""))
        self.fields["iban"].help_text = _about_account(self.kept)
        for name, genre in (("statuts", GenrePiece.STATUTS), ("dirigeants", GenrePiece.DIRIGEANTS)):
            first = [piece for piece in pieces if piece.genre == genre]
            rest = [piece for piece in pieces if piece.genre != genre]
            choices = [(str(p.pk), f"{p.nom} ({p.get_genre_display().lower()})") for p in [*first, *rest]]
            self.fields[name].choices = [("", "Choisir…"), *choices]  # type: ignore[attr-defined]
            if first:
                self.initial.setdefault(name, str(first[-1].pk))

    def clean_iban(self) -> str:
        """What was typed, else the account already known."""
        typed: str = self.cleaned_data["iban"] or self.kept
        if not typed:
            raise forms.ValidationError("Donnez l’IBAN de l’association.")
        return typed

    def values(self) -> dict[str, Any]:
        """The arguments of the service, once valid."""
        given = self.cleaned_data
        return {**given, "statuts": self.offered[given["statuts"]], "dirigeants": self.offered[given["dirigeants"]]}


def _about_account(kept: str) -> str:
    who = "Seul le financeur le lit en entier."
    if not kept:
        return f"FR76 pour un compte en France. {who}"
    return f"Laissez vide pour garder le compte déjà donné\u00a0: {masque_iban(kept)}. {who}"
