"""Reads of legal periods: their dates from their ledger, their explanation, what is due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dossiers.models import Delai, MouvementDelai, PassageHorloge
from dossiers.states import NatureMouvement
from guichet.kernel.deadlines import Depart, Echeance, Ledger, PieceDemandee, Regime, compute
from guichet.kernel.explanations import explain


def echeance_of(delai: Delai, *, plus: Iterable[MouvementDelai] = ()) -> Echeance:
    """The dates the whole ledger gives, `plus` being lines not written yet. One query."""
    lines = [*delai.mouvements.order_by("recorded_at", "pk"), *plus]
    asked: dict[int, PieceDemandee] = {}
    for line in lines:
        if line.piece_id is None:
            continue
        if line.nature == NatureMouvement.DEMANDE:
            asked[line.piece_id] = PieceDemandee(
                demandee_le=line.le,
                limite_le=line.limite_le,
                requise=line.requise,
                intitule=line.intitule,
                fondement=line.fondement,
            )
        elif line.nature == NatureMouvement.REPONSE:
            asked[line.piece_id] = replace(asked[line.piece_id], recue_le=line.le)
        elif line.nature == NatureMouvement.RENONCIATION:
            asked[line.piece_id] = replace(asked[line.piece_id], renoncee_le=line.le)
    ledger = Ledger(
        regime=Regime(delai.regime), recu_le=delai.recu_le, depart=Depart(delai.depart), pieces=tuple(asked.values())
    )
    return compute(ledger)


def explanation(delai: Delai, *, au: date | None = None) -> list[str]:
    """How the dates of the period are reached, in the words of every page, mail and paper."""
    return explain(echeance_of(delai), au=au if delai.clos_at is None else None)


def silent_on(day: date) -> QuerySet[Delai]:
    """The open periods whose silence has spoken on that day, the oldest first (partial index)."""
    return Delai.objects.filter(clos_at=None, echeance_le__lte=day).order_by("echeance_le", "pk")


def warned_on(day: date, *, within: int) -> QuerySet[Delai]:
    """The open periods that end within that many days and are not over."""
    last = day + timedelta(days=within)
    return Delai.objects.filter(clos_at=None, dernier_jour__gte=day, dernier_jour__lte=last).order_by(
        "dernier_jour", "pk"
    )


PASSAGE_EVERY = timedelta(hours=26)
GRACE = timedelta(hours=1)


def clock_trouble(*, now: datetime) -> str:
    """ "" when the clock passed lately and left nothing due unrecorded, else what is wrong, in one French sentence."""
    last = PassageHorloge.objects.exclude(fin_at=None).order_by("-debut_at").first()
    if last is None:
        return "L’horloge n’est encore jamais passée."
    if now - last.debut_at > PASSAGE_EVERY:
        return f"L’horloge n’est pas passée depuis le {timezone.localtime(last.debut_at):%d/%m/%Y à %H h %M}."
    late = silent_on(timezone.localdate(now - GRACE)).count()
    if late:
        return f"Échéances passées sans être constatées\u00a0: {late}."
    return ""
