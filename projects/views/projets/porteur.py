"""What the association finds beside its deposited project, and every reader beside its versions."""

from typing import Any

import rules
from django.http import HttpRequest
from django.urls import reverse

from dossiers.views.pieces_demandees import line
from funding.views.panneaux import decisions_of
from guichet.kernel.civil import date_longue
from projects.lifecycles import ENTRE_LES_MAINS_DE_L_ARS, PROJET
from projects.models import EvenementProjet, ProjetSante
from projects.selectors.projets import contestations, version_days
from projects.services.projets.opening import TERMINES
from projects.states import EtatProjet, FormeProjet
from projects.views.presenters import day_of
from projects.views.projets.decisions import NATURES
from projects.views.projets.depot import both_dates
from projects.views.projets.steps import Suivi, follow_up, required_waiting

ACTES = {
    "completer": ("projects:projet_completer", "Compléter le projet", "primary"),
    "contester_exigence": ("projects:projet_contester", "Contester l’exigence d’une pièce", "outline-primary"),
    "retirer": ("projects:projet_retirer", "Retirer ce projet", "link"),
}


def suivi_of(projet: ProjetSante) -> Suivi:
    """What was asked and done, read once for the page."""
    if not hasattr(projet, "suivi"):
        projet.suivi = follow_up(projet)  # type: ignore[attr-defined]
    found: Suivi = projet.suivi  # type: ignore[attr-defined]
    return found


def writes(request: HttpRequest, projet: ProjetSante) -> bool:
    """Whether the page is read for the association, by somebody who writes for it."""
    return bool(rules.test_rule("projet.rediger", request.acteur, projet))


def acts_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What the association may do, in its weight; a new attempt once this one is over."""
    if not writes(request, projet):
        return None
    open_now = {row.action for row in PROJET.available(projet, by=request.acteur, now=request.now)}
    if "completer" in open_now and required_waiting(suivi_of(projet).ouvertes):
        open_now.remove("completer")
    buttons = [
        {"url": reverse(name, args=[projet.pk]), "libelle": label, "style": style}
        for action, (name, label, style) in ACTES.items()
        if action in open_now
    ]
    if projet.etat in TERMINES:
        again = reverse("projects:projet_reprendre", args=[projet.pk])
        buttons.append({"url": again, "libelle": "Écrire un nouveau projet", "style": "primary"})
    if not buttons:
        return None
    return {
        "gabarit": "funding/panneaux/actes.html",
        "zone": "marge",
        "titre": "Ce que vous pouvez faire",
        "boutons": buttons,
        "attend": "",
        "porteur": None,
        "signature": "",
    }


def pieces_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What the ARS asked: what a text requires, which stops the clock, and what is merely useful, which does not."""
    if request.acteur.est_agent or not projet.depose_at:
        return None
    asked = suivi_of(projet).demandes
    if not asked:
        return None
    waiting = any(demande.close_at is None for demande in asked)
    return {
        "gabarit": "projects/projets/panneaux/pieces.html",
        "zone": "principal",
        "demandes": [
            {
                "pk": demande.pk,
                "titre": f"Demandé le {date_longue(demande.demandee_le)}",
                "close": demande.close_at is not None,
                "exigees": [line(item) for item in demande.items.all() if item.requise_par_un_texte],
                "utiles": [line(item) for item in demande.items.all() if not item.requise_par_un_texte],
            }
            for demande in asked
        ],
        "repondre": reverse("dossiers:repondre", args=[projet.dossier_id])
        if waiting and writes(request, projet)
        else "",
    }


def contested_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """For every reader, both dates, once the association said that no text requires what was asked."""
    if projet.etat != EtatProjet.INCOMPLET:
        return None
    event = _contested(request, projet)
    if event is None:
        return None
    return {
        "gabarit": "projects/projets/panneaux/contestation.html",
        "zone": "principal",
        "le": date_longue(event.prend_effet_le),
        "motif": event.motif,
        "dates": both_dates(projet),
    }


def _contested(request: HttpRequest, projet: ProjetSante) -> EvenementProjet | None:
    """The last time a requirement was contested. The page of the association has read it already."""
    if not request.acteur.est_agent:
        return suivi_of(projet).contestation
    return contestations().filter(projet=projet).order_by("-recorded_at", "-pk").first()


def decisions_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What the ARS decided, to be opened by the association: its opening is kept."""
    if request.acteur.est_agent or projet.etat in (EtatProjet.BROUILLON, *ENTRE_LES_MAINS_DE_L_ARS):
        return None
    found = decisions_of(request, projet.pk, NATURES)
    if not found:
        return None
    return {"gabarit": "projects/panneaux/decisions.html", "zone": "principal", "decisions": found}


def document_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """The association's own document, for every reader."""
    if projet.forme != FormeProjet.DOCUMENT or projet.document is None:
        return None
    return {"gabarit": "projects/projets/panneaux/document.html", "zone": "principal", "piece": projet.document}


def versions_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What was deposited, version by version, for every reader."""
    rows = version_days(projet)
    if not rows:
        return None
    return {
        "gabarit": "projects/projets/panneaux/versions.html",
        "zone": "marge",
        "versions": [
            {"numero": n, "le": day_of(when), "url": reverse("projects:projet_version", args=[projet.pk, n])}
            for n, when in rows
        ],
        "comparer": reverse("projects:projet_comparer", args=[projet.pk]) if len(rows) > 1 else "",
    }


PANELS = (decisions_panel, pieces_panel, contested_panel, document_panel, acts_panel, versions_panel)
