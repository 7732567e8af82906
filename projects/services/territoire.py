"""Writing the territory of a letter or a project: the step is locked, judged, its draft changes, its list follows."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Dossier, Territoire
from dossiers.questions import Manque
from dossiers.services import territoires
from dossiers.services.territoires import Ajout, Mesure
from dossiers.states import EtatSection
from funding.calculations import size
from funding.models import Bareme
from funding.selectors import bareme_on
from projects.models import LettreIntention, ProjetSante
from projects.sections import TERRITOIRE
from projects.services.projets.writing import lock_for_writing as lock_project
from projects.services.writing import lock_for_writing

Etape = LettreIntention | ProjetSante
T = TypeVar("T")
VIDE: Manque = ("id_q", "Choisissez au moins une commune ou un quartier.")


def add_communes(*, etape: Etape, codes: Collection[str], by: Acteur, now: datetime) -> Ajout:
    """Add whole communes or arrondissements to the territory. Refused, or ValidationError, adds nothing."""
    return _change(
        etape,
        lambda dossier, mesure: territoires.add_parts(dossier=dossier, codes=codes, by=by, now=now, mesure=mesure),
        by=by,
        now=now,
    )


def add_epci(*, etape: Etape, epci: str, by: Acteur, now: datetime) -> Ajout:
    """Add every commune of an EPCI in one gesture."""
    return _change(
        etape,
        lambda dossier, mesure: territoires.add_epci(dossier=dossier, epci=epci, by=by, now=now, mesure=mesure),
        by=by,
        now=now,
    )


def add_quartier(
    *,
    etape: Etape,
    code: str,
    nom: str,
    population: int,
    source: str,
    motif: str,
    by: Acteur,
    now: datetime,
) -> None:
    """Add a named part of a commune with its declared population, its source and its reason."""
    _change(
        etape,
        lambda dossier, mesure: territoires.add_quartier(
            dossier=dossier,
            code=code,
            nom=nom,
            population=population,
            source=source,
            motif=motif,
            by=by,
            now=now,
            mesure=mesure,
        ),
        by=by,
        now=now,
    )


def remove_parts(*, etape: Etape, parts: Collection[int], by: Acteur, now: datetime) -> int:
    """Remove parts; say how many were there."""
    return _change(
        etape,
        lambda dossier, mesure: territoires.remove_parts(dossier=dossier, parts=parts, by=by, now=now, mesure=mesure),
        by=by,
        now=now,
    )


def choose_pilote(*, etape: Etape, departement: str, by: Acteur, now: datetime) -> None:
    """Name the département that leads."""
    _change(
        etape,
        lambda dossier, _: territoires.choose_pilote(dossier=dossier, departement=departement, by=by, now=now),
        by=by,
        now=now,
    )


def mesure_of(bareme: Bareme) -> Mesure:
    """How a published barème measures a population."""
    seuils = [(seuil.taille, seuil.population_min) for seuil in bareme.seuils.all()]
    return Mesure(bareme.code, lambda population: size(population, seuils))


@transaction.atomic
def _change(etape: Etape, act: Callable[[Dossier, Mesure], T], *, by: Acteur, now: datetime) -> T:
    """Lock dossier then letter, judge the right and the state, act, and bring the task list up to date."""
    locked = _locked(etape, by=by)
    done = act(locked.dossier, mesure_of(bareme_on(timezone.localdate(now))))
    _follow(locked, by=by, now=now)
    return done


def _locked(etape: Etape, *, by: Acteur) -> Etape:
    if isinstance(etape, ProjetSante):
        return lock_project(etape, by=by)
    return lock_for_writing(etape, by=by)


def _follow(etape: Etape, *, by: Acteur, now: datetime) -> None:
    territoire = Territoire.objects.get(dossier=etape.dossier_id, fige_at=None)
    empty = not territoire.population
    etape.sections.filter(cle=TERRITOIRE).update(
        etat=EtatSection.A_COMMENCER if empty else EtatSection.COMPLET,
        manques=[list(VIDE)] if empty else [],
        version=F("version") + 1,
        repris_de="",
        modifie_par=by.user,
        modifie_at=now,
    )
