"""A small world where everything a page lists is there `rows` times."""

import itertools
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Absence, Delegation, Envoi, Invitation, Membership, Organisation
from accounts.services.invitations import hash_token, invite
from accounts.services.mails import queue_mail
from accounts.services.memberships import new_association
from accounts.states import EtatEnvoi
from dossiers.models import AbonnementAgenda, Affectation, Document, Dossier
from dossiers.services.agenda import subscribe
from dossiers.services.conseillers import invite_adviser
from dossiers.services.documents import create_document
from dossiers.states import EtatDocument, RoleAffectation
from portal.demonstration.reponses import COMMUNES
from projects.models import LettreIntention
from projects.services.depositing import withdraw
from projects.states import EtatLettre
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur, enrol
from tests.factories.dossiers import DossierFactory, PieceFactory, territoire
from tests.factories.projects import deposited_letter, porteur, ready_letter

AGENTS = {
    "guichet": ("guichet-occitanie", ["rediger", "instruire", "gerer"]),
    "admin": ("guichet-occitanie", ["administrer"]),
    "agent": ("ars-occitanie", ["instruire"]),
}


class World:
    """`clients[role]`; one letter of the porteur in each state, and `rows` of everything around it."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.acteurs = {"porteur": porteur(), **{role: _agent(*wanted) for role, wanted in AGENTS.items()}}
        self.clients = {"anonyme": Client(), **{role: _client(person) for role, person in self.acteurs.items()}}
        self.porteur = self.acteurs["porteur"]
        self.association = Organisation.objects.get(pk=self.porteur.organisation_id)
        self.invitation = self._people()
        self.lettres = self._letters()
        for lettre in self.lettres.values():
            self._fill(lettre.dossier)
        self.message, self.paper = self._mails(), self._paper()
        self._charges()
        self.agenda = self._calendars()

    def _people(self) -> Invitation:
        """Other members, pending invitations, and other capacities of the porteur."""
        for number in range(self.rows):
            self.membre: Membership = MembershipFactory(organisation=self.association, droits=["rediger"])
            MembershipFactory(user=self.porteur.user, organisation=OrganisationFactory(), debut_le="2026-02-01")
            last = invite(
                organisation=self.association,
                email=f"attendue{number}@exemple.fr",
                droits=["rediger"],
                fonction="",
                by=self.porteur,
                now=timezone.now(),
            )
        Invitation.objects.filter(pk=last.pk).update(jeton_sha256=JETON_SHA256)
        return last

    def _letters(self) -> dict[str, LettreIntention]:
        """One letter in each state, others beside it, and neighbours on the same communes."""
        communes = COMMUNES[: self.rows]
        for _ in range(self.rows):
            _neighbour(*communes)
        for number in range(self.rows - 1):
            deposited_letter(self.porteur, communes=COMMUNES[:1], nom=f"CPTS déposée {number}")
            ready_letter(self.porteur, communes=COMMUNES[:1], nom=f"CPTS en cours {number}")
        found = {
            "brouillon": ready_letter(self.porteur, communes=communes, nom="CPTS en cours"),
            "deposee": deposited_letter(self.porteur, communes=communes, nom="CPTS déposée"),
            "retiree": deposited_letter(self.porteur, communes=communes, nom="CPTS retirée"),
        }
        withdraw(lettre=found["retiree"], motif="Le projet change.", by=self.porteur, now=NOW)
        return found

    def _fill(self, dossier: Dossier) -> None:
        """Pieces, papers drawn and papers to draw, advisers invited and to invite."""
        deposited = dossier.reference is not None
        self.piece = PieceFactory.create_batch(self.rows, dossier=dossier, figee_at=NOW if deposited else None)[0]
        guichet = Organisation.objects.get(code="guichet-occitanie")
        for _ in range(self.rows):
            MembershipFactory(organisation=guichet, droits=["instruire"])
            adviser = MembershipFactory(organisation=guichet, droits=["instruire"]).user
            invite_adviser(dossier=dossier, user=adviser, by=self.porteur, now=NOW)
            if deposited:
                _drawn(dossier)

    def _mails(self) -> Envoi:
        """Messages of everybody; some mails failed."""
        for person in self.acteurs.values():
            for _ in range(self.rows):
                queue_mail(
                    evenement=uuid4(), modele="lettre_recue", user=person.user, contexte=MESSAGE, now=NOW, url="/"
                )
        own = Envoi.objects.filter(user=self.porteur.user).order_by("-pk")
        failed = list(Envoi.objects.order_by("pk").values_list("pk", flat=True)[: self.rows])
        Envoi.objects.filter(pk__in=failed).update(etat=EtatEnvoi.ECHEC, essais=8, erreur="Refusé")
        return own[0]

    def _paper(self) -> Document:
        return Document.objects.filter(etat=EtatDocument.RENDU).order_by("pk")[0]

    def _calendars(self) -> AbonnementAgenda:
        """Addresses of all the files, and of one."""
        for by, _ in itertools.product((self.porteur, self.acteurs["guichet"]), range(self.rows)):
            subscribe(dossier=self.lettres["deposee"].dossier, by=by, now=NOW)
            subscribe(dossier=None, by=by, now=NOW)
        return AbonnementAgenda.objects.filter(user=self.porteur.user).order_by("pk")[0]

    def _charges(self) -> None:
        """Powers of the agency, absences and charges of the Guichet, an association nobody manages."""
        agency, desk = self.acteurs["agent"], self.acteurs["guichet"]
        deposited = self.lettres["deposee"].dossier
        for number in range(self.rows):
            first = date(2026, 1, 1) + timedelta(days=30 * number)
            self.pouvoir: Delegation = Delegation.objects.create(
                user=agency.user,
                organisation_id=agency.organisation_id,
                objet="Décisions",
                acte="Arrêté",
                debut_le=first,
            )
            Absence.objects.create(user=desk.user, du_le=first, au_le=first)
            Absence.objects.create(user=desk.user, du_le=first.replace(year=2099), au_le=first.replace(year=2099))
            Affectation.objects.create(
                dossier=deposited,
                organisation_id=desk.organisation_id,
                user=desk.user,
                role=RoleAffectation.TITULAIRE,
                debut_le=first,
                fin_le=first + timedelta(days=30),
                affecte_par=desk.user,
            )
        self.sans_gestion = new_association(nom="Santé sur papier", region="76")

    def url(self, name: str, key: str = "", *more: str) -> str:
        """The address of a page: `key` says what it is about, as "deposee.dossier"."""
        keys: dict[str, list[Any]] = {
            "": [],
            "association": [self.association.code],
            "membre": [self.association.code, self.membre.pk],
            "agence": ["ars-occitanie"],
            "pouvoir": ["ars-occitanie", self.pouvoir.pk],
            "sans_gestion": [self.sans_gestion.code],
            "invitation": [JETON],
            "message": [self.message.pk],
            "agenda": [self.agenda.pk],
            "piece": [self.piece.pk],
            "paper": [self.paper.code_court],
        }
        if key not in keys:
            state, _, field = key.partition(".")
            keys[key] = [getattr(self.lettres[state], f"{field}_id" if field else "pk")]
        return reverse(name, args=[*keys[key], *more])


JETON = "jeton-pour-les-essais"
JETON_SHA256 = hash_token(JETON)
MESSAGE = {"cpts": "CPTS des Essais", "reference": "ESSAI-1", "association": "Essai", "avec_demande": True}


def _agent(code: str, droits: list[str]) -> Acteur:
    return acteur(MembershipFactory(organisation=Organisation.objects.get(code=code), droits=droits))


def _client(person: Acteur) -> Client:
    if person.est_agent:
        enrol(person.user)
    client = Client()
    client.force_login(person.user)
    return client


def _neighbour(*communes: str) -> None:
    """The deposited letter of another association, without its answers."""
    dossier = DossierFactory(depose=True)
    LettreIntention.objects.create(
        dossier=dossier,
        etat=EtatLettre.DEPOSEE,
        deposee_at=NOW,
        territoire=territoire(dossier, *communes, fige_at=NOW),
        created_at=NOW,
        created_by=dossier.created_by,
    )


def _drawn(dossier: Dossier) -> None:
    """A paper that has its file, one that waits for it, one that could not be drawn."""
    for written in (
        {"etat": EtatDocument.RENDU, "fichier": "essai.pdf", "sha256": "0" * 64},
        {"etat": EtatDocument.ATTENDU},
        {"etat": EtatDocument.ECHEC, "essais": 1, "erreur": "Le moteur de rendu s’est arrêté"},
    ):
        event = uuid4()
        create_document(evenement=event, modele="essai", dossier=dossier, titre="Accusé d’essai", contexte={}, now=NOW)
        Document.objects.filter(evenement=event).update(**written)
