"""Reads of legal periods: their dates from their ledger, their explanation, what is due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.utils import timezone

from dossiers.models import AlerteDelai, Delai, MouvementDelai, PassageHorloge
from dossiers.states import NatureMouvement
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import RUNGS_BEFORE_LAST_DAY, Depart, Echeance, Ledger, PieceDemandee, Regime, compute
from guichet.kernel.explanations import explain


def lines_of(delai: Delai) -> list[MouvementDelai]:
    """The ledger of a period, line by line, in the order it was written. One query.

    By key: whoever waited for the lock writes after, with the earlier instant at which it asked.
    """
    return list(delai.mouvements.order_by("pk"))


def ledger_read(delai: Delai) -> list[MouvementDelai]:
    """The same, read once by object, for pages and guards; what writes on the ledger reads `lines_of`."""
    if "registre_lu" not in delai.__dict__:
        delai.__dict__["registre_lu"] = lines_of(delai)
    found: list[MouvementDelai] = delai.__dict__["registre_lu"]
    return found


def echeance_of(
    delai: Delai, *, plus: Iterable[MouvementDelai] = (), lines: Iterable[MouvementDelai] | None = None
) -> Echeance:
    """The dates the whole ledger gives, `plus` being lines not written yet. One query, none when `lines` is the ledger
    already read.
    """
    lines = [*(lines_of(delai) if lines is None else lines), *plus]
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


def lines_by_period(delais: Iterable[Delai]) -> dict[int, list[MouvementDelai]]:
    """The same for many periods, by their keys. One query."""
    found: dict[int, list[MouvementDelai]] = {delai.pk: [] for delai in delais}
    for line in MouvementDelai.objects.filter(delai__in=list(found)).order_by("pk"):
        found[line.delai_id].append(line)
    return found


def explanation(delai: Delai, *, au: date | None = None, lines: Iterable[MouvementDelai] | None = None) -> list[str]:
    """How the dates of the period are reached, in the words of every page, mail and paper. One query, none with
    `lines`, the ledger already read.
    """
    return explain(echeance_of(delai, lines=lines), au=au if delai.clos_at is None else None)


def silent_on(day: date) -> QuerySet[Delai]:
    """The open periods whose silence has spoken on that day, the oldest first (partial index)."""
    return Delai.objects.filter(clos_at=None, echeance_le__lte=day).order_by("echeance_le", "pk")


def to_warn_on(day: date) -> QuerySet[Delai]:
    """The open periods, not over, whose latest warning due on that day was not told for their last day."""
    steps = sorted(RUNGS_BEFORE_LAST_DAY)
    reached = [
        When(dernier_jour__lte=day + timedelta(days=left), then=Value(f"j-{left}"))  # the nearest rung wins
        for left in steps
    ]
    told = AlerteDelai.objects.filter(
        delai=OuterRef("pk"), dernier_jour=OuterRef("dernier_jour"), echelon=OuterRef("attendue")
    )
    near = Delai.objects.filter(
        clos_at=None, dernier_jour__gte=day, dernier_jour__lte=day + timedelta(days=steps[-1])
    ).annotate(attendue=Case(*reached, output_field=CharField()))
    return near.filter(~Exists(told)).order_by("dernier_jour", "pk")


PASSAGE_EVERY = timedelta(hours=26)
GRACE = timedelta(hours=1)


def last_passage() -> PassageHorloge | None:
    """The last time the clock passed and met every file."""
    return PassageHorloge.objects.exclude(fin_at=None).order_by("-debut_at").first()


def clock_trouble(*, now: datetime) -> str:
    """ "" when the clock passed lately, without an error, and left nothing due unrecorded one hour after midnight;
    else what is wrong, in one French sentence.
    """
    last = last_passage()
    if last is None:
        return "L’horloge n’est encore jamais passée."
    if now - last.debut_at > PASSAGE_EVERY:
        since = timezone.localtime(last.debut_at)
        return f"L’horloge n’est pas passée depuis le {date_longue(since)} à {since.hour}\u00a0h\u00a0{since:%M}."
    late = silent_on(timezone.localdate(now - GRACE)).count()
    if late:
        return f"Échéances passées sans être constatées\u00a0: {late}."
    if last.erreurs:
        return f"Erreurs au dernier passage de l’horloge\u00a0: {last.erreurs}."
    return ""
