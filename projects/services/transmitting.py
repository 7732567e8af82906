"""The letter leaves for the ARS, with its request: by the Guichet, or by the association when it does not act."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.selectors.people import am_desk
from dossiers.selectors.reglages import valeur
from dossiers.services.documents import create_document
from dossiers.services.partage import share_with_ars
from funding.services.instruction import hand_over_rejected, settle_silence, transmit_request
from funding.states import EtatDemandeFir
from projects import notifications
from projects.documents import suivi
from projects.lifecycles import LETTRE
from projects.models import Consultation, EvenementLettre, LettreIntention
from projects.services.consulting import ask_bodies
from projects.states import NatureConsultation


@transaction.atomic
def transmit(*, lettre: LettreIntention, by: Acteur, now: datetime) -> EvenementLettre:
    """Send the letter and its request to the ARS; without a synthesis, the slip says so. An unfavourable opinion never
    blocks. The ARS and the Assurance Maladie open the file; the Assurance Maladie is asked for its opinion.
    """
    return _send(lettre, "transmettre", by=by, now=now)


@transaction.atomic
def seize_ars(*, lettre: LettreIntention, by: Acteur, now: datetime) -> EvenementLettre:
    """The association sends its letter itself once the Guichet had its time: the Guichet is no gate."""
    return _send(lettre, "saisir_ars", by=by, now=now)


def _send(lettre: LettreIntention, action: str, *, by: Acteur, now: datetime) -> EvenementLettre:
    locked = LETTRE.lock(lettre)
    demande = locked.demande
    if demande and not locked.sans_demande:
        settle_silence(demande=demande, on=timezone.localdate(now), now=now)
    without_opinion = not locked.consultations.filter(rendue_at__isnull=False).exists()
    event: EvenementLettre = LETTRE.apply(
        lettre,
        action,
        by=by,
        now=now,
        changes={"transmise_at": now},
        donnees={"sans_avis_du_guichet": without_opinion},
    )
    dossier = locked.dossier
    lettre.dossier = dossier
    share_with_ars(dossier=dossier, now=now)
    if demande and not locked.sans_demande:
        demande.dossier = dossier
        if demande.etat == EtatDemandeFir.DEPOSEE:
            transmit_request(demande=demande, by=by, now=now)
        elif demande.etat == EtatDemandeFir.REJETEE_TACITEMENT:
            hand_over_rejected(demande=demande, now=now)
    consultation = _ask_assurance_maladie(lettre, now=now)
    paper = suivi.slip(lettre, event=event, by=by, without_opinion=without_opinion, now=now)
    create_document(evenement=event.pk, dossier=dossier, now=now, transmis=True, **paper)
    notifications.transmitted(lettre, consultation, event=event, now=now)
    return event


def _ask_assurance_maladie(lettre: LettreIntention, *, now: datetime) -> Consultation | None:
    """The second consultation, of the caisse of the lead département alone; none where the region has no such body."""
    desk = am_desk(lettre.dossier)
    if not desk:
        return None
    today = timezone.localdate(now)
    days = int(valeur("consultation_am_jours", on=today, defaut=21))
    consultation = Consultation.objects.create(
        lettre=lettre,
        nature=NatureConsultation.AM,
        ouverte_at=now,
        limite_le=today + timedelta(days=days),
        quorum=0,
    )
    ask_bodies(consultation, [body.pk for body in desk], now=now)
    return consultation
