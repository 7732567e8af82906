"""The demonstration accounts: one per role, invented, with a second factor anybody can compute.

They exist only where `settings.DEMONSTRATION` is true, never in production.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Delegation, Mandat, Membership, Organisation, User
from accounts.services.memberships import create_association, join

PASSWORD = "formation-guichet-2026"
SECRET = "GUICHETCPTSFORMATION2345"
"""The same for every demonstration agent: `manage.py code_demonstration` prints the code of the moment."""


@dataclass(frozen=True)
class Compte:
    """A person to create. `organisation` is the code of a body, or the name of an association to open."""

    courriel: str
    prenom: str
    nom: str
    role: str
    fonction: str
    organisation: str
    droits: tuple[str, ...]


PORTEUR = Compte(
    "porteur@demo.example", "Camille", "Exemple", "Porteuse de projet", "Présidente", "Santé des Coteaux", ()
)
COMPTES = (
    Compte("redaction@demo.example", "Dominique", "Modèle", "Rédacteur associé", "Rédacteur", "", ("rediger",)),
    Compte(
        "guichet@demo.example",
        "Maxime",
        "Échantillon",
        "Coordination du Guichet",
        "Coordinatrice",
        "guichet-occitanie",
        ("rediger", "instruire", "gerer"),
    ),
    Compte(
        "admin@demo.example",
        "Claude",
        "Patron",
        "Administration du portail",
        "Administrateur",
        "guichet-occitanie",
        ("administrer",),
    ),
    Compte(
        "urps@demo.example",
        "Andrea",
        "Spécimen",
        "URPS infirmiers",
        "Élue",
        "urps-infirmiers-occitanie",
        ("instruire",),
    ),
    Compte(
        "medecins@demo.example",
        "Sacha",
        "Patron",
        "URPS médecins libéraux (suppléant)",
        "Élu",
        "urps-medecins-occitanie",
        ("instruire",),
    ),
    Compte(
        "ars@demo.example", "Noa", "Maquette", "ARS, Haute-Garonne", "Chargée de mission", "dd-ars-31", ("instruire",)
    ),
    Compte(
        "decision@demo.example",
        "Alix",
        "Gabarit",
        "ARS, Haute-Garonne : décide",
        "Directrice départementale",
        "dd-ars-31",
        ("instruire", "decider", "gerer"),
    ),
    Compte(
        "cpam@demo.example",
        "Lou",
        "Prototype",
        "CPAM de la Haute-Garonne",
        "Chargé de relations",
        "cpam-31",
        ("instruire", "signer"),
    ),
    Compte(
        "msa@demo.example",
        "Eden",
        "Calque",
        "MSA Midi-Pyrénées Sud",
        "Conseillère",
        "msa-midi-pyrenees-sud",
        ("instruire",),
    ),
    Compte("elsm@demo.example", "Robin", "Épreuve", "Service médical", "Médecin-conseil", "elsm-31", ("instruire",)),
)
MANDATS = {"urps@demo.example": "titulaire", "medecins@demo.example": "suppleant"}
DELEGATION = ("decision@demo.example", "Décisions relatives aux CPTS de la Haute-Garonne", 40_000)
"""Who decides, on what, up to how many euros."""
AUTRES_PORTEURS = (
    Compte("porteur2@demo.example", "Morgan", "Témoin", "Porteur d’un autre projet", "Président", "Vallées unies", ()),
    Compte(
        "porteur3@demo.example",
        "Yaël",
        "Canevas",
        "Porteuse, quartiers de Toulouse",
        "Présidente",
        "Toulouse Nord Santé",
        (),
    ),
    Compte(
        "porteur4@demo.example",
        "Charlie",
        "Gabarit",
        "Porteur, quartiers de Toulouse",
        "Président",
        "Rive gauche Santé",
        (),
    ),
    Compte(
        "porteur5@demo.example",
        "Eden",
        "Brouillon",
        "Porteuse, quartiers de Toulouse",
        "Présidente",
        "Toulouse Est Santé",
        (),
    ),
    Compte("porteur6@demo.example", "Sam", "Calque", "Porteur qui découvre le portail", "", "", ()),
    Compte(
        "porteur7@demo.example",
        "Ariel",
        "Ébauche",
        "Porteuse de lettres à chaque étape",
        "Présidente",
        "Santé Garonne",
        (),
    ),
    Compte(
        "porteur8@demo.example",
        "Lou",
        "Esquisse",
        "Porteuse de projets de santé à chaque étape",
        "Présidente",
        "Santé des Vallons",
        (),
    ),
)


def create_person(compte: Compte, *, now: datetime) -> User:
    """The person, its address verified."""
    user = User.objects.create_user(compte.courriel, PASSWORD, prenom=compte.prenom, nom=compte.nom)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def create_porteur(compte: Compte, *, region: str, now: datetime) -> Acteur:
    """The person and the association it opens; it is its legal representative."""
    user = create_person(compte, now=now)
    membership = create_association(nom=compte.organisation, region=region, by=user, now=now, fonction=compte.fonction)
    Membership.objects.filter(pk=membership.pk).update(representant_legal=True)
    membership.representant_legal = True
    return Acteur(user, membership)


def create_member(compte: Compte, organisation: Organisation, *, now: datetime) -> Acteur:
    """A member of a body or of an association; an agent gets the second factor of the demonstration."""
    user = create_person(compte, now=now)
    membership = join(
        organisation=organisation,
        user=user,
        droits=list(compte.droits),
        fonction=compte.fonction,
        added_by=None,
        now=now,
    )
    if organisation.genre != "association":
        TOTP.activate(user, SECRET)
    if qualite := MANDATS.get(compte.courriel) or ("titulaire" if organisation.genre == "urps" else ""):
        Mandat.objects.create(
            user=user,
            organisation=organisation,
            qualite=qualite,
            debut_le=timezone.localdate(now) - timedelta(days=200),
        )
    if compte.courriel == DELEGATION[0]:
        Delegation.objects.create(
            user=user,
            organisation=organisation,
            objet=DELEGATION[1],
            plafond=DELEGATION[2],
            acte="Arrêté de délégation, démonstration",
            debut_le=timezone.localdate(now) - timedelta(days=200),
        )
    return Acteur(user, membership)


def create_elected(organisation: Organisation, rank: int, *, now: datetime) -> Acteur:
    """The holder of a URPS nobody signs in for: its opinions are part of the files."""
    compte = Compte(
        f"urps{rank}@demo.example", "Andrea", f"Figurant {rank}", organisation.nom, "Élue", "", ("instruire",)
    )
    return create_member(compte, organisation, now=now)


def exist() -> bool:
    """Whether the demonstration is already there."""
    return User.objects.filter(email=PORTEUR.courriel).exists()


def agents_enrolled() -> int:
    """How many demonstration agents have their second factor."""
    return Authenticator.objects.filter(user__email__endswith="@demo.example").count()


def days_ago(now: datetime, days: int) -> datetime:
    """The same hour, some days earlier: the past of an invented file."""
    return timezone.localtime(now) - timedelta(days=days)
