"""The Guichet's desk on a letter: its panel, and the transmission to the ARS, by itself or by the association."""

from collections.abc import Sequence
from typing import Any

import rules
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from dossiers.models import DemandePieces
from dossiers.selectors.people import am_desk, ars_desk
from dossiers.views.pieces_demandees import count_of, panel_of
from funding.states import EtatDemandeFir
from guichet.kernel.civil import civil_day, date_longue
from projects.lifecycles import LETTRE
from projects.models import Consultation, LettreIntention
from projects.selectors.avis import reponses_of
from projects.selectors.consultations import Avancement, progress_of, requests_on
from projects.services.consulting import reminder_refusal
from projects.services.transmitting import seize_ars, transmit
from projects.states import EtatLettre, NatureConsultation, SensAvis
from projects.views import consultation, pieces_demandees
from projects.views.actes import LettreActeView
from projects.views.grille import line_of
from projects.views.steps import Step

ADRESSES = {
    "demander_pieces": ("projects:demander_pieces", "Demander des précisions"),
    "ouvrir_consultation": ("projects:consulter", "Ouvrir la consultation"),
    "rendre_synthese": ("projects:synthese", "Rendre l’avis du Guichet"),
    "rouvrir_consultation": ("projects:rouvrir_consultation", "Rouvrir la consultation"),
    "transmettre": ("projects:transmettre", "Transmettre à l’ARS"),
}
"""Each act of the desk: its page, and its button."""


class TransmettreView(LettreActeView):
    action = "transmettre"
    template_name = "projects/transmettre.html"
    titre = "Transmettre à l’ARS"
    bouton = "Transmettre la lettre"
    fait = "La lettre est transmise à l’ARS. L’association en est informée."

    def page(self, request: HttpRequest, step: LettreIntention) -> dict[str, Any]:
        return {"sans_avis": _without_opinion(step)}

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [*_what_leaves(step), "L’association reçoit un message et le bordereau de transmission."]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        transmit(lettre=step, by=request.acteur, now=request.now)


class SaisirArsView(LettreActeView):
    action = "saisir_ars"
    titre = "Saisir l’ARS directement"
    bouton = "Transmettre ma lettre à l’ARS"
    fait = "Votre lettre est transmise à l’ARS."

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        told = _what_leaves(step)
        if _without_opinion(step):
            told.append("Le bordereau dit que la lettre part sans l’avis du Guichet\u00a0: il n’est pas obligatoire.")
        return [*told, "Le Guichet en est informé\u00a0; les organismes consultés ne répondent plus."]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        seize_ars(lettre=step, by=request.acteur, now=request.now)


def _without_opinion(lettre: LettreIntention) -> bool:
    given = lettre.consultation_du_guichet()
    return given is None or given.rendue_at is None


def _what_leaves(lettre: LettreIntention) -> list[str]:
    """Who opens the file from now on, and what leaves with the letter."""
    ars = " et ".join(body.nom for body in ars_desk(lettre.dossier)[:1]) or "L’ARS"
    told = [f"{ars} ouvre la lettre, ses pièces et ses documents."]
    if caisses := am_desk(lettre.dossier):
        told.append(f"{caisses[0].nom} les ouvre aussi\u00a0: son avis est demandé.")
    if lettre.demande and not lettre.sans_demande and lettre.demande.etat == EtatDemandeFir.DEPOSEE:
        told.append("La demande de subvention part avec la lettre, avec un accusé de réception qui dit son délai.")
    return [*told, "Un bordereau liste chaque pièce avec son empreinte."]


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """For the Guichet: what to do next, the consultation that runs, what was asked. Nothing for the others, nor about a
    draft it is invited to.
    """
    if lettre.deposee_at is None or not rules.test_rule("lettre.guichet", request.acteur, lettre):
        return None
    prefetch_related_objects([lettre], "consultations")
    held = lettre.consultation_du_guichet()
    answers = reponses_of(lettre, acteur=request.acteur) if held else []
    answers = [answer for answer in answers if answer.nature == NatureConsultation.GUICHET]
    state = progress_of(held, answers) if held else None
    asked = requests_on(lettre) if lettre.etat in CHECKED else []
    acts = {row.action for row in LETTRE.available(lettre, by=request.acteur, now=request.now)}
    first, buttons = desk_step(lettre, acts, held, state, asked)
    if lettre.etat == EtatLettre.EN_CONSULTATION and held and state:
        buttons = [*_desk_extras(lettre, held, state, acts, request), *buttons]
    return {
        "gabarit": "projects/panneaux/guichet.html",
        "tete": "projects/panneaux/guichet_tete.html",
        "zone": "principal",
        "etape": first,
        "boutons": buttons,
        "consultation": held,
        "rendue": SensAvis(held.sens).label if held and held.rendue_at else "",
        "avancement": state,
        "quorum": _quorum(state) if state else "",
        "relances": _reminders(held) if held else "",
        "lignes": [line_of(answer) for answer in answers],
        "demandes": panel_of(asked, limit=1),
        "precisions": reverse("projects:precisions", args=[lettre.pk]) if asked else "",
    }


CHECKED = (EtatLettre.DEPOSEE, EtatLettre.INCOMPLETE)
"""While the desk checks the letter, what it asked and what came is on the page."""


def desk_step(
    lettre: LettreIntention,
    acts: set[str],
    held: Consultation | None,
    state: Avancement | None,
    asked: Sequence[DemandePieces],
) -> tuple[Step, list[dict[str, str]]]:
    """What the desk has to do now, with its main button; and the other buttons."""
    etat, day = EtatLettre(lettre.etat), held.limite_le if held else None
    main, phrase, detail = "", "", ""
    if etat == EtatLettre.DEPOSEE:
        main, phrase = "ouvrir_consultation", "Prochaine étape\u00a0: vérifier la lettre et consulter"
        detail = "Relisez-la. S’il manque quelque chose, demandez des précisions\u00a0; sinon, ouvrez la consultation."
    elif etat == EtatLettre.INCOMPLETE:
        phrase, detail = "L’association complète sa lettre", f"{count_of(asked[:1])}. Elle la déposera à nouveau."
    elif etat == EtatLettre.EN_CONSULTATION and state and day:
        answered = f"{state.repondu} réponses sur {state.consultes}, pour le {date_longue(day)}."
        main = "rendre_synthese" if "rendre_synthese" in acts else ""
        phrase = "Prochaine étape\u00a0: rendre l’avis du Guichet" if main else "Les avis sont attendus"
        detail = f"{answered} {_quorum(state)}"
    elif etat == EtatLettre.AVIS_RENDU:
        main, phrase = "transmettre", "Prochaine étape\u00a0: transmettre à l’ARS"
        detail = "L’avis du Guichet est rendu. La lettre part avec lui."
    else:
        phrase, detail = _elsewhere(lettre)
    step = Step(phrase, detail, *_address(lettre, main)) if main in acts else Step(phrase, detail)
    return step, [_button(lettre, action) for action in ADRESSES if action in acts and action != main]


def _elsewhere(lettre: LettreIntention) -> tuple[str, str]:
    """What the desk reads of a letter it no longer holds."""
    if lettre.etat == EtatLettre.RETIREE:
        return "Cette lettre est retirée", "L’association l’a retirée\u00a0; rien n’est attendu du Guichet."
    sent = f"Transmise le {date_longue(civil_day(lettre.transmise_at))}." if lettre.transmise_at else ""
    if lettre.etat == EtatLettre.TRANSMISE:
        return "La lettre est chez l’ARS", f"{sent} La décision lui appartient."
    return f"La lettre est {lettre.get_etat_display().lower()}", f"{sent} L’ARS a décidé."


def _address(lettre: LettreIntention, action: str) -> tuple[str, str]:
    name, label = ADRESSES[action]
    return reverse(name, args=[lettre.pk]), label


def _button(lettre: LettreIntention, action: str) -> dict[str, str]:
    url, label = _address(lettre, action)
    if action == "transmettre" and lettre.etat != EtatLettre.AVIS_RENDU:
        label = "Transmettre sans avis du Guichet"
    return {"url": url, "libelle": label}


def _desk_extras(
    lettre: LettreIntention, held: Consultation, state: Avancement, acts: set[str], request: HttpRequest
) -> list[dict[str, str]]:
    """While the consultation runs: remind those who have not answered, prepare the opinion before it may be given."""
    found = []
    if state.repondu < state.consultes and not reminder_refusal(held, now=request.now):
        found.append({"url": reverse("projects:relancer", args=[lettre.pk]), "libelle": "Relancer"})
    if "rendre_synthese" not in acts:
        found.append({"url": reverse("projects:synthese", args=[lettre.pk]), "libelle": "Préparer l’avis du Guichet"})
    return found


def _quorum(state: Avancement) -> str:
    if not state.necessaire:
        return "Aucun quorum n’est fixé."
    reached = "Quorum atteint" if state.quorum_atteint else "Quorum pas encore atteint"
    return f"{reached}\u00a0: {state.atteint} réponses d’URPS sur {state.necessaire}."


def _reminders(held: Consultation) -> str:
    if not held.relances or not held.relancee_at:
        return "Aucun rappel envoyé."
    times = "1 rappel envoyé" if held.relances == 1 else f"{held.relances} rappels envoyés"
    return f"{times}, le dernier le {date_longue(civil_day(held.relancee_at))}."


urlpatterns: list[URLPattern] = [
    *pieces_demandees.urlpatterns,
    *consultation.urlpatterns,
    path("lettres/<int:pk>/transmettre/", TransmettreView.as_view(), name="transmettre"),
    path("lettres/<int:pk>/saisir-l-ars/", SaisirArsView.as_view(), name="saisir_ars"),
]
