"""Territories to choose from, each measured once by the services: population, size, parts, and how a paper tells it."""

import json
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.acteur import Acteur
from bench.facts import Lot, place_letter
from dossiers.models import Dossier, PartTerritoire, Territoire
from guichet.kernel.civil import PARIS
from portal.demonstration.comptes import Compte, create_porteur
from projects.models import LettreIntention
from projects.services.opening import open_letter
from projects.territory_blocs import territory_blocs
from territories.models import Commune

NOW = datetime(2026, 5, 17, 12, tzinfo=PARIS)
PART = ("commune", "nom", "population", "millesime", "source", "motif")

QUARTIERS = 12
"""Quarters of the most populated commune: a large town has several communities."""


@dataclass(frozen=True)
class Place:
    """What the services make of a lot."""

    lot: Lot
    population: int
    taille: int
    bareme: str
    departements: list[str]
    pilote: str
    pilote_nom: str
    parts: list[tuple[Any, ...]]
    blocs: str
    """The territory as the context of a paper keeps it: JSON, keys sorted."""


def draw_lots(count: int, *, departements: list[str], seed: int = 2026) -> list[Lot]:
    """Territories of 3 to 60 neighbouring communes (of one EPCI, or of two), and quarters of the largest commune."""
    draw = random.Random(seed)
    rows = Commune.objects.filter(
        departement__in=departements, nature=Commune.Nature.COMMUNE, population__gt=0, epci__isnull=False
    ).order_by("epci__departements", "epci", "nom_normalise", "code")
    by_epci: dict[str, list[str]] = {}
    for code, epci in rows.values_list("code", "epci"):
        by_epci.setdefault(epci, []).append(code)
    groups = list(by_epci.values())
    largest = rows.order_by("-population").values_list("code", "population").first()
    lots = [
        Lot(quartier=(largest[0], f"Quartiers, secteur {n}", largest[1] // (QUARTIERS + n)))
        for n in range(min(QUARTIERS, count // 4))
    ]
    while len(lots) < count:
        at = draw.randrange(len(groups))
        near = groups[at] + (groups[(at + 1) % len(groups)] if draw.random() < 0.2 else [])
        size = min(len(near), draw.choice((3, 5, 6, 8, 8, 10, 12, 15, 20, 30, 60)))
        start = draw.randrange(len(near) - size + 1)
        lots.append(Lot(communes=tuple(near[start : start + size])))
    return lots


def measure(lots: list[Lot], *, region: str) -> list[Place]:
    """Ask the services what each of these territories is; nothing stays in the database."""
    with transaction.atomic():
        someone = Compte("mesure.zibeline@mesure.example", "Prénom", "Nom", "", "", "Association de mesure", ())
        by = create_porteur(someone, region=region, now=NOW)
        lettre = open_letter(nom_cpts="CPTS de mesure", nom_association="", by=by, region=region, now=NOW)
        places = [_measure(lettre, lot, by=by) for lot in lots]
        transaction.set_rollback(True)
    return places


def _measure(lettre: LettreIntention, lot: Lot, *, by: Acteur) -> Place:
    with transaction.atomic():
        place_letter(lettre, lot, by=by, now=NOW)
        territoire = Territoire.objects.get(dossier=lettre.dossier_id)
        pilote = Dossier.objects.select_related("departement_pilote").get(pk=lettre.dossier_id).departement_pilote
        parts = PartTerritoire.objects.filter(territoire=territoire).order_by("pk")
        place = Place(
            lot=lot,
            population=territoire.population,
            taille=territoire.taille,
            bareme=territoire.bareme,
            departements=territoire.departements,
            pilote=pilote.pk,
            pilote_nom=str(pilote),
            parts=list(parts.values_list(*PART)),
            blocs=json.dumps(territory_blocs(territoire), sort_keys=True, ensure_ascii=False),
        )
        transaction.set_rollback(True)
    return place
