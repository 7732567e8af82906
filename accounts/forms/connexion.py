"""allauth's forms with our words: a label above each field, help where it helps, no placeholder."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User

EMAIL = "Adresse électronique"
PASSWORD_HELP = (
    "Douze caractères au moins. Une phrase que vous retenez vaut mieux qu’un mot compliqué\u00a0; "
    "évitez votre nom et votre adresse."
)


class Plain(forms.Form):
    """Take the placeholders away and set our labels and help."""

    labels: dict[str, str] = {}
    helps: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class LoginForm(Plain, account.LoginForm):
    labels = {"login": EMAIL, "password": "Mot de passe"}


class SignupForm(Plain, account.SignupForm):
    field_order = ["prenom", "nom", "email", "password1", "password2"]
    labels = {"email": EMAIL, "password1": "Mot de passe", "password2": "Mot de passe, une seconde fois"}
    helps = {
        "email": "Un message y sera envoyé pour vérifier qu’elle est à vous.",
        "password1": PASSWORD_HELP,
    }

    def clean(self) -> dict[str, Any]:
        """A password too close to the name is refused; allauth compares it with the address only."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("password1"):
            person = User(**{name: cleaned.get(name, "") for name in ("email", "prenom", "nom")})
            try:
                validate_password(cleaned["password1"], person)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    @transaction.atomic
    def save(self, request: HttpRequest) -> Any:
        """The person, its name and its address, or nothing."""
        return super().save(request)


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    labels = {"email": EMAIL}
    helps = {"email": "Celle de votre compte."}


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    labels = {"password1": "Nouveau mot de passe", "password2": "Nouveau mot de passe, une seconde fois"}
    helps = {"password1": PASSWORD_HELP}


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    labels = {
        "oldpassword": "Mot de passe actuel",
        "password1": "Nouveau mot de passe",
        "password2": "Nouveau mot de passe, une seconde fois",
    }
    helps = {"password1": PASSWORD_HELP}


class AddEmailForm(Plain, account.AddEmailForm):
    labels = {"email": "Nouvelle adresse électronique"}


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    labels = {"password": "Mot de passe"}


CODE = "Code à six chiffres"


class ActivateTOTPForm(Plain, totp.ActivateTOTPForm):
    labels = {"code": CODE}
    helps = {"code": "Celui que l’application affiche ; il change toutes les trente secondes."}


class AuthenticateForm(Plain, mfa.AuthenticateForm):
    labels = {"code": CODE}
    helps = {"code": "Celui de votre application, ou un de vos codes de secours."}


class ReauthenticateCodeForm(Plain, mfa.ReauthenticateForm):
    labels = {"code": CODE}
    helps = {"code": "Celui de votre application, ou un de vos codes de secours."}
