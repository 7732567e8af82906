"""Tests: real PostgreSQL, Valkey, worker and browser; the addresses come from tests/conftest.py."""

from .local import *  # noqa: F403
from .local import TEMPLATES

DEBUG = False
SECRET_KEY = "for-tests-only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
WHITENOISE_AUTOREFRESH = True


class UnknownVariable(str):
    """A template that names a variable the view did not give is an error, not an empty string."""

    def __mod__(self, name: object) -> str:
        raise NameError(f"template variable not given: {name}")

    def __contains__(self, item: object) -> bool:
        return item == "%s"


__all__ = ["TEMPLATES", "UnknownVariable"]
