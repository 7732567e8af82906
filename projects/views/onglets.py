"""The tabs of a file: its letter, what surrounds it, its exchanges, its journal."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dossiers.rules import in_perimeter
from dossiers.selectors.echanges import unread_count
from projects.models import LettreIntention


def tabs(request: HttpRequest, lettre: LettreIntention, current: str) -> list[dict[str, Any]]:
    """Those this person may open, `current` among them: "lettre", "dossier", "echanges", "journal". One query."""
    news = unread_count(lettre.dossier, acteur=request.acteur)  # type: ignore[attr-defined]
    known = [("lettre", "Lettre d’intention", reverse("projects:lettre", args=[lettre.pk]))]
    if reads_journal(request, lettre):
        known += [
            ("dossier", "Dossier", reverse("projects:dossier", args=[lettre.pk])),
            ("echanges", "Échanges", reverse("dossiers:echanges", args=[lettre.dossier_id])),
            ("journal", "Journal", reverse("projects:journal", args=[lettre.pk])),
        ]
    else:
        known.append(("echanges", "Notes", reverse("dossiers:echanges", args=[lettre.dossier_id])))
    return [
        {"label": label, "url": url, "current": name == current, "nombre": news if name == "echanges" else None}
        for name, label, url in known
    ]


def reads_journal(request: HttpRequest, lettre: LettreIntention) -> bool:
    """The association, the Guichet, and whom the letter was sent to; not a body asked for its opinion alone."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if acteur.genre in ("", "association", "guichet"):
        return True
    return acteur.genre != "urps" and lettre.transmise_at is not None and bool(in_perimeter(acteur, lettre.dossier))
