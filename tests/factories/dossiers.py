"""Files, territories and pieces for tests. Invented names only."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import factory
from django.core.files.base import ContentFile

from accounts.acteur import Acteur
from dossiers.models import Dossier, PartTerritoire, Piece, Territoire
from dossiers.services.territoires import Mesure
from dossiers.states import GenrePiece, Visibilite
from guichet.kernel.text import normalise
from territories.models import Commune
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur

SEUILS = ((1, 0), (2, 40_000), (3, 80_000), (4, 175_000))


def taille_de(population: int) -> int:
    return max((taille for taille, start in SEUILS if start <= population), default=0) if population else 0


MESURE = Mesure("essai", taille_de)


class DossierFactory(factory.django.DjangoModelFactory[Dossier]):
    """A file only its association reads, unless told otherwise; deposited, it takes a reference."""

    class Meta:
        model = Dossier

    class Params:
        depose = factory.Trait(
            visibilite=Visibilite.GUICHET, reference=factory.Sequence(lambda n: f"ESSAI-31-2026-{n:04d}")
        )

    nom = factory.Sequence(lambda n: f"CPTS des Collines {n}")
    nom_normalise = factory.LazyAttribute(lambda o: normalise(o.nom))
    association = factory.SubFactory(OrganisationFactory)
    region = "76"
    created_at = NOW
    created_by = factory.LazyAttribute(lambda o: MembershipFactory(organisation=o.association).user)


def porteur(dossier: Dossier, *, droits: Sequence[str] = ("rediger", "deposer", "gerer")) -> Acteur:
    """A member of the file's association, with these rights."""
    return acteur(MembershipFactory(organisation=dossier.association, droits=list(droits)))


def territoire(
    dossier: Dossier, *parts: str | tuple[str, str, int], numero: int = 1, fige_at: datetime | None = None
) -> Territoire:
    """A version made of whole communes (their codes) and quarters (code, name, inhabitants), measured and frozen."""
    version = Territoire.objects.create(dossier=dossier, numero=numero, created_at=NOW, created_by=dossier.created_by)
    communes = Commune.objects.in_bulk([part if isinstance(part, str) else part[0] for part in parts])
    rows = [_part(version, part, communes) for part in parts]
    PartTerritoire.objects.bulk_create(rows)
    population = sum(row.population for row in rows)
    departements = sorted({row.commune.departement_id for row in rows})
    Territoire.objects.filter(pk=version.pk).update(
        population=population, taille=taille_de(population), bareme="essai", departements=departements, fige_at=fige_at
    )
    version.refresh_from_db()
    return version


def _part(version: Territoire, part: str | tuple[str, str, int], communes: dict[str, Commune]) -> PartTerritoire:
    if isinstance(part, str):
        commune = communes[part]
        return PartTerritoire(
            territoire=version, commune=commune, population=commune.population or 0, millesime=commune.millesime_id
        )
    code, nom, population = part
    return PartTerritoire(
        territoire=version,
        commune=communes[code],
        nom=nom,
        population=population,
        millesime=communes[code].millesime_id,
        source="Recensement par quartier",
        motif="Habitudes de soins",
    )


class PieceFactory(factory.django.DjangoModelFactory[Piece]):
    """A small file already joined; `contenu` is its bytes."""

    class Meta:
        model = Piece

    class Params:
        contenu = factory.Sequence(lambda n: b"%%PDF-1.7 piece %d" % n)

    dossier = factory.SubFactory(DossierFactory)
    genre = GenrePiece.AUTRE
    nom = factory.Sequence(lambda n: f"piece-{n}.pdf")
    fichier = factory.LazyAttribute(lambda o: ContentFile(o.contenu, name="piece.pdf"))
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.contenu).hexdigest())
    taille = factory.LazyAttribute(lambda o: len(o.contenu))
    type_mime = "application/pdf"
    recue_le = NOW.date()
    deposee_par: Any = factory.LazyAttribute(lambda o: o.dossier.created_by)
    deposee_at = NOW
