"""The lifecycles of the letter of intent and of the opinions: the rows this portal applies today."""

from datetime import date
from typing import Any

from guichet.kernel.lifecycle import CLOCK, Lifecycle, Transition
from projects.states import EtatAvis as A
from projects.states import EtatLettre as E

CHEZ_LE_GUICHET = (E.DEPOSEE, E.EN_CONSULTATION, E.AVIS_RENDU)
"""Deposited, neither sent back nor sent on: the Guichet holds the letter."""


def _can_be_deposited(lettre: Any, le: date) -> str:
    return str(lettre.empechement_depot())


def _synthesis_is_due(lettre: Any, le: date) -> str:
    return str(lettre.empechement_synthese(le))


def _desk_had_its_time(lettre: Any, le: date) -> str:
    return str(lettre.empechement_saisine(le))


def _may_be_validated(lettre: Any, le: date) -> str:
    return str(lettre.empechement_validation(le))


def _not_confirmed_yet(lettre: Any, le: date) -> str:
    return str(lettre.empechement_confirmation(le))


LETTRE = Lifecycle(
    "LettreIntention",
    E,
    Transition(
        "deposer",
        (E.BROUILLON, E.INCOMPLETE),
        E.DEPOSEE,
        "lettre.deposer",
        "guichet_convention",
        "Déposer la lettre d’intention",
        _can_be_deposited,
    ),
    Transition(
        "enregistrer_depot_exterieur",
        (E.BROUILLON,),
        E.DEPOSEE,
        "lettre.enregistrer",
        "guichet_convention",
        "Enregistrer une lettre reçue sur papier",
    ),
    Transition(
        "demander_pieces",
        (E.DEPOSEE,),
        E.INCOMPLETE,
        "lettre.guichet",
        "guichet_convention",
        "Demander des précisions",
    ),
    Transition(
        "ouvrir_consultation",
        (E.DEPOSEE,),
        E.EN_CONSULTATION,
        "lettre.guichet",
        "guichet_convention",
        "Ouvrir la consultation",
    ),
    Transition(
        "rendre_synthese",
        (E.EN_CONSULTATION,),
        E.AVIS_RENDU,
        "lettre.guichet",
        "guichet_convention",
        "Rendre l’avis du Guichet",
        _synthesis_is_due,
    ),
    Transition(
        "rouvrir_consultation",
        (E.AVIS_RENDU,),
        E.EN_CONSULTATION,
        "lettre.guichet",
        "guichet_convention",
        "Rouvrir la consultation",
    ),
    Transition(
        "transmettre",
        CHEZ_LE_GUICHET,
        E.TRANSMISE,
        "lettre.guichet",
        "guichet_convention",
        "Transmettre à l’ARS",
    ),
    Transition(
        "saisir_ars",
        CHEZ_LE_GUICHET,
        E.TRANSMISE,
        "lettre.deposer",
        "saisine_directe",
        "Saisir l’ARS directement",
        _desk_had_its_time,
    ),
    Transition(
        "confirmer_validation",
        (E.TRANSMISE,),
        None,
        "lettre.signer_am",
        "validation_lettre",
        "Confirmer la validation",
        _not_confirmed_yet,
    ),
    Transition(
        "valider",
        (E.TRANSMISE,),
        E.VALIDEE,
        "lettre.decider",
        "validation_lettre",
        "Valider la lettre",
        _may_be_validated,
    ),
    Transition("refuser", (E.TRANSMISE,), E.REFUSEE, "lettre.decider", "motivation", "Refuser la lettre"),
    Transition(
        "rectifier",
        (E.DEPOSEE, E.EN_CONSULTATION, E.AVIS_RENDU, E.TRANSMISE, E.VALIDEE),
        None,
        "lettre.rectifier",
        "guichet_convention",
        "Accepter une rectification",
    ),
    Transition(
        "retirer",
        (E.BROUILLON, E.DEPOSEE, E.INCOMPLETE, E.EN_CONSULTATION, E.AVIS_RENDU, E.TRANSMISE),
        E.RETIREE,
        "lettre.deposer",
        "guichet_convention",
        "Retirer la lettre d’intention",
    ),
    parent="dossier",
)


def _is_open(avis: Any, le: date) -> str:
    return str(avis.consultation.fermeture())


def _due_date_passed(avis: Any, le: date) -> str:
    return "" if avis.consultation.limite_le < le else "La date limite n’est pas passée."


OUVERT = (A.ATTENDU, A.BROUILLON, A.SANS_REPONSE)

AVIS = Lifecycle(
    "Avis",
    A,
    Transition(
        "rediger", (A.ATTENDU, A.SANS_REPONSE), A.BROUILLON, "avis.donner", "avis_consultatif", "Rédiger", _is_open
    ),
    Transition("rendre", OUVERT, A.RENDU, "avis.rendre", "avis_consultatif", "Rendre l’avis", _is_open),
    Transition("s_abstenir", OUVERT, A.ABSTENTION, "avis.donner", "avis_consultatif", "S’abstenir", _is_open),
    Transition("se_deporter", OUVERT, A.DEPORT, "avis.donner", "avis_consultatif", "Se déporter", _is_open),
    Transition(
        "reprendre",
        (A.RENDU, A.ABSTENTION, A.DEPORT),
        A.BROUILLON,
        "avis.donner",
        "avis_consultatif",
        "Reprendre l’avis",
        _is_open,
    ),
    Transition(
        "clore_sans_reponse",
        (A.ATTENDU, A.BROUILLON),
        A.SANS_REPONSE,
        CLOCK,
        "avis_consultatif",
        "Constater l’absence de réponse",
        _due_date_passed,
    ),
    parent="dossier",
)
