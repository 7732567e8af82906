"""Drawing the papers that are due, each in its own transaction.

Guarantees. A paper is drawn from its frozen context only. Its bytes are stored with their SHA-256 and the version of
the templates, once: a row already drawn is never drawn again (the database refuses it too). A row is locked while it
is drawn, so two workers never draw the same one. If the worker dies before the commit, the row is still due, and the
file it had written, under a name of its own, is an orphan nobody refers to. A failure is kept with its cause and tried
again, later and later, for as long as it lasts: it never touches the event that caused the paper.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import reverse

from dossiers.models import Document
from dossiers.states import EtatDocument
from guichet.kernel import papers, pdf

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

FAILURES = (
    ValueError,  # the context breaks its contract, or a template has a hole
    pdf.NotDrawn,
    pdf.ForbiddenResource,
    pdf.MissingSystemLibrary,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    OSError,  # the storage is full or away
)


def render_due(*, now: datetime, limit: int = 20) -> int:
    """Draw at most `limit` papers that are due, oldest first; return how many were drawn.

    Rows another worker holds are skipped. A paper that fails does not stop the next ones.
    """
    drawn = 0
    for _ in range(limit):
        outcome = _render_next(now)
        if outcome is None:
            break
        drawn += outcome
    return drawn


@transaction.atomic
def _render_next(now: datetime) -> bool | None:
    """Lock, draw and mark the next due paper: True if drawn, False if it failed, None when there is none to take."""
    document = (
        Document.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("dossier")
        .exclude(etat=EtatDocument.RENDU)
        .filter(Q(prochain_essai_at=None) | Q(prochain_essai_at__lte=now))
        .order_by(F("prochain_essai_at").asc(nulls_first=True), "pk")
        .first()
    )
    if document is None:
        return None
    try:
        content = _draw(document)
        name = _store(document, content)
    except FAILURES as error:
        _record_failure(document, error, now)
        return False
    Document.objects.filter(pk=document.pk).update(
        etat=EtatDocument.RENDU,
        fichier=name,
        sha256=hashlib.sha256(content).hexdigest(),
        taille=len(content),
        version_modele=pdf.template_version(),
        rendu_at=now,
        essais=document.essais + 1,
        erreur="",
        prochain_essai_at=None,
    )
    return True


def _draw(document: Document) -> bytes:
    contexte = document.contexte
    template = papers.TEMPLATES.get(contexte.get("presentation", ""))
    if template is None:
        raise ValueError(f"contexte.presentation: inconnue ({contexte.get('presentation')})")
    return pdf.render(
        template,
        contexte,
        reference=contexte.get("reference") or document.dossier.reference or "",
        titre=document.titre,
        code=document.code_court,
        url=settings.SITE_URL + reverse("dossiers:verifier", args=[document.code_court]),
        created_at=document.created_at,
    )


def _store(document: Document, content: bytes) -> str:
    """Write the bytes under a name no other try uses; the row refers to it only if the transaction commits."""
    field = Document._meta.get_field("fichier")
    name = field.generate_filename(document, f"{document.code_court}-{uuid4().hex}.pdf")
    return str(field.storage.save(name, ContentFile(content)))


def _record_failure(document: Document, error: Exception, now: datetime) -> None:
    """Keep the cause in French, for the administrators; plan the next try, twice as far each time."""
    wait = min(FIRST_WAIT * 2 ** min(document.essais, 16), LONGEST_WAIT)
    Document.objects.filter(pk=document.pk).update(
        etat=EtatDocument.ECHEC,
        essais=document.essais + 1,
        erreur=f"{_cause(error)} ({type(error).__name__})"[:2000],
        prochain_essai_at=now + wait,
    )


def _cause(error: Exception) -> str:
    if isinstance(error, pdf.MissingSystemLibrary | pdf.ForbiddenResource):
        return str(error)
    if isinstance(error, OSError):
        return f"Le fichier n’a pas pu être écrit\u00a0: {error}"
    if isinstance(error, pdf.NotDrawn):
        return f"Le moteur de rendu s’est arrêté\u00a0: {error}"
    return f"Le contenu ou le modèle du document est incorrect\u00a0: {error}"
