"""What a desk asked of the association: the list of what waits, and the page that answers one item."""

from collections.abc import Sequence
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views import View

from dossiers.forms.pieces_demandees import RepondreForm
from dossiers.models import DemandePieces, Dossier, PieceDemandee
from dossiers.parcours import suite_of
from dossiers.selectors.pieces import pieces_of
from dossiers.selectors.pieces_demandees import answered, items_asked_of, open_requests
from dossiers.services.pieces_demandees import answer_own
from dossiers.states import EtapePieces, EtatPieceDemandee
from dossiers.views.actes import GesteView
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge

OBJETS = {"demande": "À propos de la demande de subvention"}
"""What an item may be about, beside the step itself."""

TONS = {EtatPieceDemandee.REPONDUE: "ok", EtatPieceDemandee.NON_CONFORME: "alert"}


def line(item: PieceDemandee, *, url: str = "", answers: bool = True) -> dict[str, Any]:
    """One item in words, for a page or a panel: what, why, until when, and what came. `answers` False tells only
    whether something came. `url` leads to the page that answers it.
    """
    when = f"Pour le {date_longue(item.limite_le)}" if item.limite_le else "Dès que possible"
    came = item.etat != EtatPieceDemandee.ATTENDUE
    return {
        "pk": item.pk,
        "titre": item.intitule,
        "precision": item.precision,
        "objet": OBJETS.get(item.concerne, ""),
        "texte": _why(item),
        "quand": when,
        "etat": {"libelle": _state(item), "ton": TONS.get(EtatPieceDemandee(item.etat), "")},
        "repondue": came,
        "reponse": item.reponse if answers else "",
        "pieces": list(item.pieces.all()) if answers else [],
        "recue": f"Reçue le {date_longue(item.recue_le)}" if came and item.recue_le else "",
        "redate": item.requise_par_un_texte and item.etat == EtatPieceDemandee.REPONDUE,
        "url": url,
        "fil": reverse("dossiers:fil_de_piece", args=[item.pk]),
    }


def _state(item: PieceDemandee) -> str:
    """Nothing is awaited any more once the request is closed."""
    closed = item.etat == EtatPieceDemandee.ATTENDUE and item.demande.close_at is not None
    return "Sans réponse" if closed else item.get_etat_display()


def _why(item: PieceDemandee) -> str:
    """Whether a text requires it; on a project, where the clock hangs on it, also that none does."""
    if item.requise_par_un_texte:
        return f"Exigée par un texte\u00a0: {item.fondement}"
    project = item.demande.etape == EtapePieces.PROJET
    return "Utile\u00a0: aucun texte ne l’exige, le délai ne change pas" if project else ""


def panel_of(demandes: Sequence[DemandePieces], *, limit: int = 3) -> list[dict[str, Any]]:
    """The requests a desk made, for `dossiers/panneaux/pieces_demandees.html`. While a request is open, the desk learns
    what has an answer, not the answer: the association may still change it.
    """
    return [
        {
            "pk": demande.pk,
            "titre": f"Demandé le {date_longue(demande.demandee_le)} par {demande.organisation.nom}",
            "ouverte": demande.close_at is None,
            "compte": count_of([demande]),
            "lignes": [line(item, answers=demande.close_at is not None) for item in demande.items.all()],
        }
        for demande in demandes[:limit]
    ]


class AskingView(GesteView):
    """A request for pieces, item by item: a button adds a line to the form, and sends nothing."""

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        if "ajouter" not in request.POST:
            return super().post(request, pk, **more)
        step = self.allowed(request, pk)
        form: Any = self.make_form(request, step, data=request.POST)
        return self.show(request, step, form.one_more())


def count_of(demandes: Sequence[DemandePieces]) -> str:
    """ "2 réponses sur 3"."""
    done, total = answered(demandes)
    return f"{done} {'réponses' if done > 1 else 'réponse'} sur {total}"


class RepondreView(LoginRequiredMixin, View):
    """Everything asked that still waits on a file, item by item, and what to do once it is answered."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = get_object_or_404(Dossier.objects.visible_to(request.acteur), pk=pk)
        if not rules.test_rule("dossier.rediger", request.acteur, dossier):
            raise Http404
        demandes = [
            {
                "pk": demande.pk,
                "organisme": demande.organisation.nom,
                "etape": demande.get_etape_display(),
                "le": demande.demandee_le,
                "compte": count_of([demande]),
                "finie": _all_answered(demande),
                "suite": suite_of(demande),
                "lignes": [
                    line(item, url=reverse("dossiers:repondre_piece", args=[item.pk])) for item in demande.items.all()
                ],
            }
            for demande in open_requests(dossier)
        ]
        return render(request, "dossiers/repondre.html", {"dossier": dossier, "demandes": demandes})


def _all_answered(demande: DemandePieces) -> bool:
    done, total = answered([demande])
    return done == total


class RepondrePieceView(LoginRequiredMixin, View):
    """The answer to one item: words, files already joined, a new file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self._item(request, pk)
        initial = {"reponse": item.reponse, "pieces": [piece.pk for piece in item.pieces.order_by("pk")]}
        return self._page(request, item, self._form(request, item, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self._item(request, pk)
        form = self._form(request, item, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self._page(request, item, form, status=422)
        try:
            answer_own(
                item=item,
                reponse=form.cleaned_data["reponse"],
                pieces=form.chosen(),
                fichier=form.cleaned_data["fichier"],
                genre=form.cleaned_data["genre"],
                by=request.acteur,
                now=request.now,
            )
        except (FileRefused, ValidationError) as refused:
            form.add_error("fichier", refused if isinstance(refused, ValidationError) else str(refused))
            return self._page(request, item, form, status=413 if isinstance(refused, FileTooLarge) else 422)
        messages.success(request, f"Votre réponse sur «\u00a0{item.intitule}\u00a0» est gardée.")
        return redirect("dossiers:repondre", pk=item.demande.dossier_id)

    def _item(self, request: HttpRequest, pk: int) -> PieceDemandee:
        item = get_object_or_404(items_asked_of(request.acteur), pk=pk)
        if not rules.test_rule("dossier.rediger", request.acteur, item.demande.dossier):
            raise Http404
        if item.demande.close_at is not None:
            raise Refused("Cette demande de pièces est close\u00a0: vos réponses sont déjà parties.")
        return item

    def _form(self, request: HttpRequest, item: PieceDemandee, **given: Any) -> RepondreForm:
        joined = pieces_of(item.demande.dossier, acteur=request.acteur)
        return RepondreForm(**given, pieces=joined)

    def _page(self, request: HttpRequest, item: PieceDemandee, form: RepondreForm, status: int = 200) -> HttpResponse:
        context = {
            "dossier": item.demande.dossier,
            "organisme": item.demande.organisation.nom,
            "ligne": line(item, answers=False),
            "form": form,
        }
        return render(request, "dossiers/repondre_piece.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("dossiers/<int:pk>/demandes/", RepondreView.as_view(), name="repondre"),
    path("pieces-demandees/<int:pk>/", RepondrePieceView.as_view(), name="repondre_piece"),
]
