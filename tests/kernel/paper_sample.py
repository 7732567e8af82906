"""A small paper that uses every kind of block, with invented content."""

from datetime import UTC, datetime
from typing import Any

from guichet.kernel import pdf

CREATED = datetime(2027, 3, 15, 9, 30, tzinfo=UTC)
CODE = "7K4MR9TXQ3"
URL = "https://guichet-cpts.example/verifier/7K4MR9TXQ3/"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def letter(*blocs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A letter of one section, made of the blocks given."""
    return {
        "presentation": "lettre",
        "titre": "Lettre d’intention",
        "sections": [{"numero": "1", "titre": "Besoins", "blocs": list(blocs)}],
        **changes,
    }


def every_bloc() -> list[dict[str, Any]]:
    account = {"compte": "60", "libelle": "Achats", "total": "1\u202f200", "lignes": [["Fournitures", "1\u202f200"]]}
    income = {"compte": "74", "libelle": "Subventions", "total": "1\u202f200", "demande": "oui"}
    return [
        {"genre": "texte", "titre": "Constat", "paragraphes": ["Un habitant sur huit n’a pas de médecin traitant."]},
        {"genre": "definitions", "lignes": [["Présidente", "Camille Vasseur"]]},
        {
            "genre": "tableau",
            "legende": "Pièces",
            "entetes": ["Pièce", "Taille", "Empreinte"],
            "lignes": [["Statuts", "84\u202fko", DIGEST]],
            "pied": ["Ensemble", "84\u202fko", ""],
            "numeriques": [1],
            "largeurs": [30, 15, 55],
        },
        {"genre": "cases", "legende": "Forme", "lignes": [["oui", "en numéraire"], ["non", "en nature"]]},
        {"genre": "encadre", "titre": "La suite", "paragraphes": ["Un avis est rendu."]},
        {"genre": "liste", "elements": ["Premier élément", "Second élément"]},
        {"genre": "peigne", "libelle": "N° RNA", "valeur": "W319001234", "groupes": [1, 9]},
        {
            "genre": "budget",
            "charges": [account],
            "produits": [income],
            "total_charges": "1\u202f200",
            "total_produits": "1\u202f200",
            "notes": ["Montants en euros."],
        },
    ]


def draw(contexte: dict[str, Any], template: str = "pdf/papier.html", **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "reference": "CPTS-31-0042",
        "titre": "Lettre d’intention",
        "code": CODE,
        "url": URL,
        "created_at": CREATED,
    }
    return pdf.render(template, contexte, **{**values, **changes})
