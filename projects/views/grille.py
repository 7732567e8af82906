"""An opinion as pages show it: its tag, its state in words, its answers read again."""

from typing import Any

from django.utils import timezone

from guichet.kernel.civil import date_longue
from projects.models import Avis
from projects.selectors.avis import Reponse, criteres_on
from projects.states import EtatAvis, NatureConsultation, NoteCritere, SensAvis

TONS_SENS = {
    SensAvis.FAVORABLE: "ok",
    SensAvis.FAVORABLE_AVEC_RESERVES: "warn",
    SensAvis.DEFAVORABLE: "alert",
}
TONS_NOTE = {NoteCritere.SATISFAISANT: "ok", NoteCritere.A_COMPLETER: "warn", NoteCritere.INSUFFISANT: "alert"}
TONS_ETAT = {
    EtatAvis.RENDU: "ok",
    EtatAvis.BROUILLON: "info",
    EtatAvis.ABSTENTION: "info",
    EtatAvis.DEPORT: "info",
    EtatAvis.SANS_REPONSE: "warn",
}
FIN = {
    NatureConsultation.GUICHET: "la synthèse du Guichet",
    NatureConsultation.AM: "la décision de l’ARS sur la lettre",
    NatureConsultation.PROJET: "la décision de l’ARS ou la fin de son délai",
}
"""Until when an opinion is taken, by nature of the consultation."""


def fin_of(avis: Avis) -> str:
    """Until when this one is taken, in words, with the last day of the ARS where it is known."""
    told = FIN[NatureConsultation(avis.consultation.nature)]
    delai = avis.consultation.projet and avis.consultation.projet.delai
    if delai is None or delai.clos_at is not None or delai.dernier_jour is None:
        return told
    return f"{told}, le {date_longue(delai.dernier_jour)}"


def tag_of_state(etat: str) -> dict[str, str]:
    """The state in words and its tone: what may be said without saying the sense."""
    return {"libelle": EtatAvis(etat).label, "ton": TONS_ETAT.get(EtatAvis(etat), "")}


def tag_of(avis: Avis) -> dict[str, str]:
    """The sense of an opinion that was given, else its state. For those who may read it."""
    if avis.etat == EtatAvis.RENDU:
        return {"libelle": avis.get_sens_display(), "ton": TONS_SENS[SensAvis(avis.sens)]}
    return tag_of_state(avis.etat)


def given_on(avis: Avis) -> str:
    """When it was given, and whether that was late or in a session; "" while it is not given."""
    if avis.rendu_at is None:
        return ""
    day = timezone.localdate(avis.rendu_at)
    late = ", après la date demandée" if day > avis.consultation.limite_le else ""
    session = f", en séance du {date_longue(avis.seance.tenue_le)}" if avis.seance else ""
    return f"{date_longue(day)}{late}{session}"


def answers_of(avis: Avis) -> dict[str, Any]:
    """What was answered, to be read: the notes by the criteria of the day it was given, the comment, the tie."""
    day = timezone.localdate(avis.rendu_at) if avis.rendu_at else avis.consultation.limite_le
    rows = []
    for critere in criteres_on(day) if avis.criteres else []:
        told = avis.criteres.get(critere["code"], {})
        note = told.get("note", "")
        if note:
            rows.append(
                {
                    "libelle": critere["libelle"],
                    "note": NoteCritere(note).label,
                    "ton": TONS_NOTE[NoteCritere(note)],
                    "commentaire": told.get("commentaire", ""),
                }
            )
    return {"criteres": rows, "commentaire": avis.commentaire, "conflit": avis.conflit}


def line_of(reponse: Reponse) -> dict[str, Any]:
    """A line of a table of answers: the body, what it answered, when; nothing of an answer that is not read here."""
    avis = reponse.avis
    when = f"pour le {date_longue(reponse.limite_le)}" if reponse.etat in EN_ATTENTE else ""
    if reponse.rendu_at is not None:
        late = " (après la date demandée)" if reponse.tardive else ""
        when = f"{date_longue(timezone.localdate(reponse.rendu_at))}{late}"
    return {
        "organisme": reponse.organisation.nom,
        "etat": tag_of(avis) if avis else tag_of_state(reponse.etat),
        "quand": when or "—",
        "note": _first_words(avis) if avis else "",
        "pk": avis.pk if avis else None,
        "am": reponse.nature == NatureConsultation.AM,
    }


EN_ATTENTE = (EtatAvis.ATTENDU, EtatAvis.BROUILLON)
NOTE_MAX = 160


def _first_words(avis: Avis) -> str:
    comments = [avis.commentaire, *(told.get("commentaire", "") for told in avis.criteres.values())]
    text = next((comment for comment in comments if comment), "")
    return text if len(text) <= NOTE_MAX else f"{text[:NOTE_MAX].rsplit(' ', 1)[0]}…"
