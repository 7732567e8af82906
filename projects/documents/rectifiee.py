"""The letter issued again once an answer was corrected: marked as such, with each correction and its day."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dossiers.states import AudienceDocument, GenrePiece
from guichet.kernel.civil import date_longue
from projects.documents.depot import letter_context
from projects.models import LettreIntention
from projects.selectors import accepted_rectifications

PAPIERS_DES_SERVICES = (GenrePiece.COURRIER, GenrePiece.PREUVE)


def rectified_letter(lettre: LettreIntention, *, now: datetime) -> dict[str, Any]:
    """What `create_document` takes of the paper. The day of the deposit stays that of the letter."""
    assert lettre.deposee_at is not None
    jour = date_longue(timezone.localdate(now))
    pieces = lettre.dossier.pieces.filter(figee_at__lte=lettre.deposee_at).exclude(genre__in=PAPIERS_DES_SERVICES)
    contexte = letter_context(lettre, now=lettre.deposee_at, pieces=list(pieces.order_by("genre", "nom", "pk")))
    rows = [
        [date_longue(timezone.localdate(row.traitee_at)), row.libelle, row.avant or "Non renseigné", row.apres]
        for row in accepted_rectifications(lettre)
        if row.traitee_at
    ]
    bloc = {
        "genre": "tableau",
        "entetes": ["Le", "Réponse", "Texte déposé", "Texte rectifié"],
        "lignes": rows,
        "numeriques": [],
        "largeurs": [14, 22, 32, 32],
    }
    contexte["titre"] = "Lettre d’intention rectifiée"
    contexte["reperes"] = [*contexte["reperes"], ["Rectifiée le", jour]]
    contexte["sections"] = [
        {"numero": "", "titre": f"Rectifiée le {jour}", "blocs": [bloc]},
        *contexte["sections"],
    ]
    return {
        "modele": "lettre",
        "titre": "Lettre d’intention rectifiée",
        "contexte": contexte,
        "audience": AudienceDocument.DEPOT,
    }
