"""The réserves of a project as it stands: its answers, its pieces, the missions of the day, its neighbours."""

from datetime import date

from dossiers.models import Territoire
from dossiers.selectors.territoires import discreet_overlap
from projects.models import ProjetSante
from projects.reserves import Reserve, reserves
from projects.selectors import files_alive, missions_on
from projects.selectors.projets import ordered_sections, sheets_of
from projects.states import FormeProjet


def project_reserves(projet: ProjetSante, *, on: date) -> list[Reserve]:
    """What the rules of the customer find to say of a project, without ever blocking it. A few queries."""
    answers = {rubrique.cle: section.contenu for rubrique, section in ordered_sections(projet)}
    sheets = [(row.cle, row.contenu) for row in sheets_of(projet)]
    territoire = Territoire.objects.filter(dossier=projet.dossier_id).order_by("-numero").first()
    shared = _overlaps(territoire) if territoire else []
    joined = set(projet.dossier.pieces.values_list("genre", flat=True))
    return reserves(
        contenus=answers,
        fiches=sheets,
        pieces=joined,
        missions=missions_on(on),
        chevauchements=shared,
        document=projet.forme == FormeProjet.DOCUMENT,
    )


def _overlaps(territoire: Territoire) -> list[str]:
    """What the territory shares with others, in numbers: no other file is named to the association."""
    shared = discreet_overlap(territoire, parmi=files_alive().exclude(pk=territoire.dossier_id))
    if not shared.communes:
        return []
    others = f"{shared.communautes} autre{'s' if shared.communautes > 1 else ''} projet"
    others += "s" if shared.communautes > 1 else ""
    return [f"{shared.communes} commune{'s' if shared.communes > 1 else ''} en commun avec {others}"]
