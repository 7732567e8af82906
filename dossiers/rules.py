"""Who may read or write a file. Perimeters are querysets (`Dossier.objects.visible_to`); these judge one object."""

from typing import TYPE_CHECKING

import rules

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from dossiers.models import Dossier


@rules.predicate
def writes_for_association(acteur: "Acteur", dossier: "Dossier") -> bool:
    """A member of the file's association with the right to write; a consultant writes, never deposits."""
    return (
        acteur.genre == "association"
        and acteur.organisation_id == dossier.association_id
        and bool(acteur.droits & {"rediger", "deposer"})
    )


@rules.predicate
def deposits_for_association(acteur: "Acteur", dossier: "Dossier") -> bool:
    """A member of the file's association with the right to deposit."""
    return (
        acteur.genre == "association"
        and acteur.organisation_id == dossier.association_id
        and "deposer" in acteur.droits
    )


rules.add_rule("dossier.rediger", writes_for_association)
rules.add_rule("dossier.deposer", deposits_for_association)
