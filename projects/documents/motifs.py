"""What the data of a decision on a projet de santé say, in the words of its paper and of its page."""

from datetime import date
from typing import Any

from guichet.kernel.civil import date_longue
from projects.states import MotifOpposition


def ground_lines(donnees: dict[str, Any]) -> list[list[str]]:
    """The data of a decision in words, for the paper and the page."""
    lines = []
    if motif := donnees.get("motif"):
        lines.append(["Motif légal", MotifOpposition(motif).label])
    if objectifs := donnees.get("objectifs"):
        lines.append(["Objectifs du projet régional de santé", "\u00a0; ".join(objectifs)])
    if raison := donnees.get("raison"):
        lines.append(["Le territoire", raison])
    if autre := donnees.get("dossier_en_conflit"):
        lines.append(["Dossier en conflit", autre])
    if why := donnees.get("sans_attendre"):
        lines.append(["Avis de l’Assurance Maladie non attendu", why])
    if heard := donnees.get("entendue_le"):
        lines.append(["CPTS entendue le", date_longue(date.fromisoformat(heard))])
    if fait := donnees.get("fait"):
        lines.append(["À la suite de", f"{fait}, le {date_longue(date.fromisoformat(donnees['fait_le']))}"])
    return lines + [_asked_line(told) for told in donnees.get("pieces", ())]


def _asked_line(told: dict[str, Any]) -> list[str]:
    """One piece of a request that left on paper."""
    why = f"exigée par un texte\u00a0: {told['fondement']}" if told.get("requise") else "utile"
    limit = f", pour le {date_longue(date.fromisoformat(told['limite_le']))}" if told.get("limite_le") else ""
    return ["Pièce demandée", f"{told['intitule']} ({why}{limit})"]
