"""Models of the steps of a CPTS, by theme."""

from projects.models.consultation import Avis, Consultation, EvenementAvis
from projects.models.lettre import EvenementLettre, LettreIntention, SectionLettre
from projects.models.mission import Mission
from projects.models.projet import EvenementProjet, PreparationDecision, ProjetSante, SectionProjet, VersionProjet
from projects.models.rectification import Rectification
from projects.models.seance import PointSeance, Seance

__all__ = [
    "Avis",
    "Consultation",
    "EvenementAvis",
    "EvenementLettre",
    "EvenementProjet",
    "LettreIntention",
    "Mission",
    "PointSeance",
    "PreparationDecision",
    "ProjetSante",
    "Rectification",
    "Seance",
    "SectionLettre",
    "SectionProjet",
    "VersionProjet",
]
