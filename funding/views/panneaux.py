"""What the instruction of a request shows on its page: clock, acts, pieces asked, decisions, declaration."""

from datetime import date
from typing import Any

import rules
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dossiers.models import Decision
from dossiers.selectors.decisions import decisions_visible_to, with_openings
from dossiers.selectors.pieces_demandees import requests_with_items
from dossiers.states import SUR_UNE_DEMANDE, NatureDecision, NatureMouvement
from dossiers.views.clock import clock
from dossiers.views.pieces_demandees import panel_of
from funding.lifecycles import DEMANDE_FIR, EN_INSTRUCTION
from funding.models import DemandeFir
from funding.rules import is_funder
from funding.selectors.declarations import declaration_of
from funding.states import EtatDemandeFir, Regime
from guichet.kernel.civil import date_longue
from guichet.kernel.identifiers import masque_iban
from guichet.kernel.money import euros

SANS_DECISION = (EtatDemandeFir.BROUILLON, EtatDemandeFir.DEPOSEE, *EN_INSTRUCTION, EtatDemandeFir.REJETEE_TACITEMENT)
MOTIFS = ("demander_motifs", "communiquer_motifs")
ACTES = {
    "accorder": ("projects:accorder", "Accorder la subvention", "primary"),
    "accorder_apres_silence": ("projects:accorder", "Accorder après le silence", "primary"),
    "communiquer_motifs": ("funding:communiquer_motifs", "Communiquer les motifs", "primary"),
    "completer": ("funding:completer", "Compléter la demande", "secondary"),
    "demander_pieces": ("funding:demander_pieces", "Demander des pièces", "secondary"),
    "demander_motifs": ("funding:demander_motifs", "Demander les motifs du rejet", "primary"),
    "declarer_association": ("funding:declarer", "Déclarer l’association", "secondary"),
    "refuser": ("funding:refuser", "Refuser la subvention", "outline-danger"),
    "retirer": ("funding:retirer", "Retirer la demande", "link"),
}
"""The page of each act, its button and its weight, in the order of the panel."""

RECUES = "Enregistrer des pièces reçues"
"""What completing is for the funder: what came to it by another way than the portal."""


def clock_panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """The period of the silence, for everyone who reads the request."""
    horloge = clock_of(request, demande)
    return horloge and {"gabarit": "funding/panneaux/delai.html", "zone": "marge", "horloge": horloge}


def clock_of(request: HttpRequest, demande: DemandeFir, *, passe: bool = True) -> dict[str, Any] | None:
    """The values of the clock; None when no period runs or ran. `passe` adds the lines of the ledger."""
    if demande.delai is None or demande.regime != Regime.REJET:
        return None
    return clock(
        demande.delai,
        today=timezone.localdate(request.now),  # type: ignore[attr-defined]
        titre="Silence de l’ARS",
        doutes=request.acteur.est_agent,  # type: ignore[attr-defined]
        passe=passe,
    )


def acts_panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """The buttons of this person, and in virtue of what it would sign."""
    available = {row.action for row in DEMANDE_FIR.available(demande, by=request.acteur, now=request.now)}  # type: ignore[attr-defined]
    carrier = demande.retour
    waits = carrier.accord if carrier and available & {"accorder", "accorder_apres_silence"} else ""
    hidden = {"accorder", "accorder_apres_silence"} if waits else set()
    hidden |= {"retirer"} if carrier and carrier.retrait else set()
    desk = rules.test_rule("demande.instruire", request.acteur, demande)  # type: ignore[attr-defined]
    buttons = [
        {
            "url": reverse(name, args=[demande.pk]),
            "libelle": RECUES if desk and action == "completer" else label,
            "style": style,
        }
        for action, (name, label, style) in ACTES.items()
        if action in available - hidden
    ]
    if not buttons and not waits:
        return None
    decides = bool(available & {"accorder", "accorder_apres_silence", "refuser"})
    return {
        "gabarit": "funding/panneaux/actes.html",
        "zone": "marge",
        "titre": "Décider" if decides else "Ce que vous pouvez faire",
        "boutons": buttons,
        "attend": waits,
        "porteur": carrier,
        "signature": _signature(request, demande, decides=decides),
    }


def _signature(request: HttpRequest, demande: DemandeFir, *, decides: bool) -> str:
    """Who signs, for whoever prepares; by which delegation is said on the page of the act."""
    if not decides and rules.test_rule("demande.instruire", request.acteur, demande):  # type: ignore[attr-defined]
        return "La décision est signée par une personne ayant délégation."
    return ""


def pieces_panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """What was asked and what came, for both sides; the association is led to its answers."""
    events = demande.evenements.filter(action="demander_pieces").values("pk")
    files = [demande.dossier_id]
    asked = requests_with_items(files, evenements=events, open_only=False) if demande.transmise_at else []
    if not asked:
        return None
    writes = rules.test_rule("demande.rediger", request.acteur, demande)  # type: ignore[attr-defined]
    waiting = any(found.close_at is None for found in asked)
    return {
        "gabarit": "funding/panneaux/pieces.html",
        "zone": "principal",
        "demandes": panel_of(asked, limit=len(asked)),
        "repondre": reverse("dossiers:repondre", args=[demande.dossier_id]) if writes and waiting else "",
    }


def decisions_panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """What was decided, or what the silence did, and when the association opened it."""
    found = decisions_of(request, demande.pk, SUR_UNE_DEMANDE) if demande.etat not in SANS_DECISION else []
    rejected = demande.etat == EtatDemandeFir.REJETEE_TACITEMENT
    if not found and not rejected:
        return None
    spoken = demande.delai.echeance_le if rejected and demande.delai else None
    return {
        "gabarit": "funding/panneaux/decisions.html",
        "zone": "principal",
        "decisions": found,
        "rejet": date_longue(spoken) if spoken else "",
        "motifs": _reasons(demande) if demande.delai and demande.delai.clos_par == NatureMouvement.SILENCE else None,
    }


def decisions_of(request: HttpRequest, etape: int, natures: tuple[str, ...]) -> list[dict[str, Any]]:
    """The decisions on a step that this person reads, the latest first, as lines. Two queries, one when none."""
    agent = request.acteur.est_agent  # type: ignore[attr-defined]
    rows = with_openings(decisions_visible_to(request.acteur).filter(etape_id=etape, nature__in=natures))  # type: ignore[attr-defined]
    return [_decision(row, agent=agent) for row in rows.order_by("-saisie_at", "-pk")]


def _decision(taken: Decision, *, agent: bool) -> dict[str, Any]:
    opened = list(taken.ouvertures.all())
    first = opened[0] if opened else None
    told = f"Ouverte le {date_longue(timezone.localdate(first.ouverte_at))}." if first else "Pas encore ouverte."
    return {
        "pk": taken.pk,
        "titre": taken.get_nature_display(),
        "montant": euros(taken.montant) if taken.montant else "",
        "le": date_longue(taken.signee_le),
        "par": taken.signataire,
        "ouverture": told if agent else "",
        "favorable": taken.nature in (NatureDecision.ACCORD_FIR, NatureDecision.VALIDATION_LETTRE),
    }


def _reasons(demande: DemandeFir) -> dict[str, str] | None:
    """The reasons asked for, when they are due, whether they were given. One query."""
    found = {
        event.action: event for event in demande.evenements.filter(action__in=MOTIFS).order_by("recorded_at", "id")
    }
    asked, given = found.get("demander_motifs"), found.get("communiquer_motifs")
    if asked is None:
        return None
    return {
        "demandes": date_longue(asked.prend_effet_le),
        "dus": date_longue(date.fromisoformat(asked.donnees["reponse_due_le"])),
        "donnes": date_longue(given.prend_effet_le) if given else "",
        "texte": given.motif if given else "",
    }


def declaration_panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """The declaration in force: the account is read whole by the funder alone."""
    funder = is_funder(request.acteur, demande)  # type: ignore[attr-defined]
    own = rules.test_rule("demande.rediger", request.acteur, demande)  # type: ignore[attr-defined]
    found = declaration_of(demande) if funder or own else None
    if found is None:
        return None
    return {
        "gabarit": "funding/panneaux/declaration.html",
        "zone": "principal",
        "lignes": [
            ["Numéro RNA", found.rna],
            ["Numéro SIRET", found.siret],
            ["Titulaire du compte", found.titulaire],
            ["IBAN", _whole(found.iban) if funder else masque_iban(found.iban)],
        ],
        "pieces": [found.statuts, found.dirigeants],
        "le": date_longue(timezone.localdate(found.declaree_at)),
    }


def _whole(iban: str) -> str:
    """By fours, as a bank writes it."""
    return "\u00a0".join(iban[start : start + 4] for start in range(0, len(iban), 4))


PANELS = (decisions_panel, pieces_panel, declaration_panel, clock_panel, acts_panel)
