"""What came or was decided outside the portal: recorded with its real dates and its scan, judged by them."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import rules
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import User
from accounts.selectors import capacities_of, organisations_for
from accounts.services.delegations import acte_of, delegation_for
from accounts.services.memberships import new_association
from accounts.states import Genre
from dossiers.models import Decision, Dossier
from dossiers.services import territoires
from dossiers.services.decisions import lock_waiting, mark_taken, propose_paper_decision, set_aside
from dossiers.services.naming import index
from dossiers.services.partage import keep_proof
from dossiers.states import GenrePiece, NatureDecision
from funding.models import DemandeFir
from funding.selectors import bareme_on
from funding.services import instruction
from funding.services.outside import record_request
from guichet.kernel.journal import Evenement, Origine
from guichet.kernel.lifecycle import Refused
from guichet.kernel.text import normalise
from projects import notifications
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention
from projects.services.deciding import grant_request, refuse, validate
from projects.services.depositing import open_to_guichet
from projects.services.opening import draft_letter
from projects.services.territoire import mesure_of

if TYPE_CHECKING:
    from django.core.files import File


@transaction.atomic
def register_outside_deposit(
    *,
    nom_cpts: str,
    nom_association: str,
    communes: Collection[str],
    pilote: str,
    recu_le: date,
    scan: "File[bytes]",
    montant_demande: Decimal | None,
    by: Acteur,
    now: datetime,
) -> EvenementLettre:
    """Record a letter received on paper: its association, its communes, its scan and, with it, the sum asked (euros).

    `recu_le` is the day it arrived: it is the day of the deposit, and the period of the request runs from it. Refused
    for a day in the future, to whoever is neither the Guichet nor the ARS, without a commune.
    """
    today = timezone.localdate(now)
    if recu_le > today:
        raise Refused("Un courrier ne peut pas avoir été reçu dans le futur.")
    if not communes:
        raise Refused("Indiquez au moins une commune du territoire.")
    association = new_association(nom=nom_association, region=by.region)
    dossier = Dossier.objects.create(
        nom=nom_cpts,
        nom_normalise=normalise(nom_cpts),
        association=association,
        region=by.region,
        created_at=now,
        created_by=by.user,
    )
    lettre = draft_letter(dossier=dossier, by=by, now=now)
    mesure = mesure_of(bareme_on(today))
    territoires.add_parts(dossier=dossier, codes=communes, by=by, now=now, mesure=mesure)
    territoires.choose_pilote(dossier=dossier, departement=pilote, by=by, now=now)
    dossier.refresh_from_db()
    lettre.dossier = dossier
    if not rules.test_rule("lettre.enregistrer", by, lettre):
        raise Refused("Seuls le Guichet et l’ARS enregistrent un dépôt reçu sur papier.")
    if montant_demande is not None:
        financeur = organisations_for(dossier.region, Genre.ARS).get()
        lettre.demande = record_request(
            dossier=dossier, financeur=financeur, montant=montant_demande, recu_le=recu_le, by=by, now=now
        )
    LettreIntention.objects.filter(pk=lettre.pk).update(
        demande=lettre.demande, sans_demande=lettre.demande is None, origine=Origine.PAPIER
    )
    lettre.sans_demande = lettre.demande is None
    territoire = territoires.freeze(dossier=dossier, now=now)
    open_to_guichet(dossier, departements=territoire.departements, now=now)
    keep_proof(
        dossier=dossier, genre=GenrePiece.COURRIER, fichier=scan, recue_le=recu_le, transmise=False, by=by, now=now
    )
    noon = timezone.make_aware(datetime.combine(recu_le, time(12)))
    event: EvenementLettre = LETTRE.apply(
        lettre,
        "enregistrer_depot_exterieur",
        by=by,
        now=now,
        changes={"deposee_at": min(noon, now), "deposee_par": by.user, "territoire": territoire},
        effect_on=recu_le,
        origine=Origine.PAPIER,
    )
    index(dossier)
    lettre.dossier = dossier
    notifications.deposited(lettre, event=event, now=now)
    return event


@transaction.atomic
def record_paper_decision(
    *,
    step: LettreIntention | DemandeFir,
    nature: NatureDecision,
    signataire: User,
    signee_le: date,
    notifiee_le: date | None,
    scan: "File[bytes]",
    by: Acteur,
    now: datetime,
    montant: Decimal | None = None,
    motivation: str = "",
    comite_le: date | None = None,
) -> Decision:
    """Type a decision signed on paper: it waits for a second person who decides. The delegation of the signatory is
    judged at the day of the signature, with its ceiling.
    """
    dossier = step.dossier
    if not rules.test_rule("dossier.instruire_ars", by, dossier):
        raise Refused("Seule l’ARS enregistre une décision prise sur papier.")
    if nature in (NatureDecision.REFUS_LETTRE, NatureDecision.REFUS_FIR) and not motivation.strip():
        raise Refused("Un refus est motivé\u00a0: reprenez les motifs de la décision (CRPA, art. L211-2).")
    if nature == NatureDecision.ACCORD_FIR and not (montant and isinstance(step, DemandeFir) and montant > 0):
        raise Refused("Une subvention accordée a un montant.")
    capacity = next(
        (m for m in capacities_of(signataire, on=signee_le) if m.organisation.genre in (Genre.ARS, Genre.DD_ARS)), None
    )
    if capacity is None:
        raise Refused(f"{signataire} n’était pas à l’ARS à cette date.")
    delegation = delegation_for(
        user=signataire, organisation=capacity.organisation, montant=montant or Decimal(0), on=signee_le
    )
    preuve = keep_proof(
        dossier=dossier, genre=GenrePiece.PREUVE, fichier=scan, recue_le=signee_le, transmise=True, by=by, now=now
    )
    return propose_paper_decision(
        dossier=dossier,
        nature=nature,
        etape_id=step.pk,
        signataire=str(signataire),
        qualite=Acteur(signataire, capacity).qualite,
        acte=acte_of(delegation),
        signee_le=signee_le,
        notifiee_le=notifiee_le,
        preuve=preuve,
        montant=montant,
        motivation=motivation,
        donnees={"comite_le": comite_le.isoformat()} if comite_le else {},
        by=by,
        now=now,
    )


@transaction.atomic
def confirm_paper_decision(*, decision: Decision, by: Acteur, now: datetime) -> Decision:
    """The second person, who has the right to decide, confirms: the decision takes effect at the day it was signed."""
    locked = lock_waiting(decision, by=by)
    event = _ACTS[NatureDecision(locked.nature)](locked, by, now)
    mark_taken(locked, evenement=event.pk, by=by, now=now)
    return locked


@transaction.atomic
def discard_paper_decision(*, decision: Decision, by: Acteur, now: datetime) -> Decision:
    """The second person does not confirm; nothing was decided."""
    if not rules.test_rule("dossier.instruire_ars", by, decision.dossier):
        raise Refused("Seule l’ARS écarte une décision saisie sur papier.")
    locked = lock_waiting(decision, by=by)
    set_aside(locked, by=by, now=now)
    return locked


def _validate(decision: Decision, by: Acteur, now: datetime) -> EvenementLettre:
    comite = decision.donnees.get("comite_le")
    return validate(
        lettre=LettreIntention.objects.get(pk=decision.etape_id),
        motivation=decision.motivation,
        comite_le=date.fromisoformat(comite) if comite else None,
        by=by,
        now=now,
        paper=decision,
    )


def _refuse(decision: Decision, by: Acteur, now: datetime) -> EvenementLettre:
    lettre = LettreIntention.objects.get(pk=decision.etape_id)
    return refuse(
        lettre=lettre,
        motivation=decision.motivation,
        motivation_demande=decision.motivation,
        by=by,
        now=now,
        paper=decision,
    )


def _grant(decision: Decision, by: Acteur, now: datetime) -> Evenement:
    demande = DemandeFir.objects.get(pk=decision.etape_id)
    assert decision.montant is not None
    return grant_request(
        demande=demande, montant=decision.montant, motivation=decision.motivation, by=by, now=now, paper=decision
    )


def _refuse_request(decision: Decision, by: Acteur, now: datetime) -> Evenement:
    demande = DemandeFir.objects.get(pk=decision.etape_id)
    return instruction.refuse(demande=demande, motivation=decision.motivation, by=by, now=now, paper=decision)


_ACTS: dict[NatureDecision, Callable[[Decision, Acteur, datetime], Evenement]] = {
    NatureDecision.VALIDATION_LETTRE: _validate,
    NatureDecision.REFUS_LETTRE: _refuse,
    NatureDecision.ACCORD_FIR: _grant,
    NatureDecision.REFUS_FIR: _refuse_request,
}
