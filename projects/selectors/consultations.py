"""Reads of a consultation for those who follow a letter: how far it is, what the bodies said, what the association
is told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.states import Genre
from dossiers.models import DemandePieces
from dossiers.selectors.pieces_demandees import requests_with_items
from dossiers.selectors.reglages import valeur
from dossiers.states import EtapePieces
from funding.models import EvenementFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import civil_day
from projects.models import Consultation, EvenementLettre, LettreIntention
from projects.models.consultation import REPONSES
from projects.models.lettre import quorum
from projects.selectors.avis import Reponse
from projects.states import EtatAvis, EtatLettre, NatureConsultation, NoteCritere


@dataclass(frozen=True)
class Avancement:
    """Where a consultation stands: how many bodies answered, of how many asked; how many answers count for the quorum,
    of how many needed.
    """

    consultation: Consultation
    repondu: int
    consultes: int
    atteint: int
    necessaire: int

    @property
    def quorum_atteint(self) -> bool:
        return self.atteint >= self.necessaire


def progress(consultation: Consultation, states: Sequence[tuple[str, str]]) -> Avancement:
    """From the state of each opinion asked and the kind of its body: the quorum counts the URPS only. No query."""
    reached, needed = quorum([etat for etat, genre in states if genre == Genre.URPS], consultation.quorum)
    return Avancement(
        consultation,
        repondu=sum(etat in REPONSES for etat, _ in states),
        consultes=len(states),
        atteint=reached,
        necessaire=needed,
    )


def progress_of(consultation: Consultation, reponses: Sequence[Reponse]) -> Avancement:
    """The same from the answers a desk reads. No query."""
    return progress(consultation, [(reponse.etat, reponse.organisation.genre) for reponse in reponses])


def with_guichet_opinion(letters: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
    """The letters with `avis_du_guichet`: {"sens", "conclusion"}, None while it is not given. No query more."""
    given = Consultation.objects.filter(
        lettre=OuterRef("pk"), nature=NatureConsultation.GUICHET, rendue_at__isnull=False
    )
    told = given.annotate(told=JSONObject(sens="sens", conclusion="synthese__conclusion")).values("told")
    return letters.annotate(avis_du_guichet=Subquery(told[:1]))


@dataclass(frozen=True)
class Critere:
    """One criterion as the bodies graded it: how many gave each grade, and what they wrote, by body."""

    code: str
    libelle: str
    notes: list[tuple[str, int]]
    commentaires: list[tuple[str, str, str]]


def by_criterion(reponses: Sequence[Reponse], criteres: Sequence[Mapping[str, str]]) -> list[Critere]:
    """What the given opinions say of each criterion, for the desk that reads them. No query."""
    given = [(r.organisation.nom, r.avis.criteres) for r in reponses if r.avis and r.etat == EtatAvis.RENDU]
    found = []
    for critere in criteres:
        code = critere["code"]
        told = [(nom, grades[code]) for nom, grades in given if code in grades]
        counts = Counter(grade.get("note", "") for _, grade in told)
        found.append(
            Critere(
                code=code,
                libelle=critere["libelle"],
                notes=[(str(note.label), counts[note.value]) for note in NoteCritere],
                commentaires=[
                    (nom, _label(grade.get("note", "")), grade["commentaire"])
                    for nom, grade in told
                    if grade.get("commentaire")
                ],
            )
        )
    return found


def _label(note: str) -> str:
    return str(NoteCritere(note).label) if note in NoteCritere.values else ""


@dataclass(frozen=True)
class Suivi:
    """What the association is told of a letter beyond its row. `demandes`: what still waits for its answer;
    `consultation`: that of the Guichet; `saisine_le`: from when it may go to the ARS itself; `dates`: the last legal
    day of each act on the letter, `dates_demande` the same on its request.
    """

    demandes: Sequence[DemandePieces] = ()
    consultation: Consultation | None = None
    saisine_le: date | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    dates_demande: Mapping[str, date] = field(default_factory=dict)


AVEC_SUITE = (EtatDemandeFir.REJETEE_TACITEMENT, EtatDemandeFir.ACCORDEE)
"""States of a request in which what the association did since changes what it is told."""


def follow_ups(letters: Iterable[LettreIntention], *, on: date) -> dict[int, Suivi]:
    """The `Suivi` of each of these letters, in a number of queries that does not grow with them: six at most."""
    known = {lettre.pk: lettre for lettre in letters}
    deposited = [lettre.pk for lettre in known.values() if lettre.deposee_at]
    rows = Consultation.objects.filter(lettre__in=deposited, nature=NatureConsultation.GUICHET).order_by("pk")
    consultations = {row.lettre_id: row for row in rows} if deposited else {}
    requests = _open_requests(known.values())
    days = valeur("saisine_directe_jours", on=on, defaut=None) if deposited else None
    events = EvenementLettre.objects.filter(lettre__in=deposited).order_by("recorded_at", "pk")
    dates: dict[int, dict[str, date]] = {pk: {} for pk in known}
    if deposited:
        for pk, action, day in events.values_list("lettre", "action", "prend_effet_le"):
            dates[pk][action] = day
    funded = _request_dates(known.values())
    return {
        pk: Suivi(
            demandes=requests.get(lettre.dossier_id, ()),
            consultation=consultations.get(pk),
            saisine_le=_seizable(lettre, days),
            dates=dates[pk],
            dates_demande=funded.get(lettre.demande_id or 0, {}),
        )
        for pk, lettre in known.items()
    }


def _seizable(lettre: LettreIntention, days: int | None) -> date | None:
    if days is None or lettre.deposee_at is None:
        return None
    return civil_day(lettre.deposee_at) + timedelta(days=days)


def _open_requests(letters: Iterable[LettreIntention]) -> dict[int, list[DemandePieces]]:
    """By file: what the Guichet asks on a letter sent back, what the funder asks on a request held for it."""
    waiting = [
        lettre.dossier_id
        for lettre in letters
        if lettre.etat == EtatLettre.INCOMPLETE
        or (lettre.demande and not lettre.sans_demande and lettre.demande.etat == EtatDemandeFir.INCOMPLETE)
    ]
    found: dict[int, list[DemandePieces]] = {}
    if waiting:
        for row in requests_with_items(waiting):
            found.setdefault(row.dossier_id, []).append(row)
    return found


def _request_dates(letters: Iterable[LettreIntention]) -> dict[int, dict[str, date]]:
    followed = [lettre.demande_id for lettre in letters if lettre.demande and lettre.demande.etat in AVEC_SUITE]
    found: dict[int, dict[str, date]] = {}
    if followed:
        events = EvenementFir.objects.filter(demande__in=followed).order_by("recorded_at", "pk")
        for pk, action, day in events.values_list("demande", "action", "prend_effet_le"):
            found.setdefault(pk, {})[action] = day
    return found


def requests_on(lettre: LettreIntention) -> list[DemandePieces]:
    """What the Guichet asked about this letter, the latest first, with items and files: three queries at most."""
    events = EvenementLettre.objects.filter(lettre=lettre, action="demander_pieces").values("pk")
    return requests_with_items([lettre.dossier_id], evenements=events, open_only=False)


def about(demandes: Sequence[DemandePieces], etape: EtapePieces) -> list[DemandePieces]:
    """Those about one step."""
    return [demande for demande in demandes if demande.etape == etape]
