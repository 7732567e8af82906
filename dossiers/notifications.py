"""Telling people what happened to a file: one mail each, a row of the act's transaction that is also their inbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.selectors import organisations_for, users_with_right
from accounts.services.mails import queue_mails
from accounts.states import CategorieEnvoi
from dossiers.models import ConseillerInvite, Dossier, Fil, Message
from dossiers.selectors.echanges import AM, ARS, READING
from dossiers.selectors.people import am_desk, ars_desk, in_charge
from dossiers.states import AudienceFil, Visibilite


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
    queue_mails(
        users,
        evenement=evenement,
        modele=modele,
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


def message_posted(message: Message, *, dossier: Dossier, now: datetime) -> None:
    """Tell the other people of the thread. The mail never carries what was written, nor the subject of the thread."""
    tell(
        [user for user in thread_people(message.fil, dossier=dossier, now=now) if user.pk != message.auteur_id],
        dossier=dossier,
        evenement=message.evenement,
        sujet="Nouveau message",
        paragraphes=[
            "Un message vous attend dans les échanges de ce dossier.",
            "Pour rester entre les personnes à qui il s’adresse, il se lit seulement sur le portail.",
        ],
        bouton="Lire le message",
        url=reverse("dossiers:fil", args=[message.fil_id]),
        now=now,
        categorie=CategorieEnvoi.ECHANGES,
    )


def thread_people(fil: Fil, *, dossier: Dossier, now: datetime) -> list[User]:
    """Whom a thread is for: those in charge on each side, and those who wrote in it, while they may still read it."""
    on = timezone.localdate(now)
    found = {user.pk: user for user in _in_charge_of(fil, dossier, now=now)}
    wrote = fil.messages.order_by().values("auteur")
    found |= {user.pk: user for user in User.objects.filter(pk__in=wrote, is_active=True).order_by("pk")}
    still = Membership.objects.active(on=on).filter(_members(fil, dossier), user__in=found)
    kept = set(still.values_list("user", flat=True).order_by("user"))
    return [found[pk] for pk in sorted(kept)]


def _in_charge_of(fil: Fil, dossier: Dossier, *, now: datetime) -> list[User]:
    if fil.audience == AudienceFil.ORGANISME:
        return in_charge(dossier, [fil.organisation_id or 0], on=timezone.localdate(now))
    if fil.audience == AudienceFil.ARS_AM:
        return [*ars_people(dossier, now=now), *am_people(dossier, now=now)]
    people = association_people(dossier, now=now)
    if fil.audience == AudienceFil.PORTEUR_ARS:
        return [*people, *ars_people(dossier, now=now)]
    if dossier.visibilite == Visibilite.PORTEUR:
        return [*people, *User.objects.filter(pk__in=_advisers(dossier), is_active=True).order_by("pk")]
    return [*people, *guichet_people(dossier, now=now)]


def _members(fil: Fil, dossier: Dossier) -> Q:
    """The memberships that read this thread today: a person who left, or a body that lost the file, is told nothing."""
    agents = Q(droits__overlap=sorted(READING), organisation__region=dossier.region)
    here = Q(organisation__departements=[]) | Q(organisation__departements__overlap=dossier.departements)
    if fil.audience == AudienceFil.ORGANISME:
        return Q(droits__overlap=sorted(READING), organisation=fil.organisation_id)
    if fil.audience == AudienceFil.ARS_AM:
        return agents & here & Q(organisation__genre__in=[*ARS, *AM])
    if fil.audience == AudienceFil.PORTEUR_ARS:
        return Q(organisation=dossier.association_id) | agents & here & Q(organisation__genre__in=ARS)
    desk = agents & Q(organisation__genre="guichet")
    if dossier.visibilite == Visibilite.PORTEUR:
        desk &= Q(user__in=_advisers(dossier))
    return Q(organisation=dossier.association_id) | desk


def _advisers(dossier: Dossier) -> list[int]:
    invited = ConseillerInvite.objects.filter(dossier=dossier, retire_at=None)
    return list(invited.values_list("user", flat=True).order_by("user"))
