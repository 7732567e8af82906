"""What a log never keeps: the secrets that travel in the path of a link sent by mail."""

import logging
import re

_SECRET = re.compile(r"(/(?:invitations|confirm-email|reset/key)/)[^/\s?\"]+")


class HideSecrets(logging.Filter):
    """Replace, in a record about to be written, the token of an invitation, of an address or of a password."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _SECRET.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True
