"""What the letter already says of the request: carried over, never typed twice."""

from typing import Any

from guichet.kernel.money import nombre
from projects import sections

SOURCE = "la lettre d’intention"


def request_values(
    answers: dict[str, dict[str, Any]], *, territoire: str, population: int
) -> dict[str, dict[str, Any]]:
    """Answers of the request's sections, from those of the letter: section key to field to value."""
    besoins = answers.get(sections.BESOINS, {})
    projet = answers.get(sections.PROJET, {})
    people = answers.get(sections.PERSONNES, {})
    name = answers.get(sections.ASSOCIATION, {}).get("nom_cpts", "")
    missions = "\n\n".join(text for cle, text in projet.items() if cle.startswith("mission_") and text)
    steps = answers.get(sections.CALENDRIER, {}).get("etapes", [])
    dates = [step["debut"] for step in steps if step.get("debut")]
    ends = [step["fin"] for step in steps if step.get("fin")]
    return {
        "demande": {
            "intitule": f"Écrire le projet de santé de la {name}" if name else "",
            "objectifs": besoins.get("priorites", ""),
            "description": missions[:6000],
            "beneficiaires": f"{nombre(population)} habitants du territoire." if population else "",
            "territoire": territoire[:6000],
            "date_debut": min(dates, default=""),
            "date_fin": max(ends, default=""),
            "moyens": answers.get(sections.ORGANISATION, {}).get("coordination", ""),
        },
        "attestations": {
            "lieu": answers.get(sections.ASSOCIATION, {}).get("ville", ""),
            "signataire_nom": people.get("representant_nom", ""),
            "signataire_qualite": people.get("representant_fonction", ""),
        },
    }
