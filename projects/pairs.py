"""Which state of a request goes with which state of its letter: the table the database holds at the end of each act.

A letter and its request move together: a deferred constraint trigger of both tables judges the pair at commit.
"""

from funding.states import EtatDemandeFir as F
from projects.states import EtatLettre as E

AVEC_DEMANDE: dict[str, tuple[str, ...]] = {
    E.BROUILLON: (F.BROUILLON,),
    E.DEPOSEE: (F.DEPOSEE, F.REJETEE_TACITEMENT),
    E.INCOMPLETE: (F.DEPOSEE, F.BROUILLON, F.REJETEE_TACITEMENT),
    E.EN_CONSULTATION: (F.DEPOSEE, F.REJETEE_TACITEMENT),
    E.AVIS_RENDU: (F.DEPOSEE, F.REJETEE_TACITEMENT),
    E.TRANSMISE: (F.TRANSMISE, F.INCOMPLETE, F.REFUSEE, F.REJETEE_TACITEMENT),
    E.VALIDEE: (
        F.TRANSMISE,
        F.INCOMPLETE,
        F.ACCORDEE,
        F.REFUSEE,
        F.REJETEE_TACITEMENT,
        F.CONVENTIONNEE,
        F.SOLDEE,
        F.RETIREE,
        F.RETIREE_PAR_ARS,
    ),
    E.REFUSEE: (F.REFUSEE, F.REJETEE_TACITEMENT),
    E.RETIREE: (F.RETIREE, F.REFUSEE, F.REJETEE_TACITEMENT),
}
SANS_DEMANDE = (F.BROUILLON, F.RETIREE)
"""A draft put aside ("sans demande FIR") follows no letter."""


def allowed(lettre: str, demande: str, *, sans_demande: bool) -> bool:
    """Whether the pair may stand once an act is done."""
    return demande in (SANS_DEMANDE if sans_demande else AVEC_DEMANDE[lettre])


def trigger_body() -> str:
    """The body of the trigger, for both tables: finds the pair whichever side moved."""
    rows = " OR ".join(
        f"(l.etat = '{str(lettre)}' AND d.etat IN ({', '.join(repr(str(demande)) for demande in demandes)}))"
        for lettre, demandes in AVEC_DEMANDE.items()
    )
    aside = ", ".join(repr(str(state)) for state in SANS_DEMANDE)
    return f"""
        SELECT l.etat AS lettre, d.etat AS demande INTO paire
          FROM projects_lettreintention l JOIN funding_demandefir d ON d.id = l.demande_id
         WHERE {{which}} AND NOT (CASE WHEN l.sans_demande THEN d.etat IN ({aside}) ELSE ({rows}) END)
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'Une lettre « % » ne va pas avec une demande « % ».', paire.lettre, paire.demande
                  USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """
