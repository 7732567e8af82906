"""What the tests of a rehearsal share. No test lives here."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

from accounts.acteur import Acteur
from accounts.models import Envoi
from accounts.services.mails import queue_mail
from guichet.kernel import instant
from portal.models import AvanceDate
from portal.services.repetition import advance
from tests.factories.accounts import NOW, UserFactory

PAGE = "/administration/repetition/"
REAL = NOW + timedelta(days=2)

MESSAGE = {"cpts": "CPTS des Essais", "reference": "ESSAI-1", "association": "Essai", "avec_demande": True}


def ahead(days: int, by: Acteur | None = None) -> AvanceDate:
    """Move the date that many days forward."""
    by = by or Acteur(UserFactory())
    return advance(jours=days, depuis=instant.days(), by=by, now=REAL)


def text(html: str | bytes) -> str:
    words = html.decode() if isinstance(html, bytes) else html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).replace("\u00a0", " ").split())


def write_one() -> Envoi:
    event = uuid4()
    queue_mail(evenement=event, modele="lettre_recue", user=UserFactory(), contexte=MESSAGE, now=instant.current())
    return Envoi.objects.get(evenement=event)
