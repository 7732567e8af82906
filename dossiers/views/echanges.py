"""Threads and notes of a file: the list, a thread, a new one, the files joined, the panel of the file's pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views import View

from dossiers.forms.echanges import READ_BY, MessageForm, NouveauFilForm
from dossiers.models import Dossier, Fil, LectureFil, Message, PieceDemandee
from dossiers.parcours import file_of
from dossiers.selectors.echanges import (
    FACING,
    audience_of_item,
    fichiers_visible_to,
    fils_visible_to,
    messages_by_key,
    messages_of,
    open_audiences,
    read_audiences,
    side_of,
    summary_of,
    threads_of,
    with_last_message,
    writes,
)
from dossiers.services.echanges import SUJET_MAX, AlreadySent, mark_read, open_thread, post_message
from dossiers.states import AudienceFil
from dossiers.views.downloads import as_download
from guichet.kernel.uploads import FileRefused, FileTooLarge

DE_QUI = {"porteur": "de l’association", "guichet": "du Guichet", "ars": "de l’ARS", "am": "de l’Assurance Maladie"}


class EchangesView(LoginRequiredMixin, View):
    """The threads of a file this person reads, the latest first. Who opens the file opens the page."""

    PER_PAGE = 25

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = dossier_of(request, pk)
        threads = with_last_message(threads_of(dossier, acteur=request.acteur))
        page = Paginator(threads, self.PER_PAGE).get_page(request.GET.get("page"))
        last = messages_by_key(fil.dernier for fil in page.object_list)
        context = {
            **frame(request, dossier, ""),
            "page": page,
            "fils": [_line(request, fil, last[fil.dernier]) for fil in page.object_list],
            "lit": bool(read_audiences(request.acteur)),
            "notes_seules": _notes_only(request),
            "ecrit": writes(request.acteur),
        }
        return render(request, "dossiers/echanges.html", context)


class FilView(LoginRequiredMixin, View):
    """A thread, in order, and the answer under it. Opening it reads it."""

    AT_ONCE = 50

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        fil = self._fil(request, pk)
        return self._page(request, fil, self._form(request, fil))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        fil = self._fil(request, pk)
        form = self._form(request, fil, data=request.POST, files=request.FILES)
        sent, status = attempt(
            form, lambda: post_message(fil=fil, ecrit=form.ecrit, by=request.acteur, now=request.now)
        )
        if sent is None:
            return self._page(request, fil, form, status=status)
        messages.success(request, "Votre message est envoyé.")
        return redirect(f"{reverse('dossiers:fil', args=[fil.pk])}#message-{sent.pk}")

    def _fil(self, request: HttpRequest, pk: int) -> Fil:
        known = fils_visible_to(request.acteur).select_related("dossier__association", "organisation", "piece_demandee")
        return get_object_or_404(known, pk=pk)

    def _form(self, request: HttpRequest, fil: Fil, **given: Any) -> MessageForm:
        facing = FACING.get(AudienceFil(fil.audience), {}).get(side_of(request.acteur), "")
        return MessageForm(**given, face=DE_QUI.get(facing, ""))

    def _page(self, request: HttpRequest, fil: Fil, form: MessageForm, status: int = 200) -> HttpResponse:
        seen = LectureFil.objects.filter(fil=fil, user=request.user.pk).values_list("lu_at", flat=True).first()
        whole = messages_of(fil)
        shown = list(whole if request.GET.get("tout") else whole[: self.AT_ONCE + 1])
        context = {
            **frame(request, fil.dossier, fil.sujet),
            "fil": fil,
            "audience": AudienceFil(fil.audience).label,
            "lecteurs": READ_BY[AudienceFil(fil.audience)],
            "attente": awaited(request, fil),
            "coupe": len(shown) == self.AT_ONCE + 1 and not request.GET.get("tout"),
            "messages_du_fil": [
                {"message": message, "nouveau": bool(seen and message.created_at > seen)}
                for message in reversed(shown[: None if request.GET.get("tout") else self.AT_ONCE])
            ],
            "form": form if writes(request.acteur) else None,
        }
        if seen is None or seen < fil.dernier_at:
            mark_read(fil=fil, by=request.acteur)
        return render(request, "dossiers/fil.html", context, status=status)


class NouveauFilView(LoginRequiredMixin, View):
    """A subject, whom it is for, the first message."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = dossier_of(request, pk)
        return new_thread_page(request, dossier, _choices(request, dossier))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = dossier_of(request, pk)
        return begin(request, dossier, _choices(request, dossier))


class FilDePieceView(LoginRequiredMixin, View):
    """The thread of an asked piece, between the association and the desk that asked, or its first message to write; 404
    for whoever is on neither side.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item, choices = self._item(request, pk)
        fil = fils_visible_to(request.acteur).filter(piece_demandee=item).first()
        if fil is not None:
            return redirect("dossiers:fil", pk=fil.pk)
        return new_thread_page(request, item.demande.dossier, choices, item=item)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        item, choices = self._item(request, pk)
        return begin(request, item.demande.dossier, choices, item=item)

    def _item(self, request: HttpRequest, pk: int) -> tuple[PieceDemandee, dict[AudienceFil, bool]]:
        known = PieceDemandee.objects.select_related("demande__organisation", "demande__dossier__association")
        files = Dossier.objects.visible_to(request.acteur)
        item = get_object_or_404(known.filter(demande__dossier__in=files), pk=pk)
        audience = audience_of_item(item)
        if audience not in read_audiences(request.acteur):
            raise Http404
        known_audiences = open_audiences(request.acteur, item.demande.dossier)
        return item, {one: ready for one, ready in known_audiences.items() if one == audience}


class FichierView(LoginRequiredMixin, View):
    """The bytes of a file joined to a message, through the audience of its thread."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return as_download(get_object_or_404(fichiers_visible_to(request.acteur), pk=pk))


def dossier_of(request: HttpRequest, pk: int) -> Dossier:
    return get_object_or_404(Dossier.objects.visible_to(request.acteur).select_related("association"), pk=pk)


def frame(request: HttpRequest, dossier: Dossier, title: str) -> dict[str, Any]:
    """The breadcrumb and the header of the file, as the application that carries it gives them."""
    there = file_of(dossier, request)
    trail = [{"label": "Accueil", "url": reverse("portal:accueil_role")}]
    if there:
        trail.append({"label": there.label, "url": there.url})
    trail.append(
        {"label": _page_name(request), "url": reverse("dossiers:echanges", args=[dossier.pk]) if title else ""}
    )
    if title:
        trail.append({"label": title, "url": ""})
    return {
        "dossier": dossier,
        "ariane": trail,
        "etat": there.etat if there else None,
        "faits": there.faits if there else (),
        "onglets": there.onglets if there else [],
    }


def new_thread_page(
    request: HttpRequest,
    dossier: Dossier,
    choices: dict[AudienceFil, bool],
    form: NouveauFilForm | None = None,
    *,
    item: PieceDemandee | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, or the sentence that says why nobody can be written to yet."""
    audiences = [audience for audience, ready in choices.items() if ready]
    context = {
        **frame(request, dossier, "Nouvelle note" if _notes_only(request) else "Nouveau message"),
        "form": form or _new_form(request, audiences, item),
        "item": item,
        "lecteurs": READ_BY[audiences[0]] if len(audiences) == 1 else "",
        "audience": audiences[0].label if len(audiences) == 1 else "",
        "possible": bool(audiences),
        "ars_plus_tard": choices.get(AudienceFil.PORTEUR_ARS) is False,
        "retour": reverse("dossiers:echanges", args=[dossier.pk]),
        "notes_seules": _notes_only(request),
    }
    return render(request, "dossiers/nouveau_fil.html", context, status=status)


def begin(
    request: HttpRequest, dossier: Dossier, choices: dict[AudienceFil, bool], *, item: PieceDemandee | None = None
) -> HttpResponse:
    """Open the thread, then show it; the page again with what is to correct."""
    audiences = [audience for audience, ready in choices.items() if ready]
    form = _new_form(request, audiences, item, data=request.POST, files=request.FILES)
    fil, status = attempt(
        form,
        lambda: open_thread(
            dossier=dossier,
            audience=form.cleaned_data["audience"],
            sujet=form.cleaned_data["sujet"],
            ecrit=form.ecrit,
            piece_demandee=item,
            by=request.acteur,
            now=request.now,
        ),
    )
    if fil is None:
        return new_thread_page(request, dossier, choices, form, item=item, status=status)
    messages.success(request, "Votre message est envoyé." if not _notes_only(request) else "Votre note est gardée.")
    return redirect("dossiers:fil", pk=fil.pk)


def attempt(form: MessageForm, act: Any) -> tuple[Any, int]:
    """What the act gives, or None with the status of the page that says what to correct; the text is kept."""
    status = 422
    if form.is_valid():
        try:
            return act(), 200
        except FileRefused as refused:
            form.add_error("fichiers", str(refused))
            status = 413 if isinstance(refused, FileTooLarge) else 422
        except AlreadySent as sent:
            form.add_error(None, str(sent))
            form.renew()
            status = 409
    if form.files and not form.has_error("fichiers"):
        form.add_error("fichiers", ValidationError("Choisissez à nouveau vos fichiers\u00a0: ils ne sont pas gardés."))
    return None, status


def awaited(request: HttpRequest, fil: Fil) -> dict[str, str] | None:
    """Who owes an answer, as a tag."""
    if not fil.attend_reponse_de:
        return None
    if fil.attend_reponse_de == side_of(request.acteur):
        return {"libelle": "Attend une réponse de vous", "ton": "warn"}
    return {"libelle": f"Attend une réponse {DE_QUI[fil.attend_reponse_de]}", "ton": "info"}


def panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """What this part shows on every page of a file: what is new, the last subjects; None for who reads no thread."""
    if not read_audiences(request.acteur):
        return None
    summary = summary_of(dossier, acteur=request.acteur)
    return {
        "gabarit": "dossiers/panneaux/echanges.html",
        "zone": "marge",
        "titre": _page_name(request),
        "dossier_id": dossier.pk,
        "non_lus": summary.non_lus,
        "fils": [
            {"fil": fil, "audience": AudienceFil(fil.audience).label, "attente": awaited(request, fil)}
            for fil in summary.derniers
        ],
        "ecrit": writes(request.acteur),
        "notes_seules": _notes_only(request),
    }


def _choices(request: HttpRequest, dossier: Dossier) -> dict[AudienceFil, bool]:
    choices = open_audiences(request.acteur, dossier)
    if not choices:
        raise Http404
    return choices


def _new_form(
    request: HttpRequest, audiences: list[AudienceFil], item: PieceDemandee | None, **given: Any
) -> NouveauFilForm:
    facings = {FACING[one].get(side_of(request.acteur), "") for one in audiences if one in FACING}
    face = DE_QUI[next(iter(facings))] if facings else ""
    subject = f"Pièce demandée\u00a0: {item.intitule}"[:SUJET_MAX] if item else ""
    return NouveauFilForm(**given, audiences=audiences, face=face, sujet=subject)


def _notes_only(request: HttpRequest) -> bool:
    return read_audiences(request.acteur) == [AudienceFil.ORGANISME]


def _page_name(request: HttpRequest) -> str:
    return "Notes" if _notes_only(request) else "Échanges"


def _line(request: HttpRequest, fil: Any, last: Message) -> dict[str, Any]:
    return {
        "fil": fil,
        "audience": AudienceFil(fil.audience).label,
        "dernier": last,
        "attente": awaited(request, fil),
    }


urlpatterns: list[URLPattern] = [
    path("dossiers/<int:pk>/echanges/", EchangesView.as_view(), name="echanges"),
    path("dossiers/<int:pk>/echanges/nouveau/", NouveauFilView.as_view(), name="nouveau_fil"),
    path("echanges/<int:pk>/", FilView.as_view(), name="fil"),
    path("echanges/fichiers/<int:pk>/", FichierView.as_view(), name="fichier_message"),
    path("pieces-demandees/<int:pk>/echange/", FilDePieceView.as_view(), name="fil_de_piece"),
]
