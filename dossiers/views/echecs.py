"""Papers that could not be drawn, for the administrators: their cause, and another try. Nothing of their content."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView, View

from accounts.views.base import AdministratorMixin
from dossiers.models import Document
from dossiers.selectors.documents import troubled_documents
from dossiers.services.documents import retry


class EchecsView(AdministratorMixin, ListView):  # type: ignore[type-arg]
    template_name = "dossiers/echecs.html"
    context_object_name = "documents"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Document]:
        return troubled_documents()


class RefaireView(AdministratorMixin, View):
    http_method_names = ["post"]

    def post(self, request: Any, pk: int) -> HttpResponse:
        document = get_object_or_404(troubled_documents(), pk=pk)
        retry(document_id=document.pk, now=request.now)
        messages.success(request, "Le document est refait dans quelques instants.")
        return redirect("dossiers:echecs")
