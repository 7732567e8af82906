"""What we ask at sign-up besides what allauth asks: a name."""

from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(forms.Form):
    """The base of allauth's own sign-up form, named in the settings; it may import nothing of allauth."""

    prenom = forms.CharField(
        label="Prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name of the person allauth has just created."""
        user.prenom = self.cleaned_data["prenom"]
        user.nom = self.cleaned_data["nom"]
        user.save(update_fields=["prenom", "nom"])
