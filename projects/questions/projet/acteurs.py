"""Sections E, G, H and K: who takes part, with which tools, and what is joined."""

from typing import Any, ClassVar

from django import forms

from dossiers.questions import CountsField, Groupe, RowsField, SectionForm, choix, nombre, texte, texte_long
from guichet.kernel.forms import DayInput

ETABLISSEMENT = "etablissement"
MEDICO_SOCIAL = "medico_social"
GHT = "ght"

PARTENAIRES = [
    (ETABLISSEMENT, "Établissement de santé"),
    (GHT, "Groupement hospitalier de territoire (GHT)"),
    (MEDICO_SOCIAL, "Établissement ou service médico-social"),
    ("social", "Structure sociale"),
    ("esp", "Équipe de soins primaires (ESP)"),
    ("msp", "Maison de santé (MSP)"),
    ("centre", "Centre de santé"),
    ("dac", "Dispositif d’appui à la coordination (DAC, ancienne PTA)"),
    ("cpts", "CPTS voisine"),
    ("collectivite", "Commune, intercommunalité, département"),
    ("usagers", "Association d’usagers"),
    ("autre", "Autre partenaire"),
]

LIENS = [
    ("gouvernance", "Participe à la gouvernance"),
    ("convention", "Convention ou protocole écrit"),
    ("action", "Participe à une action"),
    ("echanges", "Échanges réguliers"),
    ("autre", "Autre lien"),
]

ETATS_DU_LIEN = [("en_place", "Signé ou en place"), ("prevu", "Prévu"), ("discussion", "En discussion")]


def _en_deux_lignes(label: str, *, maximum: int) -> forms.CharField:
    """A column that takes the width of the row: the row is then shown as a card."""
    return texte_long(label, rows=2, maximum=maximum)


class PartenairesForm(SectionForm):
    """`professions` are (code, label) pairs of the reference data, in their order."""

    information = texte_long(
        "Comment les professionnels sont informés et mobilisés",
        aide="Réunions, courriers, questionnaires, avec leurs dates.",
        rows=4,
    )
    partenaires = RowsField(
        "Les partenaires",
        {
            "nom": texte("Nom", maximum=160),
            "genre": choix("Type", PARTENAIRES),
            "commune": texte("Commune", maximum=100),
            "objet": _en_deux_lignes("Ce qui se fait ensemble", maximum=300),
            "forme": choix("Forme du lien", LIENS),
            "etat": choix("Où en est ce lien", ETATS_DU_LIEN),
        },
        aide="Un projet de santé associe les établissements de santé et médico-sociaux, au moins comme partenaires. "
        "Nommez des structures, pas des personnes.",
        maximum=160,
    )
    prs = texte_long(
        "Le projet régional de santé (PRS)",
        aide="En quoi vos objectifs rejoignent les siens. L’ARS ne peut s’opposer au projet que pour deux "
        "raisons\u00a0: les objectifs du PRS ne sont pas respectés, ou le territoire n’est pas pertinent.",
        rows=4,
    )
    ptsm = texte_long(
        "Le projet territorial de santé mentale (PTSM)", aide="Ce que vous en reprenez, qui vous y rencontrez.", rows=3
    )
    ght = texte_long("Le groupement hospitalier de territoire (GHT)", aide="Vos liens avec son projet médical.", rows=3)
    dac = texte_long(
        "Le dispositif d’appui à la coordination (DAC, ancienne PTA)",
        aide="Qui fait quoi, pour les situations complexes.",
        rows=3,
    )
    exercice_coordonne = texte_long(
        "Les équipes de soins primaires, maisons et centres de santé",
        aide="Ce qu’ils font pour leurs patients, ce que la CPTS fait pour tout le territoire.",
        rows=3,
    )
    voisines = texte_long(
        "Les CPTS voisines et les autres projets",
        aide="Les limites convenues, les actions communes, les professionnels membres de plusieurs CPTS.",
        rows=3,
    )

    groupes = (
        Groupe("Les professionnels", ("professionnels", "information")),
        Groupe(
            "Avec qui vous travaillez", ("partenaires",), "Ceux qui participent déjà, et ceux que vous voulez associer."
        ),
        Groupe(
            "Les autres projets du territoire",
            ("prs", "ptsm", "ght", "dac", "exercice_coordonne", "voisines"),
            "Ce que votre projet reprend, complète ou laisse à d’autres. Laissez vide ce qui n’existe pas chez vous.",
        ),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "information": "Dites comment les professionnels du territoire sont informés.",
        "partenaires": "Citez au moins un partenaire.",
        "prs": "Dites en quoi le projet rejoint le projet régional de santé.",
    }

    def __init__(self, *args: Any, professions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = CountsField(
            "Les professionnels, par profession",
            {
                "profession": choix("Profession", professions),
                "mobilises": nombre("Engagés dans le projet", maximum=100_000),
                "presents": nombre("Présents sur le territoire", maximum=100_000),
            },
            aide="Des nombres, jamais de noms. Laissez vide ce que vous ne connaissez pas.",
        )
        self.fields = {"professionnels": counts, **self.fields}


class SystemeInformationForm(SectionForm):
    logiciels = RowsField(
        "Les logiciels déjà utilisés",
        {
            "logiciel": texte("Logiciel", maximum=120),
            "par": texte("Utilisé par", maximum=160),
            "usage": texte("Pour", maximum=160),
            "echange": choix("Échange avec les autres", [("oui", "Oui"), ("non", "Non"), ("a_verifier", "À vérifier")]),
        },
        aide="Une ligne par logiciel\u00a0: dossier de cabinet, agenda, messagerie, outil de coordination. "
        "Nommez les professions ou les structures qui l’utilisent, pas les personnes.",
        maximum=40,
        vides=3,
    )
    commentaire = texte_long("Ce qu’il faut savoir de ces logiciels", rows=3)
    messagerie = texte_long(
        "La messagerie sécurisée et le partage d’information",
        aide="Qui est équipé, comment vous échangez aujourd’hui des informations sur un patient.",
        rows=4,
    )
    besoins = texte_long(
        "Ce que les outils doivent permettre",
        aide="Partir de vos actions\u00a0: orienter une demande, prévenir d’une sortie d’hôpital, se réunir.",
        rows=4,
    )
    outils_prevus = texte_long(
        "Les outils prévus", aide="Lesquels, pour qui, et comment ils parlent avec les logiciels en place."
    )
    protection = texte_long(
        "La protection des informations de santé",
        aide="Qui y accède, comment les patients sont informés, qui en répond.",
        rows=3,
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "logiciels": "Citez les logiciels déjà utilisés.",
        "messagerie": "Dites comment l’information est partagée.",
        "besoins": "Dites ce que les outils doivent permettre.",
    }


class UsagersForm(SectionForm):
    usagers = texte_long(
        "Les usagers",
        aide="Quelles associations ou quels habitants, et leur place\u00a0: avis, groupe de travail, gouvernance.",
        rows=4,
    )
    elus = texte_long(
        "Les élus", aide="Communes, intercommunalités, département\u00a0: lesquels, et ce qu’ils apportent.", rows=4
    )
    rencontres = RowsField(
        "Les rencontres",
        {
            "le": forms.DateField(label="Date", required=False, widget=DayInput()),
            "avec": texte("Avec", maximum=160),
            "objet": texte("Objet", maximum=200),
        },
        aide="Celles qui ont eu lieu et celles qui sont prévues. Nommez des associations et des collectivités.",
        maximum=40,
        vides=2,
    )
    information = texte_long(
        "L’information des habitants", aide="Comment ils sauront ce que la CPTS leur apporte.", rows=3
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "usagers": "Dites comment les usagers sont associés.",
        "elus": "Dites comment les élus sont associés.",
    }


PIECE_JOINTE = [
    ("joint", "Oui, dans les pièces de ce dossier"),
    ("plus_tard", "Pas encore, ce sera joint plus tard"),
    ("sans", "Non, ce document n’existe pas"),
]


class AnnexesForm(SectionForm):
    """What is joined, in words; the files are pieces of the dossier."""

    statuts = choix("Les statuts sont-ils joints\u00a0?", PIECE_JOINTE, radio=True)
    reglement = choix("Le règlement intérieur est-il joint\u00a0?", PIECE_JOINTE, radio=True)
    lettres = RowsField(
        "Les lettres d’engagement",
        {
            "organisme": texte("De qui", aide="Une structure ou une profession", maximum=160),
            "objet": texte("Pour s’engager à", maximum=200),
            "le": forms.DateField(label="Signée le", required=False, widget=DayInput()),
        },
        aide="Une ligne par lettre jointe au dossier. Laissez vide s’il n’y en a pas.",
        maximum=60,
    )
    autres = texte_long("Les autres documents joints", aide="Leur titre, et ce qu’on y trouve.", rows=3)

    obligatoires: ClassVar[dict[str, str]] = {
        "statuts": "Dites si les statuts sont joints.",
        "reglement": "Dites si le règlement intérieur est joint.",
    }
