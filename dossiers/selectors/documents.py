"""Reads of papers for the administrators."""

from django.db.models import QuerySet

from dossiers.models import Document
from dossiers.states import EtatDocument


def troubled_documents() -> QuerySet[Document]:
    """Papers whose drawing failed at least once and is not done yet, the latest first."""
    waiting = Document.objects.exclude(etat=EtatDocument.RENDU).exclude(erreur="")
    return waiting.select_related("dossier").order_by("-created_at", "-pk")
