"""Depositing, completing and withdrawing a projet de santé: one transaction, a frozen version, the clock, papers."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.documents import digest
from dossiers.models import Dossier, Piece, PieceDemandee, Territoire
from dossiers.selectors.reglages import valeur
from dossiers.services.delais import Acte, close, open_delai
from dossiers.services.documents import create_document
from dossiers.services.moving import follow_perimeter
from dossiers.services.partage import share_with_ars
from dossiers.services.pieces import freeze_pieces
from dossiers.services.pieces_demandees import close_all, close_open
from dossiers.services.territoires import freeze
from dossiers.states import EtapePieces, EtatPieceDemandee, GenrePiece, NatureMouvement
from guichet.kernel.deadlines import Depart
from guichet.kernel.deadlines import Regime as RegimeSilence
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects.conseils import project_reserves
from projects.documents import projets as papers
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante, VersionProjet
from projects.models.projet import POINT_DE_RECEPTION
from projects.notifications import projets as notifications
from projects.reserves import Reserve
from projects.rubriques_projet import IDENTITE
from projects.services.depositing import open_to_guichet
from projects.services.projets.consulting import ask_opinions
from projects.services.projets.pieces import write_answered
from projects.services.projets.silence import settle_silence

POUVOIR_MANQUANT = (
    "Vous n’êtes pas le représentant légal désigné dans le projet\u00a0: joignez d’abord son pouvoir, dans "
    "«\u00a0Les pièces jointes\u00a0»."
)
RESERVES_A_LIRE = "Des réserves ont été relevées\u00a0: lisez-les, puis confirmez le dépôt. Elles ne l’empêchent pas."


@transaction.atomic
def deposit(*, projet: ProjetSante, reserves_lues: Collection[str], by: Acteur, now: datetime) -> EvenementProjet:
    """Deposit the project: frozen version, territory and pieces, acknowledgement of receipt, the clock, the opinions.

    `reserves_lues` are the codes of the réserves the depositor acknowledged. Refused with a sentence when something
    blocks (territory, depositor, the project itself) or when a réserve was not acknowledged; nothing is half-done.
    """
    locked: ProjetSante = PROJET.lock(projet)
    if refusal := PROJET.refusal(locked, "deposer", by=by, now=now):
        raise Refused(refusal)
    if not may_sign(locked, by):
        raise Refused(POUVOIR_MANQUANT)
    found = project_reserves(locked, on=timezone.localdate(now))
    if {reserve.code for reserve in found} - set(reserves_lues):
        raise Refused(RESERVES_A_LIRE)
    return _receive(projet, locked, "deposer", found, le=timezone.localdate(now), by=by, now=now)


def _receive(
    projet: ProjetSante,
    locked: ProjetSante,
    action: str,
    found: list[Reserve],
    *,
    le: date,
    by: Acteur,
    now: datetime,
    origine: str = Origine.PORTAIL,
) -> EvenementProjet:
    """What every deposit does, on the portal or on paper, at its legal day `le`."""
    dossier = locked.dossier
    territoire = freeze(dossier=dossier, now=now)
    open_to_guichet(dossier, departements=territoire.departements, now=now)
    follow_perimeter(dossier=dossier, now=now)
    noon = timezone.make_aware(datetime.combine(le, time(12)))
    depose_at = min(noon, now) if origine == Origine.PAPIER else now
    event: EvenementProjet = PROJET.apply(
        projet,
        action,
        by=by,
        now=now,
        changes={"depose_at": depose_at, "depose_par": by.user, "territoire": territoire, "origine": origine},
        effect_on=le,
        origine=origine,
        donnees={"reserves": [reserve.code for reserve in found]},
    )
    projet.dossier = dossier
    share_with_ars(dossier=dossier, now=now)
    if origine != Origine.PAPIER:  # what the association keeps for later did not come by post
        freeze_pieces(dossier=dossier, now=now, transmises=True)
    version = freeze_version(projet, event=event, found=found, now=now)
    if origine == Origine.PAPIER or valeur(POINT_DE_RECEPTION, on=le, defaut="portail") == "portail":
        start_clock(projet, le=le, acte=Acte(by, now, origine))
    for paper in papers.deposit_papers(projet, version, event=event, now=now):
        create_document(evenement=event.pk, dossier=dossier, now=now, transmis=True, **paper)
    notifications.deposited(projet, event=event, now=now)
    ask_opinions(projet, evenement=event.pk, now=now)
    return event


@transaction.atomic
def record_receipt(*, projet: ProjetSante, le: date, by: Acteur, now: datetime) -> EvenementProjet:
    """The ARS notes the day it had the project, where the region sets that the deposit is not its receipt.

    Refused for a day before the deposit or in the future.
    """
    locked: ProjetSante = PROJET.lock(projet)
    deposited = timezone.localdate(locked.depose_at) if locked.depose_at else None
    if le > timezone.localdate(now) or (deposited and le < deposited):
        raise Refused("La réception ne peut être ni avant le dépôt, ni dans le futur.")
    event: EvenementProjet = PROJET.apply(projet, "constater_reception", by=by, now=now, effect_on=le)
    projet.dossier = locked.dossier
    start_clock(projet, le=le, acte=Acte(by, now), nature=NatureMouvement.RECEPTION)
    paper = papers.receipt(projet, event=event, now=now)
    create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    notifications.received(projet, event=event, now=now)
    ask_opinions(projet, evenement=event.pk, now=now)
    return event


def start_clock(projet: ProjetSante, *, le: date, acte: Acte, nature: NatureMouvement = NatureMouvement.DEPOT) -> None:
    """Open the period of the silence, which accepts, from the day the ARS has the project. The caller has the lock."""
    delai = open_delai(
        dossier=projet.dossier,
        regime=RegimeSilence.ACCEPTATION,
        depart=Depart.RECEPTION,
        le=le,
        acte=acte,
        nature=nature,
    )
    ProjetSante.objects.filter(pk=projet.pk).update(delai=delai)
    projet.delai = delai


@transaction.atomic
def complete(*, projet: ProjetSante, by: Acteur, now: datetime, origine: str = Origine.PORTAIL) -> EvenementProjet:
    """The required pieces came: two months anew from the arrival of the last one, not from this gesture. A new version
    is frozen, with the territory if it was drawn again.

    Refused while a required piece has no answer, or one that does not conform.
    """
    dossier = PROJET.lock(projet).dossier
    event: EvenementProjet = PROJET.apply(
        projet, "completer", by=by, now=now, changes=_territory_redrawn(dossier, now=now), origine=origine
    )
    projet.refresh_from_db()
    for asked in close_open(evenements=projet.demandes_de_pieces(), now=now):
        for item in asked.items.order_by("ordre"):
            if sentence := unanswered(item):
                raise Refused(sentence)
        write_answered(projet, asked, acte=Acte(by, now, origine))
    given = Piece.objects.filter(repond_a__demande__evenement__in=projet.demandes_de_pieces(), figee_at=None)
    freeze_pieces(dossier=projet.dossier, now=now, transmises=True, parmi=given.values_list("pk", flat=True))
    found = project_reserves(projet, on=timezone.localdate(now))
    version = freeze_version(projet, event=event, found=found, now=now)
    for paper in papers.completion_papers(projet, version, event=event, now=now):
        create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    notifications.completed(projet, event=event, now=now)
    ask_opinions(projet, evenement=event.pk, now=now)
    settle_silence(projet=projet, on=timezone.localdate(now), now=now)
    return event


def _territory_redrawn(dossier: Dossier, *, now: datetime) -> dict[str, Any]:
    """The territory drawn again while pieces were awaited, frozen with the completion; nothing when it is as it was, or
    was left empty.
    """
    if not Territoire.objects.filter(dossier=dossier, fige_at=None, population__gt=0).exists():
        return {}
    territoire = freeze(dossier=dossier, now=now)
    follow_perimeter(dossier=dossier, now=now)
    return {"territoire": territoire}


def unanswered(item: PieceDemandee) -> str:
    """Why the project cannot be completed without this piece; "" when it is answered, or required by no text."""
    if not item.requise_par_un_texte or item.etat == EtatPieceDemandee.REPONDUE:
        return ""
    if item.etat == EtatPieceDemandee.NON_CONFORME:
        return f"«\u00a0{item.intitule}\u00a0» est reçue, mais non conforme\u00a0: répondez à nouveau."
    return f"«\u00a0{item.intitule}\u00a0» est exigée par un texte et n’a pas encore de réponse."


@transaction.atomic
def withdraw(*, projet: ProjetSante, motif: str, by: Acteur, now: datetime) -> EvenementProjet:
    """Withdraw the project with its reason; its period ends. Refused once the silence has validated it."""
    if not motif.strip():
        raise Refused("Dites pourquoi vous retirez le projet.")
    settle_silence(projet=projet, on=timezone.localdate(now), now=now)
    deposited = PROJET.lock(projet).depose_at is not None
    event: EvenementProjet = PROJET.apply(projet, "retirer", by=by, now=now, motif=motif.strip())
    projet.refresh_from_db()
    close(projet.delai, NatureMouvement.RETRAIT, le=timezone.localdate(now), acte=Acte(by, now))
    close_all(dossiers=[projet.dossier_id], etape=EtapePieces.PROJET, now=now)
    if deposited:
        notifications.withdrawn(projet, event=event, now=now)
    return event


def freeze_version(
    projet: ProjetSante, *, event: EvenementProjet, found: list[Reserve], now: datetime
) -> VersionProjet:
    """Freeze what is deposited: its parts in the words of the page, its réserves, its pieces with their SHA-256."""
    last = projet.versions.aggregate(last=Max("numero"))["last"] or 0
    contenu: dict[str, Any] = papers.frozen(projet, found=found, now=now)
    return VersionProjet.objects.create(
        projet=projet,
        numero=last + 1,
        evenement=event.pk,
        contenu=contenu,
        sha256=digest(contenu),
        created_at=now,
    )


def may_sign(projet: ProjetSante, by: Acteur) -> bool:
    """The legal representative named in the project, or whoever joins a power."""
    if by.membership and by.membership.representant_legal:
        return True
    named = projet.sections.get(cle=IDENTITE).contenu.get("representant_courriel", "")
    if named and named.lower() == by.user.email.lower():
        return True
    return projet.dossier.pieces.filter(genre=GenrePiece.POUVOIR).exists()


__all__ = [
    "complete",
    "deposit",
    "freeze_version",
    "may_sign",
    "record_receipt",
    "start_clock",
    "unanswered",
    "withdraw",
]
