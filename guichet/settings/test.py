"""Tests: real PostgreSQL, Valkey, worker and browser; the addresses come from tests/conftest.py.

Each worker of xdist has its own folder under var/tests and its own number on the broker.
"""

import os
import sys

from django.template.base import Node

from .local import *  # noqa: F403
from .local import BASE_DIR, DATABASES, REDIS_URL, STORAGES, TEMPLATES, env

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

DEBUG = False
SECRET_KEY = "for-tests-only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
REPETITION = env.bool("REPETITION", default=False)
WHITENOISE_AUTOREFRESH = True

DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0}}
VAR_DIR = BASE_DIR / "var" / "tests" / WORKER
STORAGES = {
    **STORAGES,
    "default": {**STORAGES["default"], "OPTIONS": {"location": str(VAR_DIR / "media"), "base_url": None}},
}
REDIS_URL = f"{REDIS_URL.rsplit('/', 1)[0]}/{int(WORKER.removeprefix('gw')) + 1}"
CELERY_BROKER_URL = REDIS_URL
if "EMAIL_URL" not in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


class UnknownVariable(str):
    """A template of ours that prints a variable the view did not give is an error, not an empty string.

    Templates of packages (admin, forms) lean on empty strings: they keep them.
    """

    def __mod__(self, variable: object) -> str:
        template = self._template()
        if template.startswith(str(BASE_DIR / "templates")):
            raise NameError(f"{template}: variable not given: {variable}")
        return ""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    @staticmethod
    def _template() -> str:
        """The file of the node being rendered: the nearest one on the stack."""
        frame = sys._getframe(1)
        while frame is not None:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None) is not None:
                return str(node.origin.name)
            frame = frame.f_back
        return ""


TEMPLATES = [
    {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": UnknownVariable("%s")}} for engine in TEMPLATES
]
