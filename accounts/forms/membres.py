"""Inviting a person, changing what a member may do, correcting one's name."""

from typing import Any

from django import forms

from accounts.acteur import Acteur
from accounts.models import Organisation, User
from accounts.rules import accorde
from accounts.states import DROITS_BY_GENRE, Droit

DROITS_HELP = "Une personne sans aucun droit peut seulement lire."

EXPLANATIONS = {
    Droit.REDIGER: "Rédiger les lettres, demandes et projets",
    Droit.DEPOSER: "Déposer au nom de l’association",
    Droit.GERER: "Gérer les personnes et leurs droits",
    Droit.INSTRUIRE: "Instruire les dossiers et rendre des avis",
    Droit.DECIDER: "Décider, dans les limites de sa délégation",
    Droit.SIGNER: "Signer les contrats",
    Droit.ADMINISTRER: "Administrer le portail",
}


class DroitsForm(forms.Form):
    """A function and rights, among those this acteur may give in that organisation or the person already has."""

    fonction = forms.CharField(
        label="Fonction",
        max_length=120,
        required=False,
        help_text="Par exemple : présidente, coordinateur, consultante.",
    )
    droits = forms.MultipleChoiceField(
        label="Droits", required=False, widget=forms.CheckboxSelectMultiple, help_text=DROITS_HELP
    )

    def __init__(
        self, *args: Any, organisation: Organisation, by: Acteur, held: frozenset[str] = frozenset(), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        offered = [
            (droit.value, EXPLANATIONS[droit])
            for droit in DROITS_BY_GENRE[organisation.genre]
            if droit in held or accorde(by, organisation.genre, {droit})
        ]
        self.fields["droits"].choices = offered  # type: ignore[attr-defined]


class InvitationForm(DroitsForm):
    email = forms.EmailField(
        label="Adresse électronique", help_text="L’invitation y est envoyée ; elle vaut quatorze jours."
    )
    field_order = ["email", "fonction", "droits"]


class MembreForm(DroitsForm):
    representant_legal = forms.BooleanField(label="Représentant légal de l’organisation", required=False)


class ProfilForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["prenom", "nom"]
