"""What the desks find beside a deposited project: opinions, réserves, pieces, decisions and their dates, acts."""

from typing import Any

import rules
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dossiers.models import Decision
from dossiers.rules import ARS
from dossiers.selectors.decisions import decisions_visible_to, with_openings
from dossiers.selectors.pieces_demandees import requests_with_items
from dossiers.selectors.reglages import reglage
from dossiers.states import EtatDecision, EtatPieceDemandee, NatureDecision
from dossiers.views.pieces_demandees import count_of, line
from guichet.kernel.civil import civil_day, date_heure, date_longue
from guichet.kernel.deadlines import consolidation
from guichet.kernel.lifecycle import Transition
from projects.lifecycles import DEMANDES, ENTRE_LES_MAINS_DE_L_ARS, PROJET
from projects.models import ProjetSante
from projects.models.consultation import REPONSES
from projects.models.projet import EN_COURS, NOTIFICATION, VALIDES
from projects.selectors import paper
from projects.selectors.avis import Reponse, reponses_on_project
from projects.selectors.projets import last_version
from projects.states import EtatProjet
from projects.views.grille import given_on, line_of, tag_of, tag_of_state
from projects.views.projets.decisions import NATURES, preparation_of

DOSSIER = "projects/projets/bureau/"
ACTES = {
    "constater_reception": ("projects:projet_constater", "Constater la réception", "primary"),
    "valider": ("projects:projet_valider", "Valider le projet", "primary"),
    "rapporter_opposition": ("projects:projet_rapporter", "Rapporter l’opposition", "primary"),
    "completer": ("projects:projet_recues", "Enregistrer des pièces reçues", "outline-primary"),
    "demander_piece_utile": ("projects:projet_demander_pieces", "Demander des pièces", "outline-primary"),
    "renoncer_aux_pieces": ("projects:projet_renoncer", "Renoncer aux pièces", "outline-primary"),
    "opposer": ("projects:projet_opposer", "S’opposer", "outline-danger"),
    "prononcer_retrait": ("projects:projet_prononcer_retrait", "Retirer la validation", "outline-danger"),
}
"""The page of each act of the ARS, its button and its weight, in the order of the panel."""


def verify_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """ "À vérifier", explained to everybody who reads the project, in the same words."""
    delai = projet.delai
    if projet.a_verifier_at is None or delai is None or delai.dernier_jour is None or delai.echeance_le is None:
        return None
    settled = (EtatDecision.PRISE, EtatDecision.A_VERIFIER)
    taken = Decision.objects.filter(etape_id=projet.pk, nature__in=paper.SUR_UN_PROJET, etat__in=settled)
    late = taken.order_by("-saisie_at", "-pk").first()
    agent = request.acteur.est_agent  # type: ignore[attr-defined]
    found = reglage(NOTIFICATION, on=delai.recu_le) if agent else None
    return {
        "tete": f"{DOSSIER}a_verifier.html",
        "zone": "tete",
        "decision": _late_sentence(late) if late else "",
        "dernier_jour": date_longue(delai.dernier_jour),
        "depuis": date_longue(delai.echeance_le),
        "retirable": date_longue(consolidation(delai.dernier_jour)),
        "doute": found.doute if found else "",
    }


def _late_sentence(decision: Decision) -> str:
    signed = f"{decision.get_nature_display()}, signée le {date_longue(decision.signee_le)}"
    if decision.notifiee_le:
        return f"{signed} et notifiée le {date_longue(decision.notifiee_le)}."
    first = decision.ouvertures.order_by("ouverte_at").first()
    if first is None:
        return f"{signed}, et pas ouverte par l’association avant la fin du délai."
    return f"{signed} et ouverte par l’association le {date_longue(timezone.localdate(first.ouverte_at))}."


def opinions_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """For a body asked, its own answer and the button; for the ARS, every opinion asked, in whatever state."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if not acteur.est_agent:
        return None
    answers = reponses_on_project(projet, acteur=acteur)
    mine = [_own(one) for one in answers if one.organisation.pk == acteur.organisation_id]
    lines = [line_of(one) for one in answers] if acteur.genre in ARS else []
    if not mine and not lines:
        return None
    return {
        "tete": "projects/projets/bureau/mon_avis.html",
        "gabarit": f"{DOSSIER}avis.html",
        "zone": "principal" if lines else "tete",
        "miens": mine,
        "avis": lines,
    }


def _own(one: Reponse) -> dict[str, Any]:
    waiting = one.etat not in REPONSES
    return {
        "etat": tag_of(one.avis) if one.avis else tag_of_state(one.etat),
        "attendu": waiting and one.ouverte,
        "clos": waiting and not one.ouverte,
        "limite_le": one.limite_le,
        "rendu": given_on(one.avis) if one.avis else "",
        "url": reverse("projects:avis", args=[one.avis_id]),
    }


def reserves_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What the rules found to say at the last deposit, which the depositor read: nothing blocks, no date moves."""
    if not request.acteur.est_agent:  # type: ignore[attr-defined]
        return None
    last = last_version(projet)
    found = last.contenu["reserves"] if last else []
    if last is None or not found:
        return None
    return {"gabarit": f"{DOSSIER}reserves.html", "zone": "principal", "version": last.numero, "reserves": found}


def pieces_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What was asked, required or useful, what came, and what it does to the clock."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if not acteur.est_agent:
        return None
    events = projet.evenements.filter(action__in=DEMANDES).values("pk")
    asked = requests_with_items([projet.dossier_id], evenements=events, open_only=False)
    if not asked:
        return None
    judges = projet.etat == EtatProjet.INCOMPLET and rules.test_rule("projet.instruire", acteur, projet)
    reads = acteur.genre in ARS
    return {
        "gabarit": f"{DOSSIER}pieces.html",
        "zone": "principal",
        "demandes": [_request(demande, projet, judges=judges, reads=reads) for demande in asked],
    }


def _request(demande: Any, projet: ProjetSante, *, judges: bool, reads: bool) -> dict[str, Any]:
    items = list(demande.items.all())
    closed = demande.close_at is not None
    required = any(item.requise_par_un_texte for item in items)
    return {
        "pk": demande.pk,
        "titre": f"Demandé le {date_longue(demande.demandee_le)} par {demande.organisation.nom}",
        "compte": count_of([demande]),
        "effet": _effect(projet, required=required, closed=closed),
        "lignes": [
            {
                **line(item, answers=closed or reads),
                "requise": item.requise_par_un_texte,
                "constat": item.constat,
                "juger": reverse("projects:projet_juger", args=[projet.pk, item.pk])
                if judges and not closed and item.etat == EtatPieceDemandee.REPONDUE
                else "",
            }
            for item in items
        ],
    }


def _effect(projet: ProjetSante, *, required: bool, closed: bool) -> str:
    if not required:
        return "Aucun texte n’exige ces pièces\u00a0: elles ne changent rien au délai."
    if not closed:
        return (
            "Une pièce au moins est exigée par un texte\u00a0: les deux mois courront en entier à partir de l’arrivée "
            "de la dernière."
        )
    origin = projet.delai.origine_le if projet.delai else None
    return f"Close. Le délai court depuis le {date_longue(origin)}." if origin else "Close."


def decisions_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """What was decided with its three instants and its appeals; or what the silence did."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if not acteur.est_agent or projet.etat in ENTRE_LES_MAINS_DE_L_ARS:
        return None
    rows = with_openings(decisions_visible_to(acteur).filter(etape_id=projet.pk, nature__in=NATURES))
    found = [_decision(row) for row in rows.prefetch_related("recours").order_by("-saisie_at", "-pk")]
    silent = projet.etat == EtatProjet.VALIDE_TACITEMENT and projet.delai and projet.delai.echeance_le
    if not found and not silent:
        return None
    last = projet.consolidation_le() if silent else None
    return {
        "gabarit": f"{DOSSIER}decisions.html",
        "zone": "principal",
        "decisions": found,
        "silence": date_longue(silent) if silent else "",
        "retirable": date_longue(last) if last else "",
    }


def _decision(taken: Decision) -> dict[str, Any]:
    opened = list(taken.ouvertures.all())
    instants = [("Signée", f"{date_longue(taken.signee_le)}, par {taken.signataire}")]
    if taken.notifiee_le:
        instants.append(("Notifiée hors du portail", date_longue(taken.notifiee_le)))
    if taken.disponible_at:
        instants.append(("Mise à disposition", date_heure(taken.disponible_at)))
    told = f"{date_heure(opened[0].ouverte_at)}, par {opened[0].user}" if opened else "Pas encore par l’association"
    return {
        "pk": taken.pk,
        "titre": taken.get_nature_display(),
        "instants": [*instants, ("Ouverte", told)],
        "recours": [_appeal(row) for row in sorted(taken.recours.all(), key=lambda row: (row.forme_le, row.pk))],
    }


def _appeal(row: Any) -> str:
    end = f"issue du {date_longue(row.issue_le)}" if row.issue_le else "il attend son issue"
    return f"{row.get_genre_display()}, formé le {date_longue(row.forme_le)}\u00a0: {end}."


def preparation_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """The decision as the délégation prepared it, with its remarks: for the ARS alone."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if projet.etat not in ENTRE_LES_MAINS_DE_L_ARS or acteur.genre not in ARS:
        return None
    ready = preparation_of(projet)
    if ready is None:
        return None
    return {
        "gabarit": f"{DOSSIER}preparation.html",
        "zone": "marge",
        "propose": "Valider le projet" if ready.nature == NatureDecision.VALIDATION_PROJET else "S’opposer",
        "par": str(ready.prepare_par),
        "le": date_longue(civil_day(ready.prepare_at)),
        "remarques": ready.remarques,
    }


def acts_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """The buttons of the ARS, from the table of the law, and who signs."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if acteur.genre not in ARS:
        return None
    open_now = {row.action for row in _available(request, projet)}
    buttons = [
        {"url": reverse(name, args=[projet.pk]), "libelle": label, "style": style}
        for action, (name, label, style) in ACTES.items()
        if action in open_now
    ]
    instructs = rules.test_rule("projet.instruire", acteur, projet)
    prepares = instructs and projet.etat in ENTRE_LES_MAINS_DE_L_ARS
    if not buttons and not prepares:
        return None
    return {
        "gabarit": f"{DOSSIER}actes.html",
        "zone": "marge",
        "titre": "Décider" if projet.etat in ENTRE_LES_MAINS_DE_L_ARS else "Ce que vous pouvez faire",
        "boutons": buttons,
        "preparer": reverse("projects:projet_preparer", args=[projet.pk]) if prepares else "",
        "signature": "La décision est préparée ici, puis signée par une personne ayant délégation."
        if prepares and "valider" not in open_now
        else "",
    }


def _available(request: HttpRequest, projet: ProjetSante) -> list[Transition]:
    return PROJET.available(projet, by=request.acteur, now=request.now)  # type: ignore[attr-defined]


def paper_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """For whoever instructs: where what left on paper is recorded, and what waits for a second person."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if not rules.test_rule("projet.instruire", acteur, projet) or not paper.natures_for(projet):
        return None
    waiting = paper.to_confirm(acteur).filter(etape_id=projet.pk, nature__in=paper.SUR_UN_PROJET)
    return {
        "gabarit": f"{DOSSIER}papier.html",
        "zone": "marge",
        "attendues": list(waiting),
        "url": reverse("projects:projet_papier_decision", args=[projet.pk]),
        "silence": projet.etat == EtatProjet.VALIDE_TACITEMENT,
    }


def earlier_panel(request: HttpRequest, projet: ProjetSante) -> dict[str, Any] | None:
    """On a new attempt, to every reader: the one it was copied from was validated meanwhile."""
    if projet.copie_de_id is None or projet.etat not in EN_COURS:
        return None
    earlier = ProjetSante.objects.visible_to(request.acteur).filter(  # type: ignore[attr-defined]
        dossier=projet.dossier_id, etat__in=VALIDES
    )
    found = earlier.order_by("-pk").first()
    return found and {"tete": "projects/projets/bureau/deja_valide.html", "zone": "tete", "projet": found}


HEAD = (verify_panel, earlier_panel)
BESIDE = (acts_panel, preparation_panel)
MAIN = (decisions_panel, opinions_panel, reserves_panel, pieces_panel, paper_panel)
