"""A letter as it is read on a page: the same blocks as on its paper."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.documents import section_blocs
from dossiers.models import Document, Section
from dossiers.questions import Rubrique
from dossiers.rules import in_perimeter
from dossiers.selectors.documents import papers_of
from dossiers.selectors.pieces import pieces_of
from funding.views.reading import reading
from guichet.kernel.journal import Origine
from projects.documents.depot import safe_answers
from projects.models import LettreIntention
from projects.questions import letter_questions
from projects.sections import TERRITOIRE
from projects.states import EtatLettre
from projects.territory_blocs import territory_blocs
from projects.views.presenters import request_section_url, section_url


def reading_sections(
    lettre: LettreIntention,
    sections: list[tuple[Rubrique, Section]],
    *,
    acteur: Acteur,
    now: datetime,
    edit: bool = False,
) -> dict[str, Any]:
    """`parties`: titre, ancre, blocs and, for those who edit, url; `documents`; the `pieces` this reader may read;
    `demande_lue`, whether this reader opens the request. The IBAN is masked. While the association completes its
    letter, an agent reads it as it was deposited, from its paper (`depot_lu`): what is being corrected is not sent yet.
    """
    deposited = lettre.etat == EtatLettre.INCOMPLETE and acteur.est_agent
    parts = _as_deposited(lettre, sections) if deposited else _as_typed(lettre, sections, now=now, edit=edit)
    return {
        "parties": parts,
        "depot_lu": deposited,
        "pieces": pieces_of(lettre.dossier, acteur=acteur),
        "documents": papers_of(lettre.dossier, acteur=acteur),
        "demande_lue": _reads_request(lettre, acteur),
    }


def _as_typed(
    lettre: LettreIntention, sections: list[tuple[Rubrique, Section]], *, now: datetime, edit: bool
) -> list[dict[str, Any]]:
    jour = timezone.localdate(lettre.deposee_at or now)
    territoire = lettre.territoire or lettre.dossier.territoires.filter(fige_at=None).first()
    parts = []
    for rubrique, section in sections:
        if lettre.origine == Origine.PAPIER and rubrique.cle != TERRITOIRE and not section.contenu:
            continue  # the scan stands for the answers
        if rubrique.cle == TERRITOIRE:
            blocs = territory_blocs(territoire, limit=40)
        else:
            blocs = section_blocs(
                letter_questions(rubrique.cle, jour=jour), safe_answers(rubrique.cle, section.contenu)
            )
        parts.append(
            {
                "titre": rubrique.titre,
                "ancre": rubrique.cle,
                "blocs": blocs,
                "url": section_url(lettre, rubrique.cle) if edit else "",
            }
        )
    return parts


def _as_deposited(lettre: LettreIntention, sections: list[tuple[Rubrique, Section]]) -> list[dict[str, Any]]:
    """The parts of the last paper of the letter, in its own words; none for a letter that came on paper."""
    papers = Document.objects.filter(dossier=lettre.dossier, modele__startswith="lettre").order_by("-created_at", "-pk")
    contexte = papers.values_list("contexte", flat=True).first() or {"sections": []}
    keys = {rubrique.titre: rubrique.cle for rubrique, _ in sections}
    return [
        {"titre": part["titre"], "ancre": keys[part["titre"]], "blocs": part["blocs"], "url": ""}
        for part in contexte["sections"]
        if part.get("titre") in keys
    ]


def _reads_request(lettre: LettreIntention, acteur: Acteur) -> bool:
    """As `DemandeFir.visible_to` says of the request of a letter that this reader opens, without a query."""
    demande = lettre.demande
    if demande is None or not acteur.est_agent:
        return demande is not None
    if acteur.genre == "guichet":
        return demande.deposee_at is not None
    funds = demande.financeur_id == acteur.organisation_id
    return demande.transmise_at is not None and (
        funds or (acteur.genre != "urps" and in_perimeter(acteur, lettre.dossier))
    )


def request_parts(
    lettre: LettreIntention, sections: list[tuple[Rubrique, Section]], *, now: datetime
) -> list[dict[str, Any]]:
    """The same for the request that goes with the letter, each part with the address that changes it."""
    if not sections or lettre.demande is None:
        return []
    parts = reading(lettre.demande, sections, jour=timezone.localdate(now))
    return [
        {**part, "ancre": f"demande-{rubrique.cle}", "url": request_section_url(lettre, rubrique.cle)}
        for part, (rubrique, _) in zip(parts, sections, strict=True)
    ]
