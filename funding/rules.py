"""Who may write and deposit a funding request."""

from typing import TYPE_CHECKING

import rules

from dossiers.rules import deposits_for_association, writes_for_association

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from funding.models import DemandeFir


@rules.predicate
def writes(acteur: "Acteur", demande: "DemandeFir") -> bool:
    return bool(writes_for_association(acteur, demande.dossier))


@rules.predicate
def deposits(acteur: "Acteur", demande: "DemandeFir") -> bool:
    return bool(deposits_for_association(acteur, demande.dossier))


rules.add_rule("demande.rediger", writes)
rules.add_rule("demande.deposer", deposits)
