"""Sections "La demande", "L’association et ses moyens" and "Les attestations", in the words of the form."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms

from dossiers.questions import Groupe, Manque, RowsField, SectionForm, choix, nombre, texte, texte_long
from funding.nomenclature import nomenclature
from funding.questions.fields import EurosField, QuantiteField
from guichet.kernel.forms import DayInput

OUI_NON = [("oui", "Oui"), ("non", "Non")]


def jour(label: str, *, aide: str = "") -> forms.DateField:
    """A day, in the browser's own calendar."""
    widget = DayInput()
    return forms.DateField(label=label, help_text=aide, required=False, widget=widget)


class DemandeForm(SectionForm):
    montant = EurosField(
        "Montant demandé", aide="En euros entiers. C’est aussi la ligne du financeur, au compte 74 du budget du projet."
    )
    forme = choix("Forme de l’aide", [("numeraire", "En numéraire (une somme)"), ("nature", "En nature")], radio=True)
    frequence = choix(
        "Fréquence", [("premiere", "Première demande"), ("renouvellement", "Renouvellement (ou poursuite)")], radio=True
    )
    objet = choix(
        "Objet de la demande",
        [("projet", "Un projet ou une action"), ("global", "Le fonctionnement global de l’association")],
        aide="Le démarrage d’une CPTS est un projet\u00a0: écrire le projet de santé.",
        radio=True,
    )
    periode = choix("Période", [("annuelle", "Annuelle ou ponctuelle"), ("pluriannuelle", "Pluriannuelle")], radio=True)
    intitule = texte("Intitulé du projet", maximum=200)
    objectifs = texte_long("Objectifs", aide="À quels besoins le projet répond, et ce qu’il doit changer.")
    description = texte_long("Description", aide="Les actions permises par la subvention\u00a0: réunions, diagnostic…")
    beneficiaires = texte_long(
        "Bénéficiaires", aide="Les habitants et les professionnels concernés, en nombre.", rows=4
    )
    territoire = texte_long("Territoire", aide="Les communes ou les quartiers.", rows=4)
    date_debut = jour("Début du projet")
    date_fin = jour("Fin du projet")
    duree_mois = nombre("Durée en mois", maximum=120)
    moyens = texte_long("Moyens matériels et humains", aide="Qui travaille au projet, avec quoi.", rows=4)
    evaluation = texte_long("Évaluation et indicateurs", aide="À quoi vous verrez que le projet a réussi.", rows=4)

    groupes = (
        Groupe("Ce que vous demandez", ("montant", "forme", "frequence", "objet", "periode")),
        Groupe("Le projet", ("intitule", "objectifs", "description", "beneficiaires", "territoire")),
        Groupe("Son déroulement", ("date_debut", "date_fin", "duree_mois", "moyens", "evaluation")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "montant": "Indiquez le montant demandé.",
        "forme": "Dites sous quelle forme l’aide est demandée.",
        "frequence": "Dites si c’est une première demande.",
        "objet": "Dites ce que la subvention finance.",
        "periode": "Dites pour quelle période la subvention est demandée.",
        "intitule": "Donnez un intitulé au projet.",
        "objectifs": "Décrivez les objectifs du projet.",
        "description": "Décrivez le projet.",
        "beneficiaires": "Dites à qui le projet profite.",
        "territoire": "Dites sur quel territoire le projet se déroule.",
        "date_debut": "Donnez la date de début du projet.",
        "moyens": "Décrivez les moyens du projet.",
        "evaluation": "Dites comment le projet sera évalué.",
    }

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if not self.cleaned_data.get("date_fin") and self.cleaned_data.get("duree_mois") is None:
            yield "id_duree_mois", "Donnez la date de fin du projet, ou sa durée."

    def clean_date_fin(self) -> date | None:
        fin: date | None = self.cleaned_data["date_fin"]
        debut = self.cleaned_data.get("date_debut")
        if fin and debut and fin < debut:
            raise forms.ValidationError("La fin du projet précède son début.")
        return fin


class MoyensForm(SectionForm):
    agrements = RowsField(
        "Agréments administratifs",
        {
            "type": texte("Type d’agrément", maximum=120),
            "par": texte("Attribué par", maximum=120),
            "le": jour("En date du"),
        },
        aide="Laissez vide si l’association n’en a pas.",
        maximum=10,
    )
    utilite_publique = choix("Association reconnue d’utilité publique", OUI_NON, radio=True)
    utilite_publique_le = jour("Date de publication au Journal officiel", aide="Seulement si elle l’est.")
    impots_commerciaux = choix("Association assujettie aux impôts commerciaux", OUI_NON, radio=True)
    affiliations = texte_long(
        "Réseaux, unions ou fédérations auxquels l’association est affiliée", aide="Leur nom complet.", rows=3
    )
    personnes_morales = texte_long(
        "Adhérents personnes morales", aide="Maisons de santé, établissements, associations membres.", rows=3
    )
    benevoles = nombre("Bénévoles", aide="Personnes qui contribuent régulièrement, sans être payées.")
    volontaires = nombre("Volontaires", aide="Par exemple en service civique.")
    salaries = nombre("Salariés au total")
    salaries_etpt = QuantiteField("Salariés en équivalent temps plein travaillé", aide="Par exemple 0,5.")
    emplois_aides = nombre("Dont emplois aidés")
    mis_a_disposition = nombre("Personnels mis à disposition par une autorité publique")
    adherents = nombre("Adhérents")
    adherents_hommes = nombre("Dont hommes")
    adherents_femmes = nombre("Dont femmes")

    groupes_fixes = (
        Groupe(
            "Relations avec l’administration",
            ("agrements", "utilite_publique", "utilite_publique_le", "impots_commerciaux"),
        ),
        Groupe("Relations avec d’autres associations", ("affiliations", "personnes_morales")),
    )
    humains = (
        *("benevoles", "volontaires", "salaries", "salaries_etpt", "emplois_aides", "mis_a_disposition"),
        *("adherents", "adherents_hommes", "adherents_femmes"),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "utilite_publique": "Dites si l’association est reconnue d’utilité publique.",
        "impots_commerciaux": "Dites si l’association est assujettie aux impôts commerciaux.",
        "benevoles": "Indiquez le nombre de bénévoles, zéro s’il n’y en a pas.",
        "salaries": "Indiquez le nombre de salariés, zéro s’il n’y en a pas.",
        "adherents": "Indiquez le nombre d’adhérents, zéro s’il n’y en a pas encore.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.jour.year - 1
        self.groupes = (*self.groupes_fixes, Groupe(f"Moyens humains au 31 décembre {year}", self.humains))

    def _manques(self) -> Iterator[Manque]:
        yield from super()._manques()
        if self.cleaned_data.get("utilite_publique") == "oui" and not self.cleaned_data.get("utilite_publique_le"):
            yield "id_utilite_publique_le", "Donnez la date de publication au Journal officiel."

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        told = [data.get("adherents_hommes"), data.get("adherents_femmes")]
        if data.get("adherents") is not None and sum(n or 0 for n in told) > data["adherents"]:
            self.add_error("adherents_femmes", "Les hommes et les femmes sont plus nombreux que les adhérents.")
        if data.get("salaries") is not None and (data.get("emplois_aides") or 0) > data["salaries"]:
            self.add_error("emplois_aides", "Les emplois aidés sont plus nombreux que les salariés.")
        return data


class AttestationsForm(SectionForm):
    """One checkbox per attestation of the form, none of them ticked beforehand."""

    aides_publiques = texte_long(
        "Aides publiques reçues au cours des trois derniers exercices",
        aide="Qui les a versées, quand, combien\u00a0; ou «\u00a0aucune\u00a0». L’association en répond.",
        rows=4,
        maximum=2000,
    )
    lieu = texte("Fait à", maximum=100)
    signataire_nom = texte("Prénom et nom de la personne qui signe", maximum=120)
    signataire_qualite = texte("Sa qualité", aide="Par exemple présidente de l’association.", maximum=120)
    mandataire = forms.BooleanField(
        label="Cette personne n’est pas le représentant légal\u00a0: son pouvoir est joint aux pièces", required=False
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "aides_publiques": "Déclarez les aides publiques reçues, ou écrivez «\u00a0aucune\u00a0».",
        "lieu": "Dites où la demande est signée.",
        "signataire_nom": "Nommez la personne qui signe.",
        "signataire_qualite": "Donnez la qualité de la personne qui signe.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = {
            code: forms.BooleanField(label=libelle, required=False) for code, libelle in nomenclature().attestations
        }
        self.fields = {**declared, **self.fields}
        self.groupes = (
            Groupe("Ce que l’association déclare", (*declared, "aides_publiques")),
            Groupe("La personne qui signe", ("lieu", "signataire_nom", "signataire_qualite", "mandataire")),
        )

    def _manques(self) -> Iterator[Manque]:
        for code, libelle in nomenclature().attestations:
            if not self.cleaned_data.get(code):
                yield f"id_{code}", f"Cochez\u00a0: «\u00a0{libelle}\u00a0»"
        yield from super()._manques()
