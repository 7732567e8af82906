"""Forms of the public verification page: a short code, or a file or its SHA-256."""

import hashlib
import re
from typing import Any

from django import forms
from django.conf import settings

SHA256 = re.compile(r"[0-9a-f]{64}")
CODE = re.compile(r"[0-9A-Z]{10}")


def normalise_code(typed: str) -> str:
    """A code as it is kept, whatever the case, the spaces and the hyphen it was typed with."""
    return re.sub(r"[\s\-–]", "", typed).upper()


class CodeForm(forms.Form):
    """The short code printed at the foot of each page."""

    code = forms.CharField(
        label="Code de vérification",
        max_length=20,
        help_text="Dix lettres et chiffres, au bas de chaque page du document.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = normalise_code(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise forms.ValidationError("Un code compte dix lettres et chiffres, par exemple 7K4MR-9TXQ3.")
        return code


class FichierForm(forms.Form):
    """A file, read here and never kept, or the SHA-256 computed elsewhere. `empreinte` is set when valid."""

    fichier = forms.FileField(
        label="Le fichier PDF",
        required=False,
        help_text="Il est lu pour calculer son empreinte, puis oublié\u00a0: rien n’en est conservé.",
    )
    empreinte = forms.CharField(
        label="Ou son empreinte SHA-256",
        required=False,
        max_length=100,
        help_text="Si vous préférez ne pas envoyer le fichier\u00a0: 64 chiffres et lettres de a à f.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_fichier(self) -> Any:
        fichier = self.cleaned_data["fichier"]
        if fichier and fichier.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            raise forms.ValidationError(
                f"Ce fichier dépasse {limit} Mo\u00a0: aucun document du portail n’est aussi lourd."
            )
        return fichier

    def clean_empreinte(self) -> str:
        typed = re.sub(r"\s", "", self.cleaned_data["empreinte"]).lower()
        if typed and not SHA256.fullmatch(typed):
            raise forms.ValidationError("Une empreinte SHA-256 compte 64 caractères\u00a0: chiffres et lettres a à f.")
        return typed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if fichier := data["fichier"]:
            data["empreinte"] = _digest(fichier)
        elif not data["empreinte"]:
            raise forms.ValidationError("Choisissez un fichier, ou tapez son empreinte.")
        return data


def _digest(fichier: Any) -> str:
    digest = hashlib.sha256()
    for chunk in fichier.chunks():
        digest.update(chunk)
    return digest.hexdigest()
