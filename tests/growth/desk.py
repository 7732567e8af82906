"""A small world of files that are checked, consulted on, decided: what a page lists is there `rows` times."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Decision, Dossier, Fil, OuvertureDecision, PieceDemandee, Reglage
from dossiers.services.echanges import Ecrit, open_thread, post_message
from dossiers.services.liens import tie
from dossiers.services.pieces_demandees import Item
from dossiers.states import NatureDecision, NatureLien
from funding.models import DemandeFir
from funding.services.instruction import ask_pieces, ask_reasons, record_rejection
from funding.services.standalone import open_standalone
from projects.models import Avis, LettreIntention, Rectification, Seance
from projects.services import checking
from projects.services.deciding import confirm_validation, grant_request, validate
from projects.services.opinions import give, save_draft
from projects.services.rectifying import accept_rectification, propose_rectification
from projects.services.seances import add_points, close_session, note_present, open_session
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW, enrol
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.paper import paper_decision, scan
from tests.factories.projects import (
    CRITERES,
    consulted_letter,
    deposited_letter,
    fresh,
    porteur,
    ready_letter,
    transmitted_letter,
)

EARLY, SILENT = datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 10, 1, 9, tzinfo=UTC)
ANSWERS = ("population", "acces_medecin", "parcours")


class Desk:
    """`clients[role]`; `lettres[state]` of the porteur, with `rows` of everything around it."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.acteurs = {
            "porteur": porteur(),
            "guichet": guichet(),
            "urps": agent(urps_codes()[0]),
            "dd_ars": decideur(),
            "cpam": agent("cpam-31"),
        }
        self.clients = {role: _client(by) for role, by in self.acteurs.items()}
        self.porteur, self.desk, self.ars = (self.acteurs[role] for role in ("porteur", "guichet", "dd_ars"))
        self.lettres: dict[str, LettreIntention] = {}
        self.seances: dict[str, Seance] = {}
        self._at_the_guichet()
        self._consulted()
        self._at_the_ars()
        self._decided()
        self._alone()

    def _letters(self, state: str, make: Any, **given: Any) -> list[LettreIntention]:
        """`rows` of them; the last one is the letter of that state."""
        made = [make(self.porteur, nom=f"CPTS {state} {number}", **given) for number in range(self.rows)]
        self.lettres[state] = made[-1]
        return made

    def _items(self) -> list[Item]:
        return [
            Item(intitule=f"Pièce {number}", requise=True, fondement="Décret", limite_le=date(2026, 12, 20))
            for number in range(self.rows)
        ]

    # --- The Guichet ------------------------------------------------------------------------------------

    def _at_the_guichet(self) -> None:
        checked = self.lettres["deposee"] = deposited_letter(self.porteur, nom="CPTS vérifiée")
        self._surround(checked.dossier)
        Dossier.objects.filter(pk=checked.dossier_id).update(departements=["09", "31"])
        for champ in ANSWERS[: self.rows]:
            self._rectify(checked, champ)
        self.lettres["brouillon"] = ready_letter(self.porteur, nom="CPTS en cours")
        self.lettres["ancienne"] = deposited_letter(self.porteur, now=EARLY, demande=False, nom="CPTS ancienne")
        incomplete = self.lettres["incomplete"] = deposited_letter(self.porteur, nom="CPTS incomplète")
        checking.ask_pieces(lettre=incomplete, items=self._items(), by=self.desk, now=NOW)

    def _surround(self, dossier: Dossier) -> None:
        """Threads of `rows` messages with their files, notes, and links to other files."""
        for number in range(self.rows):
            fil = self._thread(dossier, "porteur_guichet", self.porteur, f"Question {number}")
            for _ in range(self.rows):
                sent = Ecrit(texte="Réponse.", jeton=uuid.uuid4(), fichiers=[scan(), scan()])
                post_message(fil=fil, ecrit=sent, by=self.desk, now=NOW)
            self._thread(dossier, "organisme", self.desk, f"Note {number}")
            other = deposited_letter(nom=f"CPTS voisine {number}", demande=False).dossier
            tie(dossier=dossier, autre=other, nature=NatureLien.CONCURRENT, motif="Essai.", by=self.desk, now=NOW)

    def _thread(self, dossier: Dossier, audience: str, by: Acteur, sujet: str) -> Fil:
        sent = Ecrit(texte="Bonjour.", jeton=uuid.uuid4(), attend_reponse=True)
        return open_thread(dossier=dossier, audience=audience, sujet=sujet, ecrit=sent, by=by, now=NOW)

    def _rectify(self, lettre: LettreIntention, champ: str) -> Rectification:
        told = {"lettre": lettre, "section": "besoins", "champ": champ, "motif": "Essai.", "by": self.porteur}
        accept_rectification(
            rectification=propose_rectification(**told, apres="Corrigé.", now=NOW), by=self.desk, now=NOW
        )
        return propose_rectification(**told, apres="Corrigé encore.", now=NOW)

    # --- Opinions ---------------------------------------------------------------------------------------

    def _consulted(self) -> None:
        mine, others = self.acteurs["urps"], [agent(code) for code in urps_codes()[1:4]]
        letters = self._letters("consultee", consulted_letter, desk=self.desk, quorum=0)
        asked = letters[-1]
        for by in others[: self.rows]:
            self._give(asked, by)
        self.seances = {name: self._session(letters) for name in ("close", "tenue") for _ in range(self.rows)}
        close_session(seance=self.seances["close"], by=self.desk, now=NOW)
        save_draft(
            avis=self._avis(asked, mine), sens="favorable", criteres=CRITERES, commentaire="", version=0, by=mine,
            now=NOW,
        )  # fmt: skip
        answered = self.lettres["repondue"] = consulted_letter(self.porteur, desk=self.desk, nom="CPTS répondue")
        self._give(answered, mine)
        done = self.lettres["rendue"] = consulted_letter(self.porteur, desk=self.desk, quorum=0, nom="CPTS rendue")
        for by in others[: self.rows]:
            self._give(done, by)
        give_synthesis(lettre=done, sens="favorable", synthese={"conclusion": "Oui."}, by=self.desk, now=NOW)

    def _session(self, letters: list[LettreIntention]) -> Seance:
        seance = open_session(tenue_le=NOW.date(), lieu="Toulouse", by=self.desk, now=NOW)
        running = [lettre.consultations.get(nature="guichet").pk for lettre in letters]
        add_points(seance=seance, consultations=running, by=self.desk)
        present = {"nom": "Alix Fictif", "organisation": urps_codes()[0], "qualite": "Titulaire"}
        note_present(seance=seance, presents=[present] * self.rows, by=self.desk)
        return seance

    def _avis(self, lettre: LettreIntention, by: Acteur) -> Avis:
        found = Avis.objects.select_related("consultation", "organisation", "dossier")
        return found.get(consultation__lettre=lettre, organisation=by.organisation_id)

    def _give(self, lettre: LettreIntention, by: Acteur) -> None:
        give(avis=self._avis(lettre, by), sens="favorable", criteres=CRITERES, by=by, now=NOW)

    # --- The ARS ----------------------------------------------------------------------------------------

    def _at_the_ars(self) -> None:
        sent = self.lettres["transmise"] = self._sent_after_consultation("CPTS transmise")
        for number in range(self.rows):
            self._thread(sent.dossier, "ars_am", self.ars, f"Avis {number}")
            self._thread(sent.dossier, "porteur_ars", self.porteur, f"Où en êtes-vous {number}")
        ask_pieces(demande=_request(sent), items=self._items(), by=self.ars, now=NOW)
        signer = decideur()
        for waiting in self._letters("attend", transmitted_letter):
            paper_decision(waiting, NatureDecision.VALIDATION_LETTRE, by=self.ars, signer=signer)

    def _sent_after_consultation(self, nom: str) -> LettreIntention:
        lettre = consulted_letter(self.porteur, desk=self.desk, quorum=0, nom=nom)
        for code in ("msa-midi-pyrenees-sud", "elsm-31", "dd-ars-31")[: self.rows]:
            self._give(lettre, self.ars if code == "dd-ars-31" else agent(code))
        transmit(lettre=lettre, by=self.desk, now=NOW)
        return fresh(lettre)

    def _decided(self) -> None:
        for state in ("validee", "accordee"):
            lettre = self.lettres[state] = transmitted_letter(self.porteur, nom=f"CPTS {state}")
            validate(lettre=lettre, motivation="Oui.", by=self.ars, now=NOW)
        request = _request(self.lettres["accordee"])
        grant_request(demande=request, montant=request.montant_demande, motivation="Oui.", by=self.ars, now=NOW)
        decisions = Decision.objects.filter(dossier=self.lettres["accordee"].dossier_id)
        self.decision = decisions.get(nature=NatureDecision.VALIDATION_LETTRE)
        for _ in range(self.rows):
            OuvertureDecision.objects.create(
                decision=self.decision, user=agent("cpam-31").user, qualite="Essai", ouverte_at=NOW
            )
        for state in ("silence", "motifs"):
            lettre = self.lettres[state] = transmitted_letter(self.porteur, now=EARLY, nom=f"CPTS {state}")
            record_rejection(demande=_request(lettre), now=SILENT)
        ask_reasons(demande=_request(self.lettres["motifs"]), by=self.porteur, now=SILENT)
        Reglage.objects.create(
            cle="mode_validation_lettre", valeur="conjointe", applicable_du=NOW.date(), motif="Essai", source="Essai"
        )
        confirm_validation(lettre=self.lettres["transmise"], by=self.acteurs["cpam"], now=NOW)

    def _alone(self) -> None:
        ars = Organisation.objects.get(code="ars-occitanie")
        dossier = self.lettres["deposee"].dossier
        for objet in ("autre", "coordinateur", "appel_thematique")[: self.rows]:
            self.seule = open_standalone(dossier=dossier, financeur=ars, objet=objet, by=self.porteur, now=NOW)

    # --- Addresses --------------------------------------------------------------------------------------

    def url(self, name: str, key: str = "") -> str:
        """ "deposee": the letter; "deposee.dossier", "deposee.demande"; "consultee.avis": that of the URPS."""
        return reverse(name, args=self._key(key) if key else [])

    def _key(self, key: str) -> list[Any]:
        state, _, field = key.partition(".")
        if state == "seance":
            return self._of_session(field)
        if state in ("decision", "seule"):
            return [getattr(self, state).pk]
        lettre = self.lettres[state]
        if field in OF_DOSSIER:
            return [OF_DOSSIER[field](lettre.dossier_id)]
        if field in ("avis", "donne"):
            by = self.acteurs["urps"] if field == "avis" else agent(urps_codes()[1])
            return [self._avis(lettre, by).pk]
        return [getattr(lettre, f"{field}_id" if field else "pk")]

    def _of_session(self, field: str) -> list[Any]:
        seance = self.seances["close" if field == "close" else "tenue"]
        if field == "point":
            return [seance.pk, seance.points.order_by("ordre")[0].pk]
        if field == "avis":
            return [seance.pk, self._avis(self.lettres["consultee"], agent(urps_codes()[5])).pk]
        return [seance.pk]


def _thread_of(audience: str) -> Any:
    return lambda dossier: Fil.objects.filter(dossier=dossier, audience=audience).order_by("pk")[0].pk


OF_DOSSIER: dict[str, Any] = {
    "fil": _thread_of("porteur_guichet"),
    "note": _thread_of("organisme"),
    "ars_am": _thread_of("ars_am"),
    "demandee": lambda dossier: PieceDemandee.objects.filter(demande__dossier=dossier).order_by("pk")[0].pk,
    "rectification": lambda dossier: (
        Rectification.objects.filter(lettre__dossier=dossier, etat="proposee").order_by("pk")[0].pk
    ),
    "decision": lambda dossier: Decision.objects.filter(dossier=dossier).order_by("pk")[0].pk,
}


def _request(lettre: LettreIntention) -> DemandeFir:
    return DemandeFir.objects.for_pages().get(pk=lettre.demande_id)


def _client(person: Acteur) -> Client:
    if person.est_agent:
        enrol(person.user)
    client = Client()
    client.force_login(person.user)
    return client
