"""Dated settings and articles: the value in force on a day."""

from datetime import date
from typing import Any

from dossiers.models import Fondement, Reglage


def reglage(cle: str, *, on: date) -> Reglage | None:
    """The setting in force on that day, with its reason, source and doubt; None when the region has not set it."""
    return Reglage.objects.filter(cle=cle, applicable_du__lte=on).order_by("-applicable_du").first()


def valeur(cle: str, *, on: date, defaut: Any = None) -> Any:
    """The value in force on that day, or `defaut`."""
    found = reglage(cle, on=on)
    return defaut if found is None else found.valeur


def fondement(cle: str, *, on: date) -> Fondement | None:
    """The article of that key in its version of the day."""
    return Fondement.objects.filter(cle=cle, applicable_du__lte=on).order_by("-applicable_du").first()
