"""The home of the ARS: what is late or about to be, the clocks nearest first (those whose silence accepts before those
whose silence rejects), what waits for a decision.
"""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.states import Genre
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import date_longue
from guichet.kernel.money import euros
from portal.views.homes import projets
from portal.views.homes.blocs import (
    SEP,
    Bloc,
    Chiffre,
    Ligne,
    bloc,
    capped,
    clock_near,
    due_tone,
    identity,
    left,
    legal_tone,
    opinions_asked,
    page,
    papers_to_confirm,
    since,
    threads_awaiting,
)
from projects.models import LettreIntention
from projects.selectors import desks
from projects.states import EtatLettre

FILTRES = ("echeance=7", "echeance=15", f"etat={EtatDemandeFir.REJETEE_TACITEMENT.value}")
"""Those of the list of requests that show the rows of each figure."""


def home(request: HttpRequest) -> HttpResponse:
    """What is late is answered first, in figures; then the clocks, nearest first."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    silences = _silences(request, today)
    letters = bloc(
        desks.letters_to_decide(acteur),
        lambda lettre: _letter(lettre, today),
        cle="lettres",
        titre="Lettres d’intention à décider",
        vide="Les lettres que le Guichet vous transmet arrivent ici.",
        tout=f"{reverse('projects:lettres')}?etat={EtatLettre.TRANSMISE.value}",
        geste="décider de la lettre",
        bouton="Ouvrir la lettre",
    )
    clocks = bloc(
        desks.running_clocks(acteur),
        lambda demande: _clock(demande, today),
        cle="delais",
        titre="Subventions\u00a0: délais qui courent",
        vide="Les demandes de subvention transmises apparaîtront ici, le dernier jour le plus proche d’abord.",
        tout=reverse("funding:demandes"),
        geste="répondre à la demande",
        bouton="Ouvrir la demande",
    )
    others = [*projets.exceptions(acteur, today), papers_to_confirm(acteur, today=today), silences]
    if acteur.genre == Genre.DD_ARS:
        others.append(opinions_asked(acteur, today=today))
    return page(
        request,
        [projets.to_decide(acteur, today), clocks, letters, *(block for block in others if block.lignes)],
        [threads_awaiting(acteur, today=today)],
        chiffres=_figures(request, today, silences),
    )


def _figures(request: HttpRequest, today: date, silences: Bloc) -> list[Chiffre]:
    """What is late, and what will be: each figure leads to its rows."""
    acteur = request.acteur  # type: ignore[attr-defined]
    near, funds = desks.project_urgencies(acteur, on=today), desks.urgencies(acteur, on=today)
    listed, asked = reverse("projects:projets"), reverse("funding:demandes")
    figures = [
        _figure("Projets\u00a0: échéance sous 7 jours", near.sept, f"{listed}?echeance=7", "alert"),
        _figure("Projets\u00a0: échéance sous 15 jours", near.quinze, f"{listed}?echeance=15", "warn"),
        _figure("Subventions\u00a0: échéance sous 7 jours", funds.sept, f"{asked}?{FILTRES[0]}", "alert"),
        _figure("Subventions\u00a0: échéance sous 15 jours", funds.quinze, f"{asked}?{FILTRES[1]}", "warn"),
        Chiffre(
            "Rejets par silence à revoir",
            silences.compte,
            f"{asked}?{FILTRES[2]}",
            "alert" if silences.lignes else "",
        ),
    ]
    if funds.passees:
        told = "Subventions\u00a0: silence à constater"
        figures.insert(0, Chiffre(told, capped(funds.passees), f"{asked}?{FILTRES[0]}", "alert"))
    if near.passees:
        told = "Projets\u00a0: silence à constater"
        figures.insert(0, Chiffre(told, capped(near.passees), f"{listed}?echeance=7", "alert"))
    return figures


def _figure(libelle: str, count: int, url: str, ton: str) -> Chiffre:
    """A count, in its tone as soon as there is one."""
    return Chiffre(libelle, capped(count), url, ton if count else "")


def _clock(demande: DemandeFir, today: date) -> Ligne:
    last = demande.delai.dernier_jour if demande.delai else None
    words, tone = ("", "") if last is None else (left(last, today), legal_tone(last, today))
    over = last is not None and last < today
    suspended = demande.etat == EtatDemandeFir.INCOMPLETE
    waiting = f"Pièces attendues{SEP}" if suspended else ""
    return Ligne(
        titre=demande.dossier.nom,
        url=reverse("funding:demande", args=[demande.pk]),
        note=f"{euros(demande.montant_demande)} demandés{SEP}{identity(demande.dossier)}",
        quand=f"{waiting}Dernier jour\u00a0: {date_longue(last)}" if last else waiting,
        etat=f"Passé {words}" if over else capfirst(words),
        ton=tone,
        ailleurs=suspended,
    )


def _letter(lettre: LettreIntention, today: date) -> Ligne:
    demande = lettre.demande
    near, tone = clock_near(demande, today)
    asked = f"{euros(demande.montant_demande)} demandés{SEP}" if demande and not lettre.sans_demande else ""
    return Ligne(
        titre=lettre.dossier.nom,
        url=reverse("projects:lettre", args=[lettre.pk]),
        note=f"{asked}{identity(lettre.dossier)}",
        quand=f"Reçue {since(lettre.transmise_at, today)}",
        etat=near or "À décider",
        ton=tone,
    )


def _silences(request: HttpRequest, today: date) -> Bloc:
    return bloc(
        desks.silences(request.acteur, now=request.now),
        lambda demande: _silence(demande, today),
        cle="silences",
        titre="Rejets par silence",
        vide="Les demandes que le silence a rejetées ces deux derniers mois apparaîtront ici.",
    )


def _silence(demande: Any, today: date) -> Ligne:
    """The reasons asked come with their due date; otherwise the subsidy may still be granted."""
    due = None if demande.motifs_donnes else demande.motifs_dus_le
    spoken = demande.delai.echeance_le if demande.delai else None
    return Ligne(
        titre=demande.dossier.nom,
        url=reverse("funding:demande", args=[demande.pk]),
        note=f"{euros(demande.montant_demande)} demandés{SEP}{identity(demande.dossier)}",
        quand=f"Rejetée par silence le {date_longue(spoken)}" if spoken else "",
        etat=f"Motifs dus le {date_longue(due)}" if due else "Peut encore être accordée",
        ton="" if due is None else due_tone(due, today),
    )
