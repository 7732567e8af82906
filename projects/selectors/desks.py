"""What each desk has to do: the reads of the homes, nearest first, a few rows of each, and what the clock closes.

Every read starts from what the person may open. A block takes one row more than it shows: that is how it knows that
there are others, whatever their number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.acteur import Acteur
from funding.models import DemandeFir, EvenementFir
from funding.states import EtatDemandeFir
from projects.lifecycles import ENTRE_LES_MAINS_DE_L_ARS
from projects.models import Avis, Consultation, EvenementLettre, LettreIntention
from projects.models.consultation import REPONSES
from projects.selectors.consultations import Avancement, progress
from projects.selectors.projets import last_days_near
from projects.states import EtatAvis, EtatLettre, NatureConsultation

EN_ATTENTE = (EtatAvis.ATTENDU, EtatAvis.BROUILLON, EtatAvis.SANS_REPONSE)
EN_INSTRUCTION = (EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE)
SILENCE_RECENT = timedelta(days=61)
"""How long a tacit rejection stays on the home of its funder: the two months of the appeals."""
PLAFOND = 1000
"""Counts stop there: "plus de 1 000"."""


def unanswered_on(day: date) -> QuerySet[Avis]:
    """The opinions the clock closes on that day: their due date passed without an answer."""
    return Avis.objects.filter(etat__in=(EtatAvis.ATTENDU, EtatAvis.BROUILLON), consultation__limite_le__lt=day)


# --- Bodies consulted -------------------------------------------------------------------------------


def opinions_to_give(acteur: Acteur) -> QuerySet[Avis]:
    """What the body one acts for may still answer, the nearest due date first; those past it included."""
    taken = Q(consultation__nature=NatureConsultation.GUICHET, consultation__lettre__etat=EtatLettre.EN_CONSULTATION)
    taken |= Q(consultation__nature=NatureConsultation.AM, consultation__lettre__etat=EtatLettre.TRANSMISE)
    taken |= Q(consultation__nature=NatureConsultation.PROJET, consultation__projet__etat__in=ENTRE_LES_MAINS_DE_L_ARS)
    found = Avis.objects.of_body(acteur).filter(taken, etat__in=EN_ATTENTE)
    return _with_file(found).order_by("consultation__limite_le", "pk")


def opinions_given(acteur: Acteur) -> QuerySet[Avis]:
    """What it answered, the latest first."""
    found = Avis.objects.of_body(acteur).filter(etat__in=REPONSES)
    return _with_file(found).order_by(F("rendu_at").desc(nulls_last=True), "-pk")


def _with_file(found: QuerySet[Avis]) -> QuerySet[Avis]:
    return found.select_related(
        "consultation__lettre__territoire",
        "consultation__projet__territoire",
        "dossier__association",
        "dossier__departement_pilote",
    ).defer("criteres", "commentaire")


def validations_to_confirm(acteur: Acteur) -> QuerySet[LettreIntention]:
    """Letters whose validation waits for the Assurance Maladie, where the region decides jointly; oldest first."""
    confirmed = EvenementLettre.objects.filter(lettre=OuterRef("pk"), action="confirmer_validation")
    return letters_to_decide(acteur).filter(~Exists(confirmed))


# --- Guichet ----------------------------------------------------------------------------------------


def letters_to_check(acteur: Acteur) -> QuerySet[LettreIntention]:
    """Deposited and not yet looked at, the oldest first."""
    return _lines(acteur).filter(etat=EtatLettre.DEPOSEE).order_by("deposee_at", "pk")


def letters_sent_back(acteur: Acteur) -> QuerySet[LettreIntention]:
    """What waits for the association's answer, the oldest deposit first."""
    return _lines(acteur).filter(etat=EtatLettre.INCOMPLETE).order_by("deposee_at", "pk")


def drafts_shared(acteur: Acteur) -> QuerySet[LettreIntention]:
    """The drafts that associations invited this person to read, the latest invitation first."""
    invited = Q(dossier__conseillers__user=acteur.user, dossier__conseillers__retire_at=None)
    found = _lines(acteur).filter(invited, etat=EtatLettre.BROUILLON)
    return found.order_by("-dossier__conseillers__created_at", "-pk")


def consultations_running(acteur: Acteur, *, on: date, limit: int) -> list[Avancement]:
    """Those whose due date is to come, the nearest first. Two queries."""
    return _progress(_consultations(acteur, EtatLettre.EN_CONSULTATION).filter(limite_le__gte=on)[:limit])


def ready_to_move(acteur: Acteur, *, on: date, limit: int) -> list[Avancement]:
    """What the Guichet has to end: its opinion is given, the letter not sent; or the due date passed. Three queries.

    No index gives this choice in its order: the keys are chosen first, so that no other row is joined to its file.
    """
    given = _consultations(acteur, EtatLettre.AVIS_RENDU, EtatLettre.EN_CONSULTATION)
    given = given.filter(Q(lettre__etat=EtatLettre.AVIS_RENDU) | Q(limite_le__lt=on))
    return _progress(given.filter(pk__in=list(given.values_list("pk", flat=True)[:limit])))


def consultations_late(acteur: Acteur, *, on: date) -> int:
    """How many wait for the opinion of the Guichet past their due date; PLAFOND + 1 for more."""
    late = _consultations(acteur, EtatLettre.EN_CONSULTATION).filter(limite_le__lt=on)
    return late.order_by()[: PLAFOND + 1].count()


def _consultations(acteur: Acteur, *etats: EtatLettre) -> QuerySet[Consultation]:
    letters = LettreIntention.objects.visible_to(acteur).filter(etat__in=etats)
    found = Consultation.objects.filter(nature=NatureConsultation.GUICHET, lettre__in=letters)
    return found.select_related(
        "lettre__dossier__association", "lettre__dossier__departement_pilote", "lettre__demande__delai"
    ).order_by("limite_le", "pk")


def _progress(found: QuerySet[Consultation]) -> list[Avancement]:
    rows = list(found)
    asked: dict[int, list[tuple[str, str]]] = {row.pk: [] for row in rows}
    states = Avis.objects.filter(consultation__in=asked).order_by("pk")
    for pk, etat, genre in states.values_list("consultation", "etat", "organisation__genre"):
        asked[pk].append((etat, genre))
    return [progress(row, asked[row.pk]) for row in rows]


# --- ARS, and any funder ----------------------------------------------------------------------------


def letters_to_decide(acteur: Acteur) -> QuerySet[LettreIntention]:
    """Sent to the ARS and not decided, the oldest first."""
    return _lines(acteur).filter(etat=EtatLettre.TRANSMISE).order_by("transmise_at", "pk")


def running_clocks(acteur: Acteur) -> QuerySet[DemandeFir]:
    """The requests whose period runs, the nearest last day first; those whose silence has spoken included."""
    found = DemandeFir.objects.visible_to(acteur).filter(etat__in=EN_INSTRUCTION, delai__clos_at=None)
    return _request_lines(found.filter(delai__isnull=False)).order_by("delai__echeance_le", "pk")


def requests_without_clock(acteur: Acteur) -> QuerySet[DemandeFir]:
    """The requests asked of a body whose silence has no effect (a URPS), the oldest first."""
    found = DemandeFir.objects.visible_to(acteur).filter(etat__in=EN_INSTRUCTION, delai=None)
    return _request_lines(found).order_by("transmise_at", "pk")


@dataclass(frozen=True)
class Urgences:
    """How many periods end within so many days, those over and not recorded included (`passees`).

    Counted among the `PLAFOND` + 1 nearest.
    """

    passees: int
    sept: int
    quinze: int


def urgencies(acteur: Acteur, *, on: date) -> Urgences:
    """One query, whatever the number of files."""
    near = DemandeFir.objects.visible_to(acteur).filter(etat__in=EN_INSTRUCTION, delai__clos_at=None)
    near = near.filter(delai__dernier_jour__lte=on + timedelta(days=15)).order_by("delai__echeance_le", "pk")
    last = near.values_list("delai__dernier_jour", flat=True)[: PLAFOND + 1]
    return _urgencies([day for day in last if day], on)


def project_urgencies(acteur: Acteur, *, on: date) -> Urgences:
    """The same of the projects whose period runs: there, the silence accepts."""
    return _urgencies(last_days_near(acteur, on=on, within=15, limit=PLAFOND + 1), on)


def _urgencies(days: list[date], on: date) -> Urgences:
    left = [(day - on).days for day in days]
    return Urgences(passees=sum(n < 0 for n in left), sept=sum(n <= 7 for n in left), quinze=len(left))


def silences(acteur: Acteur, *, now: datetime) -> QuerySet[DemandeFir]:
    """Tacit rejections to look at: `motifs_dus_le` first (the reasons asked and not given), then the recent ones."""
    events = EvenementFir.objects.filter(demande=OuterRef("pk"))
    asked = events.filter(action="demander_motifs").order_by("-recorded_at", "-id")
    due = Cast(KT("donnees__reponse_due_le"), DateField())
    given = Exists(events.filter(action="communiquer_motifs"))
    found = DemandeFir.objects.visible_to(acteur).filter(etat=EtatDemandeFir.REJETEE_TACITEMENT)
    found = found.annotate(
        motifs_dus_le=Subquery(asked.annotate(due=due).values("due")[:1]), motifs_donnes=given
    ).filter(Q(Q(motifs_dus_le__isnull=False), ~Q(given)) | Q(delai__clos_at__gte=now - SILENCE_RECENT))
    return _request_lines(found).order_by(
        F("motifs_donnes").asc(), F("motifs_dus_le").asc(nulls_last=True), "-delai__clos_at", "pk"
    )


def _lines(acteur: Acteur) -> QuerySet[LettreIntention]:
    found = LettreIntention.objects.visible_to(acteur)
    return found.select_related("dossier__association", "dossier__departement_pilote", "demande__delai")


def _request_lines(found: QuerySet[DemandeFir]) -> QuerySet[DemandeFir]:
    return found.select_related("dossier__association", "dossier__departement_pilote", "delai")
