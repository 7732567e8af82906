"""Settings of the measures: those of production, on loopback, with one page more, the yardstick.

`bench.__main__` puts the addresses in the environment before these settings are read.
"""

import os
import secrets

for name, value in {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "https://127.0.0.1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "dummymail://",
    "DEFAULT_FROM_EMAIL": "bench@guichet-cpts.invalid",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ.setdefault(name, value)

from guichet.settings.production import *  # noqa: E402, F403
from guichet.settings.production import BASE_DIR, TEMPLATES  # noqa: E402

ROOT_URLCONF = "bench.urls"
TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], BASE_DIR / "bench" / "templates"]} for engine in TEMPLATES]
