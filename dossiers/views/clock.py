"""A legal period as a page shows it: days left, last day, bar and its events, how it is counted, what moved it.

Words and tones only: every date comes from the ledger.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.text import capfirst

from dossiers.models import Delai, MouvementDelai
from dossiers.selectors.delais import echeance_of, ledger_read
from dossiers.selectors.reglages import reglage
from dossiers.states import NatureMouvement
from guichet.kernel.civil import JOURS, ONE_DAY, date_longue
from guichet.kernel.deadlines import Depart, Echeance, Etat, Regime
from guichet.kernel.explanations import explain

TONS = ((1, "solide"), (7, "alert"), (15, "warn"), (30, "info"))
"""Days left at most, and the tone: the last safe day is the day before the last one."""

DEBUTS = {Depart.RECEPTION.value: "réception", Depart.DEPOT.value: "dépôt", Depart.TRANSMISSION.value: "transmission"}


@dataclass(frozen=True)
class Mots:
    """What a regime says: of the silence to come, of a silence not recorded yet, of each way it ends, while it has not
    begun or is suspended; `reglage` is the dated setting of where it starts.
    """

    silence: str
    passe: str
    clos: dict[str, str]
    arret: str
    arret_phrase: str
    reglage: str


MOTS = {
    Regime.REJET: Mots(
        silence="Sans réponse, la demande est réputée rejetée le {day}.",
        passe="Le silence a rejeté la demande\u00a0: le prochain passage de l’horloge l’inscrira.",
        clos={
            NatureMouvement.DECISION: "Décision prise",
            NatureMouvement.RETRAIT: "Demande retirée",
            NatureMouvement.REOUVERTURE: "Demande rouverte",
            NatureMouvement.SILENCE: "Le silence a rejeté la demande",
        },
        arret="Délai suspendu",
        arret_phrase="Suspendu jusqu’à l’arrivée des pièces demandées ou, à défaut, jusqu’à leur date limite.",
        reglage="origine_delai_rejet",
    ),
    Regime.ACCEPTATION: Mots(
        silence="Sans opposition, le projet est réputé validé le {day}.",
        passe="Le silence a validé le projet\u00a0: le prochain passage de l’horloge l’inscrira.",
        clos={
            NatureMouvement.DECISION: "Décision prise",
            NatureMouvement.RETRAIT: "Projet retiré",
            NatureMouvement.SILENCE: "Le silence a validé le projet",
        },
        arret="Délai non commencé",
        arret_phrase="Les deux mois courront en entier à l’arrivée de la dernière pièce exigée par un texte.",
        reglage="point_de_reception",
    ),
}


def tone_of(days: int) -> str:
    """The tone of a period with that many days left, the last day being 0."""
    return next((tone for limit, tone in TONS if days <= limit), "neutre")


def days_left(days: int) -> str:
    """The words after the figure."""
    if days == 0:
        return "dernier jour aujourd’hui"
    return "jour restant, dernier jour sûr" if days == 1 else "jours restants"


def jour(day: date) -> str:
    """ "mardi 8 décembre 2026"."""
    return f"{JOURS[day.weekday()]} {date_longue(day)}"


def clock(
    delai: Delai, *, today: date, titre: str, doutes: bool, passe: bool = True, ends: Echeance | None = None
) -> dict[str, Any]:
    """The values of components/clock.html. `passe` adds the setting behind it (to an agent, with what the sources leave
    open: `doutes`) and the lines of the ledger with the date each gave. `ends`: the dates, where facts known already
    are not in the ledger yet. Two queries, one without `passe`.
    """
    lines = ledger_read(delai)
    echeance = ends or echeance_of(delai, lines=lines)
    shown = {
        "titre": titre,
        "dernier_jour": jour(echeance.dernier_jour) if echeance.dernier_jour else "",
        "registre": explain(echeance, au=today if delai.clos_at is None else None),
        "mouvements": [movement(line) for line in lines] if passe else [],
        "pourquoi": _reason(delai, doutes=doutes) if passe else None,
        **bar(echeance, au=today),
    }
    return shown | (_state(delai, echeance, today) if delai.clos_at is None else _closed(delai))


def _state(delai: Delai, echeance: Echeance, today: date) -> dict[str, Any]:
    """Running, suspended, or over and not recorded yet."""
    words = MOTS[Regime(delai.regime)]
    last, due = echeance.dernier_jour, echeance.echeance_le
    silence = words.silence.format(day=date_longue(due)) if due else ""
    if echeance.etat(today) in (Etat.SUSPENDU, Etat.NON_COMMENCE):
        told = f"{words.arret_phrase} {silence}".strip()
        return {"ton": "info", "chiffre": "", "mots": words.arret, "phrase": told}
    if last is None or today > last:
        return {"ton": "alert", "chiffre": "", "mots": "Délai passé", "phrase": words.passe}
    days = (last - today).days
    return {"ton": tone_of(days), "chiffre": days, "mots": days_left(days), "phrase": silence}


def _closed(delai: Delai) -> dict[str, Any]:
    assert delai.clos_at is not None
    return {
        "ton": "neutre",
        "chiffre": "",
        "mots": MOTS[Regime(delai.regime)].clos[delai.clos_par],
        "phrase": "Ce délai ne court plus.",
    }


def bar(echeance: Echeance, *, au: date) -> dict[str, Any]:
    """How much is spent on the day `au`, the two ends, and what happened between them.

    From the day the two months are counted from, if it is known; nothing is spent of a period that has not begun.
    """
    ledger = echeance.ledger
    start = echeance.origine or ledger.recu_le
    end = echeance.dernier_jour or max(au, start)
    asked = sorted(ledger.pieces, key=lambda piece: piece.demandee_le)
    marks = [(piece.demandee_le, "pièce demandée") for piece in asked]
    marks += [(piece.recue_le, "pièce reçue") for piece in asked if piece.recue_le]
    begun = echeance.etat(au) is not Etat.NON_COMMENCE
    started = DEBUTS[ledger.depart] if start == ledger.recu_le else "dernière pièce reçue"
    return {
        "part": _share(start, end, au) if begun else 0,
        "debut": {"date": _short(start), "libelle": started},
        "fin": {"date": _short(end), "libelle": "dernier jour" if echeance.dernier_jour else "aujourd’hui"},
        "reperes": [{"part": _share(start, end, day), "libelle": words} for day, words in marks if start < day <= end],
    }


def _share(start: date, end: date, day: date) -> int:
    whole = max(end - start, ONE_DAY)
    return max(0, min(100, round(max(day - start, timedelta(0)) / whole * 100)))


def _short(day: date) -> str:
    """ "8 décembre": the year is said beside."""
    return date_longue(day).rsplit(" ", 1)[0]


def movement(line: MouvementDelai) -> dict[str, str]:
    """One line of the ledger and the last day it gave: past values stay readable."""
    what = capfirst(line.get_nature_display())
    named = f"{what}\u00a0: {line.intitule}" if line.intitule else what
    return {
        "quand": date_longue(line.le),
        "quoi": named,
        "qui": line.qualite,
        "dernier_jour": date_longue(line.dernier_jour) if line.dernier_jour else "inconnu",
    }


def _reason(delai: Delai, *, doutes: bool) -> dict[str, str] | None:
    """Why the period starts where it does: the dated setting of the region."""
    found = reglage(MOTS[Regime(delai.regime)].reglage, on=delai.recu_le)
    if found is None:
        return None
    return {"texte": found.motif, "source": found.source, "doute": found.doute if doutes else ""}
