"""What a file is found by: the words of its name, of its association and of its reference."""

from dossiers.models import Dossier
from guichet.kernel.text import normalise


def index(dossier: Dossier) -> None:
    """Write the searched words again; called wherever a name or the reference changes."""
    row = Dossier.objects.select_related("association").get(pk=dossier.pk)
    found = normalise(" ".join((row.nom, row.association.nom, row.association.sigle, row.reference or "")))
    Dossier.objects.filter(pk=dossier.pk).update(recherche=found)
    dossier.recherche = found
