"""The ledger of a legal period: opening it, writing what moves it, closing it. Its dates always follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dossiers.models import Delai, Dossier, MouvementDelai, PieceDemandee
from dossiers.selectors.delais import echeance_of
from dossiers.states import NatureMouvement
from guichet.kernel.deadlines import Depart, Regime
from guichet.kernel.journal import Origine

if TYPE_CHECKING:
    from accounts.acteur import Acteur

HORLOGE = "Horloge du portail"


@dataclass(frozen=True)
class Acte:
    """Who moves a period, when it is recorded, and where it comes from. `by` None is the clock."""

    by: "Acteur | None"
    now: datetime
    origine: str = Origine.PORTAIL


def open_delai(
    *,
    dossier: Dossier,
    regime: Regime,
    depart: Depart,
    le: date,
    acte: Acte,
    nature: NatureMouvement = NatureMouvement.DEPOT,
) -> Delai:
    """A new period that starts on the legal day `le`, by a deposit, a transmission or, with `nature`, a receipt noted.
    The caller holds the lock on the file.
    """
    delai = Delai.objects.create(
        dossier=dossier, regime=regime.value, depart=depart.value, recu_le=le, ouvert_at=acte.now
    )
    first = NatureMouvement.TRANSMISSION if depart is Depart.TRANSMISSION else nature
    write(delai, first, le=le, acte=acte)
    return delai


def write(
    delai: Delai, nature: NatureMouvement, *, le: date, acte: Acte, piece: PieceDemandee | None = None
) -> MouvementDelai:
    """Write a line of the ledger and the dates that follow from it; the line keeps them. Nothing ends the period.

    A request (`DEMANDE`) takes its limit, its article and whether a text requires it from `piece`.
    """
    line = _line(delai, nature, le=le, acte=acte, piece=piece)
    echeance = echeance_of(delai, plus=[line])
    line.dernier_jour, line.echeance_le = echeance.dernier_jour, echeance.echeance_le
    line.save(force_insert=True)
    _store(delai, origine_le=echeance.origine, dernier_jour=echeance.dernier_jour, echeance_le=echeance.echeance_le)
    return line


def _line(
    delai: Delai, nature: NatureMouvement, *, le: date, acte: Acte, piece: PieceDemandee | None = None
) -> MouvementDelai:
    """A line not written yet, with the dates the period has: what ends it moves none."""
    asked = nature == NatureMouvement.DEMANDE and piece is not None
    return MouvementDelai(
        delai=delai,
        nature=nature,
        le=le,
        piece=piece,
        limite_le=piece.limite_le if asked and piece else None,
        requise=bool(asked and piece and piece.requise_par_un_texte),
        intitule=piece.intitule if piece else "",
        fondement=piece.fondement if asked and piece else "",
        origine=acte.origine if acte.by else Origine.HORLOGE,
        qualite=(acte.by.qualite if acte.by else HORLOGE) or "Porteur",
        recorded_at=acte.now,
        dernier_jour=delai.dernier_jour,
        echeance_le=delai.echeance_le,
    )


def was_asked(delai: Delai, piece: PieceDemandee) -> bool:
    """Whether that piece is in the ledger: one asked before the period began is not. One query."""
    return delai.mouvements.filter(nature=NatureMouvement.DEMANDE, piece=piece).exists()


def close(delai: Delai | None, nature: NatureMouvement, *, le: date, acte: Acte) -> None:
    """End the period by a fact: a decision, a withdrawal, the silence, a re-opening. Ended, it stays as it was."""
    if delai is None or delai.clos_at is not None:
        return
    _line(delai, nature, le=le, acte=acte).save(force_insert=True)
    _store(delai, clos_at=acte.now, clos_par=nature)


def note(delai: Delai, nature: NatureMouvement, *, le: date, acte: Acte) -> None:
    """A line on a period that has ended: what is proven since. Its dates and its end stay as they were."""
    _line(delai, nature, le=le, acte=acte).save(force_insert=True)


def close_lot(delais: Sequence[Delai], nature: NatureMouvement, *, le: Mapping[int, date], acte: Acte) -> None:
    """The same for many periods that run, each at its legal day, by its key. Two statements."""
    MouvementDelai.objects.bulk_create(_line(delai, nature, le=le[delai.pk], acte=acte) for delai in delais)
    Delai.objects.filter(pk__in=[delai.pk for delai in delais]).update(clos_at=acte.now, clos_par=nature)
    for delai in delais:
        delai.clos_at, delai.clos_par = acte.now, nature


def _store(delai: Delai, **values: object) -> None:
    Delai.objects.filter(pk=delai.pk).update(**values)
    for name, value in values.items():
        setattr(delai, name, value)
