"""A portal that rehearses. Nothing of Django is imported at the top: it is not set up yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from accounts.acteur import Acteur


@pytest.fixture
def rehearsing(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rehearsals are allowed; it is really 18 November 2026; the folder of the mails is the test's own."""
    from tests.portal.rehearsal import REAL

    settings.REPETITION, settings.VAR_DIR = True, tmp_path
    monkeypatch.setattr("django.utils.timezone.now", lambda: REAL)


@pytest.fixture
def admin(db: None) -> "Acteur":
    from tests.factories.bodies import agent

    return agent("guichet-occitanie", droits=["administrer"])


@pytest.fixture
def client_admin(admin: "Acteur") -> "Client":
    from django.test import Client

    from tests.factories.accounts import agent_client

    return agent_client(Client(), admin.user)
