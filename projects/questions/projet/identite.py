"""Section A: the association that carries the project, the people who sign it."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, texte
from funding.questions.fields import IdentifierField
from guichet.kernel.forms import DayInput
from guichet.kernel.identifiers import rna, siret
from projects.questions.association import ROLES

ASSOCIATION = "association"
DROIT_LOCAL = "droit_local"
EN_CREATION = "en_creation"

FORMES = [
    (ASSOCIATION, "Une association loi 1901, déclarée"),
    (DROIT_LOCAL, "Une association de droit local (Bas-Rhin, Haut-Rhin, Moselle)"),
    (EN_CREATION, "Une association en cours de création"),
    ("autre", "Une autre forme"),
]


class IdentiteForm(SectionForm):
    """The bank account is no part of it: the letter and the contract ask for it."""

    nom_cpts = texte(
        "Nom de la CPTS", aide="Le nom d’usage de la communauté, par exemple celui du territoire.", maximum=160
    )
    forme = choix(
        "La CPTS est portée par",
        FORMES,
        aide="Depuis 2021, la loi veut qu’une CPTS soit une association. "
        "Le projet peut être déposé pendant qu’elle se crée.",
        radio=True,
    )
    nom = texte("Nom de l’association", aide="Tel qu’il figure, ou figurera, dans les statuts.")
    sigle = texte("Sigle", maximum=40)
    rna = IdentifierField(
        check=rna,
        label="Numéro RNA",
        help_text="La lettre W suivie de neuf chiffres, sur le récépissé de la préfecture.",
    )
    siret = IdentifierField(
        check=siret, label="Numéro SIRET", help_text="Quatorze chiffres, sur l’avis de situation de l’INSEE."
    )
    adresse = texte("Adresse du siège", aide="Numéro et voie.")
    code_postal = forms.RegexField(
        r"^\d{5}$",
        label="Code postal",
        required=False,
        error_messages={"invalid": "Un code postal a cinq chiffres."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": "5"}),
    )
    ville = texte("Commune du siège", maximum=100)
    courriel = forms.EmailField(label="Adresse électronique", required=False, max_length=254)
    telephone = texte("Téléphone", maximum=30, autocomplete="tel")
    site = forms.URLField(label="Site internet", required=False, max_length=200, assume_scheme="https")
    representant_nom = texte(
        "Prénom et nom du représentant légal", aide="La présidente ou le président, en règle générale."
    )
    representant_fonction = texte("Fonction du représentant légal", aide="Par exemple présidente.", maximum=100)
    representant_courriel = forms.EmailField(
        label="Adresse électronique du représentant légal", required=False, max_length=254
    )
    representant_telephone = texte("Téléphone du représentant légal", maximum=30)
    referent_nom = texte("Prénom et nom de la personne à contacter")
    referent_courriel = forms.EmailField(
        label="Adresse électronique de la personne à contacter", required=False, max_length=254
    )
    referent_telephone = texte("Téléphone de la personne à contacter", maximum=30)
    signataires = RowsField(
        "Les professionnels qui signent le projet",
        {
            "nom": texte("Prénom et nom", maximum=120),
            "profession": texte("Profession ou qualité", maximum=120),
            "role": choix("Rôle", [*ROLES, ("membre", "Membre")]),
            "commune": texte("Lieu d’exercice", maximum=100),
        },
        aide="Une ligne par personne.",
        maximum=60,
        vides=2,
    )
    signataires_informes_le = forms.DateField(
        label="Date à laquelle ces personnes ont été informées",
        help_text="Nécessaire dès qu’une personne est nommée.",
        required=False,
        widget=DayInput(),
    )

    passes: ClassVar[tuple[str, ...]] = ("signataires_informes_le",)
    groupes = (
        Groupe("L’identité", ("nom_cpts", "forme", "nom", "sigle", "rna", "siret")),
        Groupe("Le siège", ("adresse", "code_postal", "ville", "courriel", "telephone", "site")),
        Groupe(
            "Le représentant légal",
            ("representant_nom", "representant_fonction", "representant_courriel", "representant_telephone"),
            "La personne qui engage l’association. Si une autre dépose le projet, son pouvoir est joint aux pièces.",
        ),
        Groupe(
            "La personne à contacter",
            ("referent_nom", "referent_courriel", "referent_telephone"),
            "Celle qui répond aux questions de l’ARS sur le projet\u00a0; ce peut être la même.",
        ),
        Groupe(
            "Les signataires",
            ("signataires", "signataires_informes_le"),
            "Facultatif. Nommez seulement des personnes informées que leur nom figure dans ce projet.",
        ),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "nom_cpts": "Donnez le nom de la CPTS.",
        "forme": "Dites quelle forme a la structure qui porte la CPTS.",
        "nom": "Donnez le nom de l’association.",
        "courriel": "Donnez l’adresse électronique de l’association.",
        "representant_nom": "Nommez le représentant légal.",
        "representant_fonction": "Donnez la fonction du représentant légal.",
        "representant_courriel": "Donnez l’adresse électronique du représentant légal.",
        "referent_nom": "Nommez la personne à contacter.",
        "referent_courriel": "Donnez l’adresse électronique de la personne à contacter.",
    }

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.cleaned_data.get("forme") == ASSOCIATION and not self.cleaned_data.get("rna"):
            yield "id_rna", "Donnez le numéro RNA de l’association déclarée."
        if self.cleaned_data.get("signataires") and not self.cleaned_data.get("signataires_informes_le"):
            yield "id_signataires_informes_le", "Dites quand les personnes nommées ont été informées."
