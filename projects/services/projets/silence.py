"""The silence of the ARS accepts: recorded at the day the law says, however late the clock passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dossiers.documents import article
from dossiers.selectors.destinataires import Destinataires, recipients
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


@dataclass(frozen=True)
class Lot:
    """What is read once for many files: whom to tell of each, and the article of the attestation."""

    told: dict[int, Destinataires]
    fondement: str


def lot_of(projets: Sequence[ProjetSante], *, now: datetime) -> Lot:
    """For these projects with their files. A number of queries that does not grow with them."""
    on = timezone.localdate(now)
    return Lot(recipients([projet.dossier for projet in projets], on=on), article("attestation_tacite", on=on))


@transaction.atomic
def record_silence(*, projet: ProjetSante, now: datetime, lot: Lot | None = None) -> EvenementProjet | None:
    """Record the tacit validation, its attestation and its mails as rows; None when the period ended otherwise.

    Raises `Refused` when it is not over, or when something was decided meanwhile. An opposition signed in time whose
    notification counts at its first opening (dated setting) ends the period if it was opened in time; else the silence
    is recorded and the file is "à vérifier". `lot` is what was read for many at once (default: for this one).
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
        locked,
        ACTION,
        by=None,
        now=now,
        changes=late,
        effect_on=due if due and due <= today else today,
        verrouille=True,
    )
    close(delai, NatureMouvement.SILENCE, le=event.prend_effet_le, acte=Acte(None, now))
    for name in ("etat", "a_verifier_at", "delai"):
        setattr(projet, name, getattr(locked, name))
    known = lot or lot_of([projet], now=now)
    told = known.told[projet.dossier_id]
    paper = papers.attestation(projet, event=event, service=told.service, fondement=known.fondement, now=now)
    create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    notifications.deemed_validated(projet, event=event, told=told, now=now)
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
