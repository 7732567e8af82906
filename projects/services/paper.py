"""What came or was decided outside the portal: recorded with its real dates and its scan, judged by them."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import rules
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation, User
from accounts.selectors import capacities_of, organisations_for
from accounts.services.delegations import signing_act
from accounts.services.memberships import new_association
from accounts.states import Genre
from dossiers.models import Decision, Dossier, Piece
from dossiers.services import territoires
from dossiers.services.decisions import (
    judge_paper,
    lock_waiting,
    mark_taken,
    mark_to_verify,
    propose_paper_decision,
    set_aside,
)
from dossiers.services.partage import keep_proof
from dossiers.states import GenrePiece, NatureDecision
from funding.lifecycles import DEMANDE_FIR
from funding.models import Bareme, DemandeFir
from funding.selectors import bareme_on
from funding.services import instruction
from funding.services.outside import record_request
from funding.states import Regime, StatutBareme
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.deadlines import consolidation
from guichet.kernel.journal import Evenement, Origine
from guichet.kernel.lifecycle import Lifecycle, Refused
from guichet.kernel.text import normalise
from guichet.kernel.uploads import inspect
from projects import notifications
from projects.lifecycles import LETTRE, PROJET
from projects.models import EvenementLettre, LettreIntention, ProjetSante
from projects.selectors.paper import REFUS, SUR_UN_PROJET, Step, natures_for, silence_over
from projects.services.deciding import grant_request, refuse, validate
from projects.services.depositing import open_to_guichet
from projects.services.opening import draft_letter
from projects.services.projets.deciding import opposition_of
from projects.services.projets.outside import judge_paper_request, take_paper_decision
from projects.services.territoire import mesure_of
from territories.selectors import communes as known_communes

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

    `recu_le` is the day it arrived: it is the day of the deposit, and the period of the request runs from it. Nothing
    is written for a day in the future, without a commune, for whoever is neither the Guichet nor the ARS of one of its
    départements, for a file the portal does not keep, or for a letter already recorded.
    """
    _judge_deposit(communes=communes, recu_le=recu_le, by=by, now=now)
    _refuse_again(scan, by=by)
    dossier = _open_file(nom_cpts, nom_association, by=by, now=now)
    lettre = draft_letter(dossier=dossier, by=by, now=now)
    mesure = mesure_of(bareme_on(recu_le))
    territoires.add_parts(dossier=dossier, codes=communes, by=by, now=now, mesure=mesure)
    territoires.choose_pilote(dossier=dossier, departement=pilote, by=by, now=now)
    dossier.refresh_from_db()
    lettre.dossier = dossier
    _ask(lettre, montant_demande, recu_le=recu_le, by=by, now=now)
    territoire = territoires.freeze(dossier=dossier, now=now)
    open_to_guichet(dossier, departements=territoire.departements, now=now)
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
    keep_proof(
        dossier=dossier, genre=GenrePiece.LETTRE, fichier=scan, recue_le=recu_le, transmise=False, by=by, now=now
    )
    lettre.dossier = dossier
    notifications.deposited(lettre, event=event, now=now)
    return event


def _open_file(nom_cpts: str, nom_association: str, *, by: Acteur, now: datetime) -> Dossier:
    return Dossier.objects.create(
        nom=nom_cpts,
        nom_normalise=normalise(nom_cpts),
        association=new_association(nom=nom_association, region=by.region),
        region=by.region,
        created_at=now,
        created_by=by.user,
    )


def _ask(lettre: LettreIntention, montant: Decimal | None, *, recu_le: date, by: Acteur, now: datetime) -> None:
    """The request for that sum, or "sans demande FIR"; the letter is marked as received on paper."""
    if montant is not None:
        lettre.demande = record_request(
            dossier=lettre.dossier,
            financeur=organisations_for(lettre.dossier.region, Genre.ARS).get(),
            montant=montant,
            recu_le=recu_le,
            by=by,
            now=now,
        )
    lettre.sans_demande, lettre.origine = lettre.demande is None, Origine.PAPIER
    LettreIntention.objects.filter(pk=lettre.pk).update(
        demande=lettre.demande, sans_demande=lettre.sans_demande, origine=lettre.origine
    )


def _judge_deposit(*, communes: Collection[str], recu_le: date, by: Acteur, now: datetime) -> None:
    """The right, the day and the territory, before anything is written."""
    departements = sorted({commune.departement_id for commune in known_communes(communes).values()})
    imagined = LettreIntention(dossier=Dossier(region=by.region, departements=departements))
    if not rules.test_rule("lettre.enregistrer", by, imagined):
        raise Refused(
            "Seuls le Guichet et l’ARS enregistrent une lettre reçue sur papier, dans les départements qu’ils suivent."
        )
    if recu_le > timezone.localdate(now):
        raise Refused("Un courrier ne peut pas avoir été reçu dans le futur.")
    if not Bareme.objects.filter(statut=StatutBareme.PUBLIE, applicable_du__lte=recu_le).exists():
        raise Refused("Cette date est antérieure au premier barème connu du portail\u00a0: vérifiez l’année.")
    if not communes:
        raise Refused("Indiquez au moins une commune du territoire.")


def _refuse_again(scan: "File[bytes]", *, by: Acteur) -> None:
    """A form sent twice, or two colleagues with the same letter: one file. Waits for whoever records just now."""
    found = inspect(scan, scan.name or "", limit=settings.UPLOAD_MAX_BYTES)
    for organisation in organisations_for(by.region, Genre.GUICHET):
        Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    same = Piece.objects.filter(sha256=found.sha256, genre=GenrePiece.LETTRE, dossier__region=by.region)
    known = same.select_related("dossier").order_by("pk").first()
    if known is not None:
        raise Refused(f"Cette lettre est déjà enregistrée, sous la référence {known.dossier.reference}.")


@transaction.atomic
def record_paper_decision(
    *,
    step: Step,
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
    donnees: dict[str, Any] | None = None,
) -> Decision:
    """Type a decision signed on paper: it waits for a second person who decides. The delegation of the signatory is
    judged at the day of the signature, with its ceiling. `donnees`: the ground of an opposition, the pieces asked.
    """
    told = donnees or ({"comite_le": comite_le.isoformat()} if comite_le else {})
    step = _judge_decision(step, nature, montant=montant, motivation=motivation, donnees=told, by=by)
    judge_paper(nature=nature, etape_id=step.pk, signee_le=signee_le, notifiee_le=notifiee_le, now=now)
    _refuse_before(step, nature, signee_le)
    if isinstance(step, ProjetSante) and (late := step.hors_delai(signee_le)):
        raise Refused(late)
    if nature == NatureDecision.DEMANDE_PIECES_PROJET:
        judge_paper_request(told, le=notifiee_le or signee_le)
    signer = _signer(step, signataire, on=signee_le)
    acte = signing_act(by=signer, montant=montant or Decimal(0), on=signee_le)
    preuve = keep_proof(
        dossier=step.dossier, genre=GenrePiece.PREUVE, fichier=scan, recue_le=signee_le, transmise=True, by=by, now=now
    )
    return propose_paper_decision(
        dossier=step.dossier,
        nature=nature,
        etape_id=step.pk,
        signataire=str(signataire),
        qualite=signer.qualite,
        acte=acte,
        signee_le=signee_le,
        notifiee_le=notifiee_le,
        preuve=preuve,
        montant=montant if nature == NatureDecision.ACCORD_FIR else None,
        motivation=motivation,
        donnees=told,
        consolidation_le=consolidation(signee_le) if nature == NatureDecision.VALIDATION_PROJET else None,
        by=by,
        now=now,
    )


CYCLES: dict[type[Any], Lifecycle] = {LettreIntention: LETTRE, DemandeFir: DEMANDE_FIR, ProjetSante: PROJET}


def _judge_decision(
    step: Step,
    nature: NatureDecision,
    *,
    montant: Decimal | None,
    motivation: str,
    donnees: dict[str, Any],
    by: Acteur,
) -> Step:
    """Who may type it, and whether the step, locked, may be decided so: the step as the database has it."""
    if not rules.test_rule(rule_of(step, "instruire"), by, step):
        raise Refused("Seule l’administration qui instruit enregistre une décision prise sur papier.")
    if isinstance(step, DemandeFir) and step.regime != Regime.REJET:
        raise Refused("Une décision d’une URPS se prend dans le portail.")
    locked: Step = CYCLES[type(step)].lock(step)
    if nature not in natures_for(locked):
        raise Refused(
            f"L’état est «\u00a0{locked.get_etat_display()}\u00a0»\u00a0: cette décision n’y est pas possible."
        )
    if nature in REFUS and not motivation.strip():
        raise Refused("Un refus est motivé\u00a0: reprenez les motifs de la décision (CRPA, art. L211-2).")
    if nature == NatureDecision.ACCORD_FIR and isinstance(locked, DemandeFir):
        instruction.refuse_amount(locked, montant or Decimal(0))
    if nature == NatureDecision.OPPOSITION_PROJET:
        opposition_of(donnees).refuse_if_incomplete()
    return locked


def _refuse_before(step: Step, nature: NatureDecision, signee_le: date) -> None:
    """No decision before the day its author had the step; no grant before the letter it goes with was validated."""
    if isinstance(step, ProjetSante):
        days = [step.delai.recu_le] if step.delai else []
    else:
        days = [civil_day(step.transmise_at)] if step.transmise_at else []
    if nature == NatureDecision.ACCORD_FIR:
        validated = EvenementLettre.objects.filter(lettre__demande=step.pk, action="valider")
        days += list(validated.order_by("recorded_at", "id").values_list("prend_effet_le", flat=True))
    if days and signee_le < max(days):
        raise Refused(f"Cette décision n’a pas pu être signée avant le {date_longue(max(days))}.")


NOMS: dict[type[Any], str] = {LettreIntention: "lettre", DemandeFir: "demande", ProjetSante: "projet"}


def rule_of(step: Step, droit: str) -> str:
    """The name of the rule that says who instructs, or decides, on that step."""
    return f"{NOMS[type(step)]}.{droit}"


def _signer(step: Step, signataire: User, *, on: date) -> Acteur:
    """The signatory in the capacity that decided on this step, on that day."""
    capacities = [Acteur(signataire, membership) for membership in capacities_of(signataire, on=on)]
    found = next((each for each in capacities if rules.test_rule(rule_of(step, "decider"), each, step)), None)
    if found is None:
        raise Refused(f"{signataire} n’avait pas le droit de décider sur ce dossier à la date de la signature.")
    return found


@transaction.atomic
def confirm_paper_decision(*, decision: Decision, by: Acteur, now: datetime) -> Decision:
    """The second person, who has the right to decide, confirms: the decision takes effect at the day it was signed.

    A decision on a request that was not notified by its last day did not stop the silence: the rejection is recorded
    first, then granted after. One on a projet de santé proves the silence wrong if it was notified in time; signed in
    time and notified after, it is kept "à vérifier".
    """
    locked = lock_waiting(decision, by=by)
    event = _ACTS[NatureDecision(locked.nature)](locked, by, now)
    if event is None:
        mark_to_verify(locked, by=by, now=now)
    else:
        mark_taken(locked, evenement=event.pk, by=by, now=now)
    return locked


@transaction.atomic
def discard_paper_decision(*, decision: Decision, by: Acteur, now: datetime) -> Decision:
    """The second person does not confirm; nothing was decided."""
    step = step_of(decision)
    if not rules.test_rule(rule_of(step, "decider"), by, step):
        raise Refused("Seule une personne qui peut décider écarte une décision saisie sur papier.")
    locked = lock_waiting(decision, by=by)
    set_aside(locked, by=by, now=now)
    return locked


def step_of(decision: Decision) -> Step:
    """The letter, the request or the project a decision is about, with its file."""
    if decision.nature in SUR_UN_PROJET:
        return ProjetSante.objects.select_related("dossier", "delai").get(pk=decision.etape_id)
    if decision.nature in (NatureDecision.VALIDATION_LETTRE, NatureDecision.REFUS_LETTRE):
        return LettreIntention.objects.select_related("dossier", "demande").get(pk=decision.etape_id)
    return DemandeFir.objects.select_related("dossier", "financeur", "delai").get(pk=decision.etape_id)


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
    if silence_over(demande, decision, on=timezone.localdate(now)):
        instruction.record_rejection(demande=demande, now=now)
    return grant_request(
        demande=demande, montant=decision.montant, motivation=decision.motivation, by=by, now=now, paper=decision
    )


def _on_project(decision: Decision, by: Acteur, now: datetime) -> Evenement | None:
    if not rules.test_rule("projet.decider", by, step_of(decision)):
        raise Refused("Seule une personne qui peut décider confirme cette décision.")
    return take_paper_decision(decision=decision, by=by, now=now)


def _refuse_request(decision: Decision, by: Acteur, now: datetime) -> Evenement:
    demande = DemandeFir.objects.get(pk=decision.etape_id)
    if sentence := silence_over(demande, decision, on=timezone.localdate(now)):
        raise Refused(f"{sentence} Écartez cette saisie.")
    return instruction.refuse(demande=demande, motivation=decision.motivation, by=by, now=now, paper=decision)


_ACTS: dict[NatureDecision, Callable[[Decision, Acteur, datetime], Evenement | None]] = {
    **dict.fromkeys(SUR_UN_PROJET, _on_project),
    NatureDecision.VALIDATION_LETTRE: _validate,
    NatureDecision.REFUS_LETTRE: _refuse,
    NatureDecision.ACCORD_FIR: _grant,
    NatureDecision.REFUS_FIR: _refuse_request,
}
