"""One projet de santé of the porteur in each state, and who gets an answer from each of its addresses."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from projects.models import ProjetSante
from projects.services.projets.deciding import oppose
from projects.services.projets.depositing import complete
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, ready_project
from tests.permissions.cast import Cast
from tests.permissions.files import canary
from tests.permissions.readers import DEPOSITOR, DESK, INVITED, MEMBERS, OWN, SENT, Readers
from tests.projects.projets.gestures import OPPOSITION

STATES = ("brouillon", "depose", "incomplet", "complete", "oppose")
DEPOSITED = STATES[1:]


def at(draft: set[str] | None, deposited: set[str] | None) -> Readers:
    found = {"brouillon": draft, **dict.fromkeys(DEPOSITED, deposited)}
    return {state: readers for state, readers in found.items() if readers is not None}


FILE = at(MEMBERS | INVITED, MEMBERS | DESK | SENT)
"""A draft: the association and whom it invited. Deposited: the Guichet, the ARS and the Assurance Maladie too; no URPS
is asked about a project."""
WRITERS = at(OWN, OWN)
DEPOSITORS = at(DEPOSITOR, DEPOSITOR)

PROJECTS: dict[str, Readers] = {
    "projects:projet": FILE,
    "projects:projet_versions": FILE,
    "projects:projet_version": at(None, MEMBERS | DESK | SENT),
    "projects:projet_comparer": {"complete": MEMBERS | DESK | SENT},
    "projects:projet_dossier": FILE,
    "projects:projet_calendrier": FILE,
    "projects:projet_journal": FILE,
    "projects:projet_verifier": WRITERS,
    "projects:projet_document": WRITERS,
    "projects:projet_section": WRITERS,
    "projects:projet_territoire": WRITERS,
    "projects:projet_fiches": WRITERS,
    "projects:projet_fiche_retirer": WRITERS,
    "projects:projet_conseillers": WRITERS,
    "projects:projet_reprendre": WRITERS,
    "projects:projet_retirer": DEPOSITORS,
    "projects:projet_completer": DEPOSITORS,
    "projects:projet_pieces_utiles": DEPOSITORS,
    "projects:projet_contester": DEPOSITORS,
    "dossiers:decision": {"oppose": MEMBERS | DESK | SENT},
}
ANSWER_A_POST_ONLY = {
    "projects:projet_forme",
    "projects:projet_deposer",
    "projects:projet_retirer_conseiller",
    "projects:projet_territoire_ajouter",
    "projects:projet_territoire_retirer",
    "projects:projet_territoire_quartier",
    "projects:projet_territoire_pilote",
}
MORE = {
    "projects:projet_version": [1],
    "projects:projet_section": ["diagnostic"],
    "projects:projet_fiche_retirer": ["fiche-1"],
}
"""What an address names beside the project."""


class ProjectFile:
    """The project in that state, its name a canary."""

    def __init__(self, cast: Cast, state: str) -> None:
        by, nom = cast.porteur, f"CPTS {canary('projet')}"
        if state == "brouillon":
            self.projet: ProjetSante = ready_project(by, nom=nom)
            cast.invite(self.projet.dossier, now=NOW)
            return
        self.projet = deposited_project(by, nom=nom)
        if state in ("incomplet", "complete"):
            self.projet = asked_project(by, projet=self.projet, now=NOW)
        if state == "complete":
            give_pieces(self.projet, by=by, now=NOW + timedelta(hours=1))
            complete(projet=self.projet, by=by, now=NOW + timedelta(hours=2))
        if state == "oppose":
            oppose(projet=self.projet, opposition=OPPOSITION, motivation="Voici.", by=decideur(), now=NOW)
        self.projet = fresh(self.projet)

    def url(self, name: str) -> str:
        if name == "dossiers:decision":
            return reverse(name, args=[self.projet.dossier.decisions.get().pk])
        more: list[Any] = MORE.get(name, [])
        return reverse(name, args=[self.projet.pk, *more])
