"""The lifecycle of a funding request: the rows this portal applies today."""

from datetime import datetime
from typing import Any

from funding.states import EtatDemandeFir as E
from guichet.kernel.lifecycle import Lifecycle, Transition


def _can_be_deposited(demande: Any, now: datetime) -> str:
    return str(demande.empechement_depot())


DEMANDE_FIR = Lifecycle(
    "DemandeFir",
    E,
    Transition(
        "deposer",
        (E.BROUILLON,),
        E.DEPOSEE,
        "demande.deposer",
        "fir_demande",
        "Déposer la demande",
        _can_be_deposited,
    ),
    Transition(
        "retirer",
        (E.BROUILLON, E.DEPOSEE, E.TRANSMISE, E.INCOMPLETE),
        E.RETIREE,
        "demande.deposer",
        "fir_demande",
        "Retirer la demande",
    ),
    parent="dossier",
)
