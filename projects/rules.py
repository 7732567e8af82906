"""Who may write, deposit, check, judge and decide a letter of intent, and who gives an opinion on it."""

from typing import TYPE_CHECKING

import rules

from dossiers.rules import (
    am_signs,
    ars_decides,
    ars_instructs,
    deposits_for_association,
    desk,
    writes_for_association,
)
from projects.states import EtatLettre, NatureConsultation

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from projects.models import Avis, LettreIntention


@rules.predicate
def writes(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(writes_for_association(acteur, lettre.dossier))


@rules.predicate
def deposits(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(deposits_for_association(acteur, lettre.dossier))


@rules.predicate
def handles(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    """The Guichet's desk."""
    return bool(desk(acteur, lettre.dossier))


@rules.predicate
def instructs(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(ars_instructs(acteur, lettre.dossier))


@rules.predicate
def decides(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(ars_decides(acteur, lettre.dossier))


@rules.predicate
def confirms(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    return bool(am_signs(acteur, lettre.dossier))


CHEZ_L_ARS = (EtatLettre.TRANSMISE, EtatLettre.VALIDEE, EtatLettre.REFUSEE)


@rules.predicate
def rectifies(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    """The desk that holds the file: the Guichet until the transmission, the ARS after."""
    return bool((instructs if lettre.etat in CHEZ_L_ARS else handles)(acteur, lettre))


rules.add_rule("lettre.rediger", writes)
rules.add_rule("lettre.deposer", deposits)
rules.add_rule("lettre.guichet", handles)
rules.add_rule("lettre.instruire", instructs)
rules.add_rule("lettre.enregistrer", handles | instructs)
rules.add_rule("lettre.decider", decides)
rules.add_rule("lettre.signer_am", confirms)
rules.add_rule("lettre.rectifier", rectifies)


@rules.predicate
def lists(acteur: "Acteur") -> bool:
    """The Guichet reads the list of what was deposited."""
    return acteur is not None and acteur.genre == "guichet"


rules.add_rule("lettres.lister", lists)


@rules.predicate
def gives(acteur: "Acteur", avis: "Avis") -> bool:
    """A member of the consulted body. The mandate of a URPS is judged by the act: it is dated."""
    return acteur.organisation_id == avis.organisation_id and acteur.has("instruire")


@rules.predicate
def records_in_session(acteur: "Acteur", avis: "Avis") -> bool:
    """The Guichet, for what was said in a session of its own consultation."""
    return avis.consultation.nature == NatureConsultation.GUICHET and bool(desk(acteur, avis.dossier))


rules.add_rule("avis.donner", gives)
rules.add_rule("avis.rendre", gives | records_in_session)
