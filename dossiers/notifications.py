"""Telling people what happened to a file: one mail each, a row of the act's transaction that is also their inbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.selectors import organisations_for, users_with_right
from accounts.services.mails import queue_mail
from accounts.states import CategorieEnvoi
from dossiers.models import Dossier
from dossiers.selectors.people import am_desk, ars_desk, in_charge


def tell(
    users: Iterable[User],
    *,
    dossier: Dossier,
    evenement: UUID,
    sujet: str,
    paragraphes: Sequence[str],
    bouton: str,
    url: str,
    now: datetime,
    categorie: str = CategorieEnvoi.ETAPES,
    modele: str = "etape",
) -> None:
    """One mail to each of these people about this event, whose title carries the name and the reference of the file."""
    for user in users:
        queue_mail(
            evenement=evenement,
            modele=modele,
            user=user,
            contexte={"sujet": f"{sujet}\u00a0: {named(dossier)}", "paragraphes": paragraphes, "bouton": bouton},
            now=now,
            url=url,
            dossier_reference=dossier.reference or "",
            categorie=categorie,
        )


def named(dossier: Dossier) -> str:
    return f"{dossier.nom} ({dossier.reference})" if dossier.reference else dossier.nom


def association_people(dossier: Dossier, *, now: datetime) -> list[User]:
    """Those who write or deposit for the association."""
    on = timezone.localdate(now)
    found = {
        user.pk: user
        for droit in ("rediger", "deposer")
        for user in users_with_right([dossier.association_id], droit, on=on)
    }
    return [found[pk] for pk in sorted(found)]


def guichet_people(dossier: Dossier, *, now: datetime) -> list[User]:
    """Who is in charge of the file at the Guichet, else everybody who handles files there."""
    guichet = organisations_for(dossier.region, "guichet").values_list("pk", flat=True)
    return in_charge(dossier, guichet, on=timezone.localdate(now))


def ars_people(dossier: Dossier, *, now: datetime, droit: str = "instruire") -> list[User]:
    """Who is in charge of the file at the délégation, else all there with that right; the agency when nobody is."""
    on = timezone.localdate(now)
    found = in_charge(dossier, [body.pk for body in ars_desk(dossier)], on=on, droit=droit)
    agency = organisations_for(dossier.region, "ars").values_list("pk", flat=True)
    return found or in_charge(dossier, agency, on=on, droit=droit)


def am_people(dossier: Dossier, *, now: datetime, droit: str = "instruire") -> list[User]:
    """The same at the caisse of the lead département."""
    return in_charge(dossier, [body.pk for body in am_desk(dossier)], on=timezone.localdate(now), droit=droit)
