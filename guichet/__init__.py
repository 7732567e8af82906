"""The Django project and its kernel."""

from guichet.celery import app as celery_app

__all__ = ["celery_app"]
