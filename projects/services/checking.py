"""The Guichet checks a deposited letter: what it asks to complete, item by item, and the answers."""

from collections.abc import Sequence
from datetime import date, datetime

import rules
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Piece, PieceDemandee
from dossiers.services import pieces_demandees
from dossiers.services.documents import create_document
from dossiers.services.pieces_demandees import Item
from dossiers.states import EtapePieces
from funding.models import DemandeFir, EvenementFir
from funding.services.instruction import reopen_request, settle_silence
from funding.states import EtatDemandeFir
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.documents import suivi
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention
from projects.services.rectifying import carry_into_draft

CONCERNE_LA_DEMANDE = "demande"
"""An item about the request for funds: it re-opens the request with the letter."""


@transaction.atomic
def ask_pieces(*, lettre: LettreIntention, items: Sequence[Item], by: Acteur, now: datetime) -> EvenementLettre:
    """Send the letter back with what is missing; the request is re-opened with it when an item concerns it."""
    locked = LETTRE.lock(lettre)
    demande = locked.demande
    if demande and not locked.sans_demande:
        settle_silence(demande=demande, on=timezone.localdate(now), now=now)
    event: EvenementLettre = LETTRE.apply(lettre, "demander_pieces", by=by, now=now)
    carry_into_draft(lettre)
    asked = pieces_demandees.ask(
        dossier=lettre.dossier,
        evenement=event.pk,
        etape=EtapePieces.LETTRE,
        items=items,
        le=timezone.localdate(now),
        by=by,
        now=now,
    )
    about_request = any(item.concerne == CONCERNE_LA_DEMANDE for item in items)
    reopened = about_request and demande and not locked.sans_demande and demande.etat == EtatDemandeFir.DEPOSEE
    if reopened:
        reopen_request(demande=demande, motif="Précisions demandées par le Guichet", by=by, now=now)
    paper = suivi.pieces_asked(lettre, asked, reopened=bool(reopened), by=by)
    create_document(evenement=event.pk, dossier=lettre.dossier, now=now, **paper)
    notifications.pieces_asked(lettre, event=event, now=now)
    return event


@transaction.atomic
def answer_item(
    *,
    item: PieceDemandee,
    reponse: str,
    pieces: Sequence[Piece] = (),
    by: Acteur,
    now: datetime,
    recue_le: date | None = None,
) -> PieceDemandee:
    """The association answers one item; the desk that asked, for what came to it outside the portal (`recue_le`)."""
    dossier = item.demande.dossier
    own = rules.test_rule("dossier.rediger", by, dossier)
    if recue_le is not None and not _is_desk(item, by):
        raise Refused("Seul le service qui a demandé la pièce enregistre ce qu’il a reçu hors du portail.")
    if recue_le is None and not own:
        raise Refused("Seule une personne de l’association répond à cette demande.")
    return pieces_demandees.answer(item=item, reponse=reponse, pieces=pieces, by=by, now=now, recue_le=recue_le)


def _is_desk(item: PieceDemandee, by: Acteur) -> bool:
    """Whoever instructs the step the item is about."""
    dossier = item.demande.dossier
    if item.demande.etape == EtapePieces.LETTRE:
        return bool(rules.test_rule("dossier.guichet", by, dossier))
    event = EvenementFir.objects.select_related("demande__dossier").get(pk=item.demande.evenement)
    demande: DemandeFir = event.demande
    return bool(rules.test_rule("demande.instruire", by, demande))
