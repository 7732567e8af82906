"""Who may read or write a file. Perimeters are querysets (`Dossier.objects.visible_to`); these judge one object."""

from typing import TYPE_CHECKING

import rules

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from dossiers.models import Dossier

ARS = ("ars", "dd_ars")
ASSURANCE_MALADIE = ("cpam", "msa")


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


def agent(acteur: "Acteur", dossier: "Dossier", genres: tuple[str, ...], droit: str) -> bool:
    """Acts for a body of one of these kinds, with that right, in a perimeter that holds the file."""
    return acteur.genre in genres and acteur.has(droit) and in_perimeter(acteur, dossier)


def in_perimeter(acteur: "Acteur", dossier: "Dossier") -> bool:
    """Same region, and one of the file's départements where the body has some of its own."""
    departements = acteur.departements
    return acteur.region == dossier.region and (not departements or bool(departements & set(dossier.departements)))


@rules.predicate
def desk(acteur: "Acteur", dossier: "Dossier") -> bool:
    """The Guichet of the file's region, with the right to handle files."""
    return agent(acteur, dossier, ("guichet",), "instruire")


@rules.predicate
def ars_instructs(acteur: "Acteur", dossier: "Dossier") -> bool:
    return agent(acteur, dossier, ARS, "instruire")


@rules.predicate
def ars_decides(acteur: "Acteur", dossier: "Dossier") -> bool:
    """The delegation of the day is judged by the act: its ceiling depends on the amount."""
    return agent(acteur, dossier, ARS, "decider")


@rules.predicate
def am_signs(acteur: "Acteur", dossier: "Dossier") -> bool:
    return agent(acteur, dossier, ASSURANCE_MALADIE, "signer")


@rules.predicate
def entrusts(acteur: "Acteur", dossier: "Dossier | None" = None) -> bool:
    """Says who follows a file in its own body: whoever handles files there, or manages its people."""
    return acteur is not None and acteur.est_agent and bool(acteur.droits & {"instruire", "gerer"})


rules.add_rule("dossier.affecter", entrusts)
rules.add_rule("dossier.lier", desk | ars_instructs)
rules.add_rule("dossier.rediger", writes_for_association)
rules.add_rule("dossier.deposer", deposits_for_association)
rules.add_rule("dossier.guichet", desk)
rules.add_rule("dossier.instruire_ars", ars_instructs)
