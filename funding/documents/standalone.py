"""The registration receipt of a request that goes without a letter (CRPA R112-11-2)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.selectors import organisations_for
from accounts.states import Genre
from dossiers.documents import article, digest, official_letter
from funding.models import DemandeFir
from guichet.kernel.civil import date_heure


def receipt(
    demande: DemandeFir, cerfa: dict[str, Any], *, by: Acteur, now: datetime
) -> tuple[str, str, dict[str, Any]]:
    """Template, title and context: date, hour, what, by whom, SHA-256 of the request and of each piece."""
    dossier = demande.dossier
    jour = timezone.localdate(now)
    pieces = [
        [f"{piece.get_genre_display()}\u00a0: {piece.nom}", piece.sha256]
        for piece in dossier.pieces.order_by("genre", "nom", "pk")
    ]
    blocs: list[dict[str, Any]] = [
        {
            "genre": "texte",
            "paragraphes": [
                f"Votre demande de subvention pour la CPTS «\u00a0{dossier.nom}\u00a0» a été enregistrée le "
                f"{date_heure(now)} (heure de Paris) sous la référence {dossier.reference}.",
                f"Elle a été déposée par {by.user} ({by.qualite}).",
            ],
        },
        {
            "genre": "tableau",
            "titre": "Ce qui a été déposé",
            "entetes": ["Élément", "Empreinte SHA-256 du contenu"],
            "lignes": [["Demande de subvention", digest(cerfa)], *pieces],
            "numeriques": [],
        },
        {
            "genre": "encadre",
            "titre": "Et maintenant\u00a0?",
            "paragraphes": [f"La demande est transmise aussitôt {demande.financeur.a_qui}, qui en accuse réception."],
        },
    ]
    contexte = official_letter(
        dossier=dossier,
        titre="Accusé d’enregistrement",
        objet="Enregistrement de votre demande de subvention",
        emetteur=organisations_for(dossier.region, Genre.GUICHET).get(),
        destinataire=dossier.association,
        jour=jour,
        blocs=blocs,
        mentions=[article("accuse_enregistrement", on=jour)],
    )
    return "accuse_demande", "Accusé d’enregistrement de la demande", contexte
