"""Everything a letter may leave in the database, to say that an act left nothing."""

from typing import Any

from accounts.models import Envoi
from dossiers.models import Document, Dossier, Numerotation, Piece, Territoire
from funding.models import DemandeFir, EvenementFir
from projects.models import EvenementLettre, LettreIntention, SectionLettre

TABLES = (
    LettreIntention,
    SectionLettre,
    EvenementLettre,
    DemandeFir,
    EvenementFir,
    Dossier,
    Territoire,
    Piece,
    Document,
    Envoi,
    Numerotation,
)


def everything() -> dict[str, list[dict[str, Any]]]:
    """Each row of each table, column by column."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def words(value: Any) -> list[str]:
    """Every text of a frozen context, in its order."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in words(item)]
    if isinstance(value, list):
        return [text for item in value for text in words(item)]
    return []


def plain(value: Any) -> Any:
    """The same with ordinary spaces: what is said, whatever holds its words together on a line."""
    if isinstance(value, str):
        return value.replace("\u00a0", " ")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value
