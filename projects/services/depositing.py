"""Depositing and withdrawing a letter together with its request: one transaction, the papers and mails as rows."""

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Dossier
from dossiers.selectors.reglages import valeur
from dossiers.services.documents import create_document
from dossiers.services.moving import follow_perimeter
from dossiers.services.naming import index
from dossiers.services.pieces import freeze_pieces
from dossiers.services.pieces_demandees import close_open
from dossiers.services.territoires import freeze
from dossiers.states import GenrePiece, Visibilite
from funding.services.instruction import settle_silence
from funding.services.requests import deposit_request, withdraw_request
from funding.states import EtatDemandeFir
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.documents import depot
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention
from projects.sections import PERSONNES

POUVOIR_MANQUANT = (
    "Vous n’êtes pas le représentant légal désigné dans la lettre\u00a0: joignez d’abord son pouvoir, "
    "dans «\u00a0Les pièces jointes\u00a0»."
)


@transaction.atomic
def deposit(*, lettre: LettreIntention, by: Acteur, now: datetime) -> EvenementLettre:
    """Deposit the letter and its request, freeze territory and pieces, give the file its reference.

    Creates, in the same transaction, the letter and the request as papers, their registration receipts and the
    mails to the association and to the Guichet. Refused with a sentence when something blocks; nothing is half-done.
    Of a letter completed after a request for pieces, the request still deposited, or ended, stays as it is.
    """
    locked = LETTRE.lock(lettre)
    refusal = LETTRE.refusal(locked, "deposer", by=by, now=now)
    if refusal:
        raise Refused(refusal)
    dossier, demande = locked.dossier, locked.demande
    if not _may_sign(locked, by):
        raise Refused(POUVOIR_MANQUANT)
    lettre.demande, lettre.sans_demande = demande, locked.sans_demande
    territoire = freeze(dossier=dossier, now=now)
    open_to_guichet(dossier, departements=territoire.departements, now=now)
    follow_perimeter(dossier=dossier, now=now)
    event: EvenementLettre = LETTRE.apply(
        lettre,
        "deposer",
        by=by,
        now=now,
        changes={"deposee_at": now, "deposee_par": by.user, "territoire": territoire},
    )
    freeze_pieces(dossier=dossier, now=now)
    lettre.dossier = dossier
    demande_event = None
    if demande and not lettre.sans_demande and demande.etat == EtatDemandeFir.BROUILLON:
        demande_event = deposit_request(demande=demande, by=by, now=now)
    close_open(evenements=_requests_for_pieces(lettre), now=now)
    for paper in depot.deposit_papers(lettre, event=event, demande_event=demande_event, by=by, now=now):
        create_document(dossier=dossier, now=now, **paper)
    notifications.deposited(lettre, event=event, now=now)
    return event


@transaction.atomic
def withdraw(*, lettre: LettreIntention, motif: str, by: Acteur, now: datetime) -> EvenementLettre:
    """Withdraw the letter with its reason, and its request where its state still allows it."""
    if not motif.strip():
        raise Refused("Dites pourquoi vous retirez la lettre.")
    locked = LETTRE.lock(lettre)
    deposited, demande = locked.deposee_at is not None, locked.demande
    if demande:
        settle_silence(demande=demande, on=timezone.localdate(now), now=now)
    event: EvenementLettre = LETTRE.apply(lettre, "retirer", by=by, now=now, motif=motif.strip())
    if demande and demande.etat in RETIRABLE:
        withdraw_request(demande=demande, motif=motif.strip(), by=by, now=now)
    if deposited:
        notifications.withdrawn(lettre, event=event, now=now)
    return event


RETIRABLE = (
    EtatDemandeFir.BROUILLON,
    EtatDemandeFir.DEPOSEE,
    EtatDemandeFir.TRANSMISE,
    EtatDemandeFir.INCOMPLETE,
)
"""An ended request stays as it is when its letter is withdrawn."""


def _requests_for_pieces(lettre: LettreIntention) -> list[UUID]:
    found = lettre.evenements.filter(action="demander_pieces").order_by("recorded_at", "id")
    return list(found.values_list("pk", flat=True))


def _may_sign(lettre: LettreIntention, by: Acteur) -> bool:
    """The legal representative named in the letter, or whoever joins a power."""
    if by.membership and by.membership.representant_legal:
        return True
    named = lettre.sections.get(cle=PERSONNES).contenu.get("representant_courriel", "")
    if named.lower() == by.user.email.lower():
        return True
    return lettre.dossier.pieces.filter(genre=GenrePiece.POUVOIR).exists()


def open_to_guichet(dossier: Dossier, *, departements: list[str], now: datetime) -> None:
    """Give the reference, once, and open the file to the Guichet."""
    pilote = dossier.departement_pilote_id
    if pilote is None:
        raise Refused("Choisissez le département pilote, dans «\u00a0Le territoire\u00a0».")
    changes: dict[str, object] = {"departements": departements}
    if dossier.visibilite == Visibilite.PORTEUR:
        changes["visibilite"] = Visibilite.GUICHET
    if dossier.reference is None:
        changes["reference"] = next_reference(region=dossier.region, departement=pilote, on=timezone.localdate(now))
    Dossier.objects.filter(pk=dossier.pk).update(**changes)
    for name, value in changes.items():
        setattr(dossier, name, value)
    index(dossier)


def next_reference(*, region: str, departement: str, on: date) -> str:
    """The next number of a département and year, without a gap: "OCC-31-2026-0042". Waits for a concurrent deposit."""
    prefix = f"{valeur('prefixe_reference', on=on, defaut=region)}-{departement}-{on.year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_numerotation (cle, dernier) VALUES (%s, 1) "
            "ON CONFLICT (cle) DO UPDATE SET dernier = dossiers_numerotation.dernier + 1 RETURNING dernier",
            [prefix],
        )
        number = cursor.fetchone()[0]
    return f"{prefix}-{number:04d}"
