"""What the pages of a project show, as plain values for the components."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from dossiers.models import Section
from dossiers.questions import Rubrique
from dossiers.states import EtatSection
from guichet.kernel.money import nombre
from projects.catalogue import Theme
from projects.models import Mission, ProjetSante
from projects.models.projet import is_written, is_written_sheet
from projects.reserves import Reserve
from projects.rubriques_projet import PIECES, TERRITOIRE
from projects.selectors.projets import sheet_title
from projects.states import EtatProjet, FormeProjet
from projects.views.presenters import TONS_SECTION, last_edit

TONS = {
    EtatProjet.BROUILLON: "info",
    EtatProjet.INCOMPLET: "warn",
    EtatProjet.VALIDE: "ok",
    EtatProjet.VALIDE_TACITEMENT: "ok",
    EtatProjet.OPPOSE: "alert",
    EtatProjet.RETRAIT_PRONONCE: "alert",
}

Sections = list[tuple[Rubrique, Section]]


def tag_of(projet: ProjetSante) -> dict[str, str]:
    """The state in words and its tone; "à vérifier" is said with it, to everybody."""
    if projet.a_verifier_at:
        return {"libelle": f"{projet.get_etat_display()}, à vérifier", "ton": "warn"}
    return {"libelle": projet.get_etat_display(), "ton": TONS.get(EtatProjet(projet.etat), "")}


def facts(projet: ProjetSante) -> list[dict[str, str]]:
    """The line under the title."""
    dossier = projet.dossier
    rows = [{"fort": dossier.reference, "texte": ""}] if dossier.reference else []
    rows.append({"fort": "", "texte": dossier.association.nom})
    if projet.territoire:
        size = f"taille\u00a0{projet.territoire.taille}"
        rows.append({"fort": f"{nombre(projet.territoire.population)} habitants", "texte": size})
    if dossier.departement_pilote:
        rows.append({"fort": "", "texte": f"{dossier.departement_pilote} (pilote)"})
    return rows


def section_url(projet: ProjetSante, cle: str) -> str:
    if cle == TERRITOIRE:
        return reverse("projects:projet_territoire", args=[projet.pk])
    return reverse("projects:projet_section", args=[projet.pk, cle])


def pieces_url(projet: ProjetSante, *, retour: str) -> str:
    """The files joined, with the way back."""
    return f"{reverse('dossiers:pieces', args=[projet.dossier_id])}?{urlencode({'retour': retour})}"


def page(projet: ProjetSante) -> dict[str, Any]:
    """What the header of every page of a project needs, but its tabs."""
    return {"projet": projet, "tag": tag_of(projet), "faits": facts(projet)}


# --- What blocks, what is advised ---------------------------------------------------------------------


def missing(projet: ProjetSante, sections: Sections, sheets: Sequence[Section]) -> list[dict[str, Any]]:
    """What blocks the deposit, part by part, each line a link to where it is put right: the rows behind the sentence of
    `ProjetSante.empechement_depot`.
    """
    found = []
    for rubrique, section in sections:
        if not rubrique.bloquante or is_written(rubrique.cle, section.etat):
            continue
        url = section_url(projet, rubrique.cle)
        lines = [{"message": text, "url": f"{url}#div_{field}"} for field, text in section.manques]
        found.append({"titre": rubrique.titre, "lignes": lines or [{"message": "Partie à commencer.", "url": url}]})
    if projet.forme == FormeProjet.DOCUMENT:
        if projet.document_id is None:
            url = reverse("projects:projet_document", args=[projet.pk])
            found.append({"titre": "Votre document", "lignes": [{"message": "Joignez votre document.", "url": url}]})
    elif not any(is_written_sheet(sheet.cle, sheet.etat) for sheet in sheets):
        url = reverse("projects:projet_fiches", args=[projet.pk])
        found.append(
            {"titre": "Les fiches-actions", "lignes": [{"message": "Écrivez au moins une fiche.", "url": url}]}
        )
    return found


def reserves_by_part(
    projet: ProjetSante, found: Iterable[Reserve], sections: Sections, sheets: Sequence[Section], *, retour: str
) -> list[dict[str, Any]]:
    """The réserves, part by part in the order of the page: what the project lacks, the rule, which text says so, and
    where it is put right.
    """
    titles = {rubrique.cle: rubrique.titre for rubrique, _ in sections}
    titles |= {sheet.cle: f"Fiche-action\u00a0: {sheet_title(sheet)}" for sheet in sheets}
    titles[PIECES] = "Les pièces jointes"
    groups: dict[str, list[dict[str, str]]] = {cle: [] for cle in titles}
    for reserve in found:
        url = pieces_url(projet, retour=retour) if reserve.rubrique == PIECES else ""
        if not url:
            anchor = f"#div_{reserve.ancre}" if reserve.ancre else ""
            url = section_url(projet, reserve.rubrique) + anchor
        line = {"phrase": reserve.phrase, "regle": reserve.regle, "source": reserve.source, "url": url}
        groups.setdefault(reserve.rubrique, []).append(line)
    return [{"titre": titles.get(cle, "Le projet"), "lignes": lines} for cle, lines in groups.items() if lines]


# --- The actions --------------------------------------------------------------------------------------


def sheets_by_mission(
    projet: ProjetSante, sheets: Sequence[Section], missions: Sequence[Mission], *, now: datetime
) -> list[dict[str, Any]]:
    """The actions under their mission, every mission in force shown; those of no mission at the end."""
    groups: dict[str, dict[str, Any]] = {
        mission.code: {"code": mission.code, "titre": mission.nom, "socle": mission.socle, "fiches": []}
        for mission in missions
    }
    rest = {"code": "", "titre": "Sans mission", "socle": False, "fiches": []}
    for number, sheet in enumerate(sheets, 1):
        groups.get(sheet.contenu.get("mission", ""), rest)["fiches"].append(_sheet(projet, sheet, number, now=now))
    return [*groups.values(), *([rest] if rest["fiches"] else [])]


def _sheet(projet: ProjetSante, sheet: Section, number: int, *, now: datetime) -> dict[str, Any]:
    return {
        "titre": f"{number}. {sheet_title(sheet)}",
        "url": section_url(projet, sheet.cle),
        "etat": {"libelle": sheet.get_etat_display(), "ton": TONS_SECTION.get(EtatSection(sheet.etat), "")},
        "modifie": last_edit(sheet, now=now),
        "retirer": reverse("projects:projet_fiche_retirer", args=[projet.pk, sheet.cle]),
    }


def with_examples(groups: list[dict[str, Any]], themes: Iterable[Theme]) -> list[dict[str, Any]]:
    """The same groups with what the documents give as examples of their mission."""
    by_mission: dict[str, list[Theme]] = {}
    for theme in themes:
        by_mission.setdefault(theme.mission, []).append(theme)
    return [{**group, "themes": by_mission.get(group["code"], [])} for group in groups if group["code"]]
