"""The opinion of the Guichet, drawn from those it gathered: per criterion, a sense, and its paper."""

from collections.abc import Mapping
from datetime import datetime

import rules
from django.db import transaction

from accounts.acteur import Acteur
from dossiers.services.documents import create_document
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.documents import suivi
from projects.lifecycles import LETTRE
from projects.models import Consultation, EvenementLettre, LettreIntention
from projects.states import EtatLettre, NatureConsultation, SensAvis

SENS = "sens"
"""Under which a draft keeps the sense; the opinion given has it in its own column."""


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
    Consultation.objects.filter(pk=consultation.pk).update(sens=sens, synthese=_texts(synthese), rendue_at=now)
    consultation.refresh_from_db()
    paper = suivi.synthesis(lettre, consultation, by=by, now=now)
    create_document(evenement=event.pk, dossier=lettre.dossier, now=now, **paper)
    notifications.synthesis_given(lettre, event=event, now=now)
    return event


@transaction.atomic
def keep_draft(*, lettre: LettreIntention, sens: str, synthese: Mapping[str, str], by: Acteur) -> None:
    """Keep what the Guichet has begun to write, read by its desk alone; nothing is given. Refused once the opinion is
    given, or before a consultation.
    """
    locked = LETTRE.lock(lettre)
    if not rules.test_rule("lettre.guichet", by, locked):
        raise Refused("Seul le Guichet écrit son avis.")
    if locked.etat != EtatLettre.EN_CONSULTATION:
        raise Refused("L’avis du Guichet ne s’écrit que pendant une consultation.")
    kept = {**_texts(synthese), **({SENS: sens} if sens in SensAvis.values else {})}
    Consultation.objects.filter(lettre=lettre, nature=NatureConsultation.GUICHET).update(synthese=kept)


def _texts(synthese: Mapping[str, str]) -> dict[str, str]:
    return {code: text.strip() for code, text in synthese.items() if text.strip()}
