"""Reads of papers: who reads which; those that could not be drawn."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.models import AccesDossier, Document, Dossier
from dossiers.models.dossier import NOTHING, perimeter, transmitted_to
from dossiers.states import AudienceDocument, EtatDocument, MotifAcces

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def documents_visible_to(acteur: "Acteur | None") -> QuerySet[Document]:
    """The papers `acteur` may read: by its perimeter, then by the audience of each. The one rule of every surface.

    A body consulted reads those of the deposits made before it was asked, not of a later letter.
    """
    return Document.objects.filter(_readable(acteur))


def papers_of(dossier: Dossier, *, acteur: "Acteur | None") -> list[Document]:
    """Those of a file that `acteur` may read, the latest first, without their content. One query."""
    found = documents_visible_to(acteur).filter(dossier=dossier).defer("contexte")
    return list(found.order_by("-created_at", "pk"))


def _readable(acteur: "Acteur | None") -> Q:
    if acteur is None or acteur.membership is None:
        return NOTHING
    if acteur.genre == "association":
        return perimeter(acteur, "dossier__") & ~Q(audience=AudienceDocument.GUICHET)
    if acteur.genre == "guichet":
        inside = perimeter(acteur, "dossier__")
        return inside if acteur.has("instruire") else inside & ~Q(audience=AudienceDocument.GUICHET)
    let_in = AccesDossier.objects.filter(dossier=OuterRef("dossier"), organisation=acteur.organisation_id)
    asked = let_in.filter(motif=MotifAcces.CONSULTATION, created_at__gte=OuterRef("created_at"))
    found = Q(Exists(asked), audience=AudienceDocument.DEPOT)
    found |= Q(Exists(let_in.filter(motif=MotifAcces.FINANCEUR)), audience=AudienceDocument.FINANCEUR)
    if acteur.genre != "urps":
        shared = Q(audience__in=[AudienceDocument.DEPOT, AudienceDocument.PARTIES], transmis_at__isnull=False)
        found |= shared & transmitted_to(acteur, "dossier__")
    return found


def troubled_documents() -> QuerySet[Document]:
    """Papers whose drawing failed at least once and is not done yet, the latest first."""
    waiting = Document.objects.exclude(etat=EtatDocument.RENDU).exclude(erreur="")
    return waiting.select_related("dossier").order_by("-created_at", "-pk")
