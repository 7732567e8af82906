"""The sections of a funding request: the task list of the page and what the deposit needs.

They follow the form (Cerfa n° 12156*06) except `chiffrage`, which is ours: needs typed as people think of them, then
carried to the accounts of the project's budget. It never blocks.
"""

from dossiers.questions import Rubrique
from funding.states import GenreBudget

DEMANDE = "demande"
CHIFFRAGE = "chiffrage"
MOYENS = "moyens"
BUDGET_ASSOCIATION = "budget_association"
BUDGET_PROJET = "budget_projet"
ATTESTATIONS = "attestations"

RUBRIQUES = (
    Rubrique(DEMANDE, "La demande", "Le montant, l’objet et le projet que la subvention finance. Environ 15 minutes."),
    Rubrique(
        CHIFFRAGE,
        "Le chiffrage de vos besoins",
        "Des heures, des réunions, un devis\u00a0: le portail les range dans les comptes. Environ 10 minutes.",
        bloquante=False,
    ),
    Rubrique(MOYENS, "L’association et ses moyens", "Agréments, affiliations, bénévoles, salariés. Environ 5 minutes."),
    Rubrique(
        BUDGET_ASSOCIATION, "Le budget de l’association", "Ses charges et ses produits de l’année. Environ 10 minutes."
    ),
    Rubrique(BUDGET_PROJET, "Le budget du projet", "Ce que coûte le projet et qui le paie. Environ 10 minutes."),
    Rubrique(ATTESTATIONS, "Les attestations", "Ce que l’association déclare, et qui signe. Environ 5 minutes."),
)

GENRES = {BUDGET_ASSOCIATION: GenreBudget.ASSOCIATION, BUDGET_PROJET: GenreBudget.PROJET}
"""Which budget a section holds."""

BUDGETS = {genre: cle for cle, genre in GENRES.items()}

MONTANT, DETAIL = "m_", "d_"
"""Prefixes of the answers of a budget: the amount of a line, and what the form asks to specify."""
