"""Keeping a decision with its three instants, and the record of who opened it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dossiers.models import Decision, Dossier, OuvertureDecision, Piece
from dossiers.states import EtatDecision, NatureDecision
from guichet.kernel.civil import date_longue
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from accounts.acteur import Acteur


def keep_decision(
    *,
    dossier: Dossier,
    nature: NatureDecision,
    etape_id: int,
    evenement: UUID,
    by: "Acteur",
    acte: str,
    now: datetime,
    montant: Decimal | None = None,
    motivation: str = "",
    donnees: dict[str, Any] | None = None,
    consolidation_le: date | None = None,
) -> Decision:
    """The decision `by` signed on the portal: signed today, made available at this instant.

    The caller applied the row of the law and judged the delegation in the same transaction.
    """
    return Decision.objects.create(
        dossier=dossier,
        nature=nature,
        etape_id=etape_id,
        evenement=evenement,
        etat=EtatDecision.PRISE,
        montant=montant,
        motivation=motivation.strip(),
        donnees=donnees or {},
        signataire=str(by.user),
        qualite=by.qualite,
        acte=acte,
        signee_le=timezone.localdate(now),
        consolidation_le=consolidation_le,
        disponible_at=now,
        origine=Origine.PORTAIL,
        saisie_par=by.user,
        saisie_at=now,
    )


def judge_paper(
    *, nature: NatureDecision, etape_id: int, signee_le: date, notifiee_le: date | None, now: datetime
) -> None:
    """Raise `Refused` for dates no decision can have, or while another on the same step waits."""
    today = timezone.localdate(now)
    if signee_le > today or (notifiee_le is not None and notifiee_le > today):
        raise Refused(f"Une décision déjà prise ne peut pas porter une date après le {date_longue(today)}.")
    if notifiee_le is not None and notifiee_le < signee_le:
        raise Refused("Une décision ne peut pas être notifiée avant d’être signée.")
    if Decision.objects.filter(nature=nature, etape_id=etape_id, etat=EtatDecision.A_CONFIRMER).exists():
        raise Refused("Une décision saisie sur papier attend déjà d’être confirmée.")


def propose_paper_decision(
    *,
    dossier: Dossier,
    nature: NatureDecision,
    etape_id: int,
    signataire: str,
    qualite: str,
    acte: str,
    signee_le: date,
    notifiee_le: date | None,
    preuve: Piece,
    by: "Acteur",
    now: datetime,
    montant: Decimal | None = None,
    motivation: str = "",
    donnees: dict[str, Any] | None = None,
    consolidation_le: date | None = None,
) -> Decision:
    """A decision taken outside the portal, with its real dates and its scan: it has no effect until another person
    confirms it. The caller judged its dates (`judge_paper`) before it kept the scan.
    """
    return Decision.objects.create(
        dossier=dossier,
        nature=nature,
        etape_id=etape_id,
        etat=EtatDecision.A_CONFIRMER,
        montant=montant,
        motivation=motivation.strip(),
        donnees=donnees or {},
        signataire=signataire,
        qualite=qualite,
        acte=acte,
        signee_le=signee_le,
        notifiee_le=notifiee_le,
        consolidation_le=consolidation_le,
        origine=Origine.PAPIER,
        preuve=preuve,
        saisie_par=by.user,
        saisie_at=now,
    )


def keep_twin(paper: Decision, *, nature: NatureDecision, etape_id: int, motivation: str) -> Decision:
    """Write the decision on another step that the same paper carries: its signatory, its dates, its scan.

    The caller marks it taken in the same transaction.
    """
    return Decision.objects.create(
        dossier_id=paper.dossier_id,
        nature=nature,
        etape_id=etape_id,
        etat=EtatDecision.A_CONFIRMER,
        motivation=motivation.strip(),
        signataire=paper.signataire,
        qualite=paper.qualite,
        acte=paper.acte,
        signee_le=paper.signee_le,
        notifiee_le=paper.notifiee_le,
        origine=paper.origine,
        preuve=paper.preuve,
        saisie_par_id=paper.saisie_par_id,
        saisie_at=paper.saisie_at,
    )


def lock_waiting(decision: Decision, *, by: "Acteur") -> Decision:
    """The decision on paper, locked after its file, for a second person. Refused to whoever typed it; once settled."""
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=decision.dossier_id)
    locked = Decision.objects.select_for_update(no_key=True, of=("self",)).select_related("dossier").get(pk=decision.pk)
    if locked.etat != EtatDecision.A_CONFIRMER:
        raise Refused(f"Cette décision est déjà «\u00a0{locked.get_etat_display().lower()}\u00a0».")
    if locked.saisie_par_id == by.user.pk:
        raise Refused("Vous avez saisi cette décision\u00a0: une autre personne la confirme.")
    return locked


def mark_taken(decision: Decision, *, evenement: UUID, by: "Acteur", now: datetime) -> None:
    """Confirmed by `by`: the decision is taken, and available on the portal from now on."""
    Decision.objects.filter(pk=decision.pk).update(
        etat=EtatDecision.PRISE, evenement=evenement, confirmee_par=by.user, confirmee_at=now, disponible_at=now
    )
    decision.refresh_from_db()


def mark_to_verify(decision: Decision, *, by: "Acteur", now: datetime) -> None:
    """Confirmed by `by`, but notified after the last day: it has no effect, and the file says "à vérifier"."""
    Decision.objects.filter(pk=decision.pk).update(
        etat=EtatDecision.A_VERIFIER, confirmee_par=by.user, confirmee_at=now, disponible_at=now
    )
    decision.refresh_from_db()


def set_aside(decision: Decision, *, by: "Acteur", now: datetime) -> None:
    """The second person does not confirm: the decision has no effect, and stays readable."""
    Decision.objects.filter(pk=decision.pk).update(etat=EtatDecision.ECARTEE, confirmee_par=by.user, confirmee_at=now)


@transaction.atomic
def record_opening(*, decision: Decision, by: "Acteur", now: datetime) -> None:
    """The first time a person of the association reads the decision is kept for ever; the next ones change nothing."""
    if by.genre != "association" or by.organisation_id != decision.dossier.association_id:
        return
    opening = OuvertureDecision(decision=decision, user=by.user, qualite=by.qualite, ouverte_at=now)
    OuvertureDecision.objects.bulk_create([opening], ignore_conflicts=True)
