"""What a log never keeps: the secrets that travel in the path of a link sent by mail, or given to a calendar."""

import logging
import re

_SECRET = re.compile(r"(/(?:invitations|confirm-email|reset/key|agenda)/)[^/\s?\"]+")


class HideSecrets(logging.Filter):
    """Replace, in a record about to be written, the token of an invitation, an address, a password, a calendar."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _SECRET.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True
