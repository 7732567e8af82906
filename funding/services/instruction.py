"""What the funder does with a request: transmission, pieces, grant, refusal, silence, reasons."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.services.delegations import signing_act
from accounts.states import Genre
from dossiers.models import Decision, Piece
from dossiers.selectors.people import bodies
from dossiers.services.decisions import keep_decision
from dossiers.services.delais import Acte, close, write
from dossiers.services.documents import create_document
from dossiers.services.partage import let_in
from dossiers.services.pieces import freeze_pieces
from dossiers.services.pieces_demandees import Item, ask, close_open
from dossiers.states import (
    EtapePieces,
    EtatPieceDemandee,
    MotifAcces,
    NatureDecision,
    NatureMouvement,
    Visibilite,
)
from funding import notifications
from funding.documents import instruction as papers
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir, EvenementFir
from funding.parcours import retour_of
from funding.selectors import requests_for_pieces, running_period
from funding.services.requests import start_period, withdraw_request
from funding.states import EtatDemandeFir, Regime
from guichet.kernel.civil import add_months, date_longue
from guichet.kernel.deadlines import Depart
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import euros

MOIS_DES_MOTIFS = 1
"""The reasons of a tacit rejection are due within one month (CRPA L232-4)."""


@transaction.atomic
def transmit_request(*, demande: DemandeFir, by: Acteur, now: datetime) -> EvenementFir:
    """Hand the request to its funder: acknowledgement of receipt, and the period where it starts there."""
    event: EvenementFir = DEMANDE_FIR.apply(demande, "transmettre", by=by, now=now, changes={"transmise_at": now})
    start_period(demande, depart=Depart.TRANSMISSION, le=timezone.localdate(now), acte=Acte(by, now))
    let_in(dossier=demande.dossier, organisation_ids=_funding_bodies(demande), motif=MotifAcces.FINANCEUR, now=now)
    _paper(demande, event, papers.receipt(demande, now=now), now=now)
    notifications.transmitted(demande, event=event, now=now)
    return event


def _funding_bodies(demande: DemandeFir) -> list[int]:
    """The funder; with the ARS its délégations, while the file itself is not sent to them."""
    found = [demande.financeur_id]
    if demande.financeur.genre == Genre.ARS and demande.dossier.visibilite != Visibilite.ARS:
        found += [body.pk for body in bodies(demande.dossier, [Genre.DD_ARS])]
    return found


@transaction.atomic
def hand_over_rejected(*, demande: DemandeFir, now: datetime) -> None:
    """A request the silence rejected before it was sent reaches its funder with the letter: it may still be granted."""
    DemandeFir.objects.filter(pk=demande.pk).update(transmise_at=now)
    demande.transmise_at = now
    let_in(dossier=demande.dossier, organisation_ids=[demande.financeur_id], motif=MotifAcces.FINANCEUR, now=now)


@transaction.atomic
def reopen_request(*, demande: DemandeFir, motif: str, by: Acteur, now: datetime) -> EvenementFir:
    """Back to the draft, with the letter sent back: its period closes, the next deposit opens a new one."""
    event: EvenementFir = DEMANDE_FIR.apply(
        demande, "rouvrir", by=by, now=now, motif=motif, changes={"deposee_at": None}
    )
    close(running_period(demande), NatureMouvement.REOUVERTURE, le=timezone.localdate(now), acte=Acte(by, now))
    return event


@transaction.atomic
def ask_pieces(*, demande: DemandeFir, items: Sequence[Item], by: Acteur, now: datetime) -> EvenementFir:
    """Ask for pieces, at least one of which a text requires, each with a limit: the period is suspended (CRPA L114-5).

    Asked after the last day, it has no effect on the period, and the paper says so.
    """
    if not any(item.requise for item in items):
        raise Refused(
            "Une demande de pièces compte au moins une pièce exigée par un texte\u00a0: pour le reste, écrivez un "
            "message."
        )
    if any(item.limite_le is None for item in items):
        raise Refused("Donnez une date limite à chaque pièce.")
    le = timezone.localdate(now)
    event: EvenementFir = DEMANDE_FIR.apply(demande, "demander_pieces", by=by, now=now)
    asked = ask(
        dossier=demande.dossier,
        evenement=event.pk,
        etape=EtapePieces.DEMANDE_FIR,
        items=items,
        le=le,
        by=by,
        now=now,
    )
    if running := running_period(demande):
        for item in asked.items.order_by("ordre"):
            write(running, NatureMouvement.DEMANDE, le=le, piece=item, acte=Acte(by, now))
    _paper(demande, event, papers.pieces_asked(demande, asked, now=now), now=now)
    notifications.pieces_asked(demande, event=event, now=now)
    return event


@transaction.atomic
def complete(*, demande: DemandeFir, by: Acteur, now: datetime) -> EvenementFir:
    """The pieces came: each arrival is written in the ledger at its day, and the period runs again. The files given are
    frozen, and open to the funder.

    Refused while a piece that a text requires has no answer.
    """
    event: EvenementFir = DEMANDE_FIR.apply(demande, "completer", by=by, now=now)
    running = running_period(demande)
    for asked in close_open(evenements=requests_for_pieces(demande), now=now):
        for item in asked.items.order_by("ordre"):
            if item.requise_par_un_texte and item.etat == EtatPieceDemandee.ATTENDUE:
                raise Refused(f"«\u00a0{item.intitule}\u00a0» est exigée par un texte et n’a pas encore de réponse.")
            if item.recue_le and running:
                write(running, NatureMouvement.REPONSE, le=item.recue_le, piece=item, acte=Acte(by, now))
    given = Piece.objects.filter(repond_a__demande__evenement__in=requests_for_pieces(demande), figee_at=None)
    freeze_pieces(
        dossier=demande.dossier,
        now=now,
        transmises=demande.regime == Regime.REJET,
        parmi=given.values_list("pk", flat=True),
    )
    notifications.completed(demande, event=event, now=now)
    return event


@transaction.atomic
def grant(
    *,
    demande: DemandeFir,
    montant: Decimal,
    by: Acteur,
    now: datetime,
    motivation: str = "",
    paper: Decision | None = None,
) -> EvenementFir:
    """Grant a sum in euros, not above what was asked nor above the delegation's ceiling; after a tacit rejection too.

    `paper` is the decision taken outside the portal that `by` confirms: judged at the day it was signed.
    """
    refuse_amount(demande, montant)
    settle_silence(demande=demande, on=paper.signee_le if paper else timezone.localdate(now), now=now)
    silent = demande.etat == EtatDemandeFir.REJETEE_TACITEMENT
    return _decide(
        demande,
        "accorder_apres_silence" if silent else "accorder",
        NatureDecision.ACCORD_FIR,
        by=by,
        now=now,
        montant=montant,
        motivation=motivation,
        paper=paper,
    )


@transaction.atomic
def refuse(
    *, demande: DemandeFir, motivation: str, by: Acteur, now: datetime, paper: Decision | None = None
) -> EvenementFir:
    """Refuse, with reasons (CRPA L211-2). Refused once the silence has rejected the request, recorded or not."""
    if not motivation.strip():
        raise Refused("Un refus est motivé\u00a0: dites les raisons de droit et de fait (CRPA, art. L211-2).")
    settle_silence(demande=demande, on=paper.signee_le if paper else timezone.localdate(now), now=now)
    return _decide(
        demande, "refuser", NatureDecision.REFUS_FIR, by=by, now=now, montant=None, motivation=motivation, paper=paper
    )


def _decide(
    demande: DemandeFir,
    action: str,
    nature: NatureDecision,
    *,
    by: Acteur,
    now: datetime,
    montant: Decimal | None,
    motivation: str,
    paper: Decision | None,
) -> EvenementFir:
    le = paper.signee_le if paper else timezone.localdate(now)
    origine = Origine.PAPIER if paper else Origine.PORTAIL
    changes = {"montant_accorde": montant} if montant is not None else {}
    acte = paper.acte if paper else signing_act(by=by, montant=montant or Decimal(0), on=le)
    event: EvenementFir = DEMANDE_FIR.apply(
        demande,
        action,
        by=by,
        now=now,
        changes=changes,
        effect_on=le,
        motif=motivation,
        origine=origine,
        donnees={"montant": str(montant)} if montant is not None else {},
    )
    close(running_period(demande), NatureMouvement.DECISION, le=le, acte=Acte(by, now, origine))
    decision = paper or keep_decision(
        dossier=demande.dossier,
        nature=nature,
        etape_id=demande.pk,
        evenement=event.pk,
        by=by,
        acte=acte,
        now=now,
        montant=montant,
        motivation=motivation,
    )
    if paper is None:
        _paper(demande, event, papers.decision(demande, decision, now=now), now=now)
    notifications.decided(demande, decision=decision, event=event, now=now)
    return event


def refuse_amount(demande: DemandeFir, montant: Decimal) -> None:
    """Raise `Refused` for a grant that is not positive, or above what was asked (euros)."""
    if montant <= 0:
        raise Refused("La subvention accordée est un montant positif.")
    if montant > demande.montant_demande:
        raise Refused(
            f"La subvention accordée ({euros(montant)}) ne peut pas dépasser la somme demandée "
            f"({euros(demande.montant_demande)})."
        )


@transaction.atomic
def settle_silence(*, demande: DemandeFir, on: date, now: datetime) -> None:
    """Record the silence first where it has spoken before the legal day `on` of an act and the clock did not pass yet:
    a late clock changes no right. `demande` takes the state the database has.
    """
    locked = DEMANDE_FIR.lock(demande)
    demande.etat, demande.delai = locked.etat, locked.delai
    if not DEMANDE_FIR.refusal(locked, "constater_rejet", by=None, now=now, le=on):
        record_rejection(demande=demande, now=now)


@transaction.atomic
def record_rejection(*, demande: DemandeFir, now: datetime) -> EvenementFir:
    """The silence has spoken: recorded by the clock, at the day the law says, however late it passes.

    Raises `Refused` when the period is not over, or when something was decided meanwhile.
    """
    locked = DEMANDE_FIR.lock(demande)
    due = locked.delai.echeance_le if locked.delai else None
    today = timezone.localdate(now)
    event: EvenementFir = DEMANDE_FIR.apply(
        demande, "constater_rejet", by=None, now=now, effect_on=due if due and due <= today else today
    )
    close(running_period(demande), NatureMouvement.SILENCE, le=event.prend_effet_le, acte=Acte(None, now))
    notifications.rejected_by_silence(demande, event=event, now=now)
    return event


@transaction.atomic
def withdraw_alone(*, demande: DemandeFir, motif: str, by: Acteur, now: datetime) -> EvenementFir:
    """Withdraw a request by itself, with its reason. Refused while the step it goes with is not over."""
    if not motif.strip():
        raise Refused("Dites pourquoi vous retirez la demande.")
    step = retour_of(DEMANDE_FIR.lock(demande))
    if step and step.retrait:
        raise Refused(step.retrait)
    settle_silence(demande=demande, on=timezone.localdate(now), now=now)
    event = withdraw_request(demande=demande, motif=motif.strip(), by=by, now=now)
    if demande.transmise_at is not None:
        notifications.withdrawn(demande, event=event, now=now)
    return event


@transaction.atomic
def ask_reasons(*, demande: DemandeFir, by: Acteur, now: datetime) -> EvenementFir:
    """The association asks why the silence rejected its request; they are due within one month (CRPA L232-4)."""
    due = add_months(timezone.localdate(now), MOIS_DES_MOTIFS)
    event: EvenementFir = DEMANDE_FIR.apply(
        demande, "demander_motifs", by=by, now=now, donnees={"reponse_due_le": due.isoformat()}
    )
    notifications.reasons_asked(demande, event=event, le=date_longue(due), now=now)
    return event


@transaction.atomic
def give_reasons(*, demande: DemandeFir, motifs: str, by: Acteur, now: datetime) -> EvenementFir:
    """The funder answers, in a paper."""
    if not motifs.strip():
        raise Refused("Écrivez les motifs du rejet.")
    event: EvenementFir = DEMANDE_FIR.apply(demande, "communiquer_motifs", by=by, now=now, motif=motifs.strip())
    _paper(demande, event, papers.reasons(demande, motifs.strip(), by=by, now=now), now=now)
    notifications.reasons_given(demande, event=event, now=now)
    return event


def _paper(demande: DemandeFir, event: EvenementFir, paper: papers.Paper, *, now: datetime) -> None:
    create_document(
        evenement=event.pk,
        dossier=demande.dossier,
        now=now,
        audience=papers.audience_of(demande),
        transmis=demande.regime == Regime.REJET,
        **paper,
    )
