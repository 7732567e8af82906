"""Opening a funding request, writing its sections, depositing and withdrawing it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rules
from django.db import transaction
from django.db.models import F

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.states import Genre
from dossiers.models import Dossier, Section
from dossiers.questions import Manque
from dossiers.selectors.reglages import valeur
from dossiers.services.delais import Acte, close, open_delai
from dossiers.services.sections import save_section
from dossiers.states import EtatSection, NatureMouvement
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir, EvenementFir, SectionFir
from funding.sections import BUDGET_PROJET, BUDGETS, DEMANDE, RUBRIQUES
from funding.selectors import running_period
from funding.states import EtatDemandeFir, GenreBudget, ObjetDemande, Regime
from guichet.kernel.civil import civil_day
from guichet.kernel.deadlines import Depart
from guichet.kernel.deadlines import Regime as RegimeSilence
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused

A_RELIRE = "Relisez ce qui est repris de {source}, puis enregistrez."


@transaction.atomic
def create_request(
    *, dossier: Dossier, by: Acteur, now: datetime, financeur: Organisation, objet: str = ObjetDemande.AMORCAGE
) -> DemandeFir:
    """A draft request of the file to `financeur`, with its empty sections. Refuses who may not write for the file.

    The silence of the ARS rejects (CRPA L231-4 3°); that of a URPS has no effect.
    """
    if not rules.test_rule("dossier.rediger", by, dossier):
        raise Refused("Vous n’avez pas le droit d’écrire au nom de cette association.")
    return draft_request(dossier=dossier, financeur=financeur, objet=objet, now=now)


def draft_request(
    *,
    dossier: Dossier,
    financeur: Organisation,
    now: datetime,
    objet: str = ObjetDemande.AMORCAGE,
    origine: str = Origine.PORTAIL,
    montant: Decimal = Decimal(0),
) -> DemandeFir:
    """The row and its empty sections; the caller judged who may."""
    demande = DemandeFir.objects.create(
        dossier=dossier,
        financeur=financeur,
        objet=objet,
        regime=Regime.REJET if financeur.genre in (Genre.ARS, Genre.DD_ARS) else Regime.AUCUN,
        origine=origine,
        montant_demande=montant,
        created_at=now,
    )
    SectionFir.objects.bulk_create(SectionFir(demande=demande, cle=rubrique.cle) for rubrique in RUBRIQUES)
    return demande


def lock_for_writing(demande: DemandeFir, *, by: Acteur) -> DemandeFir:
    """The request, locked after its file, when `by` may still write it; Refused otherwise."""
    locked: DemandeFir = DEMANDE_FIR.lock(demande)
    if not rules.test_rule("demande.rediger", by, locked):
        raise Refused("Vous n’avez pas le droit d’écrire dans cette demande.")
    if locked.etat != EtatDemandeFir.BROUILLON:
        raise Refused(not_writable(locked))
    return locked


def not_writable(demande: DemandeFir) -> str:
    """Why a request that left the draft is no longer written."""
    return f"Cette demande est «\u00a0{demande.get_etat_display()}\u00a0»\u00a0: elle ne se modifie plus."


@transaction.atomic
def save_request_section(
    *,
    demande: DemandeFir,
    cle: str,
    contenu: dict[str, Any],
    manques: list[Manque],
    version: int,
    by: Acteur,
    now: datetime,
) -> Section:
    """Save one section of a draft, budgets excepted. Raises VersionConflict (nothing written) or Refused.

    The amount asked, typed in `demande`, is kept on the request too, and the project's budget is judged again by it.
    """
    if cle in BUDGETS.values():
        raise ValueError("a budget is saved by save_budget")
    locked = lock_for_writing(demande, by=by)
    section = locked.sections.get(cle=cle)
    saved = save_section(section, contenu=contenu, manques=manques, version=version, by=by, now=now)
    if cle == DEMANDE:
        _ask(locked, Decimal(contenu["montant"] or 0))
    return saved


def _ask(demande: DemandeFir, montant: Decimal) -> None:
    if montant == demande.montant_demande:
        return
    DemandeFir.objects.filter(pk=demande.pk).update(montant_demande=montant)
    demande.montant_demande = montant
    budget = demande.sections.get(cle=BUDGET_PROJET)
    if budget.etat != EtatSection.A_COMMENCER:
        manques = as_manques(demande.budget_defects(GenreBudget.PROJET))
        etat = EtatSection.EN_COURS if manques else EtatSection.COMPLET
        SectionFir.objects.filter(pk=budget.pk).update(manques=[list(m) for m in manques], etat=etat)


def as_manques(defects: list[str]) -> list[Manque]:
    """What a budget still lacks, as a section tells it: each leads to the budget itself."""
    return [("id_budget", phrase) for phrase in defects]


@transaction.atomic
def prefill(
    *, demande: DemandeFir, valeurs: dict[str, dict[str, Any]], source: str, by: Acteur, now: datetime
) -> list[str]:
    """Carry answers given elsewhere into the sections nobody has saved yet; return the keys of those written.

    `valeurs`: section key to its answers, as a section keeps them. What is carried over is marked `repris_de` and
    stays incomplete until a person has read and saved it. Running it again with the same answers changes nothing.
    """
    locked = lock_for_writing(demande, by=by)
    written = []
    for section in locked.sections.filter(cle__in=valeurs).order_by("pk"):
        carried = {name: value for name, value in valeurs[section.cle].items() if value not in (None, "", [])}
        contenu = {**section.contenu, **carried}
        untouched = section.modifie_at is None or section.repris_de
        if not carried or not untouched or contenu == section.contenu:
            continue
        SectionFir.objects.filter(pk=section.pk).update(
            contenu=contenu,
            etat=EtatSection.EN_COURS,
            manques=[[f"id_{next(iter(carried))}", A_RELIRE.format(source=source)]],
            repris_de=source,
            version=F("version") + 1,
            modifie_par=by.user,
            modifie_at=now,
        )
        written.append(section.cle)
    return written


@transaction.atomic
def deposit_request(*, demande: DemandeFir, by: Acteur, now: datetime) -> EvenementFir:
    """Deposit the request; the amount asked enters the journal. Refused with what blocks.

    Opens the period of the silence where the region counts it from the deposit (`origine_delai_rejet`); deposited
    again after a re-opening, a new one.
    """
    event: EvenementFir = DEMANDE_FIR.apply(
        demande,
        "deposer",
        by=by,
        now=now,
        changes={"deposee_at": now},
        donnees={"montant_demande": str(demande.montant_demande)},
    )
    start_period(demande, depart=Depart.DEPOT, le=civil_day(now), acte=Acte(by, now))
    return event


def start_period(demande: DemandeFir, *, depart: Depart, le: date, acte: Acte) -> None:
    """Open the period of a request whose silence rejects, if `depart` is the receipt the region counts from (U5, U11).

    The caller holds the lock. Nothing for a funder without a legal period, or while a period runs. The receipt is that
    of the setting on the day of the deposit: a region that changes it leaves no request without a period.
    """
    deposited = civil_day(demande.deposee_at) if demande.deposee_at else le
    counted = valeur("origine_delai_rejet", on=deposited, defaut=Depart.DEPOT.value)
    if demande.regime != Regime.REJET or running_period(demande) or counted != depart.value:
        return
    delai = open_delai(dossier=demande.dossier, regime=RegimeSilence.REJET, depart=depart, le=le, acte=acte)
    DemandeFir.objects.filter(pk=demande.pk).update(delai=delai)
    demande.delai = delai


@transaction.atomic
def withdraw_request(*, demande: DemandeFir, motif: str, by: Acteur, now: datetime) -> EvenementFir:
    """Withdraw the request with its reason, whatever its state before a decision; its period ends."""
    event: EvenementFir = DEMANDE_FIR.apply(demande, "retirer", by=by, now=now, motif=motif)
    close(running_period(demande), NatureMouvement.RETRAIT, le=civil_day(now), acte=Acte(by, now))
    return event
