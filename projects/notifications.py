"""Who is told of what about a letter: mails and in-app messages as rows of the act's transaction."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.selectors import organisations_for, users_with_right
from accounts.services.mails import queue_mail
from projects.models import EvenementLettre, LettreIntention


def deposited(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    """The association has proof of its deposit; the Guichet learns that a letter waits."""
    _tell_association(lettre, "lettre_deposee", event, now)
    _tell_guichet(lettre, "lettre_recue", event, now)


def withdrawn(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    _tell_association(lettre, "lettre_retiree", event, now)
    _tell_guichet(lettre, "lettre_retiree_guichet", event, now)


def _tell_association(lettre: LettreIntention, modele: str, event: EvenementLettre, now: datetime) -> None:
    for right in ("rediger", "deposer"):
        for user in users_with_right([lettre.dossier.association_id], right, on=timezone.localdate(now)):
            _queue(lettre, modele, event, user, now)


def _tell_guichet(lettre: LettreIntention, modele: str, event: EvenementLettre, now: datetime) -> None:
    guichet = organisations_for(lettre.dossier.region, "guichet").values_list("pk", flat=True)
    for user in users_with_right(guichet, "instruire", on=timezone.localdate(now)):
        _queue(lettre, modele, event, user, now)


def _queue(lettre: LettreIntention, modele: str, event: EvenementLettre, user: User, now: datetime) -> None:
    dossier = lettre.dossier
    queue_mail(
        evenement=event.pk,
        modele=modele,
        user=user,
        contexte={
            "cpts": dossier.nom,
            "reference": dossier.reference,
            "association": dossier.association.nom,
            "avec_demande": lettre.demande is not None and not lettre.sans_demande,
            "depose_par": str(event.acteur),
            "motif": event.motif,
        },
        now=now,
        url=reverse("projects:lettre", args=[lettre.pk]),
        dossier_reference=dossier.reference or "",
    )
