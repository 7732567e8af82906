"""Short ways to write the facts of a period, for the tests of legal dates."""

from datetime import date

from guichet.kernel.deadlines import Depart, Echeance, Ledger, PieceDemandee, Regime, compute

NB = "\u00a0"


def d(text: str) -> date:
    return date.fromisoformat(text)


def piece(asked: str, answered: str = "", limit: str = "", *, requise: bool = True, **more: object) -> PieceDemandee:
    return PieceDemandee(
        demandee_le=d(asked),
        recue_le=d(answered) if answered else None,
        limite_le=d(limit) if limit else None,
        requise=requise,
        **more,
    )


def acceptation(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.ACCEPTATION, recu_le=d(recu), pieces=pieces, depart=depart))


def rejet(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.REJET, recu_le=d(recu), pieces=pieces, depart=depart))
