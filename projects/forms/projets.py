"""Forms of the association on its projet de santé: its own document, a withdrawal, a contested requirement."""

from django import forms

from guichet.kernel.forms import FieldsForm, LongText


class DocumentForm(FieldsForm):
    """The type, the size and the pages are judged by the service, from the content; here it only has to be sent."""

    fichier = forms.FileField(
        label="Votre document",
        help_text="Un PDF de 150 pages et de 50\u00a0Mo au plus, sans mot de passe. Aucune donnée de patient.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "invalid": "Le fichier n’est pas arrivé. Envoyez-le à nouveau.",
        },
    )


def _motif(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=2000, widget=LongText(attrs={"rows": 4}))


class RetirerProjetForm(forms.Form):
    motif = _motif("Pourquoi retirez-vous ce projet\u00a0?", "L’ARS et le Guichet lisent cette raison.")


class ContesterForm(forms.Form):
    motif = _motif(
        "Pourquoi, selon vous, aucun texte n’exige cette pièce\u00a0?",
        "Dites de quelle pièce vous parlez. L’ARS lit cette raison.",
    )
