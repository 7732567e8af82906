"""What the funder received outside the portal in answer to its request, kept at its real day."""

from collections.abc import Sequence
from datetime import datetime

import rules
from django.db import transaction

from accounts.acteur import Acteur
from dossiers.services.pieces_demandees import Recue, keep_received
from funding.models import DemandeFir, EvenementFir
from funding.selectors import requests_for_pieces
from funding.services.instruction import complete
from funding.states import Regime
from guichet.kernel.lifecycle import Refused


@transaction.atomic
def record_received(*, demande: DemandeFir, recues: Sequence[Recue], by: Acteur, now: datetime) -> EvenementFir:
    """Keep what came, then complete the request: the period runs again from the days given.

    Refused to whoever does not instruct the request, for an item of another one, for a day before it was asked or in
    the future, while a piece that a text requires has no answer. Raises `FileRefused` for a file that is not kept.
    """
    if not rules.test_rule("demande.instruire", by, demande):
        raise Refused("Seul le service qui a demandé la pièce enregistre ce qu’il a reçu hors du portail.")
    own = requests_for_pieces(demande)
    for recue in recues:
        if recue.item.demande.evenement not in own:
            raise Refused("Cette pièce n’a pas été demandée pour cette demande.")
        keep_received(recue, dossier=demande.dossier, transmise=demande.regime == Regime.REJET, by=by, now=now)
    return complete(demande=demande, by=by, now=now)
