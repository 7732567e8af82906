"""What the public pages read, and what a rehearsal does."""

from datetime import date

from django.db.models import Max, QuerySet

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import Delai
from dossiers.models.dossier import perimeter
from dossiers.states import NatureMouvement
from portal.models import AvanceDate
from territories.models import Millesime, Region


def region_name(code: str) -> str:
    """The name of a region, "" while the official list is not loaded."""
    return Region.objects.filter(code=code).values_list("nom", flat=True).first() or ""


def current_vintage() -> Millesime | None:
    """The vintage of communes and populations in force, for its attribution."""
    return Millesime.objects.filter(courant=True).first()


# --- Rehearsal --------------------------------------------------------------------------------------


def days_ahead() -> int:
    """By how many days the portal's date is ahead of the real one."""
    return AvanceDate.objects.aggregate(Max("total"))["total__max"] or 0


def moves() -> QuerySet[AvanceDate]:
    """The moves of the portal's date with who made them, the last first."""
    return AvanceDate.objects.select_related("acteur").order_by("-total")


def running_deadlines(acteur: Acteur, *, after: date) -> QuerySet[Delai]:
    """The open periods whose silence has not spoken on that day, the nearest first, in the files `acteur` opens."""
    running = Delai.objects.filter(perimeter(acteur, "dossier__"), clos_at=None, echeance_le__gt=after)
    return running.select_related("dossier").order_by("echeance_le", "pk")


def silences_since(acteur: Acteur, first: AvanceDate) -> QuerySet[Delai]:
    """The periods closed by silence since that first move, the latest day first, in the files `acteur` opens."""
    closed = Delai.objects.filter(
        perimeter(acteur, "dossier__"), clos_par=NatureMouvement.SILENCE, clos_at__gt=first.recorded_at
    )
    return closed.select_related("dossier").order_by("-echeance_le", "-pk")


def rehearsal_mails(first: AvanceDate) -> QuerySet[Envoi]:
    """The mails written since that first move, the last first; a secret link is not among what is read here."""
    return Envoi.objects.filter(created_at__gt=first.recorded_at, confidentiel=False).order_by("-created_at", "-pk")
