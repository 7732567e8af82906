"""Reads of the requests that go without a letter: the funders of an object, the drafts, those of a file."""

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.selectors import organisations_for
from accounts.states import Genre
from dossiers.models import Dossier
from funding.models import DemandeFir
from funding.parcours import alone
from funding.states import EtatDemandeFir, ObjetDemande


def funders_for(dossier: Dossier, *, objet: str) -> list[Organisation]:
    """Whom a request of that object is asked of: the URPS for their own help, the ARS for everything else."""
    genre = Genre.URPS if objet == ObjetDemande.AIDE_URPS else Genre.ARS
    return list(organisations_for(dossier.region, genre))


def drafts_of(dossier: Dossier) -> list[DemandeFir]:
    """The requests of the file being written that no step carries, the oldest first."""
    found = DemandeFir.objects.filter(dossier=dossier, etat=EtatDemandeFir.BROUILLON).select_related("financeur")
    return alone(found.order_by("pk"))


def standing_alone(dossier: Dossier, acteur: Acteur) -> list[DemandeFir]:
    """The requests of the file that no step carries, of those `acteur` may open, the latest first."""
    found = DemandeFir.objects.visible_to(acteur).filter(dossier=dossier).select_related("financeur")
    return alone(found.order_by("-pk"))
