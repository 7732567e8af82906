"""What came or left on paper about a project: its deposit, its pieces, the decision or request notified."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import rules
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Decision, Delai, Dossier, PieceDemandee
from dossiers.services import pieces_demandees, territoires
from dossiers.services.delais import Acte, open_delai, write
from dossiers.services.partage import keep_proof
from dossiers.services.pieces_demandees import Item, Recue
from dossiers.states import EtatPieceDemandee, GenrePiece, NatureDecision, NatureMouvement
from funding.selectors import bareme_on
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Depart
from guichet.kernel.deadlines import Regime as RegimeSilence
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.notifications import projets as notifications
from projects.services.projets.deciding import annul_attestation, oppose, opposition_of, validate
from projects.services.projets.depositing import _receive, complete
from projects.services.projets.opening import draft_project
from projects.services.projets.pieces import ask_pieces, refuse_if_it_stops_nothing
from projects.services.projets.silence import settle_silence
from projects.services.territoire import mesure_of
from projects.states import EtatProjet, FormeProjet

if TYPE_CHECKING:
    from django.core.files import File


@transaction.atomic
def register_outside_deposit(
    *,
    dossier: Dossier,
    recu_le: date,
    scan: "File[bytes]",
    preuve: "File[bytes] | None",
    by: Acteur,
    now: datetime,
    communes: Collection[str] = (),
) -> EvenementProjet:
    """Record a project received on paper by the ARS: `recu_le` is the legal day of its deposit, the clock runs from it.

    Its scan stands for the project; `communes` change the territory of the letter. Refused for a day in the future or
    before the file was opened, to whoever does not instruct at the ARS, or while another project is in progress.
    """
    locked = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)
    if not rules.test_rule("dossier.instruire_ars", by, locked):
        raise Refused("Seule l’ARS enregistre un projet de santé reçu sur papier.")
    if recu_le > timezone.localdate(now):
        raise Refused("Un courrier ne peut pas avoir été reçu dans le futur.")
    draft = ProjetSante.objects.filter(dossier=locked, etat=EtatProjet.BROUILLON).first()
    _refuse_before_draft(locked, draft, recu_le)
    letter = locked.lettres.filter(etat="validee").order_by("-pk").first()
    projet = draft or draft_project(dossier=locked, by=by, now=now, lettre=letter)
    if communes:
        mesure = mesure_of(bareme_on(recu_le))
        territoires.add_parts(dossier=locked, codes=communes, by=by, now=now, mesure=mesure)
    kept = keep_proof(
        dossier=locked, genre=GenrePiece.PROJET, fichier=scan, recue_le=recu_le, transmise=True, by=by, now=now
    )
    if preuve is not None:
        keep_proof(
            dossier=locked, genre=GenrePiece.PREUVE, fichier=preuve, recue_le=recu_le, transmise=True, by=by, now=now
        )
    ProjetSante.objects.filter(pk=projet.pk).update(forme=FormeProjet.DOCUMENT, document=kept)
    projet.refresh_from_db()
    return _receive(
        projet,
        PROJET.lock(projet),
        "enregistrer_depot_exterieur",
        [],
        le=recu_le,
        by=by,
        now=now,
        origine=Origine.PAPIER,
    )


def _refuse_before_draft(dossier: Dossier, draft: ProjetSante | None, recu_le: date) -> None:
    """A project is not received before the file, nor before the draft it completes; without a letter both may be opened
    because of the paper, after it came.
    """
    opened = timezone.localdate(dossier.created_at)
    if recu_le < opened and dossier.lettres.exists():
        raise Refused(f"Ce dossier est ouvert depuis le {date_longue(opened)}\u00a0: vérifiez la date de réception.")
    begun = timezone.localdate(draft.created_at) if draft and not draft.sans_lettre else None
    if begun and recu_le < begun:
        raise Refused(
            f"L’association écrit ce projet dans le portail depuis le {date_longue(begun)}\u00a0: vérifiez la date de "
            "réception. Si le papier est bien venu avant, elle retire d’abord son brouillon."
        )


@transaction.atomic
def record_received(
    *, projet: ProjetSante, recues: Sequence[Recue], by: Acteur, now: datetime
) -> EvenementProjet | None:
    """Keep what came outside the portal at its real day; complete the project once nothing a text requires is missing.
    None while something is: what came is kept, and the period has not begun.

    A piece that came in two parts is dated by the last one. Refused as `answer` and `complete` refuse.
    """
    locked: ProjetSante = PROJET.lock(projet)
    if not rules.test_rule("projet.instruire", by, locked):
        raise Refused("Seul le service qui a demandé la pièce enregistre ce qu’il a reçu hors du portail.")
    if refusal := PROJET.refusal(locked, "completer", by=by, now=now):
        raise Refused(refusal)
    own = projet.demandes_de_pieces()
    for recue in recues:
        if recue.item.demande.evenement not in own:
            raise Refused("Cette pièce n’a pas été demandée pour ce projet.")
        pieces_demandees.keep_received(_last_part(recue), dossier=projet.dossier, transmise=True, by=by, now=now)
    waiting = PieceDemandee.objects.filter(
        demande__evenement__in=own, demande__close_at=None, requise_par_un_texte=True
    )
    if waiting.exclude(etat=EtatPieceDemandee.REPONDUE).exists():
        return None
    return complete(projet=projet, by=by, now=now, origine=Origine.PAPIER)


def _last_part(recue: Recue) -> Recue:
    """The same, with what an earlier part said, at the day of the last part."""
    item = PieceDemandee.objects.select_related("demande").get(pk=recue.item.pk)
    if item.etat != EtatPieceDemandee.REPONDUE or item.recue_le is None:
        return recue
    words = "\n".join(part for part in (item.reponse, recue.reponse) if part.strip())
    return replace(recue, reponse=words, recue_le=max(recue.recue_le, item.recue_le))


def take_paper_decision(*, decision: Decision, by: Acteur, now: datetime) -> EvenementProjet | None:
    """What a second person confirms: a decision or a request for pieces that left on paper, at the day it was notified.

    By the last day, it takes effect: on a project deemed validated it proves the silence wrong. Signed by then and
    notified after, the silence stands and the file is "à vérifier" (None). Signed after, it is refused.
    """
    projet = ProjetSante.objects.get(pk=decision.etape_id)
    today = timezone.localdate(now)
    settle_silence(projet=projet, on=today, now=now)
    projet.refresh_from_db()
    last = projet.delai.dernier_jour if projet.delai else None
    notified = decision.notifiee_le or today
    if projet.etat == EtatProjet.VALIDE_TACITEMENT and last and decision.signee_le <= last < notified:
        _flag(projet, decision, by=by, now=now)
        return None
    return _TAKEN[NatureDecision(decision.nature)](projet, decision, by, now)


def _flag(projet: ProjetSante, decision: Decision, *, by: Acteur, now: datetime) -> None:
    event: EvenementProjet = PROJET.apply(
        projet,
        "signaler_a_verifier",
        by=by,
        now=now,
        changes={"a_verifier_at": now},
        origine=Origine.PAPIER,
        motif=f"{decision.get_nature_display()} signée le {date_longue(decision.signee_le)}, notifiée le "
        f"{date_longue(decision.notifiee_le) if decision.notifiee_le else date_longue(timezone.localdate(now))}.",
    )
    projet.refresh_from_db()
    notifications.to_verify(projet, event=event, now=now)


def _validate(projet: ProjetSante, decision: Decision, by: Acteur, now: datetime) -> EvenementProjet:
    return validate(projet=projet, motivation=decision.motivation, by=by, now=now, paper=decision)


def _oppose(projet: ProjetSante, decision: Decision, by: Acteur, now: datetime) -> EvenementProjet:
    return oppose(
        projet=projet,
        opposition=opposition_of(decision.donnees),
        motivation=decision.motivation,
        by=by,
        now=now,
        paper=decision,
    )


def _ask(projet: ProjetSante, decision: Decision, by: Acteur, now: datetime) -> EvenementProjet:
    """A request for required pieces that left on paper; received by the last day, it proves the silence wrong."""
    le = decision.notifiee_le or timezone.localdate(now)
    items = [item_of(told) for told in decision.donnees["pieces"]]
    silent = projet.etat == EtatProjet.VALIDE_TACITEMENT
    changes: dict[str, Any] = {}
    if silent:
        if refusal := projet.hors_delai(le):
            raise Refused(refusal)
        changes = {"delai": _reopened(projet, acte=Acte(by, now, Origine.PAPIER)), "a_verifier_at": None}
    event = ask_pieces(
        projet=projet,
        items=items,
        by=by,
        now=now,
        action="infirmer_par_demande_de_pieces" if silent else "demander_pieces",
        le=le,
        origine=Origine.PAPIER,
        changes=changes,
    )
    if silent:
        annul_attestation(projet, why=f"Pièces demandées, reçu le {date_longue(le)}", now=now)
    return event


_TAKEN = {
    NatureDecision.VALIDATION_PROJET: _validate,
    NatureDecision.OPPOSITION_PROJET: _oppose,
    NatureDecision.DEMANDE_PIECES_PROJET: _ask,
}


def _reopened(projet: ProjetSante, *, acte: Acte) -> Delai:
    """A new period with the ledger of the one the silence closed: it had not ended."""
    old = projet.delai
    assert old is not None
    kept = (NatureMouvement.DEMANDE, NatureMouvement.REPONSE, NatureMouvement.RENONCIATION)
    first, *lines = old.mouvements.select_related("piece").order_by("pk")
    fresh = open_delai(
        dossier=projet.dossier,
        regime=RegimeSilence.ACCEPTATION,
        depart=Depart.RECEPTION,
        le=old.recu_le,
        acte=acte,
        nature=NatureMouvement(first.nature),
    )
    for line in (line for line in lines if line.nature in kept):
        write(fresh, NatureMouvement(line.nature), le=line.le, piece=line.piece, acte=acte)
    return fresh


def judge_paper_request(donnees: dict[str, Any], *, le: date) -> None:
    """Raise `Refused` for a request for pieces on paper that could never be confirmed, as soon as it is typed."""
    items = [item_of(told) for told in donnees.get("pieces", [])]
    refuse_if_it_stops_nothing(items)
    pieces_demandees.judge_items(items, le=le)


def item_of(told: dict[str, Any]) -> Item:
    """One piece of a request typed from paper, as the decision keeps it."""
    limit = told.get("limite_le")
    return Item(
        intitule=told["intitule"],
        precision=told.get("precision", ""),
        requise=bool(told.get("requise")),
        fondement=told.get("fondement", ""),
        limite_le=date.fromisoformat(limit) if limit else None,
    )
