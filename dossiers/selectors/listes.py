"""What every list of the desks reads: rows found by their words, rows by who is in charge, counts that stop."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from dossiers.models import Affectation, VueEnregistree
from guichet.kernel.text import normalise

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from accounts.models import User

Q = TypeVar("Q", bound=QuerySet[Any])

COUNT_MAX = 1000
"""Beyond, a list says "plus de 1 000": nobody reads further, and a full count costs what the rows do."""

WORDS_MAX = 8


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows; COUNT_MAX + 1 for more. Never reads further."""
    return rows.order_by()[: COUNT_MAX + 1].count()


def matching(rows: Q, text: str, *, at: str = "") -> Q:
    """The rows whose file has, for each typed word, a word that begins with it; accents and case do not count.

    `at` leads to the file ("dossier__"). Reads the index on the words of a file (names and reference).
    """
    words = normalise(text).split()[:WORDS_MAX]
    if not words:
        return rows
    wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
    return rows.alias(mots=SearchVector(f"{at}recherche", config="simple")).filter(mots=wanted)


MOI, PERSONNE, QUELQU_UN = "moi", "personne", "quelqu-un"


def charged(rows: Q, who: str, *, acteur: "Acteur", on: date) -> Q:
    """The rows (with a key `dossier`) whose file this person, somebody or nobody of its body is in charge of."""
    of_body = Affectation.objects.active(on=on).filter(dossier=OuterRef("dossier"), organisation=acteur.organisation_id)
    if who == MOI:
        return rows.filter(Exists(of_body.filter(user=acteur.user)))
    return rows.filter(~Exists(of_body) if who == PERSONNE else Exists(of_body))


def views_of(user: "User", liste: str) -> QuerySet[VueEnregistree]:
    """The views a person keeps of a list, by name."""
    return VueEnregistree.objects.filter(user=user, liste=liste).order_by("nom", "pk")


def rank_of(field: str, values: Sequence[str]) -> Case:
    """The place of a stored value in this order, as an expression to sort by."""
    return Case(*(When(**{field: value}, then=Value(rank)) for rank, value in enumerate(values)))


def running_day(at: str) -> Case:
    """The last day of the period at `at` ("delai__") while it runs; null otherwise."""
    return Case(When(**{f"{at}clos_at__isnull": True}, then=F(f"{at}dernier_jour")))
