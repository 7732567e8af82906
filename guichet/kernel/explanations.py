"""The sentences that explain a legal date, in French: one wording for pages, mails, papers and the command line.

Pure, and says nothing that `kernel/deadlines.py` has not computed.
"""

from datetime import date

from guichet.kernel.civil import JOURS, ONE_DAY, SATURDAY, add_months, date_longue, est_ferie
from guichet.kernel.deadlines import MOIS_DU_SILENCE, Depart, Echeance, Etat, PieceDemandee, Regime

NB = "\u00a0"

_RECEIPT = {
    (Regime.ACCEPTATION, Depart.RECEPTION): "L’administration compétente a le dossier depuis le {day}.",
    (Regime.ACCEPTATION, Depart.DEPOT): "Le dossier a été déposé auprès de l’administration compétente le {day}.",
    (Regime.ACCEPTATION, Depart.TRANSMISSION): ("Le dossier a été transmis à l’administration compétente le {day}."),
    (Regime.REJET, Depart.RECEPTION): "L’administration saisie la première a la demande depuis le {day}.",
    (Regime.REJET, Depart.DEPOT): ("La demande a été déposée au Guichet, administration saisie la première, le {day}."),
    (Regime.REJET, Depart.TRANSMISSION): (
        "La demande a été transmise à l’ARS le {day}" + NB + ": le Guichet n’étant pas tenu pour une administration,"
        " l’ARS est la première saisie."
    ),
}
_STATE = {
    Etat.NON_COMMENCE: "n’a pas commencé",
    Etat.EN_COURS: "est en cours",
    Etat.SUSPENDU: "est suspendu",
    Etat.EXPIRE: "est expiré",
}


def explain(echeance: Echeance, *, au: date | None = None) -> list[str]:
    """One sentence per fact or step of the count, in the order a reader would check it."""
    ledger = echeance.ledger
    sentences = [_RECEIPT[ledger.regime, ledger.depart].format(day=date_longue(ledger.recu_le))]
    pieces = sorted(ledger.pieces, key=lambda piece: piece.demandee_le)
    sentences += [_piece(echeance, piece) for piece in pieces]
    sentences += _acceptance(echeance) if ledger.regime is Regime.ACCEPTATION else _rejection(echeance)
    if au is not None:
        sentences.append(f"Au {date_longue(au)}, le délai {_STATE[echeance.etat(au)]}.")
    return sentences


def _acceptance(echeance: Echeance) -> list[str]:
    origin, last, consolidated = echeance.origine, echeance.dernier_jour, echeance.consolidation_le
    if origin is None or last is None or consolidated is None:
        return [
            f"Le délai de deux mois n’a pas commencé{NB}: il courra en entier à partir de la réception"
            " de la dernière pièce exigée (CRPA, articles L114-3 et L114-5)."
        ]
    articles = "articles L114-3 et L114-5" if echeance.effectives else "article L114-3"
    return [
        f"Le délai de deux mois court à partir du {date_longue(origin)} (CRPA, {articles}).",
        *_last_day(origin, last, 0),
        f"Sans opposition notifiée d’ici là, le projet est réputé validé à partir du"
        f" {date_longue(last + ONE_DAY)} (CSP, article L1434-12).",
        f"Cette validation, si elle est illégale, peut être retirée jusqu’au {date_longue(consolidated)}{NB}: quatre"
        " mois comptés depuis le dernier jour (CRPA, article L242-1).",
        _prudence(last),
    ]


def _rejection(echeance: Echeance) -> list[str]:
    origin, last, days = echeance.ledger.recu_le, echeance.dernier_jour, echeance.jours_suspendus
    start = f"Le délai de deux mois court à partir du {date_longue(origin)} (CRPA, article L114-3)."
    if last is None or days is None:
        return [start, f"Il est suspendu sans terme connu{NB}: son dernier jour n’est pas encore connu."]
    return [
        start,
        *_last_day(origin, last, days),
        f"Sans réponse d’ici là, la demande est réputée rejetée à partir du {date_longue(last + ONE_DAY)}"
        " (CRPA, article L231-4, 3°).",
        _prudence(last),
    ]


def _last_day(origin: date, last: date, suspended: int) -> list[str]:
    """How the last day is reached, then what might surprise in it."""
    months_end = add_months(origin, MOIS_DU_SILENCE)
    clamped = f" (ce mois n’a pas de {origin.day})" if months_end.day != origin.day else ""
    if suspended:
        days = f"{suspended} jour" + ("s" if suspended > 1 else "")
        sentences = [
            f"Deux mois de quantième à quantième mènent au {date_longue(months_end)}{clamped}{NB};"
            f" avec {days} de suspension, chaque jour compté une fois, le dernier jour est le"
            f" {date_longue(last)}, jusqu’à la fin du jour, heure de Paris."
        ]
    else:
        sentences = [
            f"De quantième à quantième, le dernier jour est le {date_longue(last)}{clamped},"
            " jusqu’à la fin du jour, heure de Paris."
        ]
    rest = [f"un {JOURS[last.weekday()]}"] if last.weekday() >= SATURDAY else []
    rest += ["un jour férié"] if est_ferie(last) else []
    if rest:
        sentences.append(f"Ce jour est {' et '.join(rest)}{NB}: cela ne prolonge pas le délai.")
    return sentences


def _prudence(last: date) -> str:
    return (
        f"Par prudence, les alertes visent la veille, le {date_longue(last - ONE_DAY)}"
        " (l’heure à laquelle la décision naît est discutée)."
    )


def _piece(echeance: Echeance, piece: PieceDemandee) -> str:
    """What was asked, what came, and the effect on the period."""
    name = f"«{NB}{piece.intitule}{NB}», pièce" if piece.intitule else "Pièce"
    required = "exigée par un texte" if piece.requise else "utile, qu’aucun texte n’exige"
    basis = f" ({piece.fondement})" if piece.requise and piece.fondement else ""
    facts = f"{name} {required}{basis}, demandée le {date_longue(piece.demandee_le)}, {_outcome(piece)}{NB}: "
    return facts + _effect(echeance, piece) + "."


def _outcome(piece: PieceDemandee) -> str:
    if piece.renoncee_le is not None:
        return f"abandonnée le {date_longue(piece.renoncee_le)}"
    limit = f", limite le {date_longue(piece.limite_le)}" if piece.limite_le is not None else ""
    if piece.recue_le is not None:
        return f"reçue le {date_longue(piece.recue_le)}{limit}"
    return f"non reçue{limit}"


def _effect(echeance: Echeance, piece: PieceDemandee) -> str:
    if not piece.requise:
        return "sans effet sur le délai (CRPA, article L114-5)"
    if piece.renoncee_le is not None:
        return "le délai se compte comme si elle n’avait pas été demandée"
    if piece not in echeance.effectives:
        return "sans effet, car demandée après le dernier jour"
    if echeance.ledger.regime is Regime.ACCEPTATION:
        ignored = f"{NB}; la limite n’y change rien" if piece.limite_le is not None else ""
        return f"le délai ne court pas avant sa réception (CRPA, article L114-5){ignored}"
    return _suspension(piece)


def _suspension(piece: PieceDemandee) -> str:
    end = piece.fin_de_suspension
    if end is None:
        return f"le délai est suspendu depuis le {date_longue(piece.demandee_le)} (CRPA, article L114-5)"
    days = (end - piece.demandee_le).days
    if not days:
        return "le délai n’est pas suspendu, faute d’un jour entier"
    span = "1 jour" if days == 1 else f"{days} jours"
    ended_by = "la réception" if end == piece.recue_le else "la limite"
    return (
        f"le délai est suspendu du {date_longue(piece.demandee_le)} inclus au {date_longue(end)} exclu,"
        f" jour de {ended_by}, soit {span} (CRPA, article L114-5)"
    )
