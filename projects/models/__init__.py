"""Models of the steps of a CPTS, by theme."""

from projects.models.lettre import EvenementLettre, LettreIntention, SectionLettre
from projects.models.mission import Mission

__all__ = ["EvenementLettre", "LettreIntention", "Mission", "SectionLettre"]
