"""Asking the URPS and other bodies for their opinion: opening, reminding, re-opening."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.states import Genre
from dossiers.selectors.people import bodies
from dossiers.services.partage import let_in
from dossiers.states import MotifAcces
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.lifecycles import LETTRE
from projects.models import Avis, Consultation, EvenementLettre, LettreIntention
from projects.services.synthesis import SENS
from projects.states import EtatAvis, NatureConsultation

CONSULTABLES = (Genre.URPS, Genre.DD_ARS, Genre.CPAM, Genre.MSA, Genre.ELSM)
RAPPEL_APRES = timedelta(hours=24)
"""Two reminders by hand are a day apart at least."""


@transaction.atomic
def open_consultation(
    *,
    lettre: LettreIntention,
    organisations: Iterable[Organisation],
    limite_le: date,
    quorum: int,
    by: Acteur,
    now: datetime,
) -> EvenementLettre:
    """Ask these bodies for their opinion until `limite_le`; each opens the file from now on.

    Refused without a URPS, for a body that is not of the file's perimeter, or with a date that is not to come. Sent
    back and deposited again, a letter keeps its consultation: those who had not answered are asked again.
    """
    wanted = {body.pk: body for body in organisations}
    locked = LETTRE.lock(lettre)
    offered = {body.pk for body in bodies(locked.dossier, CONSULTABLES)}
    if not wanted or not any(body.genre == Genre.URPS for body in wanted.values()):
        raise Refused("Consultez au moins une URPS.")
    if wanted.keys() - offered:
        raise Refused("Un de ces organismes n’est pas compétent sur le territoire de ce dossier.")
    if limite_le <= timezone.localdate(now):
        raise Refused("La date limite est à venir\u00a0: laissez au moins un jour.")
    urps = sum(body.genre == Genre.URPS for body in wanted.values())
    if not 0 <= quorum <= urps:
        raise Refused(f"Le quorum ne peut pas dépasser le nombre d’URPS consultées ({urps}).")
    event: EvenementLettre = LETTRE.apply(
        lettre,
        "ouvrir_consultation",
        by=by,
        now=now,
        donnees={"limite_le": limite_le.isoformat(), "quorum": quorum, "organismes": len(wanted)},
    )
    consultation, _ = Consultation.objects.update_or_create(
        lettre=lettre,
        nature=NatureConsultation.GUICHET,
        defaults={"limite_le": limite_le, "quorum": quorum},
        create_defaults={
            "limite_le": limite_le,
            "quorum": quorum,
            "ouverte_at": now,
            "ouverte_par": by.user,
        },
    )
    ask_bodies(consultation, wanted, now=now)
    notifications.consulted(lettre, consultation, list(wanted.values()), event=event, now=now)
    return event


def ask_bodies(consultation: Consultation, organisations: Iterable[int], *, now: datetime) -> None:
    """An awaited opinion of each of these bodies that has none yet, and access to the file."""
    wanted = sorted(organisations)
    step = consultation.lettre or consultation.projet
    assert step is not None
    dossier = step.dossier
    Avis.objects.bulk_create(
        [Avis(dossier=dossier, consultation=consultation, organisation_id=pk) for pk in wanted], ignore_conflicts=True
    )
    let_in(dossier=dossier, organisation_ids=wanted, motif=MotifAcces.CONSULTATION, now=now)


@transaction.atomic
def reopen_consultation(
    *, lettre: LettreIntention, motif: str, limite_le: date, by: Acteur, now: datetime
) -> EvenementLettre:
    """Take answers again until another date, for a reason; the opinion of the Guichet will be given anew, from what it
    had written.
    """
    if not motif.strip():
        raise Refused("Dites pourquoi la consultation est rouverte.")
    if limite_le <= timezone.localdate(now):
        raise Refused("La date limite est à venir\u00a0: laissez au moins un jour.")
    event: EvenementLettre = LETTRE.apply(lettre, "rouvrir_consultation", by=by, now=now, motif=motif.strip())
    consultation = Consultation.objects.get(lettre=lettre, nature=NatureConsultation.GUICHET)
    draft = {**consultation.synthese, SENS: consultation.sens}
    Consultation.objects.filter(pk=consultation.pk).update(limite_le=limite_le, sens="", synthese=draft, rendue_at=None)
    consultation.refresh_from_db()
    waiting = consultation.avis.filter(etat__in=EN_ATTENTE).select_related("organisation").order_by("pk")
    notifications.consulted(lettre, consultation, [avis.organisation for avis in waiting], event=event, now=now)
    return event


EN_ATTENTE = (EtatAvis.ATTENDU, EtatAvis.BROUILLON, EtatAvis.SANS_REPONSE)


@transaction.atomic
def remind(*, consultation: Consultation, by: Acteur, now: datetime) -> int:
    """Remind those who have not answered; return how many bodies. Refused twice within a day, or once closed."""
    LETTRE.lock(consultation.lettre)
    locked = Consultation.objects.select_for_update(no_key=True, of=("self",)).get(pk=consultation.pk)
    if closed := locked.fermeture():
        raise Refused(closed)
    if refusal := reminder_refusal(locked, now=now):
        raise Refused(refusal)
    waiting = list(locked.avis.filter(etat__in=EN_ATTENTE).select_related("organisation").order_by("pk"))
    if not waiting:
        raise Refused("Tous les organismes ont répondu.")
    Consultation.objects.filter(pk=locked.pk).update(relances=locked.relances + 1, relancee_at=now)
    notifications.reminded(locked, [avis.organisation for avis in waiting], rang=locked.relances + 1, now=now)
    return len(waiting)


def reminder_refusal(consultation: Consultation, *, now: datetime) -> str:
    """ "" when a reminder may leave again, else since when the last one did. Reads nothing more."""
    last = consultation.relancee_at
    if last and now - last < RAPPEL_APRES:
        return f"Un rappel est déjà parti le {date_longue(timezone.localdate(last))}."
    return ""
