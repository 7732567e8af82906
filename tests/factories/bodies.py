"""Agents of each body for tests, with the mandates and delegations the law asks of them. Invented names only."""

from datetime import date
from decimal import Decimal

from accounts.acteur import Acteur
from accounts.models import Delegation, Mandat, Organisation
from tests.factories.accounts import MembershipFactory, acteur

DROITS = {
    "guichet": ["rediger", "instruire", "gerer"],
    "urps": ["instruire"],
    "ars": ["instruire", "decider"],
    "dd_ars": ["instruire", "decider"],
    "cpam": ["instruire", "signer"],
    "msa": ["instruire"],
    "elsm": ["instruire"],
}
LEAD = {"cpam": "cpam-31", "dd_ars": "dd-ars-31", "elsm": "elsm-31", "msa": "msa-midi-pyrenees-sud"}
"""The bodies of Haute-Garonne."""


def agent(code: str, *, droits: list[str] | None = None, mandat: str = "titulaire") -> Acteur:
    """A person of that body; of a URPS, with a mandate since the start of 2026 (`mandat` "" for none)."""
    organisation = Organisation.objects.get(code=code)
    membership = MembershipFactory(
        organisation=organisation, droits=droits or DROITS[organisation.genre], fonction="Chargée de mission"
    )
    if organisation.genre == "urps" and mandat:
        Mandat.objects.create(
            user=membership.user, organisation=organisation, qualite=mandat, debut_le=date(2026, 1, 1)
        )
    return acteur(membership)


def guichet() -> Acteur:
    return agent("guichet-occitanie")


def urps_codes() -> list[str]:
    """The ten URPS of the region, in the order of their codes."""
    return list(Organisation.objects.filter(genre="urps", region="76").order_by("code").values_list("code", flat=True))


def decideur(code: str = "dd-ars-31", *, plafond: int | None = 50_000, fin_le: date | None = None) -> Acteur:
    """Somebody of the ARS who decides, with a delegation since the start of 2026, up to `plafond` euros."""
    by = agent(code)
    assert by.membership is not None
    Delegation.objects.create(
        user=by.user,
        organisation=by.membership.organisation,
        objet="Décisions relatives aux CPTS",
        plafond=None if plafond is None else Decimal(plafond),
        acte="Arrêté de délégation n° 2026-01",
        debut_le=date(2026, 1, 1),
        fin_le=fin_le,
    )
    return by
