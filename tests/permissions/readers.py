"""Who gets an answer from each address that carries a key, by the state of the letter. Written by hand from the law.

Everybody else gets a 404, the anonymous the page that signs in. An answer may be a page, or the sentence that says why
the state refuses the act: both are for whom the act may one day be.
"""

from tests.permissions.cast import ROLES

Readers = dict[str, set[str]]

OWN = {"porteur", "redacteur"}
MEMBERS = OWN | {"membre_sans_droit"}
DEPOSITOR = {"porteur"}
INVITED = {"conseiller_invite"}
HANDLERS = {"guichet"} | INVITED
DESK = HANDLERS | {"admin"}
ASKED = {"urps", "cpam", "msa", "elsm", "dd_ars"}
ARS = {"ars", "dd_ars"}
SENT = ARS | {"cpam", "msa", "elsm"}
NOBODY: set[str] = set()


def at(
    draft: set[str] | None = None,
    held: set[str] | None = None,
    asked: set[str] | None = None,
    sent: set[str] | None = None,
) -> Readers:
    """By state, from: a draft, what the Guichet holds, what the bodies are asked about, what the ARS was sent; None for
    what is not there yet.
    """
    stages = {
        "brouillon": draft,
        "abandonnee": draft,
        "deposee": held,
        "retiree": held,
        "en_consultation": asked,
        "transmise": sent,
        "validee": sent,
    }
    return {state: readers for state, readers in stages.items() if readers is not None}


def always(roles: set[str]) -> Readers:
    return at(roles, roles, roles, roles)


FILE = at(MEMBERS | INVITED, MEMBERS | DESK, MEMBERS | DESK | ASKED, MEMBERS | DESK | ASKED | SENT)
"""The letter, and what goes with it: the association and whom it invited; the Guichet from the deposit; the bodies
while and after they are consulted; the ARS and the Assurance Maladie from the transmission."""

REQUEST = at(MEMBERS | INVITED, MEMBERS | DESK, MEMBERS | DESK, MEMBERS | DESK | SENT)
"""The request for funds: not for a body that is only asked for its opinion."""

OF_DESK = at(INVITED, HANDLERS, HANDLERS, HANDLERS)
OF_ARS = at(NOBODY, NOBODY, {"dd_ars"}, ARS)
"""Acts of the ARS on a letter: a délégation that is consulted opens the letter, and is told that it is too early."""
OF_FUNDER = at(NOBODY, NOBODY, NOBODY, ARS)
IN_SESSION = at(asked=HANDLERS, sent=HANDLERS)
OF_URPS = at(asked={"urps"}, sent={"urps"})
DECIDED: Readers = {"validee": MEMBERS | DESK | SENT}
IN_DEPOT = at(held=MEMBERS | DESK, asked=MEMBERS | DESK | ASKED, sent=MEMBERS | DESK | ASKED | SENT)
BETWEEN_PARTIES = at(held=MEMBERS | DESK, asked=MEMBERS | DESK, sent=MEMBERS | DESK | SENT)

LETTERS: dict[str, Readers] = {
    "projects:lettre": FILE,
    "projects:journal": REQUEST,
    "projects:dossier": REQUEST,
    "projects:calendrier": REQUEST,
    "projects:projet_ouvrir": always(OWN),
    "projects:section": always(OWN),
    "projects:territoire": always(OWN),
    "projects:verifier": always(OWN),
    "projects:reprendre": always(OWN),
    "projects:conseillers": always(OWN),
    "projects:rectifier": always(OWN),
    "projects:retirer": always(DEPOSITOR),
    "projects:saisir_ars": always(DEPOSITOR),
    "projects:precisions": at(OWN | INVITED, OWN | HANDLERS, OWN | HANDLERS, OWN | HANDLERS),
    "projects:demander_pieces": OF_DESK,
    "projects:consulter": OF_DESK,
    "projects:relancer": OF_DESK,
    "projects:synthese": OF_DESK,
    "projects:rouvrir_consultation": OF_DESK,
    "projects:transmettre": OF_DESK,
    "projects:confirmer_validation": at(NOBODY, NOBODY, {"cpam"}, {"cpam"}),
    "projects:valider": OF_ARS,
    "projects:refuser": OF_ARS,
    "projects:papier_decision": OF_ARS,
    "projects:papier_confirmer": {"transmise": ARS},
    "projects:rectification rectification_proposee": at(held=OWN | HANDLERS, asked=OWN | HANDLERS, sent=OWN | ARS),
    "projects:rectification rectification_acceptee": IN_DEPOT,
    "projects:avis": at(asked={"urps"} | HANDLERS, sent={"urps"} | HANDLERS),
    "projects:avis avis_cpam": at(asked={"cpam"} | HANDLERS, sent={"cpam"} | HANDLERS | ARS),
    "projects:avis avis_dd_ars": at(asked={"dd_ars"} | HANDLERS, sent=HANDLERS | ARS),
    "projects:avis avis_msa": at(asked={"msa"} | HANDLERS, sent={"msa"} | HANDLERS | ARS),
    "projects:avis avis_elsm": at(asked={"elsm"} | HANDLERS, sent={"elsm"} | HANDLERS | ARS),
    "projects:avis avis_abstention": at(asked=HANDLERS, sent=HANDLERS),
    "projects:avis avis_deport": at(asked=HANDLERS, sent=HANDLERS),
    "projects:avis avis_ebauche": at(asked=NOBODY, sent=NOBODY),
    "projects:avis avis_am": at(sent={"cpam"} | ARS),
    "projects:avis_abstention": OF_URPS,
    "projects:avis_deport": OF_URPS,
    "projects:avis_reprendre": OF_URPS,
    "projects:seance": at(asked=HANDLERS | ASKED, sent=HANDLERS | ASKED),
    "projects:seance_modifier": IN_SESSION,
    "projects:seance_ordre": IN_SESSION,
    "projects:seance_presents": IN_SESSION,
    "projects:seance_clore": IN_SESSION,
    "projects:seance_avis": IN_SESSION,
    "projects:seance_point": IN_SESSION,
    "projects:seance_retirer": IN_SESSION,
}
REQUESTS: dict[str, Readers] = {
    "funding:demande": REQUEST,
    "funding:section": REQUEST,
    "funding:verifier_demande": always(NOBODY),  # this one goes with a letter
    "funding:nouvelle_demande": at(NOBODY, OWN, OWN, OWN),
    "funding:demander_pieces": OF_FUNDER,
    "funding:completer": at(DEPOSITOR, DEPOSITOR, DEPOSITOR, DEPOSITOR | ARS),
    "funding:refuser": OF_FUNDER,
    "funding:communiquer_motifs": OF_FUNDER,
    "funding:demander_motifs": always(DEPOSITOR),
    "funding:declarer": always(DEPOSITOR),
    "funding:retirer": always(DEPOSITOR),
    "projects:accorder": OF_FUNDER,
    "projects:papier_decision_demande": OF_FUNDER,
}
DOSSIERS: dict[str, Readers] = {
    "dossiers:pieces": FILE,
    "dossiers:piece piece_autre": FILE,
    "dossiers:piece piece_rib": REQUEST,
    "dossiers:piece piece_preuve_en_attente": {"transmise": ARS},
    "dossiers:piece piece_preuve": DECIDED,
    "dossiers:agenda_dossier": FILE,
    "dossiers:retirer_agenda": always(DEPOSITOR),  # whose address it is
    "dossiers:retirer_piece": always(OWN),
    "dossiers:repondre": always(OWN),
    "dossiers:repondre_piece": at(sent=OWN),
    "dossiers:fil_de_piece": at(sent=MEMBERS | ARS),
    "dossiers:affecter": at(NOBODY, HANDLERS, HANDLERS | ASKED, HANDLERS | ASKED | SENT),
    "dossiers:lier": at(NOBODY, HANDLERS, HANDLERS | {"dd_ars"}, HANDLERS | ARS),
    "dossiers:deplacer": at(NOBODY, HANDLERS, HANDLERS, HANDLERS),
    "dossiers:decision decision_lettre": DECIDED,
    "dossiers:decision decision_fir": DECIDED,
    "dossiers:document papier_lettre": IN_DEPOT,
    "dossiers:document papier_accuse_lettre": BETWEEN_PARTIES,
    "dossiers:document papier_demande": BETWEEN_PARTIES,
    "dossiers:document papier_accuse_demande": BETWEEN_PARTIES,
    "dossiers:document papier_compte_rendu_seance": at(sent=HANDLERS),
    "dossiers:document papier_avis_guichet": at(sent=MEMBERS | DESK | SENT),
    "dossiers:document papier_bordereau": at(sent=MEMBERS | DESK | SENT),
    "dossiers:document papier_accuse_reception": at(sent=MEMBERS | DESK | SENT),
    "dossiers:document papier_demande_pieces": at(sent=MEMBERS | DESK | SENT),
    "dossiers:document papier_decision_lettre": DECIDED,
    "dossiers:echanges": FILE,
    "dossiers:nouveau_fil": at(OWN | INVITED, OWN | HANDLERS, OWN | HANDLERS | ASKED, OWN | HANDLERS | ASKED | SENT),
}
THREADS: dict[str, Readers] = {
    "porteur_guichet": at(MEMBERS | INVITED, *3 * [MEMBERS | HANDLERS]),
    "porteur_ars": at(sent=MEMBERS | ARS),
    "ars_am": at(sent=SENT),
    "note_guichet": at(None, *3 * [HANDLERS]),
    "note_ars": at(sent={"ars"}),
    **{f"note_{role}": at(asked={role}, sent={role}) for role in ("urps", "cpam", "msa", "elsm", "dd_ars")},
}
READERS: dict[str, Readers] = {
    **LETTERS,
    **REQUESTS,
    **DOSSIERS,
    **{f"dossiers:fil fil_{name}": readers for name, readers in THREADS.items()},
    **{f"dossiers:fichier_message fichier_{name}": readers for name, readers in THREADS.items()},
}

ANSWER_A_POST_ONLY = {
    "dossiers:prendre",
    "dossiers:refaire",
    "projects:deposer",
    "projects:retirer_conseiller",
    "projects:seance_monter",
    "projects:territoire_ajouter",
    "projects:territoire_retirer",
    "projects:territoire_quartier",
    "projects:territoire_pilote",
    "funding:reporter",
}

# Addresses of accounts that name a body, or a person in it.
BODIES: dict[str, set[str]] = {
    "accounts:membres association": MEMBERS | {"admin"},
    "accounts:membre association": {"porteur", "admin"},
    "accounts:retirer association": {"porteur", "admin"},
    "accounts:reprise association": DESK,
    "accounts:membres urps": {"urps", "admin"},
    "accounts:membre urps": {"admin"},
    "accounts:retirer urps": {"admin"},
    "accounts:pouvoirs urps": {"urps", "admin"},
    "accounts:fin_pouvoir urps": {"admin"},
    "accounts:membres ars": {"ars", "admin"},
    "accounts:pouvoirs ars": {"ars", "admin"},
    "accounts:message porteur": DEPOSITOR,
}
INSIDE = tuple(sorted(set().union(*(roles for by_state in READERS.values() for roles in by_state.values()))))
"""The roles that read something in some state."""

assert set(INSIDE) < set(ROLES)
