"""Sections "L’association" and "Les personnes et les pouvoirs"."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, texte
from funding.questions.fields import IdentifierField
from guichet.kernel.forms import DayInput
from guichet.kernel.identifiers import iban, rna, siret

EXISTANTE = "existante"
EN_CREATION = "en_creation"


class AssociationForm(SectionForm):
    statut = choix(
        "L’association porteuse",
        [(EXISTANTE, "Elle est déclarée"), (EN_CREATION, "Elle est en cours de création")],
        aide="La lettre peut être déposée avant la déclaration\u00a0; le versement d’une subvention l’exige.",
        radio=True,
    )
    nom = texte("Nom de l’association", aide="Tel qu’il figure, ou figurera, dans les statuts.")
    sigle = texte("Sigle", maximum=40)
    nom_cpts = texte(
        "Nom de la CPTS", aide="Le nom d’usage de la communauté, par exemple celui du territoire.", maximum=160
    )
    rna = IdentifierField(
        check=rna,
        label="Numéro RNA",
        help_text="La lettre W suivie de neuf chiffres, sur le récépissé de la préfecture.",
    )
    siret = IdentifierField(
        check=siret, label="Numéro SIRET", help_text="Quatorze chiffres, sur l’avis de situation de l’INSEE."
    )
    declaration_prevue = forms.DateField(
        label="Date de déclaration prévue",
        help_text="Seulement si l’association est en cours de création.",
        required=False,
        widget=DayInput(),
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
    titulaire_compte = texte("Titulaire du compte bancaire")
    iban = IdentifierField(
        check=iban,
        label="IBAN",
        help_text="Le compte de l’association. Seules les personnes qui versent la subvention le lisent en entier.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-never-kept": ""}),
    )

    groupes = (
        Groupe("L’identité", ("statut", "nom", "sigle", "nom_cpts")),
        Groupe(
            "La déclaration",
            ("rna", "siret", "declaration_prevue"),
            "Les deux numéros si l’association est déclarée\u00a0; la date prévue si elle est en cours de création.",
        ),
        Groupe("Le siège", ("adresse", "code_postal", "ville", "courriel", "telephone", "site")),
        Groupe(
            "Le compte bancaire",
            ("titulaire_compte", "iban"),
            "Pour le versement d’une subvention. Vous pouvez le donner plus tard.",
        ),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "statut": "Dites si l’association est déclarée ou en cours de création.",
        "nom": "Donnez le nom de l’association.",
        "nom_cpts": "Donnez le nom de la CPTS.",
        "adresse": "Donnez l’adresse du siège.",
        "code_postal": "Donnez le code postal du siège.",
        "ville": "Donnez la commune du siège.",
        "courriel": "Donnez l’adresse électronique de l’association.",
    }

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.cleaned_data.get("statut") == EXISTANTE:
            if not self.cleaned_data.get("rna"):
                yield "id_rna", "Donnez le numéro RNA de l’association déclarée."
            if not self.cleaned_data.get("siret"):
                yield "id_siret", "Donnez le numéro SIRET de l’association déclarée."


ROLES = [
    ("presidence", "Présidence"),
    ("tresorerie", "Trésorerie"),
    ("secretariat", "Secrétariat"),
    ("porteur", "Porteur ou porteuse du projet"),
    ("coordination", "Coordination"),
    ("conseil", "Conseil extérieur"),
    ("autre", "Autre"),
]


class PersonnesForm(SectionForm):
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
    personnes = RowsField(
        "Les autres personnes qui portent le projet",
        {
            "nom": texte("Prénom et nom", maximum=120),
            "profession": texte("Profession ou qualité", maximum=120),
            "role": choix("Rôle", ROLES),
            "commune": texte("Lieu d’exercice", maximum=100),
        },
        aide="Une ligne par personne.",
        maximum=30,
        vides=2,
    )
    personnes_informees_le = forms.DateField(
        label="Date à laquelle ces personnes ont été informées",
        help_text="Nécessaire dès qu’une personne est nommée.",
        required=False,
        widget=DayInput(),
    )

    passes: ClassVar[tuple[str, ...]] = ("personnes_informees_le",)
    groupes = (
        Groupe(
            "Le représentant légal",
            ("representant_nom", "representant_fonction", "representant_courriel", "representant_telephone"),
            "La personne qui engage l’association. Si une autre dépose la lettre, son pouvoir est joint aux pièces.",
        ),
        Groupe(
            "La personne à contacter",
            ("referent_nom", "referent_courriel", "referent_telephone"),
            "Celle qui répond aux questions sur ce dossier\u00a0; ce peut être la même.",
        ),
        Groupe(
            "Les autres personnes qui portent le projet",
            ("personnes", "personnes_informees_le"),
            "Facultatif. Nommez seulement des personnes informées qu’elles figurent dans cette lettre.",
        ),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "representant_nom": "Nommez le représentant légal.",
        "representant_fonction": "Donnez la fonction du représentant légal.",
        "representant_courriel": "Donnez l’adresse électronique du représentant légal.",
        "referent_nom": "Nommez la personne à contacter.",
        "referent_courriel": "Donnez l’adresse électronique de la personne à contacter.",
    }

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.cleaned_data.get("personnes") and not self.cleaned_data.get("personnes_informees_le"):
            yield "id_personnes_informees_le", "Dites quand les personnes nommées ont été informées."
