"""The addresses of the portal, and the yardstick's, which exists nowhere else."""

from django.urls import include, path

from bench.yardstick import etalon
from guichet.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [path("bench/etalon/", etalon), path("", include("guichet.urls"))]
