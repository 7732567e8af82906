"""Section C: the needs of the territory."""

from typing import ClassVar

from dossiers.questions import Groupe, RowsField, SectionForm, choix, nombre, texte, texte_long
from projects.questions.contenu import RECOURS

LONG_PROJET = 12_000
"""A text of the project may be twice as long as one of the letter."""


class DiagnosticForm(SectionForm):
    """Access to the places of care never blocks: what is not told is a réserve."""

    population = texte_long(
        "La population et sa santé",
        aide="Âge, précarité, maladies chroniques, ce qui distingue votre territoire. Pas de donnée de patient.",
        maximum=LONG_PROJET,
    )
    acces_medecin = texte_long(
        "L’accès à un médecin traitant",
        aide="Combien de personnes n’en ont pas, lesquelles, où. Des nombres, jamais de noms.",
        rows=4,
    )
    soins_non_programmes = texte_long(
        "Les soins non programmés", aide="Ce que trouve une personne qui a besoin de soins dans la journée.", rows=4
    )
    parcours = texte_long("Les ruptures de parcours", aide="Sorties d’hôpital, personnes âgées, santé mentale…", rows=4)
    prevention = texte_long(
        "La prévention", aide="Vaccination, dépistages\u00a0: ce qui se fait, ce qui manque.", rows=4
    )
    risques = texte_long(
        "Les risques à anticiper",
        aide="Canicule, pollution, inondation, épidémie\u00a0: ce à quoi votre territoire est exposé.",
        rows=3,
    )
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
    acces_commentaire = texte_long("Ce qu’il faut savoir de ces accès", rows=4)
    offre = texte_long(
        "L’offre de soins et son évolution",
        aide="Professionnels installés, départs prévus, installations, structures existantes.",
        maximum=LONG_PROJET,
    )
    methode = texte_long(
        "Comment ce diagnostic a été fait",
        aide="Qui y a participé\u00a0: groupes de travail, réunions, questionnaires, avec leurs dates.",
        rows=4,
    )
    sources = texte_long(
        "Les sources", aide="Portraits de territoire, données de l’Assurance Maladie\u00a0: avec leur date.", rows=3
    )
    priorites = texte_long(
        "Les priorités",
        aide="Ce que vous tirez du diagnostic\u00a0: les problèmes que la plupart des acteurs reconnaissent, "
        "et que le projet va traiter.",
    )

    groupes = (
        Groupe(
            "La population et ses besoins",
            ("population", "acces_medecin", "soins_non_programmes", "parcours", "prevention", "risques"),
        ),
        Groupe(
            "L’accès aux soins depuis le territoire",
            ("lieux", "acces_commentaire"),
            "Premier et second recours, urgences, hospitalisation à domicile, soins de suite, EHPAD.",
        ),
        Groupe("L’offre, les sources et les priorités", ("offre", "methode", "sources", "priorites")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "population": "Décrivez la population et sa santé.",
        "priorites": "Dites quelles priorités vous tirez du diagnostic.",
    }
