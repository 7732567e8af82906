"""Downloading a paper, through the perimeter of its file."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views import View

from dossiers.models import Document, Dossier
from dossiers.states import EtatDocument


class DocumentView(LoginRequiredMixin, View):
    """The bytes once rendered; 404 before, and for whoever does not read the file."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        visible = Dossier.objects.visible_to(request.acteur)
        document = get_object_or_404(Document.objects.select_related("dossier"), pk=pk, dossier__in=visible)
        if document.etat != EtatDocument.RENDU:
            raise Http404
        name = f"{slugify(document.titre)}-{slugify(document.dossier.reference or '')}.pdf"
        response = FileResponse(document.fichier.open("rb"), filename=name, content_type="application/pdf")
        response["Cache-Control"] = "private, no-store"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
