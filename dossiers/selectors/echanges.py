"""Reads of threads and notes: who reads which, who may open one, what is new. One rule for every surface."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery

from dossiers.models import (
    AccesDossier,
    ConseillerInvite,
    Dossier,
    Fil,
    LectureFil,
    Message,
    PieceDemandee,
    PieceMessage,
)
from dossiers.models.dossier import NOTHING, perimeter, transmitted_to
from dossiers.states import AudienceFil, MotifAcces, Visibilite

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ARS = ("ars", "dd_ars")
AM = ("cpam", "msa", "elsm")
SIDES = {"association": "porteur", "guichet": "guichet", **dict.fromkeys(ARS, "ars"), **dict.fromkeys(AM, "am")}
"""The side of a thread each kind of organisation speaks for; a URPS has notes only, which have no side."""

FACING = {
    AudienceFil.PORTEUR_GUICHET: {"porteur": "guichet", "guichet": "porteur"},
    AudienceFil.PORTEUR_ARS: {"porteur": "ars", "ars": "porteur"},
    AudienceFil.ARS_AM: {"ars": "am", "am": "ars"},
}
"""Which side owes an answer to which."""

READING = frozenset({"instruire", "decider", "signer"})
"""The rights with which an agent works on files; who only manages people or the portal reads no thread."""


def fils_visible_to(acteur: "Acteur | None") -> QuerySet[Fil]:
    """The threads `acteur` may read: of the files it opens, those of which it is in the audience. The one rule."""
    found = NOTHING
    for audience, files in _reach(acteur, "dossier__").items():
        found |= Q(audience=audience) & files & _own(acteur, audience)
    return Fil.objects.filter(found)


def fichiers_visible_to(acteur: "Acteur | None") -> QuerySet[PieceMessage]:
    """The files joined to their messages."""
    return PieceMessage.objects.filter(message__fil__in=fils_visible_to(acteur))


def _reach(acteur: "Acteur | None", at: str) -> dict[AudienceFil, Q]:
    """By audience `acteur` may be in, the files where it is, as a condition on a dossier, or on what refers to one."""
    if acteur is None or acteur.membership is None:
        return {}
    opens = perimeter(acteur, at)
    if acteur.genre == "association":
        return {AudienceFil.PORTEUR_GUICHET: opens, AudienceFil.PORTEUR_ARS: opens}
    if not acteur.droits & READING:
        return {}
    notes = {AudienceFil.ORGANISME: opens}
    if acteur.genre == "guichet":
        return {AudienceFil.PORTEUR_GUICHET: opens, **notes}
    sent = transmitted_to(acteur, at)
    if acteur.genre in ARS:
        funds = Q(Exists(_funders(at).filter(organisation=acteur.organisation_id)))
        return {AudienceFil.PORTEUR_ARS: sent | funds, AudienceFil.ARS_AM: sent, **notes}
    return {AudienceFil.ARS_AM: sent, **notes} if acteur.genre in AM else notes


def _own(acteur: "Acteur | None", audience: str) -> Q:
    notes = audience == AudienceFil.ORGANISME and acteur is not None
    return Q(organisation=acteur.organisation_id) if notes and acteur else Q()


def _funders(at: str) -> QuerySet[AccesDossier]:
    """The ARS let in because it is asked for money, be there a letter or not."""
    return AccesDossier.objects.filter(
        dossier=OuterRef(f"{at}pk"), motif=MotifAcces.FINANCEUR, organisation__genre__in=ARS
    )


def side_of(acteur: "Acteur") -> str:
    return SIDES.get(acteur.genre, "")


def writes(acteur: "Acteur") -> bool:
    """Has the right to write in the threads it reads."""
    asked = {"rediger", "deposer"} if acteur.genre == "association" else {"instruire"}
    return bool(acteur.droits & asked)


def read_audiences(acteur: "Acteur | None") -> list[AudienceFil]:
    """The audiences `acteur` may be in on some file; none for who reads no thread at all. No query."""
    return list(_reach(acteur, ""))


def open_audiences(acteur: "Acteur", dossier: Dossier) -> dict[AudienceFil, bool]:
    """The audiences in which `acteur` may begin a thread about this file: True when the others read it already, False
    when it will be possible later. Empty for who does not write. One query.
    """
    if not writes(acteur):
        return {}
    advised = ConseillerInvite.objects.filter(dossier=OuterRef("pk"), retire_at=None)
    ready = {
        AudienceFil.PORTEUR_GUICHET: ~Q(visibilite=Visibilite.PORTEUR) | Q(Exists(advised)),
        AudienceFil.PORTEUR_ARS: Q(visibilite=Visibilite.ARS) | Q(Exists(_funders(""))),
        AudienceFil.ARS_AM: Q(visibilite=Visibilite.ARS),
        AudienceFil.ORGANISME: Q(pk__isnull=False),
    }
    conditions: dict[str, Any] = {
        audience.value: ExpressionWrapper(files & ready[audience], output_field=BooleanField())
        for audience, files in _reach(acteur, "").items()
    }
    row = Dossier.objects.visible_to(acteur).filter(pk=dossier.pk).annotate(**conditions).values(*conditions).first()
    return {AudienceFil(audience): bool(there) for audience, there in row.items()} if row and conditions else {}


def audience_of_item(item: PieceDemandee) -> AudienceFil | None:
    """Where an asked piece is talked about: between the association and the desk that asked; None for another body."""
    genre = item.demande.organisation.genre
    if genre == "guichet":
        return AudienceFil.PORTEUR_GUICHET
    return AudienceFil.PORTEUR_ARS if genre in ARS else None


def unread(acteur: "Acteur") -> Q:
    """A condition on threads: something was written since this person last opened it."""
    seen = LectureFil.objects.filter(fil=OuterRef("pk"), user=acteur.user, lu_at__gte=OuterRef("dernier_at"))
    return ~Q(Exists(seen))


def unread_count(dossier: Dossier, *, acteur: "Acteur") -> int:
    """How many threads of a file have something new for this person. One query."""
    return fils_visible_to(acteur).filter(unread(acteur), dossier=dossier).count()


def threads_of(dossier: Dossier, *, acteur: "Acteur") -> QuerySet[Any]:
    """Those of a file this person reads, the latest first, each with `non_lu`."""
    return (
        fils_visible_to(acteur)
        .filter(dossier=dossier)
        .annotate(non_lu=ExpressionWrapper(unread(acteur), output_field=BooleanField()))
        .order_by("-dernier_at", "-pk")
    )


def with_last_message(threads: QuerySet[Any]) -> QuerySet[Any]:
    """The same with `nombre` of messages and the key of the `dernier`."""
    last = Message.objects.filter(fil=OuterRef("pk")).order_by("-created_at", "-pk")
    found: QuerySet[Any] = threads.annotate(nombre=Count("messages"), dernier=Subquery(last.values("pk")[:1]))
    return found


def messages_by_key(keys: Iterable[int]) -> dict[int, Message]:
    return Message.objects.select_related("auteur").in_bulk(list(keys))


@dataclass(frozen=True)
class Resume:
    """What a page of the file says of its threads: how many have something new, and the latest."""

    non_lus: int
    derniers: list[Any]


SEEN_AT_ONCE = 200
LATEST = 3


def summary_of(dossier: Dossier, *, acteur: "Acteur") -> Resume:
    """Counted among the latest 200 threads. One query."""
    rows = list(threads_of(dossier, acteur=acteur)[:SEEN_AT_ONCE])
    return Resume(sum(row.non_lu for row in rows), rows[:LATEST])


def messages_of(fil: Fil) -> QuerySet[Message]:
    """The messages of a thread, the latest first, with their authors and their files."""
    files = Prefetch("fichiers", PieceMessage.objects.order_by("pk"))
    return fil.messages.select_related("auteur").prefetch_related(files).order_by("-created_at", "-pk")
