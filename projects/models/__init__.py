"""Models of the steps of a CPTS, by theme."""

from projects.models.consultation import Avis, Consultation, EvenementAvis
from projects.models.lettre import EvenementLettre, LettreIntention, SectionLettre
from projects.models.mission import Mission
from projects.models.rectification import Rectification
from projects.models.seance import PointSeance, Seance

__all__ = [
    "Avis",
    "Consultation",
    "EvenementAvis",
    "EvenementLettre",
    "LettreIntention",
    "Mission",
    "PointSeance",
    "Rectification",
    "Seance",
    "SectionLettre",
]
