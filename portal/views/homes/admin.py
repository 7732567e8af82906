"""The home of the administrators: the clock, the mails and the papers that failed, accounts, files."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.selectors import troubled_mails
from dossiers.selectors.delais import clock_trouble, last_passage
from dossiers.selectors.documents import troubled_documents


def home(request: HttpRequest) -> HttpResponse:
    """What does not run by itself, in red, first."""
    context = {
        "horloge_en_panne": clock_trouble(now=request.now),
        "passage": last_passage(),
        "envois_en_echec": troubled_mails().count(),
        "documents_en_echec": troubled_documents().count(),
        "repetition": settings.REPETITION,
    }
    return render(request, "portal/accueil_admin.html", context)
