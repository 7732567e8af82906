"""The desk of the ARS on a projet de santé: the days, the person signed in, what its pages post. No test lives here."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from projects.models import ProjetSante
from tests.factories.accounts import agent_client
from tests.factories.bodies import decideur
from tests.factories.projets import deposited_project
from tests.projects.rows import plain


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=UTC)


def signed_in(by: Acteur | None = None) -> Client:
    """An agent at its screen; somebody who decides at the délégation by default."""
    return agent_client(Client(), (by or decideur()).user)


def url(projet: ProjetSante, name: str = "", *more: int) -> str:
    """The page of the project, or that of one of its acts."""
    return reverse(f"projects:projet_{name}" if name else "projects:projet", args=[projet.pk, *more])


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def received(by: Acteur | None = None, day: str = "2026-09-03") -> ProjetSante:
    return deposited_project(by, now=at(day))
