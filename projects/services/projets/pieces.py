"""Asking for pieces on a project: required by a text, they stop the clock; merely useful, they do not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import DemandePieces, Piece, PieceDemandee
from dossiers.selectors.pieces_demandees import requests_of
from dossiers.services.delais import Acte, was_asked, write
from dossiers.services.documents import create_document
from dossiers.services.pieces import freeze_pieces
from dossiers.services.pieces_demandees import Item, ask, close_open
from dossiers.states import EtapePieces, EtatPieceDemandee, NatureMouvement
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects.documents import projets as papers
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.notifications import projets as notifications
from projects.services.projets.silence import settle_silence


@transaction.atomic
def ask_pieces(
    *,
    projet: ProjetSante,
    items: Sequence[Item],
    by: Acteur,
    now: datetime,
    action: str = "demander_pieces",
    le: date | None = None,
    origine: str = Origine.PORTAIL,
    changes: dict[str, Any] | None = None,
) -> EvenementProjet:
    """Ask for pieces, at least one of which a text requires, each with a limit: the period has not begun until the last
    required one arrives (CRPA L114-3, L114-5). Refused after the last day: it would have no effect.

    `le` is the legal day of a request that left on paper; `changes` are written with the state.
    """
    refuse_if_it_stops_nothing(items)
    day = le or timezone.localdate(now)
    return _ask(projet, action, items, by=by, now=now, le=day, origine=origine, changes=changes)


def refuse_if_it_stops_nothing(items: Sequence[Item]) -> None:
    """Raise `Refused` unless a text requires one piece at least and each has its limit (CRPA L114-5)."""
    if not any(item.requise for item in items):
        raise Refused(
            "Une demande qui arrête le délai compte au moins une pièce exigée par un texte\u00a0: pour le reste, "
            "demandez des pièces utiles."
        )
    if any(item.limite_le is None for item in items):
        raise Refused("Donnez une date limite à chaque pièce.")


@transaction.atomic
def ask_useful_pieces(*, projet: ProjetSante, items: Sequence[Item], by: Acteur, now: datetime) -> EvenementProjet:
    """Ask for pieces no text requires: no effect on the clock, said to both sides."""
    if any(item.requise for item in items):
        raise Refused("Une pièce exigée par un texte se demande par l’autre demande\u00a0: elle arrête le délai.")
    today = timezone.localdate(now)
    return _ask(projet, "demander_piece_utile", items, by=by, now=now, le=today, origine=Origine.PORTAIL)


def _ask(
    projet: ProjetSante,
    action: str,
    items: Sequence[Item],
    *,
    by: Acteur,
    now: datetime,
    le: date,
    origine: str,
    changes: dict[str, Any] | None = None,
) -> EvenementProjet:
    event: EvenementProjet = PROJET.apply(
        projet, action, by=by, now=now, effect_on=le, origine=origine, changes=changes
    )
    projet.refresh_from_db()
    asked = ask(
        dossier=projet.dossier, evenement=event.pk, etape=EtapePieces.PROJET, items=items, le=le, by=by, now=now
    )
    write_asked(projet, asked, le=le, acte=Acte(by, now, origine))
    paper = papers.pieces_asked(projet, asked, now=now)
    create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **paper)
    notifications.pieces_asked(projet, asked, event=event, now=now)
    return event


def write_asked(projet: ProjetSante, asked: DemandePieces, *, le: date, acte: Acte) -> None:
    """Each piece asked is a line of the ledger, whatever its effect."""
    if projet.delai is None or projet.delai.clos_at is not None:
        return
    for item in asked.items.order_by("ordre"):
        write(projet.delai, NatureMouvement.DEMANDE, le=le, piece=item, acte=acte)


@transaction.atomic
def judge_piece(*, item: PieceDemandee, constat: str, by: Acteur, now: datetime) -> PieceDemandee:
    """The ARS says that what came does not conform, and what is still missing: the association answers again."""
    if not constat.strip():
        raise Refused("Dites ce qui manque encore.")
    projet = ProjetSante.objects.get(evenements=item.demande.evenement)
    told = f"{item.intitule}\u00a0: {constat.strip()}"
    event: EvenementProjet = PROJET.apply(projet, "constater_non_conforme", by=by, now=now, motif=told)
    current = PieceDemandee.objects.select_for_update(no_key=True, of=("self",)).get(pk=item.pk)
    if current.etat != EtatPieceDemandee.REPONDUE:
        raise Refused("Cette pièce n’a pas de réponse à examiner.")
    PieceDemandee.objects.filter(pk=item.pk).update(etat=EtatPieceDemandee.NON_CONFORME, constat=constat.strip())
    current.refresh_from_db()
    notifications.piece_judged(projet, current, event=event, now=now)
    return current


@transaction.atomic
def waive_pieces(*, projet: ProjetSante, motif: str, by: Acteur, now: datetime) -> EvenementProjet:
    """Give up what was asked: the period is as if it had never been. If it is then over, the silence is recorded at its
    day.
    """
    if not motif.strip():
        raise Refused("Dites pourquoi le service renonce à ces pièces.")
    event: EvenementProjet = PROJET.apply(projet, "renoncer_aux_pieces", by=by, now=now, motif=motif.strip())
    projet.refresh_from_db()
    assert projet.delai is not None
    today = timezone.localdate(now)
    for asked in close_open(evenements=projet.demandes_de_pieces(), now=now):
        write_answered(projet, asked, acte=Acte(by, now))
        for item in asked.items.order_by("ordre"):
            if was_asked(projet.delai, item):
                write(projet.delai, NatureMouvement.RENONCIATION, le=today, piece=item, acte=Acte(by, now))
    notifications.pieces_waived(projet, event=event, now=now)
    settle_silence(projet=projet, on=today, now=now)
    return event


@transaction.atomic
def send_useful_answers(*, projet: ProjetSante, by: Acteur, now: datetime) -> EvenementProjet:
    """Send what answers the useful pieces asked on a deposited project, request by request: the ARS reads it and no
    date moves. Refused while no request has an answer to each of its pieces.
    """
    event: EvenementProjet = PROJET.apply(projet, "envoyer_pieces_utiles", by=by, now=now)
    projet.refresh_from_db()
    ready = [
        asked for asked in requests_of(projet.demandes_de_pieces()) if asked.close_at is None and _all_given(asked)
    ]
    if not ready:
        raise Refused("Répondez d’abord à chaque pièce de la demande\u00a0; vous pouvez dire que vous ne l’avez pas.")
    given = Piece.objects.filter(repond_a__demande__in=ready, figee_at=None).values_list("pk", flat=True)
    freeze_pieces(dossier=projet.dossier, now=now, transmises=True, parmi=list(given))
    for asked in close_open(evenements=[asked.evenement for asked in ready], now=now):
        write_answered(projet, asked, acte=Acte(by, now))
    notifications.useful_answers_sent(projet, event=event, now=now)
    return event


def _all_given(asked: DemandePieces) -> bool:
    return all(item.etat == EtatPieceDemandee.REPONDUE for item in asked.items.all())


def write_answered(projet: ProjetSante, asked: DemandePieces, *, acte: Acte) -> None:
    """Each answer that conforms is a line of the ledger, whatever its effect; none once the period is over."""
    if projet.delai is None or projet.delai.clos_at is not None:
        return
    for item in asked.items.order_by("ordre"):
        if item.etat == EtatPieceDemandee.REPONDUE and item.recue_le and was_asked(projet.delai, item):
            write(projet.delai, NatureMouvement.REPONSE, le=item.recue_le, piece=item, acte=acte)


@transaction.atomic
def contest_requirement(*, projet: ProjetSante, motif: str, by: Acteur, now: datetime) -> EvenementProjet:
    """The association says that no text requires what was asked: no state changes, both dates are shown."""
    if not motif.strip():
        raise Refused("Dites pourquoi, selon vous, aucun texte n’exige cette pièce.")
    event: EvenementProjet = PROJET.apply(projet, "contester_exigence", by=by, now=now, motif=motif.strip())
    projet.refresh_from_db()
    notifications.requirement_contested(projet, event=event, now=now)
    return event
