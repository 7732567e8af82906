"""Opening a projet de santé: from a validated letter, from an attempt that ended, or without a letter."""

from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.services.memberships import new_association
from dossiers.models import Dossier
from dossiers.services.naming import index
from dossiers.services.territoires import draft_of
from dossiers.states import EtatSection
from guichet.kernel.lifecycle import Refused
from guichet.kernel.text import normalise
from projects.lifecycles import PROJET
from projects.models import LettreIntention, ProjetSante, SectionProjet
from projects.models.projet import EN_COURS, VALIDES
from projects.reprise_lettre import prefill
from projects.rubriques_projet import FICHE_DOCUMENT, RUBRIQUES_PROJET, TERRITOIRE, is_fiche
from projects.selectors import missions_on, ordered_sections, with_sections
from projects.services.projets.silence import end_if_received
from projects.states import EtatLettre, EtatProjet

REPRIS = "la lettre d’intention"
A_RELIRE = "Relisez ce qui est repris, puis enregistrez."
TERMINES = (EtatProjet.OPPOSE, EtatProjet.RETIRE, EtatProjet.RETRAIT_PRONONCE)
"""After one of these, a new attempt starts from a copy."""


@transaction.atomic
def open_project(*, lettre: LettreIntention, by: Acteur, now: datetime) -> ProjetSante:
    """The draft of a project from a validated letter, its answers carried over and marked so.

    Refused while the letter is not validated, or when the file already has a project in progress or validated.
    """
    dossier = _judge(lettre.dossier, by=by)
    current = with_sections(LettreIntention.objects.filter(pk=lettre.pk)).get()
    if current.etat != EtatLettre.VALIDEE:
        raise Refused("Le projet de santé s’écrit une fois la lettre d’intention validée par l’ARS.")
    answers = {rubrique.cle: section.contenu for rubrique, section in ordered_sections(current)}
    projet = draft_project(dossier=dossier, by=by, now=now, lettre=current)
    _fill(projet, prefill(answers, missions=missions_on(timezone.localdate(now))), repris_de=REPRIS)
    return projet


@transaction.atomic
def copy_project(*, projet: ProjetSante, by: Acteur, now: datetime) -> ProjetSante:
    """A new attempt from one that ended by an opposition or a withdrawal: its answers, its sheets, its document."""
    dossier = _judge(projet.dossier, by=by)
    current = ProjetSante.objects.get(pk=projet.pk)
    if current.etat not in TERMINES:
        raise Refused("Une nouvelle tentative suit une opposition ou un retrait.")
    copy = draft_project(
        dossier=dossier,
        by=by,
        now=now,
        lettre=current.lettre,
        copie_de=current,
        forme=current.forme,
        document=current.document,
        sans_lettre=current.sans_lettre,
    )
    when = timezone.localdate(current.depose_at or current.created_at)
    for section in current.sections.exclude(cle=TERRITOIRE).order_by("pk"):
        SectionProjet.objects.update_or_create(
            projet=copy,
            cle=section.cle,
            defaults={
                "contenu": section.contenu,
                "manques": section.manques,
                "etat": section.etat,
                "repris_de": f"le projet du {when:%d/%m/%Y}" if section.contenu else "",
            },
        )
    return copy


@transaction.atomic
def open_without_letter(*, nom_cpts: str, nom_association: str, motif: str, by: Acteur, now: datetime) -> ProjetSante:
    """A file whose letter was made elsewhere: the Guichet opens it, for a reason; its people are then invited.

    Refused to anyone else, and without a reason.
    """
    if by.genre != "guichet" or not by.has("instruire"):
        raise Refused("Seul le Guichet ouvre un projet de santé sans lettre d’intention.")
    if not motif.strip():
        raise Refused("Dites pourquoi la lettre d’intention n’est pas dans le portail.")
    dossier = Dossier.objects.create(
        nom=nom_cpts,
        nom_normalise=normalise(nom_cpts),
        association=new_association(nom=nom_association, region=by.region),
        region=by.region,
        created_at=now,
        created_by=by.user,
    )
    index(dossier)
    return draft_project(dossier=dossier, by=by, now=now, sans_lettre=motif.strip())


def draft_project(*, dossier: Dossier, by: Acteur, now: datetime, **values: Any) -> ProjetSante:
    """The row and its empty sections; the territory starts from the last one deposited. The caller judged who may."""
    if ProjetSante.objects.filter(dossier=dossier, etat__in=[*EN_COURS, *VALIDES]).exists():
        raise Refused("Ce dossier a déjà un projet de santé en cours ou validé.")
    _refuse_while_the_first_runs(dossier, by=by, now=now)
    projet = ProjetSante.objects.create(dossier=dossier, created_at=now, created_by=by.user, **values)
    territoire = draft_of(dossier=dossier, by=by, now=now)
    there = bool(territoire.population)
    SectionProjet.objects.bulk_create(
        SectionProjet(
            projet=projet,
            cle=cle,
            etat=EtatSection.COMPLET if cle == TERRITOIRE and there else EtatSection.A_COMMENCER,
        )
        for cle in (*(rubrique.cle for rubrique in RUBRIQUES_PROJET), FICHE_DOCUMENT)
    )
    return projet


def _refuse_while_the_first_runs(dossier: Dossier, *, by: Acteur, now: datetime) -> None:
    """An opposition not received yet has not ended its period: the silence may still validate that attempt."""
    opposed = ProjetSante.objects.filter(dossier=dossier, etat=EtatProjet.OPPOSE, delai__clos_at=None)
    for projet in opposed.exclude(delai=None).order_by("pk"):
        if not end_if_received(PROJET.lock(projet), now=now):
            first = (
                "L’association n’a pas encore ouvert l’opposition faite au projet précédent"
                if by.est_agent
                else "Ouvrez d’abord la décision d’opposition"
            )
            raise Refused(
                f"{first}\u00a0: tant qu’elle n’est pas reçue, le délai de deux mois court encore sur ce projet, et le "
                "silence peut le valider."
            )


def _judge(dossier: Dossier, *, by: Acteur) -> Dossier:
    locked = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)
    if not rules.test_rule("dossier.rediger", by, locked):
        raise Refused("Seule une personne qui écrit pour l’association ouvre son projet de santé.")
    return locked


def _fill(projet: ProjetSante, contenus: dict[str, dict[str, Any]], *, repris_de: str) -> None:
    """Carry answers over: what is carried stays to be read again by a person."""
    for cle, contenu in contenus.items():
        carried = {name: value for name, value in contenu.items() if value not in (None, "", [])}
        if not carried:
            continue
        defaults = {
            "contenu": contenu,
            "etat": EtatSection.EN_COURS,
            "manques": [[f"id_{next(iter(carried))}", A_RELIRE]],
            "repris_de": repris_de,
        }
        if is_fiche(cle):
            SectionProjet.objects.create(projet=projet, cle=cle, **defaults)
        else:
            SectionProjet.objects.filter(projet=projet, cle=cle).update(**defaults)
