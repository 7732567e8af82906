"""The lifecycle of the letter of intent: the rows this portal applies today."""

from datetime import datetime
from typing import Any

from guichet.kernel.lifecycle import Lifecycle, Transition
from projects.states import EtatLettre as E


def _can_be_deposited(lettre: Any, now: datetime) -> str:
    return str(lettre.empechement_depot())


LETTRE = Lifecycle(
    "LettreIntention",
    E,
    Transition(
        "deposer",
        (E.BROUILLON, E.INCOMPLETE),
        E.DEPOSEE,
        "lettre.deposer",
        "guichet_convention",
        "Déposer la lettre d’intention",
        _can_be_deposited,
    ),
    Transition(
        "retirer",
        (E.BROUILLON, E.DEPOSEE, E.INCOMPLETE, E.EN_CONSULTATION, E.AVIS_RENDU, E.TRANSMISE),
        E.RETIREE,
        "lettre.deposer",
        "guichet_convention",
        "Retirer la lettre d’intention",
    ),
    parent="dossier",
)
