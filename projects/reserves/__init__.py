"""What a projet de santé does not say yet, rule by rule: told before the deposit, acknowledged, never blocking.

The rules are those of the URPS's presentation of the CPTS and of the texts it cites. No form is imposed on a projet
de santé: a réserve neither keeps it from being deposited nor stops the clock. Pure: no database, no clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from projects.models import Mission
from projects.reserves import constats as c
from projects.reserves.constats import Constat, Contenu, Projet

ACI = "Accord conventionnel interprofessionnel du 20 juin 2019 (ACI)"
INSTRUCTION = "Instruction n°\u00a0DGOS/DIR/CNAM/2019/218 du 9 octobre 2019"
ORDONNANCE = "Ordonnance n°\u00a02021-584 du 12 mai 2021\u00a0; code de la santé publique, art. L1434-12-1"
URPS = "Présentation des CPTS, URPS Médecins libéraux d’Occitanie"
DGOS = "Instruction de la DGOS, citée par la présentation des CPTS de l’URPS Médecins libéraux d’Occitanie"


@dataclass(frozen=True)
class Reserve:
    """`phrase` says what this project lacks; `regle` what is expected and why; `source` which text says so.

    `rubrique` is where it is put right: the key of a section or of an action, or `pieces` for a file to join;
    `ancre` is the id of the field there, "" for the whole page.
    """

    code: str
    phrase: str
    rubrique: str
    ancre: str
    regle: str
    source: str


@dataclass(frozen=True)
class Regle:
    """A row of the table. `sections`, `document`: the rule can be judged on a project written section by section;
    on one deposited as a document of one's own, from its short fiche and the pieces alone.
    """

    code: str
    constats: Callable[[Projet], Iterable[Constat]]
    regle: str
    source: str
    sections: bool = True
    document: bool = False


def reserves(
    *,
    contenus: Mapping[str, Contenu],
    fiches: Sequence[tuple[str, Contenu]],
    pieces: Iterable[str],
    missions: Sequence[Mission],
    chevauchements: Sequence[str] = (),
    document: bool = False,
) -> list[Reserve]:
    """What the project lacks, in the order of its sections.

    `contenus` are the answers by section, `fiches` the actions (key, answers), `pieces` the kinds of files joined,
    `missions` those in force on the day, `chevauchements` a French sentence per territory that this one overlaps.
    With `document` the project is a document of one's own: only what its short fiche and the pieces tell is judged.
    """
    projet = Projet(contenus, fiches, frozenset(pieces), missions, chevauchements, document)
    return [
        Reserve(regle.code, phrase, rubrique, ancre, regle.regle, regle.source)
        for regle in REGLES
        if (regle.document if document else regle.sections)
        for phrase, rubrique, ancre in regle.constats(projet)
    ]


REGLES = (
    Regle(
        "association",
        c.association,
        "Une CPTS est une association\u00a0: c’est elle qui signe le contrat et reçoit les financements.",
        ORDONNANCE,
        document=True,
    ),
    Regle(
        "chevauchement",
        c.chevauchements,
        "Il n’est pas logique que deux territoires se chevauchent. "
        "Un professionnel ou une structure peut en revanche être membre ou partenaire de plusieurs CPTS.",
        URPS,
        document=True,
    ),
    Regle(
        "acces_aux_soins",
        c.acces,
        "Le territoire permet l’accès aux soins de premier et de second recours et aux autres lieux de soins\u00a0: "
        "hospitalisation, urgences, HAD, SSR, EHPAD.",
        URPS,
    ),
    Regle(
        "statuts_criteres",
        c.criteres,
        "Les statuts répondent à cinq critères\u00a0: plusieurs professions, adhésion des acteurs nécessaires, "
        "financements reçus et redistribués, adaptation aux missions, recrutement de personnel.",
        ACI,
    ),
    Regle(
        "gouvernance",
        c.gouvernance,
        "La gouvernance précise la représentation des professions, le rôle de chacun, la façon de décider, "
        "les relations avec les partenaires, les outils et les méthodes de travail.",
        URPS,
    ),
    Regle(
        "etablissements_sante",
        c.hopitaux,
        "Un projet qui exclut les établissements de santé ou médico-sociaux ne peut pas être validé\u00a0: "
        "ils sont au moins partenaires.",
        DGOS,
    ),
    Regle(
        "medico_social",
        c.medico_social,
        "Un projet qui exclut les établissements de santé ou médico-sociaux ne peut pas être validé\u00a0: "
        "ils sont au moins partenaires.",
        DGOS,
    ),
    Regle(
        "thematiques",
        c.thematiques,
        "Le projet recouvre plusieurs thèmes, sur des problèmes que la plupart des acteurs reconnaissent.",
        INSTRUCTION,
    ),
    Regle(
        "outil_numerique",
        c.numerique,
        "Une CPTS n’est pas construite seulement autour d’un outil numérique, ni autour de la télémédecine.",
        INSTRUCTION,
        document=True,
    ),
    Regle(
        "filiere_unique",
        c.filiere,
        "Le projet ne se restreint pas à une filière de soins ni à un type de public.",
        INSTRUCTION,
        document=True,
    ),
    Regle(
        "travail_pluriprofessionnel",
        c.modalites,
        "Le projet de santé précise les modalités du travail pluriprofessionnel\u00a0: "
        "c’est ce qu’il ajoute à la lettre d’intention.",
        URPS,
        document=True,
    ),
    Regle(
        "mission_socle",
        c.missions_socles,
        "Le contrat demande toutes les missions socles\u00a0: le projet dit, pour chacune, une action au moins.",
        ACI,
        document=True,
    ),
    Regle(
        "mission_retenue",
        c.missions_retenues,
        "Chaque mission retenue se suit par des actions et leurs indicateurs.",
        URPS,
    ),
    Regle(
        "action_mission",
        c.lien_mission,
        "Les indicateurs sont en lien direct avec les missions\u00a0: chaque action relève donc d’une mission.",
        URPS,
    ),
    Regle("indicateur_par_action", c.indicateur, "Chaque action a au moins un indicateur.", URPS),
    Regle(
        "indicateur_mesurable",
        c.mesurable,
        "Un indicateur se mesure\u00a0: sa valeur de départ et sa cible sont connues, et le moyen de les relever.",
        URPS,
    ),
    Regle(
        "indicateur_progression",
        c.progression,
        "Un indicateur peut progresser tout au long du contrat, quand son objectif le permet.",
        URPS,
    ),
    Regle(
        "indicateur_resultat",
        c.resultats,
        "Dès la deuxième année, des indicateurs de résultat montrent ce que le projet change "
        "pour les parcours de soins des patients.",
        URPS,
    ),
    Regle(
        "logiciels",
        c.logiciels,
        "Le système d’information se définit à partir des besoins et des logiciels déjà utilisés.",
        URPS,
    ),
    Regle("usagers", c.usagers, "Les usagers sont associés dès le départ du projet.", URPS),
    Regle("elus", c.elus, "Les élus sont associés dès le départ du projet.", URPS),
    Regle("reunions_de_suivi", c.reunions, "Une réunion de suivi des indicateurs se tient deux fois par an.", URPS),
    Regle(
        "budget",
        c.budget,
        "Le budget prévisionnel distingue les charges de mise en place (coordination, secrétariat), "
        "de fonctionnement et d’investissement.",
        URPS,
    ),
    Regle(
        "evaluation_fiche",
        c.evaluation,
        "Des indicateurs de suivi et d’évaluation sont définis pour connaître l’effet du projet.",
        URPS,
        sections=False,
        document=True,
    ),
    Regle(
        "budget_fiche",
        c.budget_total,
        "Demander le financement de la CPTS implique d’écrire un budget prévisionnel.",
        URPS,
        sections=False,
        document=True,
    ),
    Regle(
        "statuts_joints",
        c.statuts,
        "Les statuts joints permettent de vérifier les cinq critères que l’accord leur fixe. "
        "Aucun texte n’exige de les joindre au projet.",
        ACI,
        document=True,
    ),
)
"""In the order of the sections. None blocks a deposit; which are shown together is left to the page."""
