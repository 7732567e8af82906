"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from guichet.celery import ready_to_send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.production")
application = get_wsgi_application()
ready_to_send()
