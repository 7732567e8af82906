"""The people of the permission matrix: one of each role, and one of each role that must see nothing."""

from datetime import date, datetime

from django.test import Client

from accounts.acteur import Acteur
from accounts.models import Mandat, Organisation
from dossiers.models import Dossier
from dossiers.services.conseillers import invite_adviser
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, acteur, enrol
from tests.factories.projects import porteur

BODIES = {
    "guichet": ("guichet-occitanie", ["rediger", "instruire", "gerer"]),
    "admin": ("guichet-occitanie", ["administrer"]),
    "conseiller_invite": ("guichet-occitanie", ["instruire"]),
    "urps": ("urps-infirmiers-occitanie", ["instruire", "decider"]),
    "ars": ("ars-occitanie", ["instruire", "decider", "signer"]),
    "dd_ars": ("dd-ars-31", ["instruire", "decider"]),
    "dd_ars_ailleurs": ("dd-ars-48", ["instruire", "decider"]),
    "cpam": ("cpam-31", ["instruire", "signer"]),
    "msa": ("msa-midi-pyrenees-sud", ["instruire"]),
    "elsm": ("elsm-31", ["instruire"]),
}
ROLES = (
    "anonyme",
    "sans_association",
    "porteur",
    "redacteur",
    "membre_sans_droit",
    "ancien_membre",
    "autre_association",
    "guichet_autre_region",
    *BODIES,
)


class Cast:
    """`acteurs[role]` and `clients[role]`, around the association of the porteur."""

    def __init__(self) -> None:
        self.porteur = porteur()
        association = Organisation.objects.get(pk=self.porteur.organisation_id)
        self.acteurs: dict[str, Acteur] = {
            "sans_association": Acteur(UserFactory()),
            "porteur": self.porteur,
            "redacteur": acteur(MembershipFactory(organisation=association, droits=["rediger"])),
            "membre_sans_droit": acteur(MembershipFactory(organisation=association, droits=[])),
            "ancien_membre": Acteur(
                MembershipFactory(organisation=association, debut_le="2026-01-01", fin_le="2026-02-01").user
            ),
            "autre_association": porteur(),
            "guichet_autre_region": acteur(
                MembershipFactory(
                    organisation=OrganisationFactory(genre="guichet", code="guichet-ailleurs", region="93"),
                    droits=["instruire", "rediger", "administrer"],
                )
            ),
        }
        for role, (code, droits) in BODIES.items():
            body = Organisation.objects.get(code=code)
            self.acteurs[role] = acteur(MembershipFactory(organisation=body, droits=droits))
        urps = self.acteurs["urps"]
        Mandat.objects.create(
            user=urps.user, organisation_id=urps.organisation_id, qualite="titulaire", debut_le=date(2026, 1, 1)
        )
        self.clients = {"anonyme": Client()}
        for role, person in self.acteurs.items():
            client = Client()
            if person.est_agent:
                enrol(person.user)
            client.force_login(person.user)
            self.clients[role] = client

    def invite(self, dossier: Dossier, *, now: datetime) -> None:
        """The association invites its adviser to the draft."""
        invite_adviser(dossier=dossier, user=self.acteurs["conseiller_invite"].user, by=self.porteur, now=now)
