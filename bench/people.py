"""The agents of the measures: those of the demonstration, the holders of the other URPS, a second département."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Delegation, Membership, Organisation
from accounts.states import Genre
from portal.demonstration.comptes import COMPTES, DELEGATION, Compte, create_elected, create_member

LEADS = ("31", "81")
"""The départements whose files go to their end: the bodies of the demonstration, and others that they do not see."""
MSA = {"31": "msa-midi-pyrenees-sud", "81": "msa-midi-pyrenees-nord"}
URPS_DEJA = ("urps-infirmiers-occitanie", "urps-medecins-occitanie")
"""The two URPS somebody signs in for."""


def create_agents(*, region: str, now: datetime) -> None:
    """Everybody who acts on a file after its deposit, with the mandates and delegations the law asks for."""
    for compte in COMPTES:
        if compte.organisation:
            create_member(compte, Organisation.objects.get(code=compte.organisation), now=now)
    others = Organisation.objects.filter(genre=Genre.URPS, region=region).exclude(code__in=URPS_DEJA)
    for rank, body in enumerate(others.order_by("code"), 1):
        create_elected(body, rank, now=now)
    for lead in LEADS[1:]:
        _second_desk(lead, now=now)


def _second_desk(lead: str, *, now: datetime) -> None:
    """One person at the délégation, who decides, and one in each other body of that département."""
    for number, code in enumerate(bodies_of(lead), 1):
        body = Organisation.objects.get(code=code)
        decides = body.genre == Genre.DD_ARS
        droits = ("instruire", "decider", "gerer") if decides else ("instruire",)
        compte = Compte(f"agent{number}.{lead}@demo.example", "Lou", f"Figurant {number}", "", "Agente", "", droits)
        by = create_member(compte, body, now=now)
        if decides:
            Delegation.objects.create(
                user=by.user,
                organisation=body,
                objet=DELEGATION[1],
                plafond=DELEGATION[2],
                acte="Arrêté de délégation, démonstration",
                debut_le=timezone.localdate(now) - timedelta(days=200),
            )


def bodies_of(lead: str) -> tuple[str, str, str, str]:
    """The codes of the délégation, the caisse, the MSA and the service médical of a département."""
    return f"dd-ars-{lead}", f"cpam-{lead}", MSA[lead], f"elsm-{lead}"


def acting(code: str, droit: str = "instruire") -> Acteur:
    """Whoever holds that right in that body, the first to have come."""
    found = Membership.objects.select_related("user", "organisation").filter(organisation__code=code)
    membership = found.filter(droits__contains=[droit]).order_by("pk").first()
    if membership is None:
        raise LookupError(f"nobody holds “{droit}” in {code}: the agents come before the files")
    return Acteur(membership.user, membership)


def urps_of(region: str) -> list[str]:
    """The codes of the ten URPS, those somebody signs in for last."""
    found = Organisation.objects.filter(genre=Genre.URPS, region=region).order_by("code").values_list("code", flat=True)
    return sorted(found, key=lambda code: code in URPS_DEJA)
