"""What the pages of a letter show, as plain values for the components."""

from dataclasses import dataclass
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
from projects.selectors import completion
from projects.states import EtatLettre

TONS_LETTRE = {
    EtatLettre.BROUILLON: "info",
    EtatLettre.INCOMPLETE: "warn",
    EtatLettre.VALIDEE: "ok",
    EtatLettre.REFUSEE: "alert",
}
TONS_SECTION = {EtatSection.EN_COURS: "warn", EtatSection.COMPLET: "ok"}

Sections = list[tuple[Rubrique, Section]]


def cell(texte: str, **more: str) -> dict[str, str]:
    """A cell of a list with every key its component reads: Django looks long for one that is not there."""
    return {"texte": texte, "url": "", "note": "", "libelle": "", "classe": "", **more}


def column(libelle: str) -> dict[str, str]:
    """The head of a column nothing is sorted by."""
    return {"libelle": libelle, "url": "", "tri": "", "classe": ""}


def tag_of(lettre: LettreIntention) -> dict[str, str]:
    """The state in words and its tone."""
    return {"libelle": lettre.get_etat_display(), "ton": TONS_LETTRE.get(EtatLettre(lettre.etat), "")}


def section_url(lettre: LettreIntention, cle: str) -> str:
    if cle == TERRITOIRE:
        return reverse("projects:territoire", args=[lettre.pk])
    return reverse("projects:section", args=[lettre.pk, cle])


def request_section_url(lettre: LettreIntention, cle: str) -> str:
    return reverse("funding:section", args=[lettre.demande_id, cle])


def tasks(lettre: LettreIntention, sections: Sections, address: Any, *, now: datetime) -> list[dict[str, Any]]:
    """One line of the task list per section."""
    return [
        {
            "titre": rubrique.titre,
            "url": address(lettre, rubrique.cle),
            "etat": {"libelle": section.get_etat_display(), "ton": TONS_SECTION.get(EtatSection(section.etat), "")},
            "aide": _help(rubrique) if section.etat == EtatSection.A_COMMENCER else "",
            "modifie": _last_edit(section, now=now),
        }
        for rubrique, section in sections
    ]


def _help(rubrique: Rubrique) -> str:
    return rubrique.aide if rubrique.bloquante else f"Conseillé, sans bloquer le dépôt. {rubrique.aide}"


def _last_edit(section: Section, *, now: datetime) -> str:
    if section.repris_de:
        return f"Repris de {section.repris_de}\u00a0: relisez et enregistrez"
    if section.modifie_at is None:
        return ""
    when = timezone.localtime(section.modifie_at)
    hour = f"{when.hour}\u00a0h\u00a0{when.minute:02d}"
    day = "" if when.date() == timezone.localdate(now) else f"le {date_longue(when.date())} "
    return f"Modifié {day}à {hour} par {section.modifie_par}"


@dataclass(frozen=True)
class Step:
    """The next step, in the same words on the home, the list and the page."""

    phrase: str
    detail: str = ""
    url: str = ""
    bouton: str = ""


def next_step(
    lettre: LettreIntention,
    letter_sections: Sections,
    request_sections: Sections,
    *,
    deposits: bool,
    suite: LettreIntention | None = None,
) -> Step:
    """What is expected of the association now; `suite` is the letter in progress that took over from an ended one."""
    if lettre.etat not in (EtatLettre.BROUILLON, EtatLettre.INCOMPLETE):
        return _waiting(lettre, suite)
    blocking = [
        (rubrique, section, section_url(lettre, rubrique.cle))
        for rubrique, section in letter_sections
        if rubrique.bloquante and section.etat != EtatSection.COMPLET
    ] + [
        (rubrique, section, request_section_url(lettre, rubrique.cle))
        for rubrique, section in request_sections
        if rubrique.bloquante and section.etat != EtatSection.COMPLET
    ]
    if blocking:
        rubrique, section, url = blocking[0]
        done, total = completion([*letter_sections, *request_sections])
        verb = "commencer" if section.etat == EtatSection.A_COMMENCER else "compléter"
        return Step(
            phrase=f"Prochaine étape\u00a0: {verb} «\u00a0{rubrique.titre}\u00a0»",
            detail=f"{_done(done, total)} Vous pouvez vous arrêter à tout moment.",
            url=url,
            bouton="Continuer",
        )
    url = reverse("projects:verifier", args=[lettre.pk])
    if deposits:
        return Step(
            "Prochaine étape\u00a0: vérifier vos réponses et déposer",
            "Tout ce que le dépôt demande est rempli.",
            url,
            "Vérifier et déposer",
        )
    return Step(
        "Prochaine étape\u00a0: faire déposer la lettre",
        "Tout est rempli. Une personne de votre association qui a le droit de déposer doit le faire.",
        url,
        "Vérifier les réponses",
    )


def _done(done: int, total: int) -> str:
    if not done:
        return f"{total} parties à remplir, dans l’ordre que vous voulez."
    return f"{done} {'parties sont complètes' if done > 1 else 'partie est complète'} sur {total}."


def _waiting(lettre: LettreIntention, suite: LettreIntention | None) -> Step:
    if suite:
        return Step(
            "Une autre lettre a pris la suite",
            "Celle-ci reste lisible\u00a0; elle n’est plus examinée.",
            reverse("projects:lettre", args=[suite.pk]),
            "Ouvrir la lettre en cours",
        )
    if lettre.etat == EtatLettre.RETIREE:
        return Step(
            "Cette lettre est retirée",
            "Vous pouvez en déposer une nouvelle, qui reprend ce que vous aviez écrit.",
            reverse("projects:reprendre", args=[lettre.pk]),
            "Reprendre cette lettre",
        )
    if lettre.etat == EtatLettre.DEPOSEE:
        return Step(
            "Rien à faire pour l’instant",
            "Le Guichet vérifie votre lettre, puis recueille l’avis des URPS. Il vous écrit s’il manque quelque chose.",
        )
    return Step("Rien à faire pour l’instant", f"Votre lettre est «\u00a0{lettre.get_etat_display()}\u00a0».")


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
