"""Who may write, deposit, check, judge and decide a letter or a projet de santé, and who gives an opinion on it."""

from typing import TYPE_CHECKING

import rules

from dossiers.rules import (
    ARS,
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
    from projects.models import Avis, LettreIntention, ProjetSante, Seance

    Etape = LettreIntention | ProjetSante


@rules.predicate
def writes(acteur: "Acteur", etape: "Etape") -> bool:
    return bool(writes_for_association(acteur, etape.dossier))


@rules.predicate
def deposits(acteur: "Acteur", etape: "Etape") -> bool:
    return bool(deposits_for_association(acteur, etape.dossier))


@rules.predicate
def handles(acteur: "Acteur", etape: "Etape") -> bool:
    """The Guichet's desk."""
    return bool(desk(acteur, etape.dossier))


@rules.predicate
def instructs(acteur: "Acteur", etape: "Etape") -> bool:
    return bool(ars_instructs(acteur, etape.dossier))


@rules.predicate
def decides(acteur: "Acteur", etape: "Etape") -> bool:
    return bool(ars_decides(acteur, etape.dossier))


@rules.predicate
def confirms(acteur: "Acteur", etape: "Etape") -> bool:
    return bool(am_signs(acteur, etape.dossier))


CHEZ_L_ARS = (EtatLettre.TRANSMISE, EtatLettre.VALIDEE, EtatLettre.REFUSEE)


@rules.predicate
def rectifies(acteur: "Acteur", lettre: "LettreIntention") -> bool:
    """The desk that holds the file: the Guichet until the transmission, the ARS after."""
    return bool((instructs if lettre.etat in CHEZ_L_ARS else handles)(acteur, lettre))


rules.add_rule("projet.rediger", writes)
rules.add_rule("projet.deposer", deposits)
rules.add_rule("projet.guichet", handles)
rules.add_rule("projet.instruire", instructs)
rules.add_rule("projet.decider", decides)
rules.add_rule("projet.completer", deposits | instructs)
rules.add_rule("lettre.rediger", writes)
rules.add_rule("lettre.deposer", deposits)
rules.add_rule("lettre.guichet", handles)
rules.add_rule("lettre.instruire", instructs)
rules.add_rule("lettre.enregistrer", handles | instructs)
rules.add_rule("lettre.decider", decides)
rules.add_rule("lettre.signer_am", confirms)
rules.add_rule("lettre.rectifier", rectifies)


TRANSMIS = ("ars", "dd_ars", "cpam", "msa", "elsm")
"""The bodies a letter is sent to."""


@rules.predicate
def lists(acteur: "Acteur") -> bool:
    """The desks and the bodies that are asked for their opinion: each its own perimeter."""
    return acteur is not None and acteur.genre in ("guichet", "urps", *TRANSMIS)


@rules.predicate
def expects(acteur: "Acteur") -> bool:
    """Those a letter will be sent to: they see its card before."""
    return acteur is not None and acteur.genre in TRANSMIS


rules.add_rule("lettres.lister", lists)


@rules.predicate
def lists_projects(acteur: "Acteur") -> bool:
    """The Guichet, the ARS and the Assurance Maladie: each its own perimeter. A URPS is not asked about a project."""
    return acteur is not None and acteur.genre in ("guichet", *TRANSMIS)


rules.add_rule("projets.lister", lists_projects)


@rules.predicate
def records_projects(acteur: "Acteur") -> bool:
    """Whoever instructs at the ARS; the act judges the départements of the file."""
    return acteur is not None and acteur.genre in ARS and acteur.has("instruire")


@rules.predicate
def opens_without_letter(acteur: "Acteur") -> bool:
    """Whoever handles files at the Guichet."""
    return acteur is not None and acteur.genre == "guichet" and acteur.has("instruire")


rules.add_rule("projets.enregistrer", records_projects)
rules.add_rule("projets.ouvrir_sans_lettre", opens_without_letter)


@rules.predicate
def records_paper(acteur: "Acteur") -> bool:
    """Whoever handles files at the Guichet or at the ARS; the act judges the départements of the letter."""
    return acteur is not None and acteur.genre in ("guichet", *ARS) and acteur.has("instruire")


@rules.predicate
def reads_waiting_decisions(acteur: "Acteur") -> bool:
    """Whoever instructs at a body that decides."""
    return acteur is not None and acteur.genre in (*ARS, "urps") and bool(acteur.droits & {"instruire", "decider"})


rules.add_rule("lettres.enregistrer", records_paper)
rules.add_rule("decisions.lister", reads_waiting_decisions)
rules.add_rule("lettres.a_venir", expects)


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


@rules.predicate
def holds_sessions(acteur: "Acteur | None", seance: "Seance | None" = None) -> bool:
    """The Guichet's desk, for the sessions of its region; the administrator of the portal alone does not."""
    holds = acteur is not None and acteur.genre == "guichet" and acteur.has("instruire")
    return holds and (seance is None or seance.region == acteur.region)  # type: ignore[union-attr]


rules.add_rule("seance.tenir", holds_sessions)
