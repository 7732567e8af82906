"""The silence of the ARS accepts: recorded at the day the law says, however late the clock passes."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dossiers.services.delais import Acte, close
from dossiers.services.documents import create_document
from dossiers.states import NatureMouvement
from guichet.kernel.lifecycle import Refused
from projects.documents import projets as papers
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.notifications import projets as notifications
from projects.states import EtatProjet

ACTION = "constater_silence"


@transaction.atomic
def record_silence(*, projet: ProjetSante, now: datetime) -> EvenementProjet | None:
    """Record the tacit validation, its attestation and its mails as rows; None when the period ended otherwise.

    Raises `Refused` when it is not over, or when something was decided meanwhile. An opposition signed in time whose
    notification counts at its first opening (dated setting) ends the period if it was opened in time; else the silence
    is recorded and the file is "à vérifier".
    """
    locked: ProjetSante = PROJET.lock(projet)
    delai = locked.delai
    if locked.etat == EtatProjet.OPPOSE and delai and delai.clos_at is None and delai.dernier_jour:
        opened = locked.premiere_ouverture()
        if opened and opened <= delai.dernier_jour:
            close(delai, NatureMouvement.DECISION, le=opened, acte=Acte(None, now))
            return None
    due = delai.echeance_le if delai else None
    today = timezone.localdate(now)
    late = {"a_verifier_at": now} if locked.etat == EtatProjet.OPPOSE else {}
    event: EvenementProjet = PROJET.apply(
        projet, ACTION, by=None, now=now, changes=late, effect_on=due if due and due <= today else today
    )
    close(delai, NatureMouvement.SILENCE, le=event.prend_effet_le, acte=Acte(None, now))
    projet.dossier, projet.delai = locked.dossier, delai
    paper = papers.attestation(projet, event=event, now=now)
    create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    notifications.deemed_validated(projet, event=event, now=now)
    return event


@transaction.atomic
def settle_silence(*, projet: ProjetSante, on: date, now: datetime) -> None:
    """Record the silence first where it has spoken before the legal day `on` of an act and the clock did not pass yet:
    a late clock changes no right. `projet` takes the state the database has.
    """
    locked = PROJET.lock(projet)
    projet.etat, projet.delai = locked.etat, locked.delai
    if not PROJET.refusal(locked, ACTION, by=None, now=now, le=on):
        record_silence(projet=projet, now=now)


def refuse_if_silent(projet: ProjetSante, *, now: datetime) -> None:
    """Raise `Refused` where the silence has spoken, recorded or not: for an act that supposes nothing was decided."""
    locked: ProjetSante = PROJET.lock(projet)
    if not PROJET.refusal(locked, ACTION, by=None, now=now):
        raise Refused(locked.hors_delai(timezone.localdate(now)))
