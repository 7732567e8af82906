"""What the ARS decides on a letter and on the request that goes with it; what the Assurance Maladie confirms."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.services.delegations import signing_act
from dossiers.models import Decision
from dossiers.selectors.reglages import valeur
from dossiers.services.decisions import keep_decision, keep_twin, mark_taken
from dossiers.services.documents import create_document
from dossiers.states import NatureDecision
from funding.models import DemandeFir, EvenementFir
from funding.services import instruction
from funding.states import EtatDemandeFir
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.documents import suivi
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention
from projects.states import EtatLettre, ModeValidation

A_DECIDER = (EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE)
BEFORE_THE_LETTER = "La subvention s’accorde une fois la lettre d’intention validée, ou en même temps."


@transaction.atomic
def confirm_validation(*, lettre: LettreIntention, by: Acteur, now: datetime) -> EvenementLettre:
    """The Assurance Maladie agrees with the validation, where the region decides jointly."""
    event: EvenementLettre = LETTRE.apply(lettre, "confirmer_validation", by=by, now=now)
    notifications.validation_confirmed(lettre, event=event, now=now)
    return event


@transaction.atomic
def validate(
    *,
    lettre: LettreIntention,
    by: Acteur,
    now: datetime,
    motivation: str = "",
    accorde: Decimal | None = None,
    comite_le: date | None = None,
    paper: Decision | None = None,
) -> EvenementLettre:
    """Validate the letter and, with `accorde` (euros), grant its request in the same transaction.

    Where the region decides after a committee, `comite_le` is the day it met. `paper` is the decision taken outside the
    portal that `by` confirms.
    """
    le = paper.signee_le if paper else timezone.localdate(now)
    mode = valeur("mode_validation_lettre", on=le, defaut=ModeValidation.ARS.value)
    if mode == ModeValidation.COMITE and (comite_le is None or comite_le > le):
        raise Refused("La région valide les lettres après un comité\u00a0: donnez la date à laquelle il s’est tenu.")
    donnees = {"mode": mode, **({"comite_le": comite_le.isoformat()} if comite_le else {})}
    event = _decide(
        lettre,
        "valider",
        NatureDecision.VALIDATION_LETTRE,
        motivation=motivation,
        donnees=donnees,
        le=le,
        by=by,
        now=now,
        paper=paper,
    )
    if accorde is not None and lettre.demande:
        grant_request(demande=lettre.demande, montant=accorde, by=by, now=now)
    return event


@transaction.atomic
def refuse(
    *,
    lettre: LettreIntention,
    motivation: str,
    by: Acteur,
    now: datetime,
    motivation_demande: str = "",
    paper: Decision | None = None,
) -> EvenementLettre:
    """Refuse the letter with reasons, and the request still to decide with its own reasons."""
    if not motivation.strip():
        raise Refused("Un refus est motivé\u00a0: dites les raisons de droit et de fait (CRPA, art. L211-2).")
    demande = LETTRE.lock(lettre).demande
    le = paper.signee_le if paper else timezone.localdate(now)
    event = _decide(
        lettre,
        "refuser",
        NatureDecision.REFUS_LETTRE,
        motivation=motivation,
        donnees={},
        le=le,
        by=by,
        now=now,
        paper=paper,
    )
    if demande and not lettre.sans_demande:
        instruction.settle_silence(demande=demande, on=le, now=now)
    if demande and not lettre.sans_demande and demande.etat in A_DECIDER:
        if not motivation_demande.strip():
            raise Refused("Motivez aussi le refus de la demande de subvention\u00a0: elle est décidée avec la lettre.")
        twin = None
        if paper:
            twin = keep_twin(paper, nature=NatureDecision.REFUS_FIR, etape_id=demande.pk, motivation=motivation_demande)
        told = instruction.refuse(demande=demande, motivation=motivation_demande, by=by, now=now, paper=twin)
        if twin:
            mark_taken(twin, evenement=told.pk, by=by, now=now)
    return event


@transaction.atomic
def grant_request(
    *,
    demande: DemandeFir,
    montant: Decimal,
    by: Acteur,
    now: datetime,
    motivation: str = "",
    paper: Decision | None = None,
) -> EvenementFir:
    """Grant a request, once its letter is validated when it goes with one."""
    letter = LettreIntention.objects.filter(demande=demande, sans_demande=False).first()
    if letter and LETTRE.lock(letter).etat != EtatLettre.VALIDEE:
        raise Refused(BEFORE_THE_LETTER)
    return instruction.grant(demande=demande, montant=montant, motivation=motivation, by=by, now=now, paper=paper)


def _decide(
    lettre: LettreIntention,
    action: str,
    nature: NatureDecision,
    *,
    motivation: str,
    donnees: dict[str, str],
    le: date,
    by: Acteur,
    now: datetime,
    paper: Decision | None,
) -> EvenementLettre:
    acte = paper.acte if paper else signing_act(by=by, montant=Decimal(0), on=le)
    event: EvenementLettre = LETTRE.apply(
        lettre,
        action,
        by=by,
        now=now,
        effect_on=le,
        motif=motivation.strip(),
        origine=Origine.PAPIER if paper else Origine.PORTAIL,
        donnees=donnees,
    )
    decision = paper or keep_decision(
        dossier=lettre.dossier,
        nature=nature,
        etape_id=lettre.pk,
        evenement=event.pk,
        by=by,
        acte=acte,
        now=now,
        motivation=motivation,
        donnees=donnees,
    )
    if paper is None:
        told = suivi.decision(lettre, decision, now=now)
        create_document(evenement=event.pk, dossier=lettre.dossier, now=now, transmis=True, **told)
    notifications.decided(lettre, decision=decision, event=event, now=now)
    return event
