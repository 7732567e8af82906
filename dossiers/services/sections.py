"""Saving one section of a long form: the one mechanism for letters, requests and, later, projects."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from dossiers.models import Section
from dossiers.questions import Manque, Rubrique, is_filled
from dossiers.states import EtatSection

if TYPE_CHECKING:
    from accounts.acteur import Acteur

__all__ = ["Manque", "Rubrique", "VersionConflict", "save_section"]


class VersionConflict(Exception):
    """Somebody saved the section since `version` was read. `current` is the row as the database has it."""

    def __init__(self, current: Section) -> None:
        super().__init__("Cette page a été modifiée entre-temps par une autre personne.")
        self.current = current


def state_of(contenu: dict[str, Any], manques: Sequence[Any]) -> EtatSection:
    """What a section with these answers is, when that is missing."""
    if not any(is_filled(value) for value in contenu.values()):
        return EtatSection.A_COMMENCER
    return EtatSection.EN_COURS if manques else EtatSection.COMPLET


def save_section(
    section: Section, *, contenu: dict[str, Any], manques: list[Manque], version: int, by: "Acteur", now: datetime
) -> Section:
    """Write the answers if nobody saved since `version`; return the section as written.

    The caller holds the lock on the step and has judged the right to write. Raises `VersionConflict` and writes
    nothing otherwise. Saving the same answers again changes nothing, so a double click is harmless.
    """
    model = type(section)
    current = model._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=section.pk)
    if current.version != version:
        if current.contenu == contenu:
            return current
        raise VersionConflict(current)
    etat = state_of(contenu, manques)
    unchanged = current.contenu == contenu and current.etat == etat and current.manques == [list(m) for m in manques]
    if unchanged and not current.repris_de:
        return current
    model._default_manager.filter(pk=current.pk).update(
        contenu=contenu,
        manques=[list(m) for m in manques],
        etat=etat,
        version=F("version") + 1,
        repris_de="",
        modifie_par=by.user,
        modifie_at=now,
    )
    return model._default_manager.select_related("modifie_par").get(pk=current.pk)
