"""The home of the Guichet: what to check, what runs, what to send on, who waits for an answer."""

from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from guichet.kernel.civil import date_longue
from portal.views.homes import projets
from portal.views.homes.blocs import (
    ROWS,
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
    page,
    since,
    threads_awaiting,
)
from projects.models import LettreIntention
from projects.selectors import desks
from projects.selectors.consultations import Avancement
from projects.states import EtatLettre


def home(request: HttpRequest) -> HttpResponse:
    """Everything the desk holds, by what it has to do next; each block its oldest, or its nearest, first."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    main = _letters(acteur, today)
    aside = [projets.running(acteur, today), threads_awaiting(acteur, today=today), _drafts(acteur, today)]
    return page(request, main, aside, chiffres=_figures(acteur, today, to_check=main[0]))


def _letters(acteur: Acteur, today: date) -> list[Bloc]:
    """From the check to the transmission, then those the association has again."""
    return [
        bloc(
            desks.letters_to_check(acteur),
            lambda lettre: _letter(lettre, today, "À vérifier", quand=f"Déposée {since(lettre.deposee_at, today)}"),
            cle="a-verifier",
            titre="Lettres à vérifier",
            vide="Les lettres déposées par les associations arrivent ici.",
            tout=_list(EtatLettre.DEPOSEE),
            geste="vérifier la lettre",
            bouton="Ouvrir la lettre",
        ),
        bloc(
            desks.ready_to_move(acteur, on=today, limit=ROWS + 1),
            lambda row: _to_send(row, today),
            cle="a-transmettre",
            titre="À conclure et à transmettre",
            vide="Les lettres dont l’avis est rendu, ou dont la date de réponse est passée, arrivent ici.",
            tout=reverse("projects:lettres"),
            geste="conclure et transmettre la lettre",
            bouton="Ouvrir la lettre",
        ),
        bloc(
            desks.consultations_running(acteur, on=today, limit=ROWS + 1),
            lambda row: _running(row, today),
            cle="consultations",
            titre="Consultations en cours",
            vide="Les lettres soumises aux URPS restent ici jusqu’à votre avis.",
            tout=_list(EtatLettre.EN_CONSULTATION),
            geste="rendre l’avis sur la lettre",
            bouton="Ouvrir la lettre",
        ),
        bloc(
            desks.letters_sent_back(acteur),
            lambda lettre: _letter(
                lettre, today, "Chez l’association", quand=f"Déposée {since(lettre.deposee_at, today)}"
            ),
            cle="precisions",
            titre="Précisions demandées",
            vide="Les lettres renvoyées à leur association restent ici jusqu’à leur nouveau dépôt.",
            tout=_list(EtatLettre.INCOMPLETE),
        ),
    ]


def _figures(acteur: Acteur, today: date, *, to_check: Bloc) -> list[Chiffre]:
    late = desks.consultations_late(acteur, on=today)
    return [
        Chiffre("Date de réponse passée, avis à conclure", capped(late), "#a-transmettre", "alert" if late else ""),
        Chiffre("Lettres à vérifier", to_check.compte, "#a-verifier"),
    ]


def _drafts(acteur: Acteur, today: date) -> Bloc:
    return bloc(
        desks.drafts_shared(acteur),
        lambda lettre: _letter(lettre, today, "Brouillon"),
        cle="brouillons",
        titre="Brouillons partagés avec vous",
        vide="Les associations qui vous invitent à lire leur brouillon apparaîtront ici.",
        discret=True,
    )


def _list(etat: EtatLettre) -> str:
    return f"{reverse('projects:lettres')}?etat={etat.value}"


def _letter(lettre: LettreIntention, today: date, etat: str, *, quand: str = "") -> Ligne:
    near, tone = clock_near(lettre.demande, today)
    return Ligne(
        titre=lettre.dossier.nom,
        url=reverse("projects:lettre", args=[lettre.pk]),
        note=identity(lettre.dossier),
        quand=quand,
        etat=near or etat,
        ton=tone,
    )


def _answers(row: Avancement) -> str:
    """ "7 réponses sur 10 · quorum 6 atteint": the quorum counts the URPS only."""
    answered = f"{row.repondu} {'réponses' if row.repondu > 1 else 'réponse'} sur {row.consultes}"
    reached = "atteint" if row.quorum_atteint else f"non atteint ({row.atteint} URPS sur {row.necessaire})"
    return f"{answered}{SEP}quorum {reached}"


def _running(row: Avancement, today: date) -> Ligne:
    limit, lettre = row.consultation.limite_le, row.consultation.lettre
    state = "Avis à rendre" if row.quorum_atteint else "En attente de réponses"
    line = _letter(
        lettre, today, state, quand=f"{_answers(row)}{SEP}pour le {date_longue(limit)}, {left(limit, today)}"
    )
    tone = "info" if row.quorum_atteint else due_tone(limit, today)
    return replace(line, ton=line.ton or tone, ailleurs=not row.quorum_atteint)


def _to_send(row: Avancement, today: date) -> Ligne:
    given = row.consultation.lettre.etat == EtatLettre.AVIS_RENDU
    late = f"{_answers(row)}{SEP}date de réponse passée {left(row.consultation.limite_le, today)}"
    line = _letter(
        row.consultation.lettre,
        today,
        "À transmettre" if given else "Avis à rendre",
        quand=f"Avis rendu {since(row.consultation.rendue_at, today)}" if given else late,
    )
    return line if line.ton else replace(line, ton="info" if given else "alert")
