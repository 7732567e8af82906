"""What the funder received outside the portal in answer to its request, kept at its real day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import rules
from django.db import transaction

from accounts.acteur import Acteur
from dossiers.models import PieceDemandee
from dossiers.services import pieces_demandees
from dossiers.services.partage import keep_proof
from dossiers.states import GenrePiece
from funding.models import DemandeFir, EvenementFir
from funding.selectors import requests_for_pieces
from funding.services.instruction import complete
from funding.states import Regime
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from django.core.files import File


@dataclass(frozen=True, kw_only=True)
class Recue:
    """One piece that came by another way than the portal: its day, and its scan or a word on it."""

    item: PieceDemandee
    recue_le: date
    reponse: str = ""
    fichier: "File[bytes] | None" = None


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
        pieces = []
        if recue.fichier is not None:
            scan = keep_proof(
                dossier=demande.dossier,
                genre=GenrePiece.AUTRE,
                fichier=recue.fichier,
                recue_le=recue.recue_le,
                transmise=demande.regime == Regime.REJET,
                by=by,
                now=now,
            )
            pieces.append(scan)
        pieces_demandees.answer(
            item=recue.item, reponse=recue.reponse, pieces=pieces, by=by, now=now, recue_le=recue.recue_le
        )
    return complete(demande=demande, by=by, now=now)
