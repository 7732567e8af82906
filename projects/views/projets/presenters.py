"""What the pages of a project show, as plain values for the components."""

from typing import Any

from django.urls import reverse

from guichet.kernel.money import nombre
from projects.models import ProjetSante
from projects.rubriques_projet import TERRITOIRE
from projects.states import EtatProjet

TONS = {
    EtatProjet.BROUILLON: "info",
    EtatProjet.INCOMPLET: "warn",
    EtatProjet.VALIDE: "ok",
    EtatProjet.VALIDE_TACITEMENT: "ok",
    EtatProjet.OPPOSE: "alert",
    EtatProjet.RETRAIT_PRONONCE: "alert",
}


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


def page(projet: ProjetSante) -> dict[str, Any]:
    """What the header of every page of a project needs, but its tabs."""
    return {"projet": projet, "tag": tag_of(projet), "faits": facts(projet)}
