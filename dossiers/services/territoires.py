"""Writing the territory of a file: parts added and removed in a draft version, frozen at a deposit.

Each function locks the dossier first. Whether the draft may be written at all (a letter being written, an avenant) is
judged by the service of the step that calls.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from dossiers.models import Dossier, PartTerritoire, Territoire
from dossiers.states import Visibilite
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import nombre
from guichet.kernel.text import normalise
from territories.models import Commune
from territories.selectors import communes, communes_of_epci

if TYPE_CHECKING:
    from accounts.acteur import Acteur

PARTS_MAX = 1500
"""Parts of one territory: three times the largest ever seen, below what a page can show."""


@dataclass(frozen=True)
class Mesure:
    """How a population becomes a size, and the code of the barème that says so. Given by the layer of money."""

    bareme: str
    taille_de: Callable[[int], int]


@dataclass
class Ajout:
    """What a gesture did: communes added, already there, and left out, each with its sentence."""

    ajoutees: int = 0
    deja: int = 0
    ecartees: list[str] = field(default_factory=list)


@transaction.atomic
def draft_of(*, dossier: Dossier, by: "Acteur", now: datetime) -> Territoire:
    """The version being written; if there is none, a copy of the last frozen one, or an empty first version."""
    _lock(dossier)
    draft = Territoire.objects.filter(dossier=dossier, fige_at=None).first()
    if draft is not None:
        return draft
    last = Territoire.objects.filter(dossier=dossier).order_by("-numero").first()
    draft = Territoire.objects.create(
        dossier=dossier, numero=last.numero + 1 if last else 1, created_at=now, created_by=by.user
    )
    return _copied(last, draft) if last else draft


@transaction.atomic
def add_parts(*, dossier: Dossier, codes: Collection[str], by: "Acteur", now: datetime, mesure: Mesure) -> Ajout:
    """Add whole communes or municipal arrondissements by their codes; what is already there stays as it is.

    Raises ValidationError, and adds nothing, for a code the official list does not know, a commune of which quarters
    or arrondissements are already there, an arrondissement of a city that is there whole, or too many parts.
    """
    found = communes(codes)
    unknown = sorted(set(codes) - set(found))
    if unknown:
        raise ValidationError(f"La liste officielle ne connaît pas de commune de code «\u00a0{unknown[0][:12]}\u00a0».")
    territoire = draft_of(dossier=dossier, by=by, now=now)
    ajout = _add(territoire, found.values(), mesure)
    if ajout.ecartees:
        raise ValidationError(ajout.ecartees)
    return ajout


@transaction.atomic
def add_epci(*, dossier: Dossier, epci: str, by: "Acteur", now: datetime, mesure: Mesure) -> Ajout:
    """Add every commune of an EPCI in one gesture; those already there in part are left out, and said.

    Raises ValidationError for an unknown EPCI or too many parts.
    """
    found = list(communes_of_epci(epci))
    if not found:
        raise ValidationError(f"La liste officielle ne connaît pas d’EPCI de numéro «\u00a0{epci[:12]}\u00a0».")
    territoire = draft_of(dossier=dossier, by=by, now=now)
    return _add(territoire, found, mesure)


@transaction.atomic
def add_quartier(
    *,
    dossier: Dossier,
    code: str,
    nom: str,
    population: int,
    source: str,
    motif: str,
    by: "Acteur",
    now: datetime,
    mesure: Mesure,
) -> PartTerritoire:
    """Add a named part of a commune, with its declared population, the source of that figure and the reason.

    Raises ValidationError, by field, for an unknown commune, a city divided in arrondissements, a commune already
    there whole, a name already used, or when the quarters would have more inhabitants than the commune.
    """
    commune = communes([code]).get(code)
    if commune is None:
        raise ValidationError({"commune": "La liste officielle ne connaît pas cette commune."})
    territoire = draft_of(dossier=dossier, by=by, now=now)
    _judge_quartier(territoire, commune, nom=nom, population=population)
    part = PartTerritoire.objects.create(
        territoire=territoire,
        commune=commune,
        nom=nom.strip(),
        population=population,
        millesime=commune.millesime_id,
        source=source.strip(),
        motif=motif.strip(),
    )
    recompute(territoire, mesure=mesure)
    return part


@transaction.atomic
def remove_parts(*, dossier: Dossier, parts: Collection[int], by: "Acteur", now: datetime, mesure: Mesure) -> int:
    """Remove these parts of the file from its draft, and say how many were there: removing twice is harmless.

    A part is named by its id in any version of the file: the page may show the frozen one the draft is copied from.
    """
    territoire = draft_of(dossier=dossier, by=by, now=now)
    named = PartTerritoire.objects.filter(pk__in=parts, territoire__dossier=dossier).order_by("pk")
    wanted = set(named.values_list("commune", "nom"))
    present = PartTerritoire.objects.filter(territoire=territoire).order_by("pk").values_list("pk", "commune", "nom")
    removed, _ = PartTerritoire.objects.filter(
        territoire=territoire, pk__in=[pk for pk, commune, nom in present if (commune, nom) in wanted]
    ).delete()
    if removed:
        recompute(territoire, mesure=mesure)
    return removed


@transaction.atomic
def choose_pilote(*, dossier: Dossier, departement: str, by: "Acteur", now: datetime) -> None:
    """Name the département that leads among those of the territory; ValidationError for another, and once agents read
    the file: the Guichet then moves it.
    """
    territoire = draft_of(dossier=dossier, by=by, now=now)
    if departement not in territoire.departements:
        raise ValidationError("Le département pilote est l’un de ceux du territoire.")
    if dossier.visibilite != Visibilite.PORTEUR and departement != dossier.departement_pilote_id:
        raise ValidationError("Ce dossier est déjà déposé\u00a0: le Guichet en change le département pilote.")
    Dossier.objects.filter(pk=dossier.pk).update(departement_pilote=departement)
    dossier.departement_pilote_id = departement


@transaction.atomic
def freeze(*, dossier: Dossier, now: datetime) -> Territoire:
    """Freeze the version being written, as part of a deposit; its départements become the perimeter of the file.

    Without a draft the last frozen version is the one deposited. Refuses an empty territory.
    """
    _lock(dossier)
    territoire = Territoire.objects.filter(dossier=dossier).order_by("-numero").first()
    if territoire is None or not territoire.population:
        raise Refused("Le territoire est vide\u00a0: choisissez au moins une commune.")
    if territoire.fige_at is None:
        Territoire.objects.filter(pk=territoire.pk).update(fige_at=now)
        territoire.fige_at = now
    changes: dict[str, object] = {"departements": territoire.departements}
    if dossier.departement_pilote_id and dossier.departement_pilote_id not in territoire.departements:
        changes["departement_pilote_id"] = _counted(territoire)[0][0]
    Dossier.objects.filter(pk=dossier.pk).update(**changes)
    for name, value in changes.items():
        setattr(dossier, name, value)
    return territoire


def recompute(territoire: Territoire, *, mesure: Mesure) -> None:
    """Write population, size and départements from the parts, and keep the pilot département among them.

    The pilot is by default the most populated one. A file agents already read keeps its perimeter and its pilot until
    the next deposit. The caller holds the lock on the dossier.
    """
    counted = _counted(territoire)
    population = sum(total for _, total in counted)
    departements = sorted(code for code, _ in counted)
    written = {
        "population": population,
        "taille": mesure.taille_de(population),
        "bareme": mesure.bareme,
        "departements": departements,
    }
    Territoire.objects.filter(pk=territoire.pk).update(**written)
    for name, value in written.items():
        setattr(territoire, name, value)
    dossier = Dossier.objects.get(pk=territoire.dossier_id)
    if dossier.visibilite != Visibilite.PORTEUR:
        return
    changes: dict[str, object] = {}
    if dossier.departement_pilote_id not in departements:
        changes["departement_pilote"] = counted[0][0] if counted else None
    if dossier.departements != departements:
        changes["departements"] = departements
    if changes:
        Dossier.objects.filter(pk=dossier.pk).update(**changes)


def _counted(territoire: Territoire) -> list[tuple[str, int]]:
    """The inhabitants of each département of the territory, the most populated first."""
    by_departement = (
        PartTerritoire.objects.filter(territoire=territoire)
        .values_list("commune__departement")
        .annotate(total=Sum("population"))
        .order_by("-total", "commune__departement")
    )
    return list(by_departement)


def _lock(dossier: Dossier) -> None:
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)


def _copied(last: Territoire, draft: Territoire) -> Territoire:
    """The parts and figures of the last frozen version, in the new one."""
    copied = {name: getattr(last, name) for name in ("population", "taille", "bareme", "departements")}
    Territoire.objects.filter(pk=draft.pk).update(**copied)
    for name, value in copied.items():
        setattr(draft, name, value)
    parts = list(PartTerritoire.objects.filter(territoire=last).order_by("pk"))
    for part in parts:
        part.pk, part.territoire = None, draft
    PartTerritoire.objects.bulk_create(parts)
    return draft


def _add(territoire: Territoire, wanted: Iterable[Commune], mesure: Mesure) -> Ajout:
    """Add what can be; the result says what was left out and why."""
    rows = PartTerritoire.objects.filter(territoire=territoire).values_list("commune", "nom", "commune__parent")
    present = _Present(list(rows))
    ajout, parts = Ajout(), []
    for commune in wanted:
        if commune.code in present.entieres:
            ajout.deja += 1
        elif reason := present.against(commune):
            ajout.ecartees.append(reason)
        else:
            present.entieres.add(commune.code)
            present.villes.add(commune.parent_id)
            parts.append(_whole(territoire, commune))
    if present.nombre + len(parts) > PARTS_MAX:
        raise ValidationError(f"Un territoire compte au plus {nombre(PARTS_MAX)} communes et quartiers.")
    if parts:
        PartTerritoire.objects.bulk_create(parts)
        recompute(territoire, mesure=mesure)
    ajout.ajoutees = len(parts)
    return ajout


class _Present:
    """What a territory holds: whole communes, communes cut in quarters, cities of which arrondissements are there."""

    def __init__(self, rows: list[tuple[str, str, str | None]]) -> None:
        self.nombre = len(rows)
        self.entieres = {code for code, nom, _ in rows if not nom}
        self.divisees = {code for code, nom, _ in rows if nom}
        self.villes: set[str | None] = {parent for _, _, parent in rows}

    def against(self, commune: Commune) -> str:
        """ "" when the whole commune may be added, else a French sentence."""
        if commune.code in self.divisees:
            return f"{commune.nom}\u00a0: des quartiers sont déjà choisis. Retirez-les pour ajouter la commune entière."
        if commune.code in self.villes:
            return (
                f"{commune.nom}\u00a0: des arrondissements sont déjà choisis. "
                "Retirez-les pour ajouter la ville entière."
            )
        if commune.parent_id in self.entieres:
            return (
                f"{commune.nom}\u00a0: la ville entière est déjà choisie. Retirez-la pour choisir des arrondissements."
            )
        return ""


def _whole(territoire: Territoire, commune: Commune) -> PartTerritoire:
    return PartTerritoire(
        territoire=territoire,
        commune=commune,
        population=commune.population or 0,
        millesime=commune.millesime_id,
    )


def _judge_quartier(territoire: Territoire, commune: Commune, *, nom: str, population: int) -> None:
    family = {commune.code, commune.parent_id}
    rows = list(PartTerritoire.objects.filter(territoire=territoire, commune__in=family - {None}).order_by("pk"))
    if any(not part.nom for part in rows):
        raise ValidationError({"commune": f"{commune.nom} est déjà dans le territoire en entier."})
    if Commune.objects.filter(parent=commune).exists():
        raise ValidationError({"commune": f"{commune.nom} a des arrondissements\u00a0: choisissez l’un d’eux."})
    if normalise(nom) in {normalise(part.nom) for part in rows}:
        raise ValidationError({"nom": f"«\u00a0{nom.strip()}\u00a0» est déjà dans la liste pour {commune.nom}."})
    left = (commune.population or 0) - sum(part.population for part in rows)
    if population > left:
        raise ValidationError(
            {
                "population": f"{commune.nom} compte {nombre(commune.population or 0)} habitants\u00a0; il en reste "
                f"{nombre(max(left, 0))} hors des quartiers déjà choisis."
            }
        )
