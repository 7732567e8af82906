"""The files joined to a dossier: read, joined, removed, downloaded, through the perimeter of the dossier."""

import re
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views import View

from dossiers.forms.pieces import PieceForm
from dossiers.models import Dossier, Piece
from dossiers.selectors.pieces import pieces_of, pieces_visible_to, same_content
from dossiers.services.pieces import add_piece, remove_piece
from dossiers.views.downloads import as_download
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge


class PiecesView(LoginRequiredMixin, View):
    """The list, and for those who write the form that joins a file. `?retour=` is where the person comes from."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._dossier(request, pk), PieceForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self._dossier(request, pk)
        if not _writes(request, dossier):
            raise Refused("Vous n’avez pas le droit de modifier les pièces de ce dossier.")
        form = PieceForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, dossier, form, status=422)
        try:
            piece = add_piece(dossier=dossier, **form.cleaned_data, by=request.acteur, now=request.now)
        except (FileRefused, ValidationError) as refused:
            form.add_error("fichier", refused if isinstance(refused, ValidationError) else str(refused))
            return self._page(request, dossier, form, status=413 if isinstance(refused, FileTooLarge) else 422)
        _tell_joined(request, piece)
        return redirect(_with_return(reverse("dossiers:pieces", args=[dossier.pk]), _return_path(request)))

    def _dossier(self, request: HttpRequest, pk: int) -> Dossier:
        return get_object_or_404(Dossier.objects.visible_to(request.acteur), pk=pk)

    def _page(self, request: HttpRequest, dossier: Dossier, form: PieceForm, *, status: int = 200) -> HttpResponse:
        writes = _writes(request, dossier)
        pieces = pieces_of(dossier, acteur=request.acteur)
        retour = _return_path(request)
        context = {
            "dossier": dossier,
            "form": form if writes else None,
            "pieces": [_line(piece, removable=writes, retour=retour) for piece in pieces],
            "retour": retour,
        }
        return render(request, "dossiers/pieces.html", context, status=status)


class PieceView(LoginRequiredMixin, View):
    """The bytes, as a download that no browser opens in the name of this site."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return as_download(get_object_or_404(pieces_visible_to(request.acteur), pk=pk))


class RetirerPieceView(LoginRequiredMixin, View):
    """The confirmation, then the removal."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        piece = self._piece(request, pk)
        context = {"piece": piece, "retour": self._list(request, piece), "suite": _return_path(request)}
        return render(request, "dossiers/piece_retirer.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        piece = self._piece(request, pk)
        remove_piece(piece=piece, by=request.acteur)
        messages.success(request, f"«\u00a0{piece.nom}\u00a0» est retirée.")
        return redirect(self._list(request, piece))

    def _piece(self, request: HttpRequest, pk: int) -> Piece:
        piece = get_object_or_404(pieces_visible_to(request.acteur).select_related("dossier"), pk=pk)
        if not _writes(request, piece.dossier):
            raise Http404
        return piece

    def _list(self, request: HttpRequest, piece: Piece) -> str:
        return _with_return(reverse("dossiers:pieces", args=[piece.dossier_id]), _return_path(request))


def _writes(request: HttpRequest, dossier: Dossier) -> bool:
    return bool(rules.test_rule("dossier.rediger", request.acteur, dossier))


def _return_path(request: HttpRequest) -> str:
    """The page of this site the person comes from, "" when there is none or when it is elsewhere."""
    path = request.POST.get("retour") or request.GET.get("retour") or ""
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours and not _MISREAD.search(path) else ""


_MISREAD = re.compile(r"[\\\x00-\x20\x7f]")
"""A browser drops tabs and takes a backslash for a slash: `/\\<tab>/ailleurs` would lead to another site."""


def _with_return(url: str, retour: str) -> str:
    return f"{url}?{urlencode({'retour': retour})}" if retour else url


def _line(piece: Piece, *, removable: bool, retour: str) -> dict[str, Any]:
    detail = (
        f"{piece.get_genre_display()} · {filesizeformat(piece.taille)} · empreinte SHA-256 {piece.sha256[:12]}… · "
        f"jointe le {date_longue(civil_day(piece.deposee_at))} par {piece.deposee_par}"
    )
    line = {"nom": piece.nom, "url": reverse("dossiers:piece", args=[piece.pk]), "detail": detail}
    if piece.figee_at:
        return {**line, "etat": {"libelle": "Déposée", "ton": "ok"}}
    if removable:
        return {**line, "retirer": _with_return(reverse("dossiers:retirer_piece", args=[piece.pk]), retour)}
    return line


def _tell_joined(request: HttpRequest, piece: Piece) -> None:
    twin = same_content(piece)
    joined = f"«\u00a0{piece.nom}\u00a0» est jointe."
    if twin is None:
        messages.success(request, joined)
    else:
        messages.warning(
            request, f"{joined} Le même fichier est déjà là comme «\u00a0{twin.get_genre_display()}\u00a0»."
        )
