"""Who writes, deposits and lists letters."""

import pytest
import rules

from accounts.acteur import Acteur
from tests.factories.projects import ready_letter
from tests.permissions.cast import ROLES, Cast

pytestmark = pytest.mark.django_db


def test_each_right_is_held_by_its_roles_and_by_nobody_else() -> None:
    cast = Cast()
    lettre = ready_letter(cast.porteur)
    cast.invite(lettre.dossier, now=lettre.created_at)
    people: dict[str, Acteur] = {role: cast.acteurs[role] for role in ROLES if role != "anonyme"}
    found = {
        rule: {role for role, by in people.items() if rules.test_rule(rule, by, lettre)}
        for rule in ("lettre.rediger", "lettre.deposer")
    }
    assert found == {"lettre.rediger": {"porteur", "redacteur"}, "lettre.deposer": {"porteur"}}
    listing = {role for role, by in people.items() if rules.test_rule("lettres.lister", by)}
    guichet = {"guichet", "admin", "conseiller_invite", "guichet_autre_region"}
    expecting = {"ars", "dd_ars", "dd_ars_ailleurs", "cpam", "msa", "elsm"}
    assert listing == guichet | expecting | {"urps"}
    assert {role for role, by in people.items() if rules.test_rule("lettres.a_venir", by)} == expecting
    assert {role for role, by in people.items() if rules.test_rule("demandes.lister", by)} == listing
    assert not any(rules.test_rule(rule, None) for rule in ("lettres.lister", "lettres.a_venir", "demandes.lister"))
