"""Asking the Assurance Maladie, the MSA and the ELSM for their opinion on a project: it never moves the clock."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.states import Genre
from dossiers.selectors.people import am_desk, bodies
from dossiers.selectors.reglages import valeur
from projects.models import Avis, Consultation, ProjetSante
from projects.notifications import projets as notifications
from projects.services.consulting import ask_bodies
from projects.states import NatureConsultation

JOURS_AVANT = "avis_projet_jours_avant"
GUICHET_CONSULTE = "avis_projet_guichet"


def ask_opinions(projet: ProjetSante, *, evenement: object, now: datetime) -> Consultation | None:
    """One awaited opinion for the caisse that leads, each MSA and ELSM concerned and, where the region so sets, the
    Guichet; due some days before the last day. Asked once; completed, the project only moves the due date. Nothing is
    asked where silence has already spoken.
    """
    delai, today = projet.delai, timezone.localdate(now)
    if delai is None or delai.dernier_jour is None or delai.dernier_jour < today:
        return None
    days = int(valeur(JOURS_AVANT, on=today, defaut=21))
    due = max(delai.dernier_jour - timedelta(days=days), today)
    consultation, created = Consultation.objects.get_or_create(
        projet=projet, nature=NatureConsultation.PROJET, defaults={"ouverte_at": now, "limite_le": due}
    )
    if not created:
        Consultation.objects.filter(pk=consultation.pk).update(limite_le=due)
        consultation.limite_le = due
        return consultation
    wanted = [*am_desk(projet.dossier), *bodies(projet.dossier, [Genre.MSA, Genre.ELSM])]
    if valeur(GUICHET_CONSULTE, on=today, defaut=False):
        wanted += bodies(projet.dossier, [Genre.GUICHET])
    consultation.projet = projet
    ask_bodies(consultation, [body.pk for body in wanted], now=now)
    notifications.opinions_asked(projet, consultation, evenement=evenement, now=now)
    return consultation


def awaited(projet: ProjetSante) -> list[Avis]:
    """The opinions asked on a project, by body. One query."""
    asked = Avis.objects.filter(consultation__projet=projet).select_related("organisation", "consultation")
    return list(asked.order_by("organisation__genre", "organisation__nom", "pk"))
