"""A small mail server and a few people. Nothing of Django is imported at the top: it is not set up yet."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from accounts.models import Membership


class MailServer(socketserver.ThreadingTCPServer):
    """A real SMTP server of one page: keeps what it accepts; may hang, refuse, or act before saying yes."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.received: list[str] = []
        self.hangs = self.refuses_content = False
        self.refused: set[str] = set()
        self.before_yes: Callable[[], None] = lambda: None
        self.over = threading.Event()


class Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if self.server.hangs:
            self.server.over.wait(20)
            return
        self.say("220 essai")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split(" ")[0].upper()
            if word == "QUIT":
                self.say("221 au revoir")
                return
            if word == "DATA":
                self.take()
            elif word == "RCPT" and any(address in line for address in self.server.refused):
                self.say("550 boite inconnue")
            else:
                self.say("250 oui")

    def take(self) -> None:
        self.say("354 continuez")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        self.server.received.append("".join(lines))
        self.server.before_yes()
        self.say("554 contenu refuse" if self.server.refuses_content else "250 pris")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server the settings point to."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        settings.EMAIL_TIMEOUT = 0.5
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def porteuse(db: None) -> "Membership":
    """The one manager of an association."""
    from tests.factories.accounts import MembershipFactory

    return MembershipFactory(fonction="Présidente")


@pytest.fixture
def administratrice(db: None) -> "Membership":
    """An administrator of the portal."""
    from accounts.states import Genre
    from tests.factories.accounts import MembershipFactory, OrganisationFactory

    guichet = OrganisationFactory(genre=Genre.GUICHET, code="guichet-occitanie", nom="Guichet CPTS Occitanie")
    return MembershipFactory(organisation=guichet)
