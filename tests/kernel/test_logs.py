"""What a log never keeps."""

import logging

import pytest

from guichet.kernel.logs import HideSecrets


def written(message: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, arguments, None)
    assert HideSecrets().filter(record) is True
    return record.getMessage()


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/comptes/invitations/s3cret-Jet0n/", "/comptes/invitations/…/"),
        ("/comptes/confirm-email/MQ:s3cret:1/", "/comptes/confirm-email/…/"),
        ("/comptes/password/reset/key/1-s3cret/", "/comptes/password/reset/key/…/"),
        ("/agenda/s3cret-Jet0n.ics", "/agenda/…"),
        ("/dossiers/12/agenda/", "/dossiers/12/agenda/"),
        ("/lettres/12/", "/lettres/12/"),
    ],
)
def test_the_secret_of_a_link_sent_by_mail_is_not_written(path: str, kept: str) -> None:
    assert written("%s: %s", "Conflict", path) == f"Conflict: {kept}"
    assert written(f'"GET {path} HTTP/1.1" 409 100 "https://portail.invalid{path}?a=1"') == (
        f'"GET {kept} HTTP/1.1" 409 100 "https://portail.invalid{kept}?a=1"'
    )
