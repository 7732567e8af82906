"""The sections of the projet de santé, A to K: the task list of its page, and what the deposit needs.

Only who deposits, the territory, the needs and the project itself block a deposit: no form is imposed for the rest,
which is told as réserves (`projects/reserves.py`). The actions are sections too, keys `fiche-1`, `fiche-2`…
"""

import re

from dossiers.questions import Rubrique

IDENTITE = "identite"
TERRITOIRE = "territoire"
DIAGNOSTIC = "diagnostic"
GOUVERNANCE = "gouvernance"
PARTENAIRES = "partenaires"
MISSIONS = "missions"
SYSTEME_INFORMATION = "systeme_information"
USAGERS = "usagers"
EVALUATION = "evaluation"
BUDGET = "budget"
ANNEXES = "annexes"

RUBRIQUES_PROJET = (
    Rubrique(IDENTITE, "L’association et les signataires", "Qui porte le projet et qui le signe. Environ 5 minutes."),
    Rubrique(TERRITOIRE, "Le territoire", "Les communes et les quartiers que la CPTS couvre. Environ 10 minutes."),
    Rubrique(
        DIAGNOSTIC,
        "Les besoins du territoire",
        "La population, l’offre de soins, les priorités que vous en tirez. Environ 30 minutes.",
    ),
    Rubrique(
        GOUVERNANCE,
        "La gouvernance",
        "Les statuts, les décisions, la coordination. Environ 20 minutes.",
        bloquante=False,
    ),
    Rubrique(
        PARTENAIRES,
        "Les acteurs et les partenaires",
        "Les professionnels engagés, l’hôpital, le médico-social, les voisins. Environ 20 minutes.",
        bloquante=False,
    ),
    Rubrique(
        MISSIONS,
        "Les objectifs et les missions",
        "Ce que le projet doit changer, et comment vous travaillez ensemble. Environ 30 minutes.",
    ),
    Rubrique(
        SYSTEME_INFORMATION,
        "Les logiciels et le partage d’information",
        "Ce que vous utilisez déjà, ce qui manque. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(
        USAGERS,
        "Les usagers et les élus",
        "Comment ils sont informés et associés. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(
        EVALUATION,
        "L’évaluation",
        "Qui suit les indicateurs, quand, avec quelles données. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(
        BUDGET,
        "Le budget prévisionnel",
        "Les charges de la CPTS et les ressources que vous attendez. Environ 20 minutes.",
        bloquante=False,
    ),
    Rubrique(
        ANNEXES,
        "Les annexes",
        "Statuts, règlement intérieur, lettres d’engagement. Environ 5 minutes.",
        bloquante=False,
    ),
)

FICHE_DOCUMENT = "fiche_document"
"""The fiche of two printed pages that goes with a project deposited as a document of one’s own."""

PIECES = "pieces"
"""No section: where a réserve leads when a file is to be joined to the dossier."""

FICHE_PREFIX = "fiche-"
_FICHE = re.compile(rf"{FICHE_PREFIX}([1-9][0-9]{{0,2}})")


def is_fiche(cle: str) -> bool:
    """Whether the section is an action: `fiche-1` to `fiche-999`."""
    return _FICHE.fullmatch(cle) is not None


def fiche_numero(cle: str) -> int:
    """The number of an action, from its key. ValueError when it is no action."""
    found = _FICHE.fullmatch(cle)
    if found is None:
        raise ValueError(f"not the key of an action: {cle!r}")
    return int(found[1])
