"""Reads of agendas: whose address it is, what it answers; and what the sources of dates share."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, OuterRef, Q, QuerySet, Subquery, When

from accounts.acteur import Acteur
from accounts.models import User
from accounts.selectors import acteur_in
from dossiers.agenda import Etendue, jalons_of
from dossiers.models import AbonnementAgenda, Delai, Dossier, MouvementDelai, PieceDemandee
from dossiers.models.agenda import empreinte_of
from dossiers.states import EtatPieceDemandee
from guichet.kernel.calendars import Jalon
from guichet.kernel.civil import ONE_DAY
from guichet.kernel.deadlines import Regime

PASSE = timedelta(days=60)
"""How far back a calendar goes."""


def find(jeton: str) -> AbonnementAgenda | None:
    """The address of that token, unless it was revoked; None for a token we never made."""
    found = AbonnementAgenda.objects.active().filter(empreinte=empreinte_of(jeton))
    return found.select_related("user", "organisation", "dossier").first()


def dates_of(abonnement: AbonnementAgenda, *, on: date) -> list[Jalon] | None:
    """What the address answers that day; None when its person may read nothing there any more."""
    acteur = acteur_in(abonnement.user, abonnement.organisation_id, on=on)
    if acteur is None or (abonnement.dossier and not opens(acteur, abonnement.dossier)):
        return None
    return jalons_of(Etendue(acteur=acteur, dossier=abonnement.dossier, depuis=on - PASSE))


def opens(acteur: Acteur, dossier: Dossier) -> bool:
    return Dossier.objects.visible_to(acteur).filter(pk=dossier.pk).exists()


def agendas_of(user: User) -> QuerySet[AbonnementAgenda]:
    """The addresses of the person that were not revoked, the latest first."""
    found = AbonnementAgenda.objects.active().filter(user=user)
    return found.select_related("organisation", "dossier").order_by("-created_at", "-pk")


def with_answers(abonnements: QuerySet[AbonnementAgenda], acteurs: Iterable[Acteur]) -> QuerySet[AbonnementAgenda]:
    """These addresses with `repond`: whether they still answer, `acteurs` being every capacity of their person."""
    held = Q(pk__in=[])
    for acteur in acteurs:
        files = Dossier.objects.visible_to(acteur).values("pk")
        held |= Q(organisation=acteur.organisation_id) & (Q(dossier=None) | Q(dossier__in=files))
    return abonnements.annotate(repond=Case(When(held, then=True), default=False, output_field=BooleanField()))


# --- For the sources --------------------------------------------------------------------------------


def titled(what: str, dossier: Dossier) -> str:
    """ "Avis à rendre – CPTS des Coteaux (OCC-31-2026-0001)"."""
    return f"{what} – {dossier.nom} ({dossier.reference})" if dossier.reference else f"{what} – {dossier.nom}"


def with_movements(rows: QuerySet[Any], *, delai: str = "delai") -> QuerySet[Any]:
    """Rows that hold a period, with `mouvement_at`: when the last line of its ledger was written."""
    lines = MouvementDelai.objects.filter(delai=OuterRef(delai)).order_by().values("delai")
    moved: QuerySet[Any] = rows.annotate(mouvement_at=Subquery(lines.annotate(at=Max("recorded_at")).values("at")))
    return moved


SILENCE = {Regime.REJET.value: "rejet", Regime.ACCEPTATION.value: "validation"}


def of_period(
    delai: Delai,
    *,
    dossier: Dossier,
    objet: str,
    url: str,
    acteur: Acteur,
    mouvement_at: datetime,
    dernier_jour: date | None = None,
) -> list[Jalon]:
    """The last day of a period that runs and the day silence speaks; for agents, the day before the last too, their
    last safe one. `objet`: "de la demande de subvention", "du projet de santé". `dernier_jour`: where facts known
    already are not in the ledger yet. No query.
    """
    last = dernier_jour or delai.dernier_jour
    if last is None or delai.clos_at is not None:
        return []
    return [
        Jalon(
            cle=f"delai-{delai.pk}-{cle}",
            le=le,
            titre=titled(what, dossier),
            phrase=phrase,
            url=url,
            categorie="Délai",
            modifie_at=mouvement_at,
            rang=int(mouvement_at.timestamp()) // 60,
        )
        for cle, le, what, phrase in _days_of(last, SILENCE[delai.regime], objet)
        if acteur.est_agent or cle != "dernier-jour-sur"
    ]


def _days_of(last: date, means: str, objet: str) -> list[tuple[str, date, str, str]]:
    """The days a last day makes: their key, the day, what it is, in a sentence."""
    return [
        (
            "dernier-jour-sur",
            last - ONE_DAY,
            "Dernier jour sûr",
            f"Le délai d’examen {objet} se termine le lendemain\u00a0: décider ce jour est plus sûr.",
        ),
        (
            "dernier-jour",
            last,
            "Dernier jour du délai",
            f"Le délai d’examen {objet} se termine à la fin de ce jour.",
        ),
        (
            "echeance",
            last + ONE_DAY,
            f"Le silence vaut {means}",
            f"Sans réponse avant ce jour, le silence vaut {means} {objet}.",
        ),
    ]


def waiting_pieces(etendue: Etendue, evenements: QuerySet[Any], *, etape: str) -> list[tuple[Jalon, int]]:
    """The limits of what these events asked and has no answer yet, by request and by day, each with the key of its
    step: the field `etape` of the event. One query.
    """
    step = Subquery(evenements.order_by().filter(pk=OuterRef("demande__evenement")).values(etape)[:1])
    rows = PieceDemandee.objects.filter(
        etat=EtatPieceDemandee.ATTENDUE,
        demande__close_at=None,
        demande__evenement__in=evenements.order_by().values("pk"),
    ).annotate(etape_id=step)
    known = ("demande", "limite_le", "etape_id", "demande__dossier__nom", "demande__dossier__reference",
             "demande__organisation__nom", "demande__created_at")  # fmt: skip
    days = etendue.borner(
        rows.values(*known).annotate(nombre=Count("pk")), le="limite_le", dossier="demande__dossier", puis="demande"
    )
    return [(_pieces(row), row["etape_id"]) for row in days]


def _pieces(row: dict[str, Any]) -> Jalon:
    several = row["nombre"] > 1
    file = Dossier(nom=row["demande__dossier__nom"], reference=row["demande__dossier__reference"])
    return Jalon(
        cle=f"pieces-{row['demande']}-{row['limite_le']}",
        le=row["limite_le"],
        titre=titled(f"{row['nombre']} pièces attendues" if several else "Pièce attendue", file),
        phrase=f"Demandé par {row['demande__organisation__nom']}\u00a0: réponse attendue au plus tard ce jour.",
        url="",
        categorie="Pièces",
        modifie_at=row["demande__created_at"],
    )
