"""Writing a message, beginning a thread. What may be sent is judged again by the service."""

import uuid
from typing import Any

from django import forms
from django.utils.html import format_html

from dossiers.services.echanges import FICHIERS_MAX, SUJET_MAX, TEXTE_MAX, Ecrit
from dossiers.states import AudienceFil
from guichet.kernel.forms import FieldsForm, LongText
from guichet.kernel.uploads import EXTENSIONS

READ_BY = {
    AudienceFil.PORTEUR_GUICHET: "Lu par les membres de l’association et par le Guichet, personne d’autre.",
    AudienceFil.PORTEUR_ARS: "Lu par les membres de l’association et par l’ARS, personne d’autre.",
    AudienceFil.ARS_AM: "Lu par l’ARS et l’Assurance Maladie des départements du dossier. Ni l’association ni le "
    "Guichet ne le voient.",
    AudienceFil.ORGANISME: "Lu par vos seuls collègues. Aucun autre organisme, ni l’association, ne sait que ces notes "
    "existent.",
}


class PlusieursFichiers(forms.FileInput):
    allow_multiple_selected = True


class FichiersField(forms.FileField):
    """The files chosen in one field, as a list; their content is judged by the service."""

    widget = PlusieursFichiers

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if len(chosen) > FICHIERS_MAX:
            raise forms.ValidationError(f"Un message porte au plus {FICHIERS_MAX} fichiers.", code="trop")
        return [super(FichiersField, self).clean(one, initial) for one in chosen]


class MessageForm(FieldsForm):
    """`face`: whom an answer may be asked of, in words ("du Guichet"); "" where nobody owes any."""

    jeton = forms.UUIDField(widget=forms.HiddenInput)
    texte = forms.CharField(
        label="Message",
        widget=LongText(attrs={"rows": 6, "maxlength": TEXTE_MAX}),
        error_messages={"required": "Écrivez un message."},
    )
    fichiers = FichiersField(
        label="Fichiers",
        required=False,
        allow_empty_file=True,
        help_text=f"{FICHIERS_MAX} au plus, 20\u00a0Mo en tout\u00a0: PDF, images PNG ou JPEG, documents bureautiques.",
        widget=PlusieursFichiers(attrs={"accept": ",".join(EXTENSIONS), "multiple": True}),
        error_messages={"invalid": "Un fichier n’est pas arrivé. Envoyez-le à nouveau."},
    )
    attend_reponse = forms.BooleanField(required=False)

    def __init__(self, *args: Any, face: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("jeton", uuid.uuid4())
        if face:
            self.fields["attend_reponse"].label = f"J’attends une réponse {face}"
        else:
            del self.fields["attend_reponse"]

    def clean_texte(self) -> str:
        texte: str = self.cleaned_data["texte"].replace("\r\n", "\n")
        if len(texte) > TEXTE_MAX:
            raise forms.ValidationError("Ce message est trop long\u00a0: 10\u00a0000 signes au plus.", code="long")
        return texte

    def renew(self) -> None:
        """A page of its own for a text that follows another."""
        self.data = self.data.copy()
        self.data["jeton"] = str(uuid.uuid4())

    @property
    def ecrit(self) -> Ecrit:
        values = self.cleaned_data
        return Ecrit(
            texte=values["texte"],
            jeton=values["jeton"],
            fichiers=values["fichiers"],
            attend_reponse=values.get("attend_reponse", False),
        )


class NouveauFilForm(MessageForm):
    """The same with whom it is for and a subject; a single audience is not asked for, the page says it."""

    audience = forms.ChoiceField(
        label="Qui lira ce fil",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez qui lira ce fil.",
            "invalid_choice": "Vous ne pouvez pas écrire à ces personnes.",
        },
    )
    sujet = forms.CharField(
        label="Sujet",
        max_length=SUJET_MAX,
        error_messages={
            "required": "Donnez un sujet.",
            "max_length": f"Ce sujet est trop long\u00a0: {SUJET_MAX} signes au plus.",
        },
    )
    field_order = ("jeton", "audience", "sujet", "texte", "fichiers", "attend_reponse")

    def __init__(self, *args: Any, audiences: list[AudienceFil], sujet: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "attend_reponse" in self.fields:
            self.fields["attend_reponse"].label = "J’attends une réponse"
        choice = self.fields["audience"]
        choice.choices = [(one.value, _described(one)) for one in audiences]  # type: ignore[attr-defined]
        if len(audiences) == 1:
            choice.widget = forms.HiddenInput()
            self.initial["audience"] = audiences[0].value
        if sujet:
            self.fields["sujet"].widget = forms.HiddenInput()
            self.initial["sujet"] = sujet


def _described(audience: AudienceFil) -> str:
    return format_html('{}<small class="muted thread-readers">{}</small>', audience.label, READ_BY[audience])
