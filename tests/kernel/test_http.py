"""What every request shares: its instant, the size of its body, and a page for each refusal."""

import io
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.core.signals import request_finished
from django.db import InterfaceError, OperationalError, ProgrammingError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone

from guichet import urls
from guichet.kernel import http
from guichet.kernel.lifecycle import Refused
from guichet.urls import handler400, handler403, handler404, handler500  # noqa: F401 - this module is the table of addresses
from tests.factories.accounts import UserFactory

SEEN: list[HttpRequest] = []


def seen(request: HttpRequest) -> HttpResponse:
    SEEN.append(request)
    return HttpResponse("vu")


def raising(error: Exception) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("essai/vu/", seen),
    path("essai/refus/", raising(Refused("Cette lettre est « Déposée » : elle ne se modifie plus."))),
    path("essai/interdit/", raising(PermissionDenied())),
    path("essai/base/", raising(OperationalError("the database system is shutting down"))),
    path("essai/lien/", raising(InterfaceError("the connection is closed"))),
    path("essai/requete/", raising(ProgrammingError("relation does not exist"))),
    path("essai/gros/", raising(RequestDataTooBig("too big"))),
    path("essai/mauvais/", raising(BadRequest("bad"))),
    path("essai/faute/", raising(ZeroDivisionError())),
    *urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    SEEN.clear()


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(raise_request_exception=False)


def test_the_instant_of_a_request_is_taken_once_with_its_zone(visitor: Client) -> None:
    before = timezone.now()
    assert visitor.get("/essai/vu/").content == b"vu"
    now = SEEN[0].now  # type: ignore[attr-defined]
    assert before <= now <= timezone.now()
    assert now.utcoffset() == datetime(2026, 1, 1, tzinfo=UTC).utcoffset()


def test_an_act_the_law_refuses_is_a_409_that_gives_its_sentence(visitor: Client) -> None:
    answer = visitor.get("/essai/refus/")
    assert answer.status_code == 409
    assert "Cette lettre est «" in answer.content.decode()
    assert "elle ne se modifie plus." in answer.content.decode()


def test_a_refusal_keeps_the_menu_of_the_person(visitor: Client) -> None:
    visitor.force_login(UserFactory())
    for address, status in (("/essai/refus/", 409), ("/nulle-part/", 404), ("/essai/interdit/", 403)):
        answer = visitor.get(address)
        assert answer.status_code == status
        assert "Mes projets" in answer.content.decode()


LOST = "the database system is shutting down"


@pytest.mark.parametrize(("address", "cause"), [("/essai/base/", LOST), ("/essai/lien/", "the connection is closed")])
def test_a_database_that_is_away_is_a_503_in_french_that_asks_to_come_back(
    visitor: Client, address: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="guichet.kernel.http"):
        answer = visitor.get(address)
    assert answer.status_code == 503
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("10", "no-store")
    assert '<html lang="fr"' in answer.content.decode()
    told = [record.message for record in caplog.records if record.name == "guichet.kernel.http"]
    assert told == [f"database unavailable on {address}: {cause}"]


def away(get_response: http.GetResponse) -> http.GetResponse:
    """A middleware that is the first to need the database."""

    def lost(request: HttpRequest) -> HttpResponse:
        raise OperationalError("no connection")

    return lost


def test_a_database_lost_in_a_middleware_is_a_503_too(visitor: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.away"]
    answer = visitor.get("/essai/vu/")
    assert (answer.status_code, SEEN) == (503, [])


def test_a_fault_of_ours_is_not_said_to_be_a_database_away(visitor: Client) -> None:
    for address in ("/essai/requete/", "/essai/faute/"):
        answer = visitor.get(address)
        assert answer.status_code == 500
        assert '<html lang="fr"' in answer.content.decode()


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("0", 200),
        ("", 200),
        ("{limit}", 200),
        ("{over}", 413),
        ("-1", 413),
        ("beaucoup", 413),
        ("²", 413),
        ("1.5", 413),
    ],
)
def test_a_body_past_the_limit_is_refused_before_it_is_read(settings: Any, length: str, status: int) -> None:
    length = length.format(limit=settings.BODY_MAX_BYTES, over=settings.BODY_MAX_BYTES + 1)
    request = RequestFactory().get("/essai/vu/")
    request.META["CONTENT_LENGTH"] = length
    answer = http.BodyLimitMiddleware(seen)(request)
    assert answer.status_code == status
    assert bool(SEEN) is (status == 200)


def test_a_refused_body_says_the_limit(settings: Any) -> None:
    answer = http.too_large(RequestFactory().get("/"))
    assert answer.left == 0  # type: ignore[attr-defined]
    megabytes = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    assert f"{megabytes} Mo" in answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


class Sent(io.BytesIO):
    """A body on its way; `silent` once the browser is gone."""

    silent = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.silent:
            raise TimeoutError
        return super().read(size)


@pytest.fixture
def _connections_stay() -> Iterator[None]:
    """The end of an answer closes old connections; the tests keep theirs, as the client of Django does."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def refused(settings: Any, sent: Sent, length: int) -> HttpResponse:
    settings.BODY_MAX_BYTES = 1000
    request = RequestFactory().post("/essai/vu/")
    request.META |= {"wsgi.input": sent, "CONTENT_LENGTH": str(length)}
    return http.BodyLimitMiddleware(seen)(request)


@pytest.mark.usefixtures("_connections_stay")
def test_what_still_comes_of_a_refused_body_is_dropped_once_the_answer_is_sent(settings: Any) -> None:
    sent = Sent(b"x" * 200_000)
    answer = refused(settings, sent, 131_073)
    assert (answer.status_code, sent.tell()) == (413, 0)
    answer.close()
    assert sent.tell() == 131_073
    short = Sent(b"x" * 10_000)
    refused(settings, short, 131_073).close()
    assert short.tell() == 10_000


@pytest.mark.usefixtures("_connections_stay")
def test_a_browser_that_went_away_is_not_waited_for(settings: Any) -> None:
    sent = Sent(b"x" * 2000)
    answer = refused(settings, sent, 2000)
    sent.silent = True
    answer.close()
    assert answer.closed


def test_a_server_that_lends_its_socket_is_not_held_by_a_silent_browser() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request = RequestFactory().get("/")
        request.META["gunicorn.socket"] = ours
        http.too_large(request)
        assert ours.gettimeout() == http.SILENCE_SECONDS == 1.0


def test_no_more_is_dropped_than_a_bound(settings: Any) -> None:
    answer = refused(settings, Sent(), http.DROPPED_MAX_BYTES + 1)
    assert answer.left == http.DROPPED_MAX_BYTES  # type: ignore[attr-defined]


@pytest.mark.parametrize(("address", "status"), [("/essai/gros/", 413), ("/essai/mauvais/", 400)])
def test_bytes_that_cannot_be_read_get_their_page(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(address)
    assert answer.status_code == status
    assert '<html lang="fr"' in answer.content.decode()


def test_what_is_past_the_limit_of_django_is_a_413_as_well() -> None:
    request = RequestFactory().get("/")
    assert http.bad_request(request, RequestDataTooBig("too big")).status_code == 413
    assert http.bad_request(request, BadRequest("bad")).status_code == 400
    middleware = http.BodyLimitMiddleware(seen)
    assert middleware.process_exception(request, ValueError()) is None
    refusal = middleware.process_exception(request, RequestDataTooBig("too big"))
    assert refusal is not None
    assert refusal.status_code == 413
    assert http.NowMiddleware(seen).process_exception(request, ValueError()) is None


def test_a_form_of_another_site_is_a_403_that_explains(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="guichet.kernel.http"):
        answer = http.csrf_refused(RequestFactory().post("/lettres/"), reason="CSRF cookie not set.")
    assert answer.status_code == 403
    assert '<html lang="fr"' in answer.content.decode()
    assert caplog.messages == ["csrf refused on /lettres/: CSRF cookie not set."]


def test_a_wrong_address_and_a_missing_right_have_their_page(visitor: Client) -> None:
    request = visitor.get("/essai/vu/").wsgi_request
    for page, status in ((http.not_found, 404), (http.forbidden, 403)):
        answer = page(request, Exception())
        assert answer.status_code == status
        assert '<html lang="fr"' in answer.content.decode()
    assert visitor.get("/nulle-part/").status_code == 404


def test_the_handlers_of_the_project_are_these() -> None:
    from guichet import urls

    named = {
        "handler400": "bad_request",
        "handler403": "forbidden",
        "handler404": "not_found",
        "handler500": "server_error",
    }
    assert {name: str(getattr(urls, name)).rsplit(".", 1)[-1] for name in named} == named
