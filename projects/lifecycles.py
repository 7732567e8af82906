"""The lifecycles of the letter of intent, of the opinions and of the projet de santé: the rows this portal applies."""

from datetime import date
from typing import Any

from guichet.kernel.lifecycle import CLOCK, Lifecycle, Transition
from projects.states import EtatAvis as A
from projects.states import EtatLettre as E
from projects.states import EtatProjet as P

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


ENTRE_LES_MAINS_DE_L_ARS = (P.DEPOSE, P.INCOMPLET)
"""Deposited and not decided."""


def _project_is_ready(projet: Any, le: date) -> str:
    return str(projet.empechement_depot())


def _not_after_the_last_day(projet: Any, le: date) -> str:
    """A decision or a request whose legal day is after the last one has no effect: silence has spoken."""
    return str(projet.hors_delai(le))


def _silence_has_accepted(projet: Any, le: date) -> str:
    return str(projet.silence_pas_encore(le))


def _not_consolidated(projet: Any, le: date) -> str:
    return str(projet.empechement_retrait(le))


def _receipt_is_noted_by_the_ars(projet: Any, le: date) -> str:
    return str(projet.empechement_constat())


def _not_contested_yet(projet: Any, le: date) -> str:
    return str(projet.empechement_contestation())


DEMANDES = ("demander_pieces", "demander_piece_utile", "infirmer_par_demande_de_pieces")
"""The rows by which the ARS asks for pieces."""

PROJET = Lifecycle(
    "ProjetSante",
    P,
    Transition(
        "deposer",
        (P.BROUILLON,),
        P.DEPOSE,
        "projet.deposer",
        "projet_sante",
        "Déposer le projet de santé",
        _project_is_ready,
    ),
    Transition(
        "enregistrer_depot_exterieur",
        (P.BROUILLON,),
        P.DEPOSE,
        "projet.instruire",
        "projet_sante",
        "Enregistrer un projet reçu sur papier",
    ),
    Transition(
        "constater_reception",
        (P.DEPOSE,),
        None,
        "projet.instruire",
        "delai_acceptation",
        "Constater la réception",
        _receipt_is_noted_by_the_ars,
    ),
    Transition(
        "demander_pieces",
        ENTRE_LES_MAINS_DE_L_ARS,
        P.INCOMPLET,
        "projet.instruire",
        "pieces_acceptation",
        "Demander une pièce exigée par un texte",
        _not_after_the_last_day,
    ),
    Transition(
        "demander_piece_utile",
        ENTRE_LES_MAINS_DE_L_ARS,
        None,
        "projet.instruire",
        "pieces_acceptation",
        "Demander une pièce utile",
    ),
    Transition(
        "envoyer_pieces_utiles",
        (P.DEPOSE,),
        None,
        "projet.deposer",
        "pieces_acceptation",
        "Envoyer les réponses aux pièces utiles",
    ),
    Transition(
        "contester_exigence",
        (P.INCOMPLET,),
        None,
        "projet.deposer",
        "pieces_acceptation",
        "Contester l’exigence d’une pièce",
        _not_contested_yet,
    ),
    Transition(
        "constater_non_conforme",
        (P.INCOMPLET,),
        None,
        "projet.instruire",
        "pieces_acceptation",
        "Constater qu’une pièce reçue ne convient pas",
        _not_after_the_last_day,
    ),
    Transition(
        "completer",
        (P.INCOMPLET,),
        P.DEPOSE,
        "projet.completer",
        "pieces_acceptation",
        "Compléter le projet",
    ),
    Transition(
        "renoncer_aux_pieces",
        (P.INCOMPLET,),
        P.DEPOSE,
        "projet.instruire",
        "pieces_acceptation",
        "Renoncer aux pièces demandées",
    ),
    Transition(
        "valider",
        ENTRE_LES_MAINS_DE_L_ARS,
        P.VALIDE,
        "projet.decider",
        "projet_sante",
        "Valider le projet",
        _not_after_the_last_day,
    ),
    Transition(
        "opposer",
        ENTRE_LES_MAINS_DE_L_ARS,
        P.OPPOSE,
        "projet.decider",
        "projet_sante",
        "S’opposer au projet",
        _not_after_the_last_day,
    ),
    Transition(
        "constater_silence",
        (P.DEPOSE, P.OPPOSE),
        P.VALIDE_TACITEMENT,
        CLOCK,
        "projet_silence",
        "Constater la validation par le silence",
        _silence_has_accepted,
    ),
    Transition(
        "signaler_a_verifier",
        (P.VALIDE_TACITEMENT,),
        None,
        "projet.decider",
        "projet_silence",
        "Signaler une décision notifiée trop tard",
    ),
    Transition(
        "infirmer_par_opposition",
        (P.VALIDE_TACITEMENT,),
        P.OPPOSE,
        "projet.decider",
        "projet_sante",
        "Prouver une opposition notifiée à temps",
        _not_after_the_last_day,
    ),
    Transition(
        "infirmer_par_validation",
        (P.VALIDE_TACITEMENT,),
        P.VALIDE,
        "projet.decider",
        "projet_sante",
        "Prouver une validation notifiée à temps",
        _not_after_the_last_day,
    ),
    Transition(
        "infirmer_par_demande_de_pieces",
        (P.VALIDE_TACITEMENT,),
        P.INCOMPLET,
        "projet.decider",
        "pieces_acceptation",
        "Prouver une demande de pièces reçue à temps",
        _not_after_the_last_day,
    ),
    Transition(
        "prononcer_retrait",
        (P.VALIDE, P.VALIDE_TACITEMENT),
        P.RETRAIT_PRONONCE,
        "projet.decider",
        "retrait_illegalite",
        "Retirer une validation illégale",
        _not_consolidated,
    ),
    Transition(
        "rapporter_opposition",
        (P.OPPOSE,),
        P.VALIDE,
        "projet.decider",
        "projet_sante",
        "Rapporter l’opposition",
    ),
    Transition(
        "retirer",
        (P.BROUILLON, *ENTRE_LES_MAINS_DE_L_ARS),
        P.RETIRE,
        "projet.deposer",
        "projet_sante",
        "Retirer le projet de santé",
    ),
    parent="dossier",
    avec=("delai",),
)
