"""The silence of the ARS accepts: recorded at the day the law says, however late the clock passes."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dossiers.services.delais import Acte, close
from dossiers.services.documents import create_document
from dossiers.services.pieces_demandees import close_all
from dossiers.states import EtapePieces, NatureMouvement
from guichet.kernel.lifecycle import Refused
from projects.documents.attestation import attestation
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
    if end_if_opened(locked, now=now):
        return None
    delai = locked.delai
    due = delai.echeance_le if delai else None
    today = timezone.localdate(now)
    opposed = locked.etat == EtatProjet.OPPOSE
    event: EvenementProjet = PROJET.apply(
        projet,
        ACTION,
        by=None,
        now=now,
        changes={"a_verifier_at": now} if opposed else {},
        effect_on=due if due and due <= today else today,
        motif="Une opposition signée à temps n’a pas été ouverte par l’association avant la fin du délai."
        if opposed
        else "",
    )
    close(delai, NatureMouvement.SILENCE, le=event.prend_effet_le, acte=Acte(None, now))
    projet.dossier, projet.delai = locked.dossier, delai
    close_all(dossier=projet.dossier, etape=EtapePieces.PROJET, now=now)
    paper = attestation(projet, event=event, now=now)
    create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    tell = notifications.to_verify if opposed else notifications.deemed_validated
    tell(projet, event=event, now=now)
    return event


def end_if_opened(projet: ProjetSante, *, now: datetime) -> bool:
    """End the period at the day the association first opened the opposition, where that day is what notifies it and is
    not after the last one. False when it is not so. The caller has the lock.
    """
    delai = projet.delai
    if projet.etat != EtatProjet.OPPOSE or delai is None or delai.clos_at is not None or delai.dernier_jour is None:
        return False
    opened = projet.premiere_ouverture()
    if opened is None or opened > delai.dernier_jour:
        return False
    close(delai, NatureMouvement.DECISION, le=opened, acte=Acte(None, now))
    return True


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
