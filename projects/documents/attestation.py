"""The attestation of a tacit validation: what the clock writes when the silence has accepted a projet de santé."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import Organisation
from guichet.kernel.civil import date_longue
from projects.documents.projets import Bloc, Paper, letter
from projects.models import EvenementProjet, ProjetSante

ATTESTATION = "attestation"
TITRE_ATTESTATION = "Attestation de validation tacite"


def attestation(
    projet: ProjetSante,
    *,
    event: EvenementProjet,
    service: Organisation,
    fondement: str,
    registre: Sequence[str],
    now: datetime,
) -> Paper:
    """Attestation of the tacit validation (CRPA L232-3): origin, last day, effect, and how the ledger gives them.

    `service` writes it for the ARS in virtue of `fondement`, `registre` explains the dates: given, so that many are
    written in few queries.
    """
    delai = projet.delai
    assert delai is not None
    assert delai.dernier_jour is not None
    assert delai.origine_le is not None
    dossier = projet.dossier
    lines = [
        ["CPTS", f"{dossier.nom}, portée par {dossier.association.nom}"],
        ["Projet de santé reçu par l’ARS le", date_longue(delai.recu_le)],
        ["Origine du délai de deux mois", date_longue(delai.origine_le)],
        ["Dernier jour pour s’opposer", date_longue(delai.dernier_jour)],
        ["Réputé validé à partir du", date_longue(event.prend_effet_le)],
    ]
    told = (
        "L’agence régionale de santé n’a pas notifié d’opposition avant la fin du délai de deux mois. Le projet de "
        f"santé est réputé validé à partir du {date_longue(event.prend_effet_le)} (code de la santé publique, article "
        "L1434-12). La présente attestation est délivrée en application de l’article L232-3 du code des relations "
        "entre le public et l’administration."
    )
    blocs: list[Bloc] = [
        {"genre": "definitions", "lignes": lines},
        {"genre": "texte", "paragraphes": [told]},
        {"genre": "liste", "titre": "Comment ces dates sont calculées", "elements": list(registre)},
    ]
    note = (
        "Établie par le portail à partir de son registre. Sa page de vérification dit si elle est toujours "
        "valable\u00a0: elle y serait annulée si une décision notifiée à temps venait à être prouvée."
    )
    return letter(
        projet,
        ATTESTATION,
        TITRE_ATTESTATION,
        "Attestation de la validation tacite de votre projet de santé",
        blocs,
        jour=timezone.localdate(now),
        mentions=[note, fondement],
        service=service,
    )
