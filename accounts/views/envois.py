"""Mails that did not leave, for the administrators. Their text is not shown: it is addressed to somebody else."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView, View

from accounts import selectors
from accounts.models import Envoi
from accounts.services import mails
from accounts.views.base import AdministratorMixin


class EnvoisView(AdministratorMixin, ListView):  # type: ignore[type-arg]
    template_name = "accounts/envois.html"
    context_object_name = "envois"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Envoi]:
        return selectors.troubled_mails()


class ReessayerView(AdministratorMixin, View):
    http_method_names = ["post"]

    def post(self, request: Any, pk: int) -> HttpResponse:
        envoi = get_object_or_404(selectors.troubled_mails(), pk=pk)
        mails.retry(envoi_id=envoi.pk, now=request.now)
        messages.success(request, "Le message repart dans quelques instants.")
        return redirect("accounts:envois")
