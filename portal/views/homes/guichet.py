"""The home of the Guichet: what to check, what runs, what to send on, who waits for an answer."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from guichet.kernel.civil import date_longue
from portal.views.homes.blocs import (
    ROWS,
    Ligne,
    bloc,
    due_tone,
    identity,
    left,
    messages_of,
    since,
    threads_awaiting,
)
from projects.models import LettreIntention
from projects.selectors import desks
from projects.selectors.desks import Avancement
from projects.states import EtatLettre


def home(request: HttpRequest) -> HttpResponse:
    """Everything the desk holds, by what it has to do next; each block its oldest, or its nearest, first."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    shared = bloc(
        desks.drafts_shared(acteur),
        lambda lettre: _letter(lettre, "Brouillon"),
        cle="brouillons",
        titre="Brouillons partagés avec vous",
        vide="Les associations qui vous invitent à lire leur brouillon apparaîtront ici.",
        discret=True,
    )
    main = [
        bloc(
            desks.letters_to_check(acteur),
            lambda lettre: _letter(lettre, "À vérifier", quand=f"Déposée {since(lettre.deposee_at, today)}"),
            cle="a-verifier",
            titre="Lettres à vérifier",
            vide="Les lettres déposées par les associations arrivent ici.",
            tout=_list(EtatLettre.DEPOSEE),
        ),
        bloc(
            desks.ready_to_move(acteur, on=today, limit=ROWS + 1),
            lambda row: _to_send(row, today),
            cle="a-transmettre",
            titre="À conclure et à transmettre",
            vide="Les lettres dont l’avis est rendu, ou dont la date de réponse est passée, arrivent ici.",
            tout=_list(EtatLettre.AVIS_RENDU),
        ),
        bloc(
            desks.consultations_running(acteur, on=today, limit=ROWS + 1),
            lambda row: _running(row, today),
            cle="consultations",
            titre="Consultations en cours",
            vide="Les lettres soumises aux URPS restent ici jusqu’à votre avis.",
            tout=_list(EtatLettre.EN_CONSULTATION),
        ),
        bloc(
            desks.letters_sent_back(acteur),
            lambda lettre: _letter(lettre, "Chez l’association", quand=f"Déposée {since(lettre.deposee_at, today)}"),
            cle="precisions",
            titre="Précisions demandées",
            vide="Les lettres renvoyées à leur association restent ici jusqu’à leur nouveau dépôt.",
            tout=_list(EtatLettre.INCOMPLETE),
        ),
    ]
    aside = [threads_awaiting(acteur, today=today), shared]
    context = {"blocs": main, "marge": aside, "avis": "", "chiffres": [], **messages_of(request)}
    return render(request, "portal/accueil_agent.html", context)


def _list(etat: EtatLettre) -> str:
    return f"{reverse('projects:lettres')}?etat={etat.value}"


def _letter(lettre: LettreIntention, etat: str, *, quand: str = "") -> Ligne:
    return Ligne(
        titre=lettre.dossier.nom,
        url=reverse("projects:lettre", args=[lettre.pk]),
        note=identity(lettre.dossier),
        quand=quand,
        etat=etat,
    )


def _answers(row: Avancement) -> str:
    """ "7 réponses sur 10 · quorum 6 atteint": the quorum counts the URPS only."""
    answered = f"{row.repondu} {'réponses' if row.repondu > 1 else 'réponse'} sur {row.consultes}"
    reached = "atteint" if row.quorum_atteint else f"non atteint ({row.atteint} URPS sur {row.quorum})"
    return f"{answered} · quorum {reached}"


def _running(row: Avancement, today: date) -> Ligne:
    limit = row.consultation.limite_le
    return Ligne(
        titre=row.consultation.lettre.dossier.nom,
        url=reverse("projects:lettre", args=[row.consultation.lettre_id]),
        note=identity(row.consultation.lettre.dossier),
        quand=f"{_answers(row)} · pour le {date_longue(limit)}, {left(limit, today)}",
        etat="Avis à rendre" if row.quorum_atteint else "En attente de réponses",
        ton="info" if row.quorum_atteint else due_tone(limit, today),
    )


def _to_send(row: Avancement, today: date) -> Ligne:
    given = row.consultation.lettre.etat == EtatLettre.AVIS_RENDU
    limit = row.consultation.limite_le
    late = f"{_answers(row)} · date de réponse passée {left(limit, today)}"
    return Ligne(
        titre=row.consultation.lettre.dossier.nom,
        url=reverse("projects:lettre", args=[row.consultation.lettre_id]),
        note=identity(row.consultation.lettre.dossier),
        quand=f"Avis rendu {since(row.consultation.rendue_at, today)}" if given else late,
        etat="À transmettre" if given else "Avis à rendre",
        ton="info" if given else "alert",
    )
