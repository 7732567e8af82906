"""Reads of what an association declares of itself."""

from dossiers.models import Dossier
from funding.models import DeclarationAssociation, DemandeFir
from funding.parcours import identity_of


def declaration_of(demande: DemandeFir) -> DeclarationAssociation | None:
    """The declaration in force on a request: the latest; None before the first."""
    found = DeclarationAssociation.objects.filter(demande=demande).select_related("statuts", "dirigeants")
    return found.order_by("-declaree_at", "-pk").first()


def declaration_known(dossier: Dossier) -> dict[str, str]:
    """What is known of the association and its account, to carry over: the latest declaration of the file, else what
    its letter says. Keys `rna`, `siret`, `iban`, `titulaire`.
    """
    last = DeclarationAssociation.objects.filter(demande__dossier=dossier).order_by("-declaree_at", "-pk").first()
    if last is None:
        return identity_of(dossier)
    return {"rna": last.rna, "siret": last.siret, "iban": last.iban, "titulaire": last.titulaire}
