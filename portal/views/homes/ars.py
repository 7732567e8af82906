"""The home of the ARS: what is late or about to be, the clocks nearest first, what waits for a decision."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.states import Genre
from dossiers.models import Decision
from dossiers.states import NatureDecision
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import ONE_DAY, date_longue
from guichet.kernel.money import euros
from portal.views.homes.blocs import (
    Bloc,
    Chiffre,
    Ligne,
    bloc,
    due_tone,
    identity,
    left,
    legal_tone,
    messages_of,
    opinions_asked,
    since,
    threads_awaiting,
)
from projects.models import LettreIntention
from projects.selectors import desks
from projects.states import EtatLettre


def home(request: HttpRequest) -> HttpResponse:
    """What is late is answered first, in figures; then the clocks, nearest first."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    silences = _silences(request, today)
    papers = bloc(
        desks.decisions_to_confirm(acteur),
        lambda decision: _paper(decision, today),
        cle="papier",
        titre="Décisions sur papier à confirmer",
        vide="Les décisions signées hors du portail attendront ici une seconde personne.",
    )
    letters = bloc(
        desks.letters_to_decide(acteur),
        lambda lettre: _letter(lettre, today),
        cle="lettres",
        titre="Lettres d’intention à décider",
        vide="Les lettres que le Guichet vous transmet arrivent ici.",
        tout=f"{reverse('projects:lettres')}?etat={EtatLettre.TRANSMISE.value}",
    )
    clocks = bloc(
        desks.running_clocks(acteur),
        lambda demande: _clock(demande, today),
        cle="delais",
        titre="Délais qui courent",
        vide="Les demandes de subvention transmises apparaîtront ici, le dernier jour le plus proche d’abord.",
    )
    main = [clocks, letters]
    main += [block for block in (papers, silences) if block.lignes]
    if acteur.genre == Genre.DD_ARS:
        asked = opinions_asked(acteur, today=today)
        main += [asked] if asked.lignes else []
    context = {
        "blocs": main,
        "marge": [threads_awaiting(acteur, today=today)],
        "chiffres": _figures(request, today, silences),
        "avis": "",
        **messages_of(request),
    }
    return render(request, "portal/accueil_agent.html", context)


def _figures(request: HttpRequest, today: date, silences: Bloc) -> list[Chiffre]:
    """What is late, and what will be: each figure leads to its rows."""
    found = desks.urgencies(request.acteur, on=today)
    clocks = "#delais"
    figures = [
        Chiffre("Délai passé, à constater", found.passees, clocks, "alert") if found.passees else None,
        Chiffre("Dernier jour dans la semaine", found.sept_jours, clocks, "alert" if found.sept_jours else "ok"),
        Chiffre("Dernier jour sous 15 jours", found.quinze_jours, clocks, "warn" if found.quinze_jours else ""),
        Chiffre("Rejets par silence à revoir", silences.compte, "#silences", "alert" if silences.lignes else ""),
    ]
    return [figure for figure in figures if figure]


def _clock(demande: DemandeFir, today: date) -> Ligne:
    last = demande.delai.dernier_jour if demande.delai else None
    words, tone = ("", "") if last is None else (left(last, today), legal_tone(last, today))
    over = last is not None and last < today
    waiting = "Pièces attendues · " if demande.etat == EtatDemandeFir.INCOMPLETE else ""
    return Ligne(
        titre=demande.dossier.nom,
        url=reverse("funding:demande", args=[demande.pk]),
        note=f"{euros(demande.montant_demande)} demandés · {identity(demande.dossier)}",
        quand=f"{waiting}Dernier jour\u00a0: {date_longue(last)}" if last else waiting,
        etat=f"Passé {words}" if over else capfirst(words),
        ton=tone,
    )


def _letter(lettre: LettreIntention, today: date) -> Ligne:
    demande = lettre.demande
    last = demande.delai.dernier_jour if demande and demande.delai and demande.delai.clos_at is None else None
    asked = f"{euros(demande.montant_demande)} demandés · " if demande and not lettre.sans_demande else ""
    return Ligne(
        titre=lettre.dossier.nom,
        url=reverse("projects:lettre", args=[lettre.pk]),
        note=f"{asked}{identity(lettre.dossier)}",
        quand=f"Reçue {since(lettre.transmise_at, today)}",
        etat=f"Subvention avant le {date_longue(last + ONE_DAY)}" if last and last >= today else "À décider",
        ton=legal_tone(last, today) if last else "",
    )


def _paper(decision: Decision, today: date) -> Ligne:
    request = decision.nature in (NatureDecision.ACCORD_FIR, NatureDecision.REFUS_FIR)
    return Ligne(
        titre=decision.dossier.nom,
        url=reverse("funding:demande" if request else "projects:lettre", args=[decision.etape_id]),
        note=f"{decision.get_nature_display()}, signée le {date_longue(decision.signee_le)}",
        quand=f"Saisie {since(decision.saisie_at, today)} par {decision.saisie_par}",
        etat="À confirmer",
        ton="warn",
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
        note=f"{euros(demande.montant_demande)} demandés · {identity(demande.dossier)}",
        quand=f"Rejetée par silence le {date_longue(spoken)}" if spoken else "",
        etat=f"Motifs dus le {date_longue(due)}" if due else "Peut encore être accordée",
        ton="" if due is None else due_tone(due, today),
    )
