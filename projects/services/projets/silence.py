"""The silence of the ARS accepts: recorded at the day the law says, however late the clock passes."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.services.mails import written_together
from dossiers.documents import article
from dossiers.selectors.delais import explanation, lines_by_period
from dossiers.selectors.destinataires import recipients
from dossiers.services.delais import Acte, close, close_lot
from dossiers.services.documents import new_document, write_documents
from dossiers.services.pieces_demandees import close_all
from dossiers.states import EtapePieces, NatureMouvement
from guichet.kernel.lifecycle import Refused
from projects.documents.attestation import attestation
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.notifications import projets as notifications
from projects.states import EtatProjet

ACTION = "constater_silence"
JAMAIS_OUVERTE = "Une opposition signée à temps n’a pas été ouverte par l’association avant la fin du délai."


@transaction.atomic
def record_lot(*, projets: Sequence[ProjetSante], now: datetime) -> list[EvenementProjet]:
    """Record the tacit validation of each of these projects whose period is over, in one transaction: events, states,
    ledgers, attestations and mails as rows. One decided meanwhile, or not over, is left as it is.

    An opposition signed in time whose notification counts at its first opening (dated setting) ends the period if it
    is held received in time; else the silence is recorded and the file is "à vérifier".
    """
    locked: list[ProjetSante] = PROJET.lock_lot(projets, "association")
    running = [projet for projet in locked if not end_if_received(projet, now=now)]
    opposed = [projet for projet in running if projet.etat == EtatProjet.OPPOSE]
    others = [projet for projet in running if projet.etat != EtatProjet.OPPOSE]
    le = partial(_legal_day, today=timezone.localdate(now))
    late = PROJET.apply_lot(opposed, ACTION, now=now, le=le, motif=JAMAIS_OUVERTE, changes={"a_verifier_at": now})
    done = [*late, *PROJET.apply_lot(others, ACTION, now=now, le=le)]
    if not done:
        return []
    close_all(dossiers=[projet.dossier_id for projet, _ in done], etape=EtapePieces.PROJET, now=now)
    days = {projet.delai.pk: event.prend_effet_le for projet, event in done if projet.delai}
    delais = [projet.delai for projet, _ in done if projet.delai]
    close_lot(delais, NatureMouvement.SILENCE, le=days, acte=Acte(None, now))
    _write_effects(done, now=now)
    return [event for _, event in done]


def _legal_day(projet: ProjetSante, *, today: date) -> date:
    """The day the silence spoke, however late it is recorded."""
    due = projet.delai.echeance_le if projet.delai else None
    return due if due and due <= today else today


def _write_effects(done: Sequence[tuple[ProjetSante, EvenementProjet]], *, now: datetime) -> None:
    """The attestation of each and the mails of each, as rows; what they share is read once."""
    on = timezone.localdate(now)
    told = recipients([projet.dossier for projet, _ in done], on=on)
    ledgers = lines_by_period([projet.delai for projet, _ in done if projet.delai])
    fondement = article("attestation_tacite", on=on)
    documents = []
    with written_together(now=now):
        for projet, event in done:
            assert projet.delai is not None
            known = told[projet.dossier_id]
            paper = attestation(
                projet,
                event=event,
                service=known.service,
                fondement=fondement,
                registre=explanation(projet.delai, lines=ledgers[projet.delai.pk]),
                now=now,
            )
            documents.append(
                new_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis_at=now, **paper)
            )
            if event.source == EtatProjet.OPPOSE:
                notifications.to_verify(projet, event=event, now=now)
            else:
                notifications.deemed_validated(projet, event=event, told=known, now=now)
    write_documents(documents)


@transaction.atomic
def record_silence(*, projet: ProjetSante, now: datetime) -> EvenementProjet | None:
    """The same for one project, which takes its new state; None when its period ended at the opening of an opposition.

    Raises `Refused` when it is not over, or when something was decided meanwhile.
    """
    locked: ProjetSante = PROJET.lock(projet)
    if end_if_received(locked, now=now):
        return None
    le = _legal_day(locked, today=timezone.localdate(now))
    if refusal := PROJET.refusal(locked, ACTION, by=None, now=now, le=le):
        raise Refused(refusal)
    [event] = record_lot(projets=[projet], now=now)
    projet.refresh_from_db()
    return event


def end_if_received(projet: ProjetSante, *, now: datetime) -> bool:
    """End the period at the day the opposition is held received, where that day is what notifies it and is not after
    the last one. False when it is not so. The caller has the lock.
    """
    delai = projet.delai
    if projet.etat != EtatProjet.OPPOSE or delai is None or delai.clos_at is not None or delai.dernier_jour is None:
        return False
    received = projet.opposition_recue_le(timezone.localdate(now))
    if received is None or received > delai.dernier_jour:
        return False
    close(delai, NatureMouvement.DECISION, le=received, acte=Acte(None, now))
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
