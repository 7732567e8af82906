"""The dates that decide rights: when silence speaks, in both regimes. The only module that counts them.

Pure: days come in, days come out; no clock, no database. A day is a civil day in Paris (`civil_day`).
`kernel/explanations.py` puts what is computed here into French sentences.

Two regimes, per step, never per file:

- ACCEPTATION (projet de santé: silence of two months accepts, CSP L1434-12). The period runs from the
  day the competent administration has the file or, if a piece required by a text was asked for, from
  the day the last such piece arrives (CRPA L114-3, L114-5): until then it has not begun. A limit that
  passes changes nothing.
- REJET (request for a subsidy: silence of two months rejects, CRPA L231-4 3°). The period runs from the
  day the administration first seized has the request (CRPA L114-3). A request for a piece required by a
  text suspends it (CRPA L114-5) from the day it is asked to the answer or the limit, the earlier.

In both, a piece no text requires and a request made after the last day have no effect.

Doubts the sources leave: U2, nothing found extends such a period that ends on a weekend or a holiday, so
nothing does here; U11, whether the Guichet is an administration whose receipt starts the second period
(`Depart`); U12, one author makes the decision born when the last day begins, hence `dernier_jour_sur`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from guichet.kernel.civil import (
    ONE_DAY,
    add_months,
    civil_day,
    date_longue,
    est_ferie,
    est_ouvre,
    jour_ouvre_apres,
    jours_feries,
)

__all__ = [
    "Depart",
    "Echeance",
    "Etat",
    "Ledger",
    "PieceDemandee",
    "Regime",
    "Rung",
    "accuse_enregistrement_avant",
    "accuse_reception_avant",
    "add_months",
    "civil_day",
    "compute",
    "consolidation",
    "date_longue",
    "est_ferie",
    "est_ouvre",
    "jour_ouvre_apres",
    "jours_feries",
    "latest_rung_due",
    "require_plausible",
    "rungs",
    "rungs_due",
]

MOIS_DU_SILENCE = 2
MOIS_DU_RETRAIT = 4
JOURS_OUVRES_ENREGISTREMENT = 1
JOURS_OUVRES_RECEPTION = 10
RUNGS_BEFORE_LAST_DAY = (30, 15, 7, 2, 1)
PREMIER_JOUR_PLAUSIBLE = date(1900, 1, 1)
DERNIER_JOUR_PLAUSIBLE = date(2999, 12, 31)


class Regime(StrEnum):
    """What the silence of the administration means."""

    ACCEPTATION = "acceptation"
    REJET = "rejet"


class Etat(StrEnum):
    """Where a period stands on a given day."""

    NON_COMMENCE = "non_commence"
    EN_COURS = "en_cours"
    SUSPENDU = "suspendu"
    EXPIRE = "expire"


class Depart(StrEnum):
    """Which receipt the day in the ledger is; in the regime REJET a dated setting chooses it (U11)."""

    RECEPTION = "reception"
    DEPOT = "depot"
    TRANSMISSION = "transmission"


@dataclass(frozen=True, kw_only=True)
class PieceDemandee:
    """One piece the administration asked for, and what became of the request.

    `requise`: a law or a regulation requires it (`fondement` names the article); otherwise it is merely
    useful. `renoncee_le`: the administration gave it up: the period is then as if it had never been asked.
    """

    demandee_le: date
    recue_le: date | None = None
    limite_le: date | None = None
    requise: bool = True
    renoncee_le: date | None = None
    intitule: str = ""
    fondement: str = ""

    def __post_init__(self) -> None:
        for day, act in (
            (self.recue_le, "reçue"),
            (self.limite_le, "attendue"),
            (self.renoncee_le, "abandonnée"),
        ):
            if day is not None and day < self.demandee_le:
                raise ValueError(
                    f"Une pièce demandée le {date_longue(self.demandee_le)}"
                    f" ne peut pas être {act} le {date_longue(day)}, avant d’être demandée."
                )

    @property
    def fin_de_suspension(self) -> date | None:
        """The first day the period runs again in the regime REJET: the answer or the limit, the earlier."""
        return min((day for day in (self.recue_le, self.limite_le) if day is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What moved a period: the day of receipt and each piece asked for, in any order.

    Refuses, with a French sentence, a piece asked for before the receipt and a day outside 1900–2999.
    """

    regime: Regime
    recu_le: date
    pieces: tuple[PieceDemandee, ...] = ()
    depart: Depart = Depart.RECEPTION

    def __post_init__(self) -> None:
        for day in self._days():
            require_plausible(day)
        for piece in self.pieces:
            if piece.demandee_le < self.recu_le:
                raise ValueError(
                    f"Une pièce ne peut pas être demandée le {date_longue(piece.demandee_le)},"
                    f" avant la réception du {date_longue(self.recu_le)}."
                )

    def _days(self) -> Iterable[date]:
        yield self.recu_le
        for piece in self.pieces:
            days = (piece.demandee_le, piece.recue_le, piece.limite_le, piece.renoncee_le)
            yield from (day for day in days if day is not None)


@dataclass(frozen=True, kw_only=True)
class Echeance:
    """The dates a ledger gives. None where the facts do not settle the date yet.

    - `origine`: the day the two months are counted from, itself not counted.
    - `jours_suspendus`: days added after the months (REJET only; None while an open request has no limit).
    - `dernier_jour`: the administration can still answer, until midnight at its end.
    - `effectives`, `tardives`: the required pieces that moved the period, and those asked for too late.
    """

    ledger: Ledger
    origine: date | None
    jours_suspendus: int | None
    dernier_jour: date | None
    effectives: tuple[PieceDemandee, ...]
    tardives: tuple[PieceDemandee, ...]

    @property
    def echeance_le(self) -> date | None:
        """The first day on which silence has spoken, from 00:00 in Paris."""
        return self.dernier_jour and self.dernier_jour + ONE_DAY

    @property
    def dernier_jour_sur(self) -> date | None:
        """The day before the last one: what warnings and agents aim at (U12). Decides no right."""
        return self.dernier_jour and self.dernier_jour - ONE_DAY

    @property
    def consolidation_le(self) -> date | None:
        """The last day on which an illegal tacit acceptance can be withdrawn (CRPA L242-1)."""
        if self.ledger.regime is Regime.REJET:
            return None
        return self.dernier_jour and consolidation(self.dernier_jour)

    def etat(self, au: date) -> Etat:
        """Where the period stands on the day `au`, in view of the whole ledger.

        ACCEPTATION: every day before the last required piece arrived is before the period.
        """
        if self.origine is None or au < self.origine:
            return Etat.NON_COMMENCE
        if self.dernier_jour is not None and au > self.dernier_jour:
            return Etat.EXPIRE
        if self.ledger.regime is Regime.REJET and any(_suspends(piece, au) for piece in self.effectives):
            return Etat.SUSPENDU
        return Etat.EN_COURS


def require_plausible(day: date) -> None:
    """Refuses, with a French sentence, a day outside 1900–2999: a slip of the pen."""
    if not PREMIER_JOUR_PLAUSIBLE <= day <= DERNIER_JOUR_PLAUSIBLE:
        raise ValueError(f"La date du {date_longue(day)} n’est pas plausible.")


def compute(ledger: Ledger) -> Echeance:
    """Every legal date of one period, from the whole of its ledger."""
    effectives, tardives = _sort_requests(ledger)
    origine, jours_suspendus, dernier_jour = _dates(ledger, effectives)
    return Echeance(
        ledger=ledger,
        origine=origine,
        jours_suspendus=jours_suspendus,
        dernier_jour=dernier_jour,
        effectives=effectives,
        tardives=tardives,
    )


def consolidation(taken_on: date) -> date:
    """The last day an illegal decision that creates rights can be withdrawn: four months (CRPA L242-1).

    `taken_on`: the day it was taken or, if it is tacit, `dernier_jour`. A new period, not a chained one.
    """
    return add_months(taken_on, MOIS_DU_RETRAIT)


def accuse_enregistrement_avant(seized_on: date) -> date:
    """The last day for the accusé d'enregistrement: one working day (CRPA R112-11-2)."""
    return jour_ouvre_apres(seized_on, JOURS_OUVRES_ENREGISTREMENT)


def accuse_reception_avant(seized_on: date) -> date:
    """The last day for the accusé de réception: ten working days from the competent one's seizure (CRPA R112-11-2)."""
    return jour_ouvre_apres(seized_on, JOURS_OUVRES_RECEPTION)


@dataclass(frozen=True)
class Rung:
    """One warning of the ladder: its stable code (`j-30` … `j-1`) and the day from which it is due."""

    code: str
    le: date


def rungs(dernier_jour: date) -> tuple[Rung, ...]:
    """The five warnings before a last day, in order; the last is due on the morning of `dernier_jour_sur`."""
    return tuple(Rung(f"j-{days}", dernier_jour - timedelta(days=days)) for days in RUNGS_BEFORE_LAST_DAY)


def rungs_due(dernier_jour: date, au: date) -> tuple[Rung, ...]:
    """The warnings due on `au`, a missed run included. None once the last day is over: silence has spoken."""
    if au > dernier_jour:
        return ()
    return tuple(rung for rung in rungs(dernier_jour) if rung.le <= au)


def latest_rung_due(dernier_jour: date, au: date) -> Rung | None:
    """The one warning to send on `au` if it was not sent yet; those before it are then superseded."""
    due = rungs_due(dernier_jour, au)
    return due[-1] if due else None


def _sort_requests(ledger: Ledger) -> tuple[tuple[PieceDemandee, ...], tuple[PieceDemandee, ...]]:
    """Required pieces, in the order asked: those that move the period, those asked after its last day.

    Each is judged by the last day that those before it give. While an earlier piece is still awaited a request
    is in time, and this last day says so: in ACCEPTATION two months follow an arrival still to come, in REJET
    each suspended day moves it by one.
    """
    effectives: list[PieceDemandee] = []
    tardives: list[PieceDemandee] = []
    asked = (piece for piece in ledger.pieces if piece.requise and piece.renoncee_le is None)
    for piece in sorted(asked, key=lambda piece: piece.demandee_le):
        last = _dates(ledger, effectives)[2]
        (effectives if last is None or piece.demandee_le <= last else tardives).append(piece)
    return tuple(effectives), tuple(tardives)


def _dates(ledger: Ledger, effectives: Iterable[PieceDemandee]) -> tuple[date | None, int | None, date | None]:
    """Origin, days suspended, last day."""
    if ledger.regime is Regime.ACCEPTATION:
        origin = _last_receipt(ledger.recu_le, effectives)
        return origin, 0, origin and add_months(origin, MOIS_DU_SILENCE)
    days = _suspended_days(effectives)
    if days is None:
        return ledger.recu_le, None, None
    return ledger.recu_le, days, add_months(ledger.recu_le, MOIS_DU_SILENCE) + timedelta(days=days)


def _last_receipt(received_on: date, effectives: Iterable[PieceDemandee]) -> date | None:
    last = received_on
    for piece in effectives:
        if piece.recue_le is None:
            return None
        last = max(last, piece.recue_le)
    return last


def _suspended_days(effectives: Iterable[PieceDemandee]) -> int | None:
    """Days in the union of the half-open intervals [request, end), each day once; None if one has no end.

    Takes the requests in the order they were asked.
    """
    total, counted_until = 0, date.min
    for piece in effectives:
        end = piece.fin_de_suspension
        if end is None:
            return None
        total += max((end - max(piece.demandee_le, counted_until)).days, 0)
        counted_until = max(counted_until, end)
    return total


def _suspends(piece: PieceDemandee, day: date) -> bool:
    end = piece.fin_de_suspension
    return piece.demandee_le <= day and (end is None or day < end)
