"""One file of the porteur in each state of its letter, with something of everything, each carrying its own canary."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi, Mandat, Organisation
from dossiers.models import Decision, Document, Fil, PieceDemandee, PieceMessage
from dossiers.services.agenda import subscribe
from dossiers.services.echanges import Ecrit, open_thread
from dossiers.services.pieces import add_piece
from dossiers.services.pieces_demandees import Item
from dossiers.states import EtatDocument, NatureDecision
from funding.models import DemandeFir
from funding.services.instruction import ask_pieces
from projects.models import Avis, LettreIntention
from projects.services.consulting import open_consultation
from projects.services.deciding import validate
from projects.services.depositing import deposit, withdraw
from projects.services.opinions import abstain, give, recuse, save_draft
from projects.services.paper import confirm_paper_decision
from projects.services.rectifying import accept_rectification, propose_rectification
from projects.services.seances import (
    add_points,
    close_session,
    edit_session,
    note_present,
    open_session,
    write_point,
)
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import LEAD, agent, decideur, urps_codes
from tests.factories.paper import paper_decision, scan
from tests.factories.projects import fresh, ready_letter
from tests.permissions.cast import BODIES, Cast

STATES = ("brouillon", "abandonnee", "deposee", "retiree", "en_consultation", "transmise", "validee")
AT_THE_ARS = ("transmise", "validee")
ASKED = ("urps", "cpam", "msa", "elsm", "dd_ars")
"""The roles whose bodies are consulted, beside the other URPS."""


def canary(name: str) -> str:
    return f"CANARI-{name.upper().replace('_', '-')}-Z"


def opinion(name: str) -> dict[str, Any]:
    """A whole opinion that carries its canary wherever a person may write."""
    told = {"note": "insuffisant", "commentaire": f"{canary(name)} sur ce critère."}
    codes = ("territoire", "besoins", "mobilisation", "projet")
    return {"sens": "defavorable", "criteres": dict.fromkeys(codes, told), "commentaire": f"{canary(name)} en tout."}


class File:
    """`keys[what]` is what an address needs to name a thing of the file."""

    def __init__(self, cast: Cast, state: str) -> None:
        assert state in STATES
        self.cast, self.state = cast, state
        self.keys: dict[str, list[Any]] = {}
        self._draft()
        if state not in ("brouillon", "abandonnee"):
            self._deposit()
        if state in ("en_consultation", *AT_THE_ARS):
            self._consult()
        if state in AT_THE_ARS:
            self._transmit()
        if state == "transmise":
            self._wait_for_a_second_person()
        if state == "validee":
            self._decide()
        if state in ("retiree", "abandonnee"):
            withdraw(lettre=self.lettre, motif=canary("retrait"), by=cast.porteur, now=NOW)
        self._draw()

    def url(self, address: str) -> str:
        """ "projects:avis urps": the name, then which one; without the second word, that of the file itself."""
        name, _, which = address.partition(" ")
        return reverse(name, args=self.keys[which or OF_WHAT.get(name) or OF_APP[name.partition(":")[0]]])

    def body_url(self, address: str) -> str:
        """ "accounts:membre urps": an address that names the body of a role of the cast, or a person in it."""
        name, _, role = address.partition(" ")
        by = self.by("porteur" if role == "association" else role)
        assert by.membership is not None
        code, keys = by.membership.organisation.code, []
        if name == "accounts:message":
            return reverse(name, args=[Envoi.objects.filter(user=by.user).order_by("pk")[0].pk])
        if name == "accounts:fin_pouvoir":
            keys = [Mandat.objects.get(user=by.user).pk]
        if name in ("accounts:membre", "accounts:retirer"):
            keys = [by.membership.pk]
        return reverse(name, args=[code, *keys])

    def by(self, role: str) -> Acteur:
        return self.cast.acteurs[role]

    def _draft(self) -> None:
        porteur = self.by("porteur")
        answer = {"besoins": {"population": f"{canary('lettre')} besoins"}}
        self.lettre: LettreIntention = ready_letter(porteur, nom=f"CPTS {canary('nom')}", changes=answer)
        self.cast.invite(self.lettre.dossier, now=NOW)
        assert self.lettre.demande_id is not None
        self.keys |= {
            "lettre": [self.lettre.pk],
            "lettre.section": [self.lettre.pk, "besoins"],
            "demande": [self.lettre.demande_id],
            "demande.section": [self.lettre.demande_id, "demande"],
            "dossier": [self.lettre.dossier_id],
            "agenda": [subscribe(dossier=self.lettre.dossier, by=porteur, now=NOW)[0].pk],
        }
        for genre in ("autre", "rib"):
            joined = scan(f"{canary(f'piece_{genre}')}.png")
            piece = add_piece(dossier=self.lettre.dossier, genre=genre, fichier=joined, by=porteur, now=NOW)
            self.keys[f"piece_{genre}"] = [piece.pk]
        self._write("porteur_guichet", "porteur_guichet", "porteur", "conseiller_invite")

    def _write(self, name: str, audience: str, role: str, *_: str) -> None:
        """A thread whose subject, text and file carry its canary."""
        sent = Ecrit(
            texte=f"{canary(f'fil_{name}')} en toutes lettres.",
            jeton=uuid.uuid4(),
            fichiers=[scan(f"{canary(f'fichier_{name}')}.png")],
            attend_reponse=True,
        )
        fil = open_thread(
            dossier=self.lettre.dossier,
            audience=audience,
            sujet=f"{canary(f'sujet_{name}')}",
            ecrit=sent,
            by=self.by(role),
            now=NOW,
        )
        self.keys[f"fil_{name}"] = [fil.pk]
        self.keys[f"fichier_{name}"] = [PieceMessage.objects.get(message__fil=fil).pk]

    def _note(self, role: str) -> None:
        self._write(f"note_{role}", "organisme", role)

    def _deposit(self) -> None:
        porteur = self.by("porteur")
        deposit(lettre=self.lettre, by=porteur, now=NOW)
        for name, champ in (("acceptee", "population"), ("proposee", "acces_medecin")):
            proposed = propose_rectification(
                lettre=self.lettre, section="besoins", champ=champ, apres=canary(name), motif="Essai.",
                by=porteur, now=NOW,
            )  # fmt: skip
            self.keys[f"rectification_{name}"] = [proposed.pk]
            if name == "acceptee":
                accept_rectification(rectification=proposed, by=self.by("guichet"), now=NOW)
        self.lettre = fresh(self.lettre)
        self._note("guichet")

    def _consult(self) -> None:
        desk = self.by("guichet")
        bodies = Organisation.objects.filter(code__in=[*urps_codes(), *LEAD.values()])
        open_consultation(
            lettre=self.lettre, organisations=list(bodies), limite_le=date(2026, 12, 16), quorum=0, by=desk, now=NOW
        )
        self.lettre = fresh(self.lettre)
        for role in ASKED:
            self._opinion(role, "guichet", role)
            self._note(role)
        mine = BODIES["urps"][0]
        others = [agent(code) for code in urps_codes() if code != mine][:3]
        for name, person in zip(("ebauche", "abstention", "deport"), others, strict=True):
            self.keys[f"avis_{name}"] = [self._avis(person, "guichet").pk]
        save_draft(avis=self._avis(others[0], "guichet"), **opinion("avis_ebauche"), version=0, by=others[0], now=NOW)
        abstain(avis=self._avis(others[1], "guichet"), motif=canary("avis_abstention"), by=others[1], now=NOW)
        recuse(avis=self._avis(others[2], "guichet"), conflit=canary("avis_deport"), by=others[2], now=NOW)
        self._session(desk)

    def _avis(self, by: Acteur, nature: str) -> Avis:
        found = Avis.objects.select_related("consultation", "organisation", "dossier")
        return found.get(consultation__lettre=self.lettre, consultation__nature=nature, organisation=by.organisation_id)

    def _opinion(self, role: str, nature: str, name: str) -> None:
        avis = self._avis(self.by(role), nature)
        give(avis=avis, **opinion(f"avis_{name}"), by=self.by(role), now=NOW)
        self.keys[f"avis_{name}"] = [avis.pk]

    def _session(self, desk: Acteur) -> None:
        self.seance = open_session(tenue_le=NOW.date(), lieu="Toulouse", by=desk, now=NOW)
        add_points(seance=self.seance, consultations=[self.lettre.consultations.get(nature="guichet").pk], by=desk)
        present = {"nom": canary("present"), "organisation": BODIES["msa"][0]}
        note_present(seance=self.seance, presents=[present], by=desk)
        point = self.seance.points.get()
        write_point(point=point, releve=canary("releve"), by=desk)
        edit_session(seance=self.seance, tenue_le=NOW.date(), lieu="Toulouse", notes=canary("notes_de_seance"), by=desk)
        self.keys |= {
            "seance": [self.seance.pk],
            "seance.avis": [self.seance.pk, *self.keys["avis_ebauche"]],
            "seance.point": [self.seance.pk, point.pk],
        }

    def _transmit(self) -> None:
        desk = self.by("guichet")
        close_session(seance=self.seance, by=desk, now=NOW)
        told = {"conclusion": canary("synthese")}
        give_synthesis(lettre=self.lettre, sens="favorable", synthese=told, by=desk, now=NOW)
        transmit(lettre=self.lettre, by=desk, now=NOW)
        self.lettre = fresh(self.lettre)
        self._opinion("cpam", "am", "am")
        self._note("ars")
        self._write("ars_am", "ars_am", "dd_ars")
        self._write("porteur_ars", "porteur_ars", "porteur")
        item = Item(
            intitule=canary("demandee"), requise=True, fondement="Décret 2001-495", limite_le=date(2026, 12, 20)
        )
        ask_pieces(demande=self.demande, items=[item], by=self.by("dd_ars"), now=NOW)
        self.keys["demandee"] = [PieceDemandee.objects.get(demande__dossier=self.lettre.dossier).pk]

    @property
    def demande(self) -> DemandeFir:
        return DemandeFir.objects.for_pages().get(pk=self.lettre.demande_id)

    def _wait_for_a_second_person(self) -> None:
        """A validation signed on paper, typed by one person, that nobody confirmed yet."""
        waiting = paper_decision(
            self.lettre,
            NatureDecision.VALIDATION_LETTRE,
            by=self.by("dd_ars"),
            signer=decideur(),
            motivation=canary("motivation_en_attente"),
            scan=scan(f"{canary('preuve_en_attente')}.png"),
        )
        self.keys |= {"a_confirmer": [waiting.pk], "piece_preuve_en_attente": [waiting.preuve_id]}

    def _decide(self) -> None:
        """The letter is validated in the portal, its request granted on paper."""
        validate(lettre=self.lettre, motivation=canary("motivation"), by=decideur(), now=NOW)
        granted = paper_decision(
            self.demande,
            NatureDecision.ACCORD_FIR,
            montant=Decimal(20_000),
            motivation=canary("motivation_fir"),
            by=self.by("dd_ars"),
            signer=decideur(),
            scan=scan(f"{canary('preuve')}.png"),
        )
        confirm_paper_decision(decision=granted, by=decideur(), now=granted.saisie_at)
        validated = Decision.objects.get(nature=NatureDecision.VALIDATION_LETTRE, dossier=self.lettre.dossier)
        self.keys |= {
            "decision_lettre": [validated.pk],
            "decision_fir": [granted.pk],
            "piece_preuve": [granted.preuve_id],
        }

    def _draw(self) -> None:
        """Each paper has its bytes; the one of each kind is named by its kind."""
        for paper in self.papers():
            paper.fichier.save("essai.pdf", ContentFile(b"%PDF-1.7 essai"), save=False)
            Document.objects.filter(pk=paper.pk).update(
                etat=EtatDocument.RENDU, fichier=paper.fichier.name, sha256="0" * 64
            )
            self.keys.setdefault(f"papier_{paper.modele}", [paper.pk])

    def papers(self) -> list[Document]:
        return list(Document.objects.filter(dossier=self.lettre.dossier_id).order_by("pk"))

    def mails_to(self, role: str) -> list[str]:
        sent = Envoi.objects.filter(user=self.by(role).user).order_by("pk")
        return [f"{mail.sujet} {mail.texte} {mail.html}" for mail in sent]

    def threads(self) -> list[int]:
        return list(Fil.objects.filter(dossier=self.lettre.dossier_id).order_by("pk").values_list("pk", flat=True))


OF_APP = {"projects": "lettre", "funding": "demande", "dossiers": "dossier"}
OF_WHAT = {
    "projects:section": "lettre.section",
    "funding:section": "demande.section",
    "funding:nouvelle_demande": "dossier",
    "projects:accorder": "demande",
    "projects:papier_decision_demande": "demande",
    "projects:papier_confirmer": "a_confirmer",
    "projects:seance_avis": "seance.avis",
    "projects:seance_point": "seance.point",
    "projects:seance_monter": "seance.point",
    "projects:seance_retirer": "seance.point",
    **{f"projects:seance{act}": "seance" for act in ("", "_modifier", "_ordre", "_presents", "_clore")},
    **{f"projects:avis{act}": "avis_urps" for act in ("", "_abstention", "_deport", "_reprendre")},
    "dossiers:repondre_piece": "demandee",
    "dossiers:fil_de_piece": "demandee",
    "dossiers:retirer_piece": "piece_autre",
    "dossiers:retirer_agenda": "agenda",
}
"""What the key of an address names, where it is not the letter, the request or the dossier of its application."""
