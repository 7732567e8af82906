"""What every request and answer share: the instant, size limits, the pages of refusal.

A refusal is a page in the portal's style that says what to do, with the status of the fact: 400, 403, 404, 409,
413, 422, 503.
"""

import contextlib
import logging
import re
import sys
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from guichet.kernel import instant
from guichet.kernel.lifecycle import Refused

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

DROPPED_MAX_BYTES = 100 * 1024 * 1024
"""What is read and forgotten of a body refused; beyond, the connection is closed."""

SILENCE_SECONDS = 1.0
"""How long a browser whose body is refused may send nothing before it is hung up on."""


HEALTH = "/sante/"
"""Pages asked by machines: the middleware reads nothing for them, so that a process is alive without a database."""


class NowMiddleware:
    """Take the instant of the request once: `request.now`, aware, UTC. Turn a refused act into a 409 page.

    `request.instant` says how far the portal's date is from the real one; for the pages of health, the real time.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        real = timezone.now()
        days = 0 if request.path_info.startswith(HEALTH) else instant.days()
        request.instant = instant.Instant(real, days)  # type: ignore[attr-defined]
        request.now = request.instant.now  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return conflict(request, str(exception))
        return None


class BodyLimitMiddleware:
    """Refuse a body past the limit with 413 before it comes, whatever the form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > body_limit(request):
            return too_large(request, announced=int(length) if length.isdecimal() else 0)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_large(request) if isinstance(exception, RequestDataTooBig) else None


def body_limit(request: HttpRequest) -> int:
    """The bytes a body may have at this address: one page takes a larger document than the others."""
    address, limit = settings.LARGE_BODIES
    return limit if re.match(address, request.path_info) else settings.BODY_MAX_BYTES


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """503 without a query, a session or a context processor: the database is away."""
    log.error("database unavailable on %s: %s", request.path, error)
    connection.close()  # the next request opens a new one
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    response["Cache-Control"] = "no-store"
    return response


def conflict(request: HttpRequest, phrase: str) -> HttpResponse:
    """409: the act no longer applies; the sentence is shown as it stands."""
    return render(request, "409.html", {"phrase": phrase}, status=409)


def too_large(request: HttpRequest, *, announced: int = 0) -> HttpResponse:
    """413, sent before the body is read. `announced`: the bytes of a body that nobody read."""
    large = body_limit(request) > settings.BODY_MAX_BYTES
    limit = (settings.PROJECT_MAX_BYTES if large else settings.UPLOAD_MAX_BYTES) // (1024 * 1024)
    response = RefusedBody(render_to_string("413.html", {"limite_mo": limit}), status=413)
    response.unread, response.left = request.META.get("wsgi.input"), min(announced, DROPPED_MAX_BYTES)
    if line := request.META.get("gunicorn.socket"):
        line.settimeout(SILENCE_SECONDS)
    return response


class RefusedBody(HttpResponse):
    """Once sent, drops what the browser is still sending: hung up on, it would show a network error, not our page."""

    unread: IO[bytes] | None = None
    left = 0

    def close(self) -> None:
        with contextlib.suppress(OSError):  # gone, or silent
            while self.unread and self.left > 0 and (part := self.unread.read(min(self.left, 65536))):
                self.left -= len(part)
        super().close()


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was not sent from this site, or the session is over."""
    log.info("csrf refused on %s: %s", request.path, reason)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database is away, which a middleware may be the first to find out."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, error)
    return HttpResponse(render_to_string("500.html"), status=500)
