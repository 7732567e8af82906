"""The home of an association: what is expected of it, its projects and its letters, its messages."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import inbox
from dossiers.models import Delai
from dossiers.views.clock import days_left, tone_of
from projects.models import LettreIntention, ProjetSante
from projects.models.lettre import EN_COURS
from projects.models.projet import EN_COURS as PROJETS_EN_COURS
from projects.selectors import ordered_request_sections, ordered_sections, own_letters
from projects.selectors import with_sections as letters_with_sections
from projects.selectors.consultations import follow_ups
from projects.selectors.projets import own_projects, with_sections
from projects.services.projets.opening import TERMINES
from projects.states import EtatLettre, EtatProjet
from projects.views import presenters, steps
from projects.views.projets import presenters as of_projects
from projects.views.projets import steps as project_steps

HOME_LETTERS = 10
ENDED = (EtatLettre.RETIREE, EtatLettre.REFUSEE)


def home(request: HttpRequest) -> HttpResponse:
    """What is expected of me: a card a file, told by its project once there is one, else by its letter."""
    letters = list(letters_with_sections(own_letters(request.acteur))[:HOME_LETTERS])
    projects = list(with_sections(own_projects(request.acteur))[:HOME_LETTERS])
    latest = latest_of(projects)
    deposits = request.acteur.has("deposer")
    cards = _projects(projects, latest, deposits=deposits, now=request.now)
    cards += _letters(letters, latest, deposits=deposits, now=request.now)
    context = {
        "cartes": [card for card in cards if not card["terminee"]],
        "terminees": [card for card in cards if card["terminee"]],
        "messages_recents": inbox(request.user)[:5],
    }
    return render(request, "portal/accueil_porteur.html", context)


def latest_of(projects: list[ProjetSante]) -> dict[int, ProjetSante]:
    """By file, the project that counts: the one in progress, else the last."""
    found: dict[int, ProjetSante] = {}
    for projet in sorted(projects, key=lambda each: (each.etat in PROJETS_EN_COURS, each.pk)):
        found[projet.dossier_id] = projet
    return found


def _projects(
    projects: list[ProjetSante], latest: dict[int, ProjetSante], *, deposits: bool, now: datetime
) -> list[dict[str, Any]]:
    known = project_steps.follow_ups(projects)
    cards = []
    for projet in projects:
        counts = latest[projet.dossier_id]
        suivi = known.get(projet.pk, project_steps.NOTHING_KNOWN)
        suite = counts if counts.pk != projet.pk and projet.etat in TERMINES else None
        cards.append(
            {
                "cle": f"projet-{projet.pk}",
                "dossier": projet.dossier,
                "objet": "projet de santé",
                "ouvrir": "Ouvrir le projet de santé",
                "tag": of_projects.tag_of(projet),
                "faits": of_projects.facts(projet),
                "url": reverse("projects:projet", args=[projet.pk]),
                "etape": project_steps.next_step(projet, deposits=deposits, now=now, suivi=suivi, suite=suite),
                "jalons": project_steps.milestones(projet, suivi),
                "horloge": _clock(projet, now=now),
                "terminee": bool(suite) or projet.etat == EtatProjet.RETIRE,
            }
        )
    return cards


def _clock(projet: ProjetSante, *, now: datetime) -> dict[str, Any] | None:
    """How many days are left, in figures, while the period of the silence runs."""
    delai: Delai | None = projet.delai
    ends = projet.arrivee() or delai
    if delai is None or delai.clos_at is not None or ends is None or ends.dernier_jour is None:
        return None
    left = (ends.dernier_jour - timezone.localdate(now)).days
    return {"jours": left, "ton": tone_of(left), "mots": days_left(left)} if left >= 0 else None


def _letters(
    letters: list[LettreIntention], latest: dict[int, ProjetSante], *, deposits: bool, now: datetime
) -> list[dict[str, Any]]:
    """The letters of the files without a project, and those whose request still expects something."""
    running = {lettre.dossier_id: lettre for lettre in letters if lettre.etat in EN_COURS}
    known = follow_ups(letters, on=timezone.localdate(now))
    return [
        {
            "cle": f"lettre-{lettre.pk}",
            "dossier": lettre.dossier,
            "objet": "lettre d’intention",
            "ouvrir": "Ouvrir la lettre d’intention",
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "url": reverse("projects:lettre", args=[lettre.pk]),
            "etape": steps.next_step(
                lettre,
                ordered_sections(lettre),
                ordered_request_sections(lettre),
                deposits=deposits,
                now=now,
                suivi=known[lettre.pk],
                suite=running.get(lettre.dossier_id) if lettre.etat not in EN_COURS else None,
                projet=latest.get(lettre.dossier_id),
            ),
            "jalons": steps.milestones(lettre, known[lettre.pk]),
            "horloge": None,
            "terminee": lettre.etat in ENDED,
        }
        for lettre in letters
        if lettre.dossier_id not in latest or steps.about_request(lettre, known[lettre.pk], deposits)
    ]
