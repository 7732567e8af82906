"""Papers as rows: written with the event that causes them, drawn later by the worker (see `rendering`)."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dossiers.models import Document, Dossier
from dossiers.states import AudienceDocument, EtatDocument
from guichet.kernel import instant
from guichet.kernel.after_commit import wake

TASK = "dossiers.rendre_les_documents"

ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
"""Neither 0 and O, 1, I and L, 2 and Z, 5 and S, nor 8 and B: read aloud or copied by hand without a doubt."""

LENGTH = 10


REPETITION = "Répétition – sans valeur"
EXERCICE = "Ce document a été établi pendant un exercice, la date du portail ayant été avancée. Il est sans valeur."
"""What a paper of a rehearsal says, under its title and at its end."""


def create_document(
    *,
    evenement: UUID,
    modele: str,
    dossier: Dossier,
    titre: str,
    contexte: dict[str, Any],
    now: datetime,
    audience: str = AudienceDocument.PARTIES,
    transmis: bool = False,
) -> Document:
    """Write the paper of an event, if it is not already written for that event and template. Returns its row, of which
    only the key is sure when it was already there.

    `titre` says what kind of paper it is: the public verification page shows it, so it never tells anything of the
    content. `contexte` is frozen here; it follows the contract of `templates/pdf/README.md`. A context that breaks it
    does not block the event: the rendering fails and says why. Wakes the worker after commit. `audience` says who
    reads it; `transmis` opens it at once to the ARS and the Assurance Maladie. Written during a rehearsal, the paper
    says that it is worth nothing.
    """
    paper = new_document(
        evenement=evenement,
        modele=modele,
        dossier=dossier,
        titre=titre,
        contexte=contexte,
        now=now,
        audience=audience,
        transmis_at=now if transmis else None,
    )
    write_documents([paper])
    return paper


def new_document(
    *,
    evenement: UUID,
    modele: str,
    dossier: Dossier,
    titre: str,
    contexte: dict[str, Any],
    now: datetime,
    audience: str = AudienceDocument.PARTIES,
    transmis_at: datetime | None = None,
) -> Document:
    """The row of a paper, not written yet."""
    return Document(
        evenement=evenement,
        modele=modele,
        dossier=dossier,
        titre=titre,
        contexte=_rehearsed(contexte),
        audience=audience,
        transmis_at=transmis_at,
        code_court=new_code(),
        created_at=now,
        prochain_essai_at=now,
    )


def write_documents(documents: Sequence[Document]) -> None:
    """Write these papers in one statement and wake the worker; a row already there stays as it is, and a short code
    drawn twice is an error, not a lost paper.
    """
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["evenement", "modele"],
        update_fields=["evenement"],
    )
    wake(TASK)


def _rehearsed(contexte: dict[str, Any]) -> dict[str, Any]:
    """The same; while the portal's date is not the real one, marked under its title and in its mentions."""
    if not instant.days():
        return contexte
    titles = [REPETITION, contexte.get("sous_titre", "")]
    return {
        **contexte,
        "sous_titre": " · ".join(title for title in titles if title),
        "mentions": [EXERCICE, *contexte.get("mentions", [])],
    }


def retry(*, document_id: int, now: datetime) -> bool:
    """Make a failed paper due at once; False when it is already drawn or not known."""
    waiting = Document.objects.filter(pk=document_id).exclude(etat=EtatDocument.RENDU)
    changed = waiting.update(etat=EtatDocument.ATTENDU, essais=0, erreur="", prochain_essai_at=now)
    if changed:
        wake(TASK)
    return bool(changed)


def new_code() -> str:
    """A short code nobody guesses: about 46 bits from the system's generator."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
