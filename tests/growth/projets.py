"""Projects in the hands of the desks: what a page lists is there `rows` times."""

from datetime import date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Decision, OuvertureDecision, PieceDemandee, Recours, Reglage
from dossiers.services.recours import record_appeal
from dossiers.states import GenreRecours, NatureDecision
from projects.models import Avis, ProjetSante
from projects.services.opinions import give
from projects.services.projets.deciding import Opposition, oppose, prepare
from projects.services.projets.pieces import contest_requirement
from projects.services.silence import passage
from tests.factories.accounts import NOW, enrol
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.paper import paper_decision
from tests.factories.projects import CRITERES, porteur, transmitted_letter
from tests.factories.projets import asked_project, deposited_project, draft, fresh, required

RECEIVED, ASKED, OLD = (datetime(2026, month, 20, 9, tzinfo=NOW.tzinfo) for month in (10, 11, 8))
LATE = datetime(2026, 11, 23, 9, tzinfo=NOW.tzinfo)
GROUND = Opposition(motif="prs", objectifs=("Accès aux soins",))
KINDS = [genre.value for genre in GenreRecours]


class ProjectDesk:
    """`clients[role]`; `projets[state]`, with `rows` of everything around it."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.acteurs = {"dd_ars": decideur(), "guichet": guichet(), "cpam": agent("cpam-31"), "elsm": agent("elsm-31")}
        self.clients = {role: _client(by) for role, by in self.acteurs.items()}
        self.ars = self.acteurs["dd_ars"]
        self.projets: dict[str, ProjetSante] = {}
        Reglage.objects.create(
            cle="prs_objectifs", valeur=[f"Objectif {n}" for n in range(rows)], applicable_du=date(2026, 1, 1),
            motif="Essai", source="Essai",
        )  # fmt: skip
        for number in range(rows):
            self._one_of_each(number)
        self.projets["constat"] = self._waiting_for_its_receipt()
        self.keys = self._keys()

    def _waiting_for_its_receipt(self) -> ProjetSante:
        """Deposited where the ARS notes the receipt itself."""
        told = {"valeur": "constat", "applicable_du": LATE.date(), "motif": "Essai", "source": "Essai"}
        Reglage.objects.create(cle="point_de_reception", **told)
        return deposited_project(now=LATE, nom="CPTS sans réception")

    def _one_of_each(self, number: int) -> None:
        neighbour = transmitted_letter(now=RECEIVED, nom=f"CPTS voisine {number}", demande=False)
        self.dossier = neighbour.dossier
        self.projets["depose"] = self._deposited(number)
        self.projets["incomplet"] = self._incomplete(number)
        self.projets["oppose"] = self._opposed(number)
        self.projets["silence"] = deposited_project(now=OLD, nom=f"CPTS silence {number}")
        passage(now=ASKED)
        ProjetSante.objects.filter(pk=self.projets["silence"].pk).update(a_verifier_at=ASKED)
        draft(now=RECEIVED, nom=f"CPTS brouillon {number}")

    def _deposited(self, number: int) -> ProjetSante:
        projet = deposited_project(now=RECEIVED, nom=f"CPTS déposée {number}")
        asked = Avis.objects.select_related("consultation", "organisation", "dossier").get(
            organisation=self.acteurs["cpam"].organisation_id, consultation__projet=projet
        )
        give(avis=asked, sens="favorable", criteres=CRITERES, by=self.acteurs["cpam"], now=RECEIVED)
        told = {"donnees": {}, "motivation": "", "remarques": "Oui."}
        prepare(projet=projet, nature="validation_projet", **told, by=self.ars, now=ASKED)
        days = {"signee_le": ASKED.date(), "notifiee_le": ASKED.date(), "now": ASKED}
        for nature in (NatureDecision.VALIDATION_PROJET, NatureDecision.OPPOSITION_PROJET)[: self.rows]:
            given = {"motivation": "Raisons.", "donnees": GROUND.donnees()}
            more = given if nature == NatureDecision.OPPOSITION_PROJET else {}
            self.waiting = paper_decision(fresh(projet), nature, by=self.ars, signer=decideur(), **days, **more)
        last = projet.versions.get()
        reserves = [f"Action {n} sans cible." for n in range(self.rows)]
        projet.versions.create(
            numero=2, evenement=last.evenement.__class__(int=last.pk), contenu=last.contenu | {"reserves": reserves},
            sha256="0" * 64, created_at=ASKED,
        )  # fmt: skip
        return projet

    def _incomplete(self, number: int) -> ProjetSante:
        by = porteur()
        projet = deposited_project(by, now=RECEIVED, nom=f"CPTS incomplète {number}")
        items = [required(f"Pièce {n}", now=ASKED) for n in range(self.rows)]
        asked_project(by, *items, now=ASKED, projet=projet)
        contest_requirement(projet=fresh(projet), motif="Aucun texte.", by=by, now=ASKED)
        return fresh(projet)

    def _opposed(self, number: int) -> ProjetSante:
        projet = deposited_project(now=RECEIVED, nom=f"CPTS opposée {number}")
        oppose(projet=projet, opposition=GROUND, motivation="Raisons.", by=self.ars, now=ASKED)
        taken = Decision.objects.get(etape_id=projet.pk, nature=NatureDecision.OPPOSITION_PROJET, etat="prise")
        for genre in KINDS[: self.rows]:
            record_appeal(decision=taken, genre=genre, forme_le=ASKED.date(), by=self.ars, now=ASKED)
            OuvertureDecision.objects.create(
                decision=taken, user=agent("cpam-31").user, qualite="Essai", ouverte_at=ASKED
            )
        return fresh(projet)

    def _keys(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {state: [projet.pk] for state, projet in self.projets.items()}
        item = PieceDemandee.objects.filter(demande__dossier=self.projets["incomplet"].dossier_id).order_by("pk")[0]
        PieceDemandee.objects.filter(pk=item.pk).update(etat="repondue", recue_le=ASKED.date(), reponse="Oui.")
        taken = Decision.objects.get(etape_id=self.projets["oppose"].pk, nature="opposition_projet", etat="prise")
        opinions = Avis.objects.filter(consultation__projet=self.projets["depose"])
        body = {role: Organisation.objects.get(pk=self.acteurs[role].organisation_id) for role in ("cpam", "elsm")}
        return found | {
            "piece": [self.projets["incomplet"].pk, item.pk],
            "dossier": [self.dossier.pk],
            "a_confirmer": [self.waiting.pk],
            "decision": [taken.pk],
            "recours": [Recours.objects.filter(decision=taken).order_by("pk")[0].pk],
            **{f"avis_{role}": [opinions.get(organisation=body[role]).pk] for role in body},
        }

    def url(self, name: str, key: str = "") -> str:
        return reverse(name, args=self.keys[key] if key else [])


def _client(person: Acteur) -> Client:
    enrol(person.user)
    client = Client()
    client.force_login(person.user)
    return client
