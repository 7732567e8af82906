"""The sections of the letter of intent: the task list of the page and what the deposit needs.

The four parts the Guichet judges (territory, needs, mobilisation, project by mission) block the deposit when they
are empty; so do the association and the people, without whom nobody can be answered. The others never block.
"""

from dossiers.questions import Rubrique

ASSOCIATION = "association"
PERSONNES = "personnes"
TERRITOIRE = "territoire"
ACCES = "acces"
BESOINS = "besoins"
MOBILISATION = "mobilisation"
PROJET = "projet"
ORGANISATION = "organisation"
CALENDRIER = "calendrier"
FINANCEMENT = "financement"

RUBRIQUES = (
    Rubrique(ASSOCIATION, "L’association", "Existante, ou en cours de création. Environ 5 minutes."),
    Rubrique(
        PERSONNES, "Les personnes et les pouvoirs", "Qui porte le projet, qui signe, qui répond. Environ 5 minutes."
    ),
    Rubrique(TERRITOIRE, "Le territoire", "Les communes et les quartiers que la CPTS couvre. Environ 10 minutes."),
    Rubrique(
        ACCES,
        "L’accès aux soins depuis le territoire",
        "Premier et second recours, urgences, HAD, SSR, EHPAD. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(BESOINS, "Les besoins du territoire", "Vos premiers éléments de diagnostic. Environ 20 minutes."),
    Rubrique(
        MOBILISATION, "Les professionnels mobilisés", "Des nombres par profession, pas de noms. Environ 15 minutes."
    ),
    Rubrique(
        PROJET,
        "Le projet, mission par mission",
        "Ce que vous voulez faire, en regard des missions. Environ 20 minutes.",
    ),
    Rubrique(
        ORGANISATION,
        "L’organisation et les outils",
        "Gouvernance, coordination, logiciels. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(CALENDRIER, "Le calendrier", "Les étapes jusqu’au projet de santé. Environ 5 minutes.", bloquante=False),
    Rubrique(FINANCEMENT, "Le financement", "L’estimation, et si vous demandez une subvention. Environ 5 minutes."),
)
