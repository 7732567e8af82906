"""What tells one file from another, and one file written by the services from such facts. Invented people only."""

import io
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from accounts.acteur import Acteur
from accounts.services.mails import send_due
from bench.further import (
    CONSULTED,
    DUE,
    GRANTED,
    OPINION,
    PIECES,
    REFUSED,
    SENT,
    SENT_BACK,
    SILENT,
    WAYS,
    Scene,
    go_further,
)
from dossiers.models import Dossier
from dossiers.services.pieces import add_piece
from dossiers.services.rendering import render_due
from guichet.kernel import pdf
from guichet.kernel.civil import PARIS
from portal.demonstration.comptes import Compte, create_porteur
from portal.demonstration.ecriture import save_letter_answers, write_letter
from portal.demonstration.reponses import ASSOCIATION, PERSONNES
from projects.models import LettreIntention
from projects.sections import ASSOCIATION as RUBRIQUE_ASSOCIATION
from projects.sections import PERSONNES as RUBRIQUE_PERSONNES
from projects.services.depositing import deposit, withdraw
from projects.services.opening import open_letter
from projects.services.territoire import add_communes, add_quartier

QUARTIER = {"source": "Chiffre inventé pour la mesure", "motif": "Bassin de vie des habitants du quartier."}
MOTIF = "Le projet rejoint celui de la communauté voisine."
BEGUN, DRAFT, DEPOSITED, WITHOUT_REQUEST, WITHDRAWN, GIVEN_UP = (
    "brouillon commencé",
    "brouillon complet",
    "déposée avec demande",
    "déposée sans demande",
    "retirée après dépôt",
    "retirée avant dépôt",
)
SHARES = {
    DEPOSITED: 12,
    WITHOUT_REQUEST: 8,
    DRAFT: 12,
    BEGUN: 10,
    WITHDRAWN: 5,
    GIVEN_UP: 3,
    SENT_BACK: 5,
    CONSULTED: 12,
    OPINION: 5,
    SENT: 10,
    PIECES: 4,
    GRANTED: 8,
    REFUSED: 3,
    SILENT: 3,
}
"""Kinds of files, and how many of each in a hundred."""
AGES = {
    DEPOSITED: (0, 52),
    SENT_BACK: (7, 45),
    CONSULTED: (14, 33),
    OPINION: (23, 52),
    SENT: (26, 52),
    DUE: (26, 52),
    PIECES: (28, 52),
    GRANTED: (41, None),
    REFUSED: (41, None),
    SILENT: (67, None),
}
"""Days from the deposit to the last day of deposits, six days ago, at least and at most: nothing is left open that the
clock would have ended since.
"""

PRENOMS = (
    "Alix",
    "Andrea",
    "Camille",
    "Charlie",
    "Claude",
    "Dominique",
    "Eden",
    "Lou",
    "Maxime",
    "Morgan",
    "Noa",
    "Sacha",
)
NOMS = (
    "Ardoise",
    "Basalte",
    "Calcaire",
    "Diorite",
    "Feldspath",
    "Gabbro",
    "Graphite",
    "Granit",
    "Mica",
    "Silex",
    "Tuffeau",
)
SITES = (
    "des Coteaux",
    "des Vallées",
    "du Causse",
    "de la Garrigue",
    "des Étangs",
    "du Piémont",
    "des Sources",
    "du Canal",
)
COTES = ("du Nord", "du Levant", "du Midi", "du Couchant", "du Centre")


@dataclass(frozen=True)
class Lot:
    """What a territory is made of: whole communes, or one quarter (commune, name, population)."""

    communes: tuple[str, ...] = ()
    quartier: tuple[str, str, int] | None = None


@dataclass(frozen=True)
class Facts:
    """The values one file has of its own. `jour` is the day of its deposit, or of its last writing."""

    cpts: str
    association: str
    prenom: str
    nom: str
    courriel: str
    lot: Lot
    jour: date


def facts_number(n: int, *, kind: str, lots: list[Lot], first: date, last: date) -> Facts:
    """The facts of the file number `n`, always the same; deposited from `first` to `last`, at the age of its kind."""
    youngest, oldest = AGES.get(kind, (0, None))
    last = max(first, last - timedelta(days=youngest))
    if oldest is not None:
        first = max(first, last - timedelta(days=oldest - youngest))
    draw = random.Random(n)
    cpts = f"CPTS {draw.choice(SITES)} {draw.choice(COTES)} {n}"
    return Facts(
        cpts=cpts,
        association=f"Association {cpts}",
        prenom=draw.choice(PRENOMS),
        nom=f"{draw.choice(NOMS)} {n}",
        courriel=f"porteur{n}@mesure.example",
        lot=draw.choice(lots),
        jour=first + timedelta(days=draw.randrange((last - first).days + 1)),
    )


def write_file(kind: str, facts: Facts, *, region: str) -> LettreIntention:
    """The file of these facts, made by the forms and the services, its mails sent and its papers drawn.

    A blank page stands for each drawing: no page reads it, and `bench.papers` measures the real ones.
    """
    with patch.object(pdf, "render", lambda *_, **__: _pdf("papier")):
        return _write_file(kind, facts, region=region)


def _write_file(kind: str, facts: Facts, *, region: str) -> LettreIntention:
    at = _hours(facts.jour)
    compte = Compte(facts.courriel, facts.prenom, facts.nom, "", "Présidente", facts.association, ())
    by = create_porteur(compte, region=region, now=at[0])
    if kind == BEGUN:
        return _begin(facts, by=by, region=region, at=at)
    lettre = write_letter(
        by=by,
        region=region,
        nom=facts.cpts,
        communes=(),
        now=at[0],
        changes={RUBRIQUE_PERSONNES: _people(facts)},
        demande=kind != WITHOUT_REQUEST,
    )
    place_letter(lettre, facts.lot, by=by, now=at[0])
    for genre, nom in (("statuts", "statuts.pdf"), ("rib", "releve-identite.pdf")):
        add_piece(dossier=lettre.dossier, genre=genre, fichier=SimpleUploadedFile(nom, _pdf(nom)), by=by, now=at[0])
    if kind in (DEPOSITED, WITHOUT_REQUEST, WITHDRAWN) or kind in WAYS:
        deposit(lettre=lettre, by=by, now=at[1])
    if kind in (WITHDRAWN, GIVEN_UP):
        withdraw(lettre=lettre, motif=MOTIF, by=by, now=at[2])
    end = at[3]
    if kind in WAYS:
        _work_off(at[1] + timedelta(minutes=1))
        dossier = Dossier.objects.get(pk=lettre.dossier_id)
        scene = Scene(lettre.pk, by, dossier.departement_pilote_id or "", region, at[1])
        end = go_further(kind, scene)
    _work_off(end)
    return lettre


def _work_off(now: datetime) -> None:
    """What the worker does: send the mails, draw the papers."""
    while send_due(now=now) or render_due(now=now):
        pass


def place_letter(lettre: LettreIntention, lot: Lot, *, by: Acteur, now: datetime) -> None:
    """Give the letter its territory, in one gesture."""
    if lot.quartier:
        code, nom, population = lot.quartier
        add_quartier(etape=lettre, code=code, nom=nom, population=population, **QUARTIER, by=by, now=now)
    else:
        add_communes(etape=lettre, codes=lot.communes, by=by, now=now)


def _begin(facts: Facts, *, by: Acteur, region: str, at: tuple[datetime, ...]) -> LettreIntention:
    """A letter of which two sections are written, one not to its end."""
    lettre = open_letter(nom_cpts=facts.cpts, nom_association="", by=by, region=region, now=at[0])
    place_letter(lettre, facts.lot, by=by, now=at[0])
    about = {**ASSOCIATION, "nom": facts.association, "nom_cpts": facts.cpts}
    save_letter_answers(lettre, RUBRIQUE_ASSOCIATION, about, by=by, now=at[0])
    people = {**PERSONNES, **_people(facts), "referent_nom": ""}
    save_letter_answers(lettre, RUBRIQUE_PERSONNES, people, by=by, now=at[1])
    return lettre


def _people(facts: Facts) -> dict[str, Any]:
    return {"representant_nom": f"{facts.prenom} {facts.nom}", "representant_courriel": facts.courriel}


def _hours(jour: date) -> tuple[datetime, ...]:
    """When it was written, deposited, withdrawn, and when the worker passed, on the clock of Paris."""
    day = datetime(jour.year, jour.month, jour.day, tzinfo=PARIS)
    return (
        day + timedelta(days=-20, hours=14, minutes=5),
        day + timedelta(hours=9, minutes=30),
        day + timedelta(days=5, hours=17, minutes=45),
        day + timedelta(days=5, hours=17, minutes=46),
    )


@cache
def _pdf(nom: str) -> bytes:
    """A blank page, its bytes different for each name."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": nom})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
