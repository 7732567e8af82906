"""The opinion of the Guichet, drawn from those it gathered: per criterion, a sense, and its paper."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.acteur import Acteur
from dossiers.services.documents import create_document
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.documents import suivi
from projects.lifecycles import LETTRE
from projects.models import Consultation, EvenementLettre, LettreIntention
from projects.states import NatureConsultation, SensAvis


@transaction.atomic
def give_synthesis(
    *, lettre: LettreIntention, sens: str, synthese: Mapping[str, str], by: Acteur, now: datetime
) -> EvenementLettre:
    """Close the consultation with the opinion of the Guichet. `synthese`: code of each criterion, and `conclusion`, to
    its text. Refused before the quorum and the due date, without a sense or a conclusion.
    """
    if sens not in SensAvis.values:
        raise Refused("Choisissez le sens de l’avis du Guichet.")
    if not synthese.get("conclusion", "").strip():
        raise Refused("Écrivez la conclusion de l’avis.")
    event: EvenementLettre = LETTRE.apply(lettre, "rendre_synthese", by=by, now=now, donnees={"sens": sens})
    consultation = Consultation.objects.get(lettre=lettre, nature=NatureConsultation.GUICHET)
    texts = {code: text.strip() for code, text in synthese.items() if text.strip()}
    Consultation.objects.filter(pk=consultation.pk).update(sens=sens, synthese=texts, rendue_at=now)
    consultation.refresh_from_db()
    paper = suivi.synthesis(lettre, consultation, by=by, now=now)
    create_document(evenement=event.pk, dossier=lettre.dossier, now=now, **paper)
    notifications.synthesis_given(lettre, event=event, now=now)
    return event
