"""One project of the porteur in each of its states, and who gets an answer from each address of its desks."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from dossiers.models import Decision, PieceDemandee
from dossiers.services.recours import record_appeal
from dossiers.states import NatureDecision
from projects.models import Avis
from projects.services.opinions import give, save_draft
from projects.services.paper import confirm_paper_decision
from projects.services.projets.deciding import Opposition, oppose, prepare
from projects.services.silence import passage
from tests.factories.bodies import decideur
from tests.factories.paper import paper_decision
from tests.factories.projects import CRITERES
from tests.factories.projets import asked_project, deposited_project, draft, fresh, required
from tests.permissions.cast import Cast
from tests.permissions.readers import ARS, DESK, INVITED, MEMBERS, NOBODY, SENT, Readers

STATES = ("brouillon", "depose", "incomplet", "a_verifier", "oppose")
DEPOSITED = STATES[1:]
RECEIVED = datetime(2026, 9, 14, 9, tzinfo=UTC)
ASKED_AT = datetime(2026, 9, 20, 9, tzinfo=UTC)
DECIDED = datetime(2026, 10, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 9, tzinfo=UTC)
GROUND = Opposition(motif="prs", objectifs=("Accès aux soins",))
REMARK, OPINION, DRAFT = (f"CANARI-{name}-Z" for name in ("REMARQUE", "AVIS-CPAM", "EBAUCHE"))


class Project:
    """`keys[what]` is what an address needs to name a thing of the project."""

    def __init__(self, cast: Cast, state: str) -> None:
        self.cast, self.state = cast, state
        porteur = cast.porteur
        if state == "brouillon":
            self.projet = draft(porteur, now=RECEIVED)
            cast.invite(self.projet.dossier, now=RECEIVED)
        else:
            self.projet = deposited_project(porteur, now=RECEIVED)
        self.keys: dict[str, list[Any]] = {"projet": [self.projet.pk], "dossier": [self.projet.dossier_id]}
        if state != "brouillon":
            self._opinions()
        getattr(self, f"_{state}", lambda: None)()

    def url(self, address: str) -> str:
        """ "projects:avis avis_cpam": the name, then which one; without the second word, the project."""
        name, _, which = address.partition(" ")
        return reverse(name, args=self.keys[which or "projet"])

    def _opinions(self) -> None:
        for role in ("cpam", "msa", "elsm"):
            avis = self._avis(role)
            self.keys[f"avis_{role}"] = [avis.pk]
        by = self.cast.acteurs["cpam"]
        told = {"sens": "favorable", "criteres": CRITERES, "commentaire": OPINION}
        give(avis=self._avis("cpam"), **told, by=by, now=RECEIVED)
        told["commentaire"] = DRAFT
        save_draft(avis=self._avis("msa"), **told, version=0, by=self.cast.acteurs["msa"], now=RECEIVED)

    def _avis(self, role: str) -> Avis:
        found = Avis.objects.select_related("consultation", "organisation", "dossier")
        return found.get(organisation=self.cast.acteurs[role].organisation_id, consultation__projet=self.projet)

    def _depose(self) -> None:
        prepare(
            projet=self.projet, nature="validation_projet", donnees={}, motivation="", remarques=REMARK,
            by=self.cast.acteurs["dd_ars"], now=ASKED_AT,
        )  # fmt: skip
        waiting = paper_decision(
            fresh(self.projet), NatureDecision.VALIDATION_PROJET, by=self.cast.acteurs["dd_ars"], signer=decideur(),
            signee_le=ASKED_AT.date(), notifiee_le=ASKED_AT.date(), now=DECIDED,
        )  # fmt: skip
        self.keys["a_confirmer"] = [waiting.pk]

    def _incomplet(self) -> None:
        asked_project(self.cast.porteur, required(now=ASKED_AT), now=ASKED_AT, projet=self.projet)
        self.keys["piece"] = [self.projet.pk, PieceDemandee.objects.get(demande__dossier=self.projet.dossier_id).pk]

    def _a_verifier(self) -> None:
        passage(now=LATER)
        late = paper_decision(
            fresh(self.projet), NatureDecision.OPPOSITION_PROJET, by=self.cast.acteurs["dd_ars"], signer=decideur(),
            signee_le=datetime(2026, 11, 12).date(), notifiee_le=datetime(2026, 11, 16).date(), motivation="Raisons.",
            donnees=GROUND.donnees(), now=LATER,
        )  # fmt: skip
        confirm_paper_decision(decision=late, by=decideur(), now=LATER)

    def _oppose(self) -> None:
        oppose(projet=self.projet, opposition=GROUND, motivation="Raisons.", by=decideur(), now=DECIDED)
        taken = Decision.objects.get(etape_id=self.projet.pk, nature=NatureDecision.OPPOSITION_PROJET)
        appeal = record_appeal(decision=taken, genre="gracieux", forme_le=DECIDED.date(), by=decideur(), now=LATER)
        self.keys |= {"decision": [taken.pk], "recours": [appeal.pk]}


def deposited(roles: set[str], *states: str) -> Readers:
    """From the deposit, in these states or in each; nobody on a draft."""
    if states:
        return dict.fromkeys(states, roles)
    return {"brouillon": NOBODY, **dict.fromkeys(DEPOSITED, roles)}


READ = MEMBERS | DESK | SENT
OF_ARS = deposited(ARS)
PROJECT_READERS: dict[str, Readers] = {
    "projects:projet": {"brouillon": MEMBERS | INVITED, **dict.fromkeys(DEPOSITED, READ)},
    "projects:projet_constater": OF_ARS,
    "projects:projet_demander_pieces": OF_ARS,
    "projects:projet_recues": OF_ARS,
    "projects:projet_renoncer": OF_ARS,
    "projects:projet_juger piece": deposited(ARS, "incomplet"),
    "projects:projet_preparer": OF_ARS,
    "projects:projet_valider": OF_ARS,
    "projects:projet_opposer": OF_ARS,
    "projects:projet_prononcer_retrait": OF_ARS,
    "projects:projet_rapporter": OF_ARS,
    "projects:projet_papier dossier": OF_ARS,
    "projects:projet_papier_decision": OF_ARS,
    "projects:papier_confirmer a_confirmer": deposited(ARS, "depose"),
    "projects:avis avis_cpam": deposited({"cpam"} | ARS, *DEPOSITED),
    "projects:avis avis_msa": deposited({"msa"}, *DEPOSITED),
    "projects:avis avis_elsm": deposited({"elsm"}, *DEPOSITED),
    "projects:avis_abstention avis_elsm": deposited({"elsm"}, *DEPOSITED),
    "projects:avis_deport avis_elsm": deposited({"elsm"}, *DEPOSITED),
    "projects:avis_reprendre avis_cpam": deposited({"cpam"}, *DEPOSITED),
    "dossiers:decision decision": deposited(READ, "oppose"),
    "dossiers:recours decision": deposited(ARS, "oppose"),
    "dossiers:recours_issue recours": deposited(ARS, "oppose"),
}
"""Written by hand from the law: everybody else gets a 404, the anonymous the page that signs in."""
