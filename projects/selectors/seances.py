"""Reads of the sessions of the Guichet: who sees which, and what of their agenda."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.models import Organisation
from accounts.states import Genre
from dossiers.models import Document
from projects.models import Avis, Consultation, LettreIntention, PointSeance, Seance
from projects.rules import holds_sessions
from projects.states import EtatLettre, NatureConsultation

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def seances_visible_to(acteur: "Acteur | None") -> QuerySet[Seance]:
    """The Guichet's desk sees those of its region; a body, those where a file it is consulted on is on the agenda."""
    if acteur is None or not acteur.est_agent:
        return Seance.objects.none()
    if acteur.genre == Genre.GUICHET:
        return Seance.objects.filter(region=acteur.region) if holds_sessions(acteur) else Seance.objects.none()
    return Seance.objects.filter(Exists(_points(acteur).filter(seance=OuterRef("pk"))))


def points_visible_to(acteur: "Acteur | None") -> QuerySet[PointSeance]:
    """The lines of agendas `acteur` may read: a body, only those of the files it is consulted on."""
    found = PointSeance.objects.filter(seance__in=seances_visible_to(acteur))
    if acteur is not None and acteur.genre != Genre.GUICHET:
        found = found & _points(acteur)
    return found.select_related("consultation__lettre__dossier__association")


def _points(acteur: "Acteur") -> QuerySet[PointSeance]:
    asked = Avis.objects.filter(consultation=OuterRef("consultation"), organisation=acteur.organisation_id)
    return PointSeance.objects.filter(Exists(asked))


def listed_sessions(acteur: "Acteur") -> QuerySet[Seance]:
    """The latest first, with `dossiers`: how many files of the agenda this person sees."""
    seen = points_visible_to(acteur).filter(seance=OuterRef("pk")).order_by().values("seance")
    counted = seen.annotate(nombre=Count("pk")).values("nombre")
    return seances_visible_to(acteur).annotate(dossiers=counted).order_by("-tenue_le", "-pk")


def next_session(consultation: Consultation, *, on: date) -> Seance | None:
    """The next session where the file is on the agenda."""
    coming = Seance.objects.filter(points__consultation=consultation, tenue_le__gte=on, close_at=None)
    return coming.order_by("tenue_le", "pk").first()


def running_consultations(acteur: "Acteur") -> QuerySet[Consultation]:
    """The consultations of the Guichet that take answers, the nearest due date first."""
    letters = LettreIntention.objects.visible_to(acteur).filter(etat=EtatLettre.EN_CONSULTATION)
    found = Consultation.objects.filter(nature=NatureConsultation.GUICHET, lettre__in=letters)
    return found.select_related("lettre__dossier__association").order_by("limite_le", "pk")


def asked_in_session(seance: Seance) -> QuerySet[Avis]:
    """The opinions asked on the files of the agenda: for the Guichet, which records what was said there."""
    found = Avis.objects.filter(consultation__points__seance=seance)
    return found.select_related("organisation", "consultation__lettre__dossier", "dossier")


def minutes_event(seance: Seance, dossier_id: int) -> UUID:
    """Under which the minutes of a file are made: one paper a file."""
    return uuid5(seance.evenement, str(dossier_id))


def minutes_of(seance: Seance) -> list[Document]:
    """The minutes of a closed session, in the order of its agenda; without their content. Two queries."""
    files = list(seance.points.order_by("ordre", "pk").values_list("consultation__lettre__dossier", flat=True))
    events = {minutes_event(seance, pk): rank for rank, pk in enumerate(files)}
    found = Document.objects.filter(evenement__in=events).select_related("dossier").defer("contexte").order_by("pk")
    return sorted(found, key=lambda paper: events[paper.evenement])


BODIES = (Genre.URPS, Genre.GUICHET, Genre.ARS, Genre.DD_ARS, Genre.CPAM, Genre.MSA, Genre.ELSM)


def bodies_of(region: str) -> list[tuple[str, str]]:
    """The bodies of the region as (code, name): the URPS first."""
    found = list(Organisation.objects.filter(region=region, genre__in=BODIES).order_by("nom"))
    found.sort(key=lambda body: BODIES.index(Genre(body.genre)))
    return [(body.code, body.nom) for body in found]
