"""A letter as it is read on a page: the same blocks as on its paper."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.documents import section_blocs
from dossiers.models import Section
from dossiers.questions import Rubrique
from dossiers.selectors.documents import papers_of
from dossiers.selectors.pieces import pieces_of
from dossiers.selectors.territoires import Chevauchement, overlaps
from funding.views.reading import reading
from projects.documents.depot import safe_answers
from projects.models import LettreIntention
from projects.questions import letter_questions
from projects.sections import TERRITOIRE
from projects.selectors import files_alive
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
    """`parties`: titre, ancre, blocs and, for those who edit, url; `documents`; the `pieces` this reader may read; for
    an agent, the `chevauchements` of the deposited territory, else None. The IBAN is masked.
    """
    jour = timezone.localdate(lettre.deposee_at or now)
    territoire = lettre.territoire or lettre.dossier.territoires.filter(fige_at=None).first()
    parts = []
    for rubrique, section in sections:
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
    return {
        "parties": parts,
        "pieces": pieces_of(lettre.dossier, acteur=acteur),
        "chevauchements": _neighbours(lettre, acteur),
        "documents": papers_of(lettre.dossier, acteur=acteur),
    }


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


def _neighbours(lettre: LettreIntention, acteur: Acteur) -> list[Chevauchement] | None:
    if not acteur.est_agent or not lettre.territoire:
        return None
    return overlaps(lettre.territoire, acteur=acteur, parmi=files_alive())
