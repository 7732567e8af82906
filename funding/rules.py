"""Who may write, deposit, handle and decide a funding request."""

from typing import TYPE_CHECKING

import rules

from dossiers.rules import deposits_for_association, desk, in_perimeter, writes_for_association

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from funding.models import DemandeFir


@rules.predicate
def writes(acteur: "Acteur", demande: "DemandeFir") -> bool:
    return bool(writes_for_association(acteur, demande.dossier))


@rules.predicate
def deposits(acteur: "Acteur", demande: "DemandeFir") -> bool:
    return bool(deposits_for_association(acteur, demande.dossier))


@rules.predicate
def handles(acteur: "Acteur", demande: "DemandeFir") -> bool:
    """The Guichet's desk: a request travels with its letter."""
    return bool(desk(acteur, demande.dossier))


def is_funder(acteur: "Acteur", demande: "DemandeFir") -> bool:
    """Acts for the funder, or for its délégation in a département of the file."""
    if acteur.membership is None:
        return False
    if acteur.organisation_id == demande.financeur_id:
        return True
    return acteur.membership.organisation.parent_id == demande.financeur_id and in_perimeter(acteur, demande.dossier)


@rules.predicate
def instructs(acteur: "Acteur", demande: "DemandeFir") -> bool:
    return is_funder(acteur, demande) and acteur.has("instruire")


@rules.predicate
def decides(acteur: "Acteur", demande: "DemandeFir") -> bool:
    """The delegation of the day and its ceiling are judged by the act. A URPS decides by its members who instruct."""
    right = acteur.has("decider") or (acteur.genre == "urps" and acteur.has("instruire"))
    return is_funder(acteur, demande) and right


rules.add_rule("demande.rediger", writes)
rules.add_rule("demande.deposer", deposits)
rules.add_rule("demande.guichet", handles)
rules.add_rule("demande.enregistrer", handles | instructs)
rules.add_rule("demande.transmettre", handles | deposits)
rules.add_rule("demande.instruire", instructs)
rules.add_rule("demande.decider", decides)
rules.add_rule("demande.completer", deposits | instructs)


@rules.predicate
def lists(acteur: "Acteur") -> bool:
    """The Guichet, the ARS, the Assurance Maladie, and a URPS for what is asked of it: each its own perimeter."""
    return acteur is not None and acteur.genre in ("guichet", "ars", "dd_ars", "cpam", "msa", "elsm", "urps")


rules.add_rule("demandes.lister", lists)
