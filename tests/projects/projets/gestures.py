"""What the tests of the pages of a project share: addresses, days, the words of a page. No test lives here."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.urls import reverse

from accounts.acteur import Acteur
from projects.models import LettreIntention, ProjetSante
from projects.services.deciding import validate
from projects.services.projets.deciding import Opposition
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projects import fresh, transmitted_letter

OPPOSITION = Opposition(motif="territoire", raison="Il recouvre celui d’une autre communauté.")


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=UTC)


def url(name: str, projet: ProjetSante, *more: Any) -> str:
    return reverse(f"projects:{name}", args=[projet.pk, *more])


def validated_letter(by: Acteur) -> LettreIntention:
    lettre = transmitted_letter(by)
    validate(lettre=lettre, by=decideur(), now=NOW)
    return fresh(lettre)


def plain(response: Any) -> str:
    """The words of a page with plain spaces, on one line."""
    text = re.sub(r"<[^>]+>", "", response.content.decode())
    return " ".join(text.replace("\u00a0", " ").split())


def rows(response: Any, name: str) -> Any:
    """What the template was given under that name."""
    return response.context[name]
