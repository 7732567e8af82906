"""Health of the service, as plain text, for a proxy or a supervisor."""

from dataclasses import replace

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.selectors.delais import clock_trouble
from guichet.kernel import instant


@require_safe
@never_cache
def vivant(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of the database."""
    return _told("vivant")


@require_safe
@never_cache
def pret(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not: then no request should be sent here."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return _told("base de données indisponible", status=503)
    return _told("prêt")


@require_safe
@never_cache
def horloge(request: HttpRequest) -> HttpResponse:
    """200 when the clock passed lately and left nothing due, else 503 and what is wrong, in one French sentence."""
    try:
        trouble = clock_trouble(now=replace(request.instant, days=instant.days()).now)
    except Error:
        connection.close()
        return _told("base de données indisponible", status=503)
    return _told(trouble, status=503) if trouble else _told("à l’heure")


def _told(words: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
