"""Writing a projet de santé: a section, a fiche-action, the choice of one's own document."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import rules
from django.conf import settings
from django.db import transaction

from accounts.acteur import Acteur
from dossiers.models import Piece, Section
from dossiers.questions import Manque
from dossiers.services.pieces import add_piece
from dossiers.services.sections import save_section
from dossiers.states import EtatSection, GenrePiece
from guichet.kernel.lifecycle import Refused
from projects.catalogue import example
from projects.lifecycles import PROJET
from projects.models import ProjetSante, SectionProjet
from projects.rubriques_projet import FICHE_PREFIX, TERRITOIRE, fiche_numero, is_fiche
from projects.states import EtatProjet, FormeProjet

if TYPE_CHECKING:
    from django.core.files import File

ECRITURE = (EtatProjet.BROUILLON, EtatProjet.INCOMPLET)
FICHES_MAX = 40
PAGES_MAX = 150


def lock_for_writing(projet: ProjetSante, *, by: Acteur) -> ProjetSante:
    """The project, locked after its file, when `by` may still write it; Refused otherwise."""
    locked: ProjetSante = PROJET.lock(projet)
    if not rules.test_rule("projet.rediger", by, locked):
        raise Refused("Vous n’avez pas le droit d’écrire dans ce projet.")
    if locked.etat not in ECRITURE:
        raise Refused(not_writable(locked))
    return locked


def not_writable(projet: ProjetSante) -> str:
    return f"Ce projet est «\u00a0{projet.get_etat_display()}\u00a0»\u00a0: il ne se modifie plus."


@transaction.atomic
def save_project_section(
    *,
    projet: ProjetSante,
    cle: str,
    contenu: dict[str, Any],
    manques: list[Manque],
    version: int,
    by: Acteur,
    now: datetime,
) -> Section:
    """Save one section or one sheet of a draft. Raises VersionConflict (nothing written) or Refused."""
    if cle == TERRITOIRE:
        raise ValueError("the territory is saved by its own page")
    locked = lock_for_writing(projet, by=by)
    section = locked.sections.filter(cle=cle).first()
    if section is None:
        raise Refused("Cette fiche-action a été retirée entre-temps.")
    return save_section(section, contenu=contenu, manques=manques, version=version, by=by, now=now)


@transaction.atomic
def add_sheet(*, projet: ProjetSante, mission: str, exemple: str = "", by: Acteur, now: datetime) -> SectionProjet:
    """A new fiche-action for that mission, empty or from an example of the catalogue to adapt."""
    locked = lock_for_writing(projet, by=by)
    rows = SectionProjet.objects.filter(projet=locked, cle__startswith=FICHE_PREFIX).values_list("cle", flat=True)
    numbers = [fiche_numero(cle) for cle in rows if is_fiche(cle)]
    if len(numbers) >= FICHES_MAX:
        raise Refused(f"Un projet compte au plus {FICHES_MAX} fiches-actions.")
    contenu: dict[str, Any] = {"mission": mission}
    if exemple:
        contenu |= example(exemple)
    return SectionProjet.objects.create(
        projet=locked,
        cle=f"{FICHE_PREFIX}{max(numbers, default=0) + 1}",
        contenu=contenu,
        etat=EtatSection.EN_COURS,
        manques=[["id_objectif", "Adaptez cet exemple à votre territoire." if exemple else "Écrivez cette fiche."]],
        repris_de="le catalogue d’exemples" if exemple else "",
        modifie_par=by.user,
        modifie_at=now,
    )


@transaction.atomic
def remove_sheet(*, projet: ProjetSante, cle: str, by: Acteur) -> None:
    """Remove a sheet of a draft; removing twice is harmless."""
    locked = lock_for_writing(projet, by=by)
    if not is_fiche(cle):
        raise Refused("Seule une fiche-action se retire.")
    SectionProjet.objects.filter(projet=locked, cle=cle).delete()


@transaction.atomic
def choose_form(*, projet: ProjetSante, forme: str, by: Acteur) -> None:
    """Write it part by part, or join one's own document with a short sheet. What was written stays aside."""
    locked = lock_for_writing(projet, by=by)
    if locked.depose_at is not None:
        raise Refused("Le projet est déjà déposé sous cette forme\u00a0: elle ne change plus.")
    ProjetSante.objects.filter(pk=locked.pk).update(forme=FormeProjet(forme))
    projet.forme = forme


def attach_document(*, projet: ProjetSante, fichier: "File[bytes]", by: Acteur, now: datetime) -> Piece:
    """Keep the association's own document: a PDF of at most 150 pages; it replaces the one joined before.

    Raises what `add_piece` raises about the file; Refused when it is not a PDF, is too long or cannot be read.
    """
    with transaction.atomic():
        lock_for_writing(projet, by=by)
    piece = add_piece(
        dossier=projet.dossier,
        genre=GenrePiece.PROJET,
        fichier=fichier,
        by=by,
        now=now,
        limit=settings.PROJECT_MAX_BYTES,
        pages=PAGES_MAX,
    )
    with transaction.atomic():
        locked = lock_for_writing(projet, by=by)
        if locked.depose_at is not None:
            raise Refused("Le document déposé ne se remplace pas\u00a0: joignez une pièce en réponse à la demande.")
        ProjetSante.objects.filter(pk=locked.pk).update(document=piece)
    projet.document = piece
    return piece
