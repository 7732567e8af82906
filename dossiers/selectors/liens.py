"""Reads of what ties files together, in both directions, and of the moves of a file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from dossiers.models import Deplacement, Dossier, LienDossier
from dossiers.states import NatureLien

if TYPE_CHECKING:
    from accounts.acteur import Acteur

RETOUR = {
    NatureLien.CONCURRENT: "Concurrent de",
    NatureLien.FUSIONNE_DANS: "Réunit",
    NatureLien.SCINDE_DE: "A été scindé et a donné",
    NatureLien.ISSU_DE: "A donné naissance à",
}
"""How the link reads from the second file."""


@dataclass(frozen=True)
class Lien:
    """What the file is to `autre`, in words."""

    nature: str
    autre: Dossier
    motif: str


def ties_of(dossier: Dossier, *, acteur: "Acteur") -> list[Lien]:
    """Both directions, of the files `acteur` may open, in the order they were said. One query."""
    readable = Dossier.objects.visible_to(acteur).values("pk")
    rows = (
        LienDossier.objects.filter(Q(dossier=dossier, autre__in=readable) | Q(autre=dossier, dossier__in=readable))
        .select_related("dossier", "autre")
        .order_by("created_at", "pk")
    )
    return [
        Lien(row.get_nature_display(), row.autre, row.motif)
        if row.dossier_id == dossier.pk
        else Lien(RETOUR[NatureLien(row.nature)], row.dossier, row.motif)
        for row in rows
    ]


def moves_of(dossier: Dossier) -> list[Deplacement]:
    """The changes of lead département, the latest first. One query."""
    return list(Deplacement.objects.filter(dossier=dossier).select_related("de", "vers").order_by("-deplace_at"))
