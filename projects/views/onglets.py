"""The tabs of a file: its project, its letter, what surrounds them, its calendar, its exchanges, its journal."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dossiers.models import Dossier
from dossiers.rules import in_perimeter
from dossiers.selectors.echanges import unread_count
from projects.models import LettreIntention, ProjetSante
from projects.selectors import letters_for_pages
from projects.selectors.projets import projects_for_pages
from projects.states import EtatLettre
from projects.views.etapes import Kind, kind_of


@dataclass(frozen=True)
class Parcours:
    """What a person opens of a file: its last letter, its last project; at least one of the two."""

    dossier: Dossier
    lettre: LettreIntention | None
    projet: ProjetSante | None

    @property
    def step(self) -> Any:
        """Where the file is: its project once there is one, else its letter."""
        return self.projet or self.lettre

    @property
    def kind(self) -> Kind:
        return kind_of(self.step)


def opened(request: HttpRequest, step: LettreIntention | ProjetSante) -> Parcours:
    """The file of this step as this person opens it. One query for a validated letter, whose project may be there.

    Whoever opens a project opens the letter it comes from: that one was sent to the ARS before.
    """
    acteur, dossier = request.acteur, step.dossier
    if isinstance(step, ProjetSante):
        return Parcours(dossier, step.lettre, step)
    if step.etat != EtatLettre.VALIDEE:
        return Parcours(dossier, step, None)
    return Parcours(dossier, step, projects_for_pages(acteur).filter(dossier=dossier).order_by("-pk").first())


def opened_file(request: HttpRequest, dossier: Dossier) -> Parcours | None:
    """The same from the file alone; None when the person opens no step of it. Two queries at most."""
    lettre = letters_for_pages(request.acteur).filter(dossier=dossier).order_by("-pk").first()
    if lettre is not None:
        return opened(request, lettre)
    projet = projects_for_pages(request.acteur).filter(dossier=dossier).order_by("-pk").first()
    return Parcours(dossier, None, projet) if projet else None


def tabs(request: HttpRequest, parcours: Parcours, current: str) -> list[dict[str, Any]]:
    """Those this person may open, `current` among them: "projet", "lettre", "dossier", "calendrier", "echanges",
    "journal". One query.
    """
    news = unread_count(parcours.dossier, acteur=request.acteur)
    exchanges = reverse("dossiers:echanges", args=[parcours.dossier.pk])
    steps = [step for step in (parcours.projet, parcours.lettre) if step]
    known = [(kind_of(step).nom, kind_of(step).libelle, kind_of(step).url(step)) for step in steps]
    if reads_file(request, parcours):
        address, step = parcours.kind.url, parcours.step
        known += [
            ("dossier", "Dossier", address(step, "dossier")),
            ("calendrier", "Calendrier", address(step, "calendrier")),
            ("echanges", "Échanges", exchanges),
            ("journal", "Journal", address(step, "journal")),
        ]
    else:
        known.append(("echanges", "Notes", exchanges))
    return [
        {"label": label, "url": url, "current": name == current, "nombre": news if name == "echanges" else None}
        for name, label, url in known
    ]


def reads_file(request: HttpRequest, parcours: Parcours) -> bool:
    """The association, the Guichet, and whom the letter or the project was sent to; not a body asked for its opinion
    on a letter alone.
    """
    acteur, lettre = request.acteur, parcours.lettre
    if acteur.genre in ("", "association", "guichet") or parcours.projet:
        return True
    sent = lettre is not None and lettre.transmise_at is not None
    return acteur.genre != "urps" and sent and bool(in_perimeter(acteur, parcours.dossier))
