"""Models of the files, by theme."""

from dossiers.models.document import Document
from dossiers.models.dossier import ConseillerInvite, Dossier, Numerotation
from dossiers.models.piece import Piece
from dossiers.models.reference import Fondement, Reglage
from dossiers.models.section import Section
from dossiers.models.territoire import PartTerritoire, Territoire

__all__ = [
    "ConseillerInvite",
    "Document",
    "Dossier",
    "Fondement",
    "Numerotation",
    "PartTerritoire",
    "Piece",
    "Reglage",
    "Section",
    "Territoire",
]
