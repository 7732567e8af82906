"""Who may write and deposit a letter of intent."""

from typing import TYPE_CHECKING

import rules

from dossiers.rules import deposits_for_association, writes_for_association

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from projects.models import LettreIntention


@rules.predicate
def writes(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(writes_for_association(acteur, lettre.dossier))


@rules.predicate
def deposits(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(deposits_for_association(acteur, lettre.dossier))


rules.add_rule("lettre.rediger", writes)
rules.add_rule("lettre.deposer", deposits)


@rules.predicate
def lists(acteur: "Acteur") -> bool:
    """The Guichet reads the list of what was deposited."""
    return acteur is not None and acteur.genre == "guichet"


rules.add_rule("lettres.lister", lists)
