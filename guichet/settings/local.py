"""Local use and demonstration: no variable needed, embedded servers started by `make run`."""

from .base import *  # noqa: F403
from .base import STORAGES, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="for-local-use-only-never-in-production")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = env.bool("DEBUG", default=False)

# Pages that help to build: the page of components. Never in production.
DEMONSTRATION = True

# An administrator may move the portal's date forward, to rehearse what time does by itself.
REPETITION = env.bool("REPETITION", default=True)
