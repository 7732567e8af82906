"""What the public pages read."""

from territories.models import Millesime, Region


def region_name(code: str) -> str:
    """The name of a region, "" while the official list is not loaded."""
    return Region.objects.filter(code=code).values_list("nom", flat=True).first() or ""


def current_vintage() -> Millesime | None:
    """The vintage of communes and populations in force, for its attribution."""
    return Millesime.objects.filter(courant=True).first()
