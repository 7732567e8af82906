"""The public page that says whether a paper comes from the portal, what it is and when; nothing about its content."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from dossiers.forms.verification import CodeForm, FichierForm, normalise_code
from dossiers.models import Document
from dossiers.states import EtatDocument

TRIES = 60
PERIOD_SECONDS = 60


class VerifierView(View):
    """Open to everyone. A code leads to its own address; a file or its SHA-256 is answered at once, nothing is kept."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        if code != normalise_code(code):
            return redirect("dossiers:verifier", normalise_code(code))
        document = _by_code(code)
        return _page(request, code, document=document, status=404 if code and document is None else 200)

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        if _too_many(request):
            return _page(request, code, document=_by_code(code), trop=True, status=429)
        if "code" in request.POST:
            return self._code(request)
        form = FichierForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, code, document=_by_code(code), fichier_form=form, status=422)
        found = _known().filter(sha256=form.cleaned_data["empreinte"]).order_by("pk").first()
        other = bool(code and found and found.code_court != code)
        return _page(request, code, document=found, verifie=True, autre=other)

    def _code(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return _page(request, "", code_form=form, status=422)
        response = redirect("dossiers:verifier", form.cleaned_data["code"])
        response.status_code = 303
        return response


def _page(
    request: HttpRequest,
    code: str,
    *,
    document: Document | None = None,
    code_form: CodeForm | None = None,
    fichier_form: FichierForm | None = None,
    verifie: bool = False,
    autre: bool = False,
    trop: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "code": code,
        "document": document,
        "code_form": code_form or CodeForm(),
        "fichier_form": fichier_form or FichierForm(),
        "verifie": verifie,
        "autre": autre,
        "trop": trop,
    }
    response = render(request, "dossiers/verifier.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _known() -> QuerySet[Document]:
    """Papers that exist as a file, with what may be said of them and nothing more."""
    return Document.objects.filter(etat=EtatDocument.RENDU).only(
        "titre", "created_at", "code_court", "sha256", "annule_at", "annule_motif"
    )


def _by_code(code: str) -> Document | None:
    return _known().filter(code_court=code).first() if code else None


def _too_many(request: HttpRequest) -> bool:
    """More than `TRIES` answers asked in a minute from one address, the minute being counted from its first one.

    Its start is kept beside the count: `cache.incr` would renew the term at each try and refuse a quiet reader.
    """
    key = f"verifier:{get_adapter().get_client_ip(request)}"
    now = request.now.timestamp()  # type: ignore[attr-defined]
    start, tries = cache.get(key, (now, 0))
    if now - start >= PERIOD_SECONDS:
        start, tries = now, 0
    cache.set(key, (start, tries + 1), PERIOD_SECONDS)
    return bool(tries >= TRIES)
