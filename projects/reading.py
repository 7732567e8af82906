"""A letter as it is read on a page: the same blocks as on its paper."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dossiers.documents import section_blocs
from dossiers.models import Section
from dossiers.services.sections import Rubrique
from guichet.kernel.identifiers import masque_iban
from projects.forms import letter_form
from projects.models import LettreIntention
from projects.presenters import section_url
from projects.sections import ASSOCIATION, TERRITOIRE
from projects.territory_blocs import territory_blocs


def reading_sections(
    lettre: LettreIntention, sections: list[tuple[Rubrique, Section]], *, now: datetime, edit: bool = False
) -> dict[str, Any]:
    """`parties`: titre, ancre, blocs and, for those who edit, url; `documents`; `pieces`. The IBAN is masked."""
    jour = timezone.localdate(lettre.deposee_at or now)
    territoire = lettre.territoire or lettre.dossier.territoires.filter(fige_at=None).first()
    parts = []
    for rubrique, section in sections:
        if rubrique.cle == TERRITOIRE:
            blocs = territory_blocs(territoire, limit=40)
        else:
            blocs = section_blocs(letter_form(rubrique.cle, jour=jour), safe_answers(rubrique.cle, section.contenu))
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
        "pieces": list(lettre.dossier.pieces.order_by("genre", "nom", "pk")),
        "documents": list(lettre.dossier.documents.order_by("-created_at", "pk")),
    }


def safe_answers(cle: str, contenu: dict[str, Any]) -> dict[str, Any]:
    """The answers with the bank account masked: a page and a paper never show it whole."""
    if cle == ASSOCIATION and contenu.get("iban"):
        return {**contenu, "iban": masque_iban(contenu["iban"])}
    return contenu
