"""Models of the files, by theme."""

from dossiers.models.acces import Affectation, LienDossier
from dossiers.models.agenda import AbonnementAgenda
from dossiers.models.decision import Decision, OuvertureDecision, Recours
from dossiers.models.delai import AlerteDelai, Delai, MouvementDelai, PassageHorloge
from dossiers.models.demande_pieces import DemandePieces, PieceDemandee
from dossiers.models.deplacement import Deplacement
from dossiers.models.document import Document
from dossiers.models.dossier import AccesDossier, ConseillerInvite, Dossier, Numerotation
from dossiers.models.echange import Fil, LectureFil, Message, PieceMessage
from dossiers.models.piece import Piece
from dossiers.models.reference import Fondement, Reglage
from dossiers.models.section import Section
from dossiers.models.territoire import PartTerritoire, Territoire
from dossiers.models.vue import VueEnregistree

__all__ = [
    "AbonnementAgenda",
    "AccesDossier",
    "Affectation",
    "AlerteDelai",
    "ConseillerInvite",
    "Decision",
    "Delai",
    "DemandePieces",
    "Deplacement",
    "Document",
    "Dossier",
    "Fil",
    "Fondement",
    "LectureFil",
    "LienDossier",
    "Message",
    "MouvementDelai",
    "Numerotation",
    "OuvertureDecision",
    "PartTerritoire",
    "PassageHorloge",
    "Piece",
    "PieceDemandee",
    "PieceMessage",
    "Recours",
    "Reglage",
    "Section",
    "Territoire",
    "VueEnregistree",
]
