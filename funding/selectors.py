"""Reads of barèmes and requests for more than one caller."""

from datetime import date

from django.db.models import Prefetch

from funding.models import Bareme, SeuilTaille
from funding.states import StatutBareme


def bareme_on(day: date) -> Bareme:
    """The published barème in force on that day, its thresholds with it, from the smallest size. Two queries.

    Raises Bareme.DoesNotExist when none was published by then: reference data is missing.
    """
    seuils = Prefetch("seuils", SeuilTaille.objects.order_by("taille"))
    found = Bareme.objects.filter(statut=StatutBareme.PUBLIE, applicable_du__lte=day)
    bareme = found.order_by("-applicable_du").prefetch_related(seuils).first()
    if bareme is None:
        raise Bareme.DoesNotExist(f"no published barème on {day}")
    return bareme
