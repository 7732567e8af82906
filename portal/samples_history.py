"""Sample data of what tells the history of a file: two versions of a project, and its dates. Invented."""

from datetime import date
from typing import Any

from dossiers.views.timeline import Item, Period, Timeline, timeline
from guichet.kernel.comparison import Comparison, compare


def comparison() -> Comparison:
    """Each thing that may happen to a section, and to an answer, once."""
    return compare(_first(), _second())


def dates() -> Timeline:
    """Two dates of one day, a period inside another, years that are not drawn."""
    return timeline(
        [
            Item(date(2026, 6, 1), "Lettre d’intention validée", "done", "ARS"),
            Item(date(2026, 10, 8), "Projet de santé déposé", "done", "Association", "#projet"),
            Item(date(2026, 10, 8), "Accusé de réception", "done", "Portail", "#accuse"),
            Item(date(2026, 11, 3), "Pièces reçues", "done", "Association"),
            Item(date(2026, 12, 8), "Dernier jour de l’ARS", "coming", "Sans opposition, le projet est validé"),
            Item(date(2027, 2, 1), "Contrat signé", "coming", "ARS, CPAM, association"),
            Item(date(2032, 1, 31), "Terme du contrat", "coming", "Cinq ans"),
        ],
        today=date(2026, 11, 24),
        periods=[
            Period("Instruction", date(2026, 10, 8), date(2026, 12, 8), "running", "délai en cours"),
            Period("Pièces attendues", date(2026, 10, 20), date(2026, 11, 3), "suspended", "délai suspendu"),
            Period("Contrat tripartite", date(2027, 2, 1), date(2032, 1, 31), "coming", "non commencé"),
        ],
    )


# --- Versions ---------------------------------------------------------------------------------------

NEEDS = "Un habitant sur huit n’a pas de médecin traitant, un sur cinq au sud du territoire."
HEADS = ["Action", "Porteur", "Budget"]


def _first() -> list[dict[str, Any]]:
    return [
        _part("association", "L’association", _answers(["Siège", "Muret"], ["Adhérents", "62"], ["Forme", "Loi 1901"])),
        _part(
            "besoins",
            "Les besoins du territoire",
            _text(
                "Constats",
                NEEDS,
                "Les soins non programmés reposent sur deux cabinets, ouverts jusqu’à 19\u00a0h.",
                "La permanence du samedi n’est pas assurée en août.",
            ),
        ),
        _part(
            "actions",
            "Les actions",
            {
                "genre": "tableau",
                "titre": "Actions prévues",
                "entetes": HEADS,
                "lignes": [
                    ["Créneaux du soir", "Maison de santé de Muret", "12\u00a0000\u00a0€"],
                    ["Dépistage en entreprise", "Infirmiers", "4\u00a0500\u00a0€"],
                ],
            },
        ),
        _part("outils", "Les outils numériques", _text("Messagerie", "Une messagerie sécurisée commune.")),
        _part("calendrier", "Le calendrier", _text("Étapes", "Recrutement au printemps, premières actions à l’été.")),
    ]


def _second() -> list[dict[str, Any]]:
    return [
        _part("association", "L’association", _answers(["Siège", "Muret"], ["Adhérents", "81"], ["Forme", "Loi 1901"])),
        _part(
            "besoins",
            "Les besoins du territoire",
            _text(
                "Constats",
                NEEDS,
                "Les soins non programmés reposent sur trois cabinets, dont un ouvert jusqu’à 21\u00a0h.",
                "Les urgences de Muret accueillent 40\u00a0% de patients qui relèvent de la ville.",
            ),
        ),
        _part("calendrier", "Le calendrier", _text("Étapes", "Recrutement au printemps, premières actions à l’été.")),
        _part(
            "actions",
            "Les actions",
            {
                "genre": "tableau",
                "titre": "Actions prévues",
                "entetes": HEADS,
                "lignes": [
                    ["Créneaux du soir", "Maison de santé de Muret", "15\u00a0000\u00a0€"],
                    ["Bilan de prévention à 45\u00a0ans", "Pharmaciens", "3\u00a0000\u00a0€"],
                ],
            },
        ),
        _part(
            "gouvernance", "La gouvernance", _text("Collèges", "Quatre collèges élisent le conseil, pour trois ans.")
        ),
    ]


def _part(cle: str, titre: str, *blocs: dict[str, Any]) -> dict[str, Any]:
    return {"cle": cle, "titre": titre, "blocs": list(blocs)}


def _text(titre: str, *paragraphes: str) -> dict[str, Any]:
    return {"genre": "texte", "titre": titre, "paragraphes": list(paragraphes)}


def _answers(*lignes: list[str]) -> dict[str, Any]:
    return {"genre": "definitions", "lignes": list(lignes)}
