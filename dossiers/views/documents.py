"""Downloading a paper, through its audience."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views import View

from dossiers.models import Decision
from dossiers.selectors.documents import documents_visible_to
from dossiers.services.decisions import record_opening
from dossiers.states import EtatDocument


class DocumentView(LoginRequiredMixin, View):
    """The bytes once rendered; 404 before, and for whoever does not read the file. The paper of a decision, downloaded
    by a person of the association, is the decision opened.
    """

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        document = get_object_or_404(documents_visible_to(request.acteur).select_related("dossier"), pk=pk)
        if document.etat != EtatDocument.RENDU:
            raise Http404
        if taken := Decision.objects.select_related("dossier").filter(evenement=document.evenement).first():
            record_opening(decision=taken, by=request.acteur, now=request.now)
        name = f"{slugify(document.titre)}-{slugify(document.dossier.reference or '')}.pdf"
        response = FileResponse(document.fichier.open("rb"), filename=name, content_type="application/pdf")
        response["Cache-Control"] = "private, no-store"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
