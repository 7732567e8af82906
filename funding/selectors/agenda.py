"""The dates of requests for an agenda: the period of the silence, the limits of the pieces asked."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse

from dossiers.agenda import Etendue
from dossiers.selectors.agenda import of_period, waiting_pieces, with_movements
from funding.models import DemandeFir, EvenementFir
from funding.states import Regime
from guichet.kernel.calendars import Jalon


def jalons(etendue: Etendue) -> Iterator[Jalon]:
    """Of the requests this person opens. Two queries."""
    seen = DemandeFir.objects.visible_to(etendue.acteur)
    yield from _periods(etendue, seen)
    asked = EvenementFir.objects.filter(action="demander_pieces", demande__in=seen.filter(transmise_at__isnull=False))
    for jalon, demande in waiting_pieces(etendue, asked, etape="demande"):
        yield replace(jalon, url=reverse("funding:demande", args=[demande]))


def _periods(etendue: Etendue, seen: QuerySet[DemandeFir]) -> Iterator[Jalon]:
    running = seen.filter(regime=Regime.REJET, delai__clos_at=None, delai__isnull=False)
    rows = (
        with_movements(running).select_related("delai", "dossier").only("delai", "dossier__nom", "dossier__reference")
    )
    for demande in etendue.borner(rows, le="delai__echeance_le"):
        yield from of_period(
            demande.delai,
            dossier=demande.dossier,
            objet="de la demande de subvention",
            url=reverse("funding:demande", args=[demande.pk]),
            acteur=etendue.acteur,
            mouvement_at=demande.mouvement_at,
        )
