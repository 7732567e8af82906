"""Joining a file: what it is, and the file."""

from django import forms

from dossiers.states import GenrePiece
from guichet.kernel.forms import FieldsForm
from guichet.kernel.uploads import EXTENSIONS


class PieceForm(FieldsForm):
    """The type of the file is judged by the service, from its content; here it only has to be sent."""

    genre = forms.ChoiceField(
        label="Nature de la pièce",
        choices=[("", "Choisir…"), *(kind for kind in GenrePiece.choices if kind[0] != GenrePiece.LETTRE)],
        error_messages={
            "required": "Choisissez la nature de la pièce.",
            "invalid_choice": "Cette nature de pièce n’existe pas.",
        },
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text="PDF, PNG, JPEG, docx, xlsx, pptx, odt, ods ou odp. 20\u00a0Mo au plus.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
        error_messages={
            "required": "Choisissez un fichier.",
            "invalid": "Le fichier n’est pas arrivé. Envoyez-le à nouveau.",
        },
    )
