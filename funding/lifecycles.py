"""The lifecycle of a funding request: the rows this portal applies today."""

from datetime import date
from typing import Any

from funding.states import EtatDemandeFir as E
from funding.states import Regime
from guichet.kernel.lifecycle import CLOCK, Lifecycle, Transition

EN_INSTRUCTION = (E.TRANSMISE, E.INCOMPLETE)


def _can_be_deposited(demande: Any, le: date) -> str:
    return str(demande.empechement_depot())


def _silence_has_spoken(demande: Any, le: date) -> str:
    delai = demande.delai
    if demande.regime != Regime.REJET or delai is None:
        return "Le silence n’a pas d’effet sur cette demande."
    if delai.echeance_le is None or le < delai.echeance_le:
        return "Le délai de deux mois n’est pas écoulé."
    return ""


def _no_answer_yet(demande: Any, le: date) -> str:
    return "" if demande.motifs_attendus() else "Aucune demande de motifs n’attend de réponse."


def _reasons_not_asked(demande: Any, le: date) -> str:
    return "Les motifs ont déjà été demandés." if demande.motifs_demandes() else ""


DEMANDE_FIR = Lifecycle(
    "DemandeFir",
    E,
    Transition(
        "deposer",
        (E.BROUILLON,),
        E.DEPOSEE,
        "demande.deposer",
        "fir_demande",
        "Déposer la demande",
        _can_be_deposited,
    ),
    Transition("rouvrir", (E.DEPOSEE,), E.BROUILLON, "demande.guichet", "guichet_convention", "Rouvrir la demande"),
    Transition(
        "enregistrer_depot_exterieur",
        (E.BROUILLON,),
        E.DEPOSEE,
        "demande.enregistrer",
        "fir_demande",
        "Enregistrer une demande reçue sur papier",
    ),
    Transition(
        "transmettre", (E.DEPOSEE,), E.TRANSMISE, "demande.transmettre", "accuse_reception", "Transmettre la demande"
    ),
    Transition(
        "demander_pieces",
        EN_INSTRUCTION,
        E.INCOMPLETE,
        "demande.instruire",
        "pieces_manquantes",
        "Demander des pièces",
    ),
    Transition(
        "completer", (E.INCOMPLETE,), E.TRANSMISE, "demande.completer", "pieces_manquantes", "Compléter la demande"
    ),
    Transition("accorder", EN_INSTRUCTION, E.ACCORDEE, "demande.decider", "fir_demande", "Accorder la subvention"),
    Transition("refuser", EN_INSTRUCTION, E.REFUSEE, "demande.decider", "motivation", "Refuser la subvention"),
    Transition(
        "constater_rejet",
        (E.DEPOSEE, *EN_INSTRUCTION),
        E.REJETEE_TACITEMENT,
        CLOCK,
        "fir_silence",
        "Constater le rejet par silence",
        _silence_has_spoken,
    ),
    Transition(
        "accorder_apres_silence",
        (E.REJETEE_TACITEMENT,),
        E.ACCORDEE,
        "demande.decider",
        "fir_demande",
        "Accorder après le silence",
    ),
    Transition(
        "demander_motifs",
        (E.REJETEE_TACITEMENT,),
        None,
        "demande.deposer",
        "motifs_du_silence",
        "Demander les motifs du rejet",
        _reasons_not_asked,
    ),
    Transition(
        "communiquer_motifs",
        (E.REJETEE_TACITEMENT,),
        None,
        "demande.instruire",
        "motifs_du_silence",
        "Communiquer les motifs",
        _no_answer_yet,
    ),
    Transition(
        "declarer_association",
        tuple(state for state in E if state != E.BROUILLON),
        None,
        "demande.deposer",
        "fir_demande",
        "Déclarer l’association",
    ),
    Transition(
        "retirer",
        (E.BROUILLON, E.DEPOSEE, *EN_INSTRUCTION),
        E.RETIREE,
        "demande.deposer",
        "fir_demande",
        "Retirer la demande",
    ),
    parent="dossier",
)
