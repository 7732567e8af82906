"""Sections on access to care, needs, mobilisation, organisation, calendar and funding."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms

from dossiers.questions import CountsField, Groupe, Manque, RowsField, SectionForm, choix, nombre, texte, texte_long
from guichet.kernel.forms import DayInput

RECOURS = [
    ("premier_recours", "Premier recours"),
    ("second_recours", "Second recours"),
    ("urgences", "Urgences"),
    ("had", "Hospitalisation à domicile (HAD)"),
    ("ssr", "Soins de suite et de réadaptation (SSR)"),
    ("ehpad", "EHPAD"),
    ("autre", "Autre lieu de soins"),
]


class AccesForm(SectionForm):
    lieux = RowsField(
        "Où les habitants se soignent",
        {
            "recours": choix("Type de soins", RECOURS),
            "structure": texte("Structure ou offre", maximum=160),
            "commune": texte("Commune", maximum=100),
            "minutes": nombre("Trajet (minutes)", maximum=600),
        },
        aide="Une ligne par lieu\u00a0: dans le territoire, ou le plus proche s’il est en dehors.",
        maximum=60,
        vides=3,
    )
    commentaire = texte_long("Ce qu’il faut savoir de ces accès", rows=4)

    def _manques(self) -> Iterator[Manque]:
        told = {row["recours"] for row in self.cleaned_data.get("lieux", []) if row["structure"]}
        for cle, label in RECOURS[:-1]:
            if cle not in told:
                yield "id_lieux", f"Indiquez au moins un lieu pour\u00a0: {label}."


class BesoinsForm(SectionForm):
    population = texte_long(
        "La population et sa santé",
        aide="Âge, précarité, affections de longue durée, ce qui distingue votre territoire. Pas de donnée de patient.",
    )
    acces_medecin = texte_long("L’accès à un médecin traitant", rows=4)
    soins_non_programmes = texte_long("Les soins non programmés", rows=4)
    parcours = texte_long("Les ruptures de parcours", aide="Sorties d’hôpital, personnes âgées, santé mentale…", rows=4)
    prevention = texte_long("La prévention", rows=4)
    offre = texte_long(
        "L’offre de soins et son évolution", aide="Départs prévus, installations, structures existantes.", rows=4
    )
    sources = texte_long(
        "Vos sources", aide="Portraits de territoire, questionnaires, réunions\u00a0: avec leur date.", rows=3
    )
    priorites = texte_long("Les priorités que vous en tirez", rows=4)

    groupes = (
        Groupe(
            "La population et ses besoins",
            ("population", "acces_medecin", "soins_non_programmes", "parcours", "prevention"),
        ),
        Groupe("L’offre et les priorités", ("offre", "sources", "priorites")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "population": "Décrivez la population et sa santé.",
        "priorites": "Dites quelles priorités vous tirez de ce premier diagnostic.",
        "sources": "Citez vos sources, même peu nombreuses.",
    }


class MobilisationForm(SectionForm):
    """`professions` are (code, label) pairs of the reference data, in their order."""

    information = texte_long(
        "Comment les professionnels ont été informés",
        aide="Réunions, courriers, questionnaires, avec leurs dates.",
        rows=4,
    )
    structures = RowsField(
        "Les structures d’exercice coordonné",
        {
            "genre": choix(
                "Type",
                [
                    ("msp", "Maison de santé"),
                    ("esp", "Équipe de soins primaires"),
                    ("centre", "Centre de santé"),
                    ("autre", "Autre"),
                ],
            ),
            "nom": texte("Nom", maximum=160),
            "commune": texte("Commune", maximum=100),
        },
        maximum=40,
    )
    etablissements = RowsField(
        "Les établissements de santé",
        {
            "nom": texte("Nom", maximum=160),
            "commune": texte("Commune", maximum=100),
            "lien": texte("Lien envisagé", maximum=200),
        },
        aide="Un projet de santé associe les établissements de santé et médico-sociaux, au moins comme partenaires.",
        maximum=40,
    )
    medico_social = RowsField(
        "Le médico-social et le social",
        {
            "nom": texte("Nom", maximum=160),
            "commune": texte("Commune", maximum=100),
            "lien": texte("Lien envisagé", maximum=200),
        },
        maximum=40,
    )
    usagers = texte_long("Les usagers", aide="Comment ils sont informés et associés.", rows=3)
    elus = texte_long("Les élus", aide="Communes, intercommunalités, département\u00a0: qui, quand.", rows=3)
    voisines = texte_long("Les CPTS voisines et les autres projets", rows=3)

    groupes = (
        Groupe("Les professionnels", ("professionnels", "information")),
        Groupe(
            "Les structures et les établissements",
            ("structures", "etablissements", "medico_social"),
            "Ceux qui participent déjà, et ceux que vous voulez associer.",
        ),
        Groupe("Les usagers, les élus, les voisins", ("usagers", "elus", "voisines")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "information": "Dites comment les professionnels du territoire ont été informés.",
    }

    def __init__(self, *args: Any, professions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = CountsField(
            "Les professionnels, par profession",
            {
                "profession": choix("Profession", professions),
                "mobilises": nombre("Engagés dans la démarche", maximum=100_000),
                "presents": nombre("Présents sur le territoire", maximum=100_000),
            },
            aide="Des nombres, jamais de noms. Laissez vide ce que vous ne connaissez pas.",
        )
        self.fields = {"professionnels": counts, **self.fields}

    def clean_professionnels(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["professionnels"]
        field = cast(CountsField, self.fields["professionnels"])
        seen: set[str] = set()
        for row in rows:
            if row["profession"] in seen:
                raise forms.ValidationError("Une profession figure deux fois\u00a0: réunissez ses nombres.")
            seen.add(row["profession"])
            if None not in (row["mobilises"], row["presents"]) and row["mobilises"] > row["presents"]:
                name = field.nom_de_ligne(0, row)
                raise forms.ValidationError(f"{name}\u00a0: les engagés sont plus nombreux que les présents.")
        return rows

    def _manques(self) -> Iterator[Manque]:
        if not any(row["profession"] and row["mobilises"] for row in self.cleaned_data.get("professionnels", [])):
            yield "id_professionnels", "Indiquez au moins une profession engagée et son nombre."
        yield from super()._manques()


class ProjetForm(SectionForm):
    """One text per mission in force on the day; `missions` are rows of the dated data."""

    def __init__(self, *args: Any, missions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missions = missions
        for mission in missions:
            kind = "mission socle" if mission.socle else "mission optionnelle"
            self.fields[f"mission_{mission.code}"] = texte_long(
                f"{mission.nom} ({kind})", aide=mission.description, rows=5
            )
        self.fields["autres"] = texte_long("Autres orientations", rows=3)
        socle, options = (
            tuple(f"mission_{mission.code}" for mission in missions if mission.socle is wanted)
            for wanted in (True, False)
        )
        self.groupes = (
            Groupe("Les missions socles", socle, "Chacune est nécessaire au dépôt\u00a0; quelques lignes suffisent."),
            Groupe(
                "Les missions optionnelles et le reste", (*options, "autres"), "Si elles font partie de votre projet."
            ),
        )

    def _manques(self) -> Iterator[Manque]:
        for mission in self.missions:
            name = f"mission_{mission.code}"
            if mission.socle and not self.cleaned_data.get(name):
                yield f"id_{name}", f"Décrivez vos intentions pour la mission «\u00a0{mission.nom}\u00a0»."


class OrganisationForm(SectionForm):
    gouvernance = texte_long(
        "La gouvernance envisagée", aide="Représentation des professions, prise de décision, instances.", rows=5
    )
    coordination = texte_long("La coordination", aide="Qui coordonne, combien de temps, recrutement envisagé.", rows=4)
    groupes = texte_long("Les groupes de travail", rows=3)
    logiciels = texte_long("Les logiciels déjà en usage", rows=3)
    messagerie = texte_long("La messagerie sécurisée et le partage d’information", rows=3)

    obligatoires: ClassVar[dict[str, str]] = {
        "gouvernance": "Décrivez la gouvernance envisagée.",
        "coordination": "Dites comment la coordination sera assurée.",
    }


class CalendrierForm(SectionForm):
    etapes = RowsField(
        "Les étapes",
        {
            "etape": texte("Étape", maximum=200),
            "debut": forms.DateField(label="Du", required=False, widget=DayInput()),
            "fin": forms.DateField(label="Au", required=False, widget=DayInput()),
        },
        maximum=40,
        vides=3,
    )
    projet_prevu_le = forms.DateField(
        label="Dépôt prévu du projet de santé",
        help_text="Une date approximative suffit.",
        required=False,
        widget=DayInput(),
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "etapes": "Indiquez au moins une étape.",
        "projet_prevu_le": "Dites quand vous pensez déposer le projet de santé.",
    }

    def clean_etapes(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["etapes"]
        for n, row in enumerate(rows, 1):
            if row["debut"] and row["fin"] and row["fin"] < row["debut"]:
                raise forms.ValidationError(f"Ligne {n}\u00a0: la fin précède le début.")
        return rows


AVEC_DEMANDE = "avec"
SANS_DEMANDE = "sans"


class FinancementForm(SectionForm):
    demande = choix(
        "Demandez-vous une subvention de démarrage à l’ARS\u00a0?",
        [
            (AVEC_DEMANDE, "Oui, une demande au fonds d’intervention régional (FIR) part avec cette lettre"),
            (SANS_DEMANDE, "Non, cette lettre part sans demande FIR"),
        ],
        aide="La demande reprend ce que vous avez déjà écrit ici\u00a0; il reste les montants et les attestations.",
        radio=True,
    )
    estimation = texte_long(
        "Estimation financière",
        aide="Coordination, indemnisation des professionnels, conseil extérieur\u00a0: des ordres de grandeur.",
        rows=5,
    )
    autres_financeurs = texte_long("Autres financeurs sollicités", rows=3)

    obligatoires: ClassVar[dict[str, str]] = {
        "demande": "Dites si une demande de subvention part avec la lettre.",
        "estimation": "Donnez une estimation financière, même sommaire.",
    }
