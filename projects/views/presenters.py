"""What the pages of a letter show, as plain values for the components."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dossiers.models import Section
from dossiers.questions import Rubrique
from dossiers.states import EtatSection
from guichet.kernel.civil import date_longue
from guichet.kernel.money import nombre
from projects.models import LettreIntention
from projects.sections import TERRITOIRE
from projects.states import EtatLettre

TONS_LETTRE = {
    EtatLettre.BROUILLON: "info",
    EtatLettre.INCOMPLETE: "warn",
    EtatLettre.VALIDEE: "ok",
    EtatLettre.REFUSEE: "alert",
}
TONS_SECTION = {EtatSection.EN_COURS: "warn", EtatSection.COMPLET: "ok"}

Sections = list[tuple[Rubrique, Section]]


def tag_of(lettre: LettreIntention) -> dict[str, str]:
    """The state in words and its tone."""
    return {"libelle": lettre.get_etat_display(), "ton": TONS_LETTRE.get(EtatLettre(lettre.etat), "")}


def section_url(lettre: LettreIntention, cle: str) -> str:
    if cle == TERRITOIRE:
        return reverse("projects:territoire", args=[lettre.pk])
    return reverse("projects:section", args=[lettre.pk, cle])


def request_section_url(lettre: LettreIntention, cle: str) -> str:
    return reverse("funding:section", args=[lettre.demande_id, cle])


def tasks(etape: Any, sections: Sections, address: Any, *, now: datetime) -> list[dict[str, Any]]:
    """One line of the task list per section of the step; `address(etape, cle)` is where it is written."""
    return [
        {
            "titre": rubrique.titre,
            "url": address(etape, rubrique.cle),
            "etat": {"libelle": section.get_etat_display(), "ton": TONS_SECTION.get(EtatSection(section.etat), "")},
            "aide": _help(rubrique) if section.etat == EtatSection.A_COMMENCER else "",
            "modifie": last_edit(section, now=now),
        }
        for rubrique, section in sections
    ]


def _help(rubrique: Rubrique) -> str:
    return rubrique.aide if rubrique.bloquante else f"Conseillé, sans bloquer le dépôt. {rubrique.aide}"


def last_edit(section: Section, *, now: datetime) -> str:
    """Where it comes from, or who saved it and when."""
    if section.repris_de:
        return f"Repris de {section.repris_de}\u00a0: relisez et enregistrez"
    if section.modifie_at is None:
        return ""
    when = timezone.localtime(section.modifie_at)
    hour = f"{when.hour}\u00a0h\u00a0{when.minute:02d}"
    day = "" if when.date() == timezone.localdate(now) else f"le {date_longue(when.date())} "
    return f"Modifié {day}à {hour} par {section.modifie_par}"


def facts(lettre: LettreIntention) -> list[dict[str, str]]:
    """The line under the title."""
    dossier = lettre.dossier
    rows = [{"fort": dossier.reference, "texte": ""}] if dossier.reference else []
    rows.append({"fort": "", "texte": dossier.association.nom})
    if lettre.territoire:
        rows.append({"fort": f"{nombre(lettre.territoire.population)} habitants", "texte": _size(lettre)})
    if dossier.departement_pilote:
        rows.append({"fort": "", "texte": f"{dossier.departement_pilote} (pilote)"})
    return rows


def size_of(lettre: LettreIntention) -> str:
    """The deposited territory in a few words; "" while there is none."""
    if not lettre.territoire:
        return ""
    return f"{nombre(lettre.territoire.population)}\u00a0habitants, {_size(lettre)}"


def _size(lettre: LettreIntention) -> str:
    return f"taille\u00a0{lettre.territoire.taille}" if lettre.territoire else ""


def missing(
    lettre: LettreIntention, letter_sections: Sections, request_sections: Sections, *, blocking: bool
) -> list[dict[str, Any]]:
    """What is missing, by section, each line a link to its field; only the sections that block, or only the others."""
    found = []
    pairs = [(row, section_url) for row in letter_sections] + [(row, request_section_url) for row in request_sections]
    for (rubrique, section), address in pairs:
        if rubrique.bloquante is not blocking or section.etat == EtatSection.COMPLET:
            continue
        url = address(lettre, rubrique.cle)
        lines = [{"message": text, "url": f"{url}#div_{field}"} for field, text in section.manques]
        found.append({"titre": rubrique.titre, "lignes": lines or [{"message": "Partie à commencer.", "url": url}]})
    return found


def day_of(moment: datetime | None) -> str:
    """An instant's day in Paris, in words; "" for none."""
    return date_longue(timezone.localdate(moment)) if moment else ""
