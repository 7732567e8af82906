"""Requests without a letter: opening, checking, depositing."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views import View

from dossiers.models import Dossier
from dossiers.parcours import pages_of
from dossiers.selectors.documents import papers_of
from dossiers.selectors.pieces import pieces_of
from dossiers.states import EtatSection
from funding.forms.nouvelle import NouvelleDemandeForm
from funding.models import DemandeFir
from funding.selectors import ordered_sections
from funding.selectors.standalone import drafts_of, funders_for, standing_alone
from funding.services.standalone import deposit_standalone, open_standalone
from funding.states import EtatDemandeFir, ObjetDemande
from funding.views import presenters
from funding.views.reading import reading

A_DECIDER = (EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE, EtatDemandeFir.REJETEE_TACITEMENT)


def panel(request: HttpRequest, demande: DemandeFir) -> dict[str, Any] | None:
    """The papers of the request that this person may read; those it goes with when it stands alone."""
    acteur: Any = request.acteur  # type: ignore[attr-defined]
    own = set(demande.evenements.values_list("pk", flat=True))
    papers = [paper for paper in papers_of(demande.dossier, acteur=acteur) if paper.evenement in own]
    alone = demande.retour is None
    file = pages_of([demande.dossier_id], acteur).get(demande.dossier_id, "") if alone else ""
    return {
        "gabarit": "funding/panneaux/documents.html",
        "zone": "marge",
        "documents": papers,
        "pieces": pieces_of(demande.dossier, acteur=acteur) if alone else [],
        "dossier": file if file != request.path else "",
        "papier": alone and demande.etat in A_DECIDER and rules.test_rule("demande.instruire", acteur, demande),
        "demande": demande,
    }


def file_panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """On the page of a letter: the requests that go without it, and for those who write, how to open one."""
    acteur: Any = request.acteur  # type: ignore[attr-defined]
    writes = rules.test_rule("dossier.rediger", acteur, dossier) and dossier.reference is not None
    found = standing_alone(dossier, acteur)
    if not found and not writes:
        return None
    return {
        "gabarit": "funding/panneaux/demandes_seules.html",
        "zone": "marge",
        "dossier": dossier,
        "demandes": [(demande, presenters.tag_of(demande)) for demande in found],
        "ecrit": writes,
    }


class NouvelleDemandeView(LoginRequiredMixin, View):
    """Open a request on a deposited file. Those begun are proposed first."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.file(request, pk)
        return self.page(request, dossier, self.form(dossier))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.file(request, pk)
        form = self.form(dossier, data=request.POST)
        if not form.is_valid():
            return self.page(request, dossier, form, status=422)
        objet = form.cleaned_data["objet"]
        chosen = {str(body.pk): body for body in funders_for(dossier, objet=objet)}
        demande = open_standalone(
            dossier=dossier,
            financeur=chosen[form.cleaned_data["financeur"]],
            objet=objet,
            by=request.acteur,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
        )
        messages.success(request, "La demande est ouverte. Elle n’est lue que par votre association.")
        return redirect("funding:demande", pk=demande.pk)

    def file(self, request: HttpRequest, pk: int) -> Dossier:
        dossier = get_object_or_404(Dossier.objects.visible_to(request.acteur), pk=pk)  # type: ignore[attr-defined]
        if not rules.test_rule("dossier.rediger", request.acteur, dossier) or dossier.reference is None:  # type: ignore[attr-defined]
            raise Http404
        return dossier

    def form(self, dossier: Dossier, **given: Any) -> NouvelleDemandeForm:
        ars, urps = (_options(dossier, objet) for objet in (ObjetDemande.AUTRE, ObjetDemande.AIDE_URPS))
        financeurs = {objet: urps if objet == ObjetDemande.AIDE_URPS else ars for objet in ObjetDemande.values}
        return NouvelleDemandeForm(**given, financeurs=financeurs)

    def page(
        self, request: HttpRequest, dossier: Dossier, form: NouvelleDemandeForm, status: int = 200
    ) -> HttpResponse:
        context = {"dossier": dossier, "form": form, "brouillons": drafts_of(dossier)}
        return render(request, "funding/nouvelle_demande.html", context, status=status)


def _options(dossier: Dossier, objet: str) -> list[tuple[str, str]]:
    return [(str(body.pk), body.nom) for body in funders_for(dossier, objet=objet)]


class VerifierDemandeView(LoginRequiredMixin, View):
    """ "Vérifiez vos réponses" for a request alone, then its deposit."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        demande = self.draft(request, pk)
        if demande.etat != EtatDemandeFir.BROUILLON:
            return redirect("funding:demande", pk=pk)
        return self.page(request, demande)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        demande = self.draft(request, pk)
        if request.POST.get("exact") != "oui" and demande.etat == EtatDemandeFir.BROUILLON:
            missing = {"message": "Cochez la case qui dit que les réponses sont exactes.", "ancre": "exact"}
            return self.page(request, demande, erreurs=[missing], status=422)
        deposit_standalone(demande=demande, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        messages.success(request, f"Votre demande est déposée, et transmise {demande.financeur.a_qui}.")
        return redirect("funding:demande", pk=pk)

    def draft(self, request: HttpRequest, pk: int) -> DemandeFir:
        """A request of its own of the association the person writes for; 404 otherwise."""
        found = DemandeFir.objects.visible_to(request.acteur).for_pages()  # type: ignore[attr-defined]
        demande: DemandeFir = get_object_or_404(found, pk=pk)
        if not rules.test_rule("demande.rediger", request.acteur, demande) or demande.retour:  # type: ignore[attr-defined]
            raise Http404
        return demande

    def page(
        self,
        request: HttpRequest,
        demande: DemandeFir,
        *,
        erreurs: list[dict[str, str]] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        sections = ordered_sections(demande)
        jour = timezone.localdate(request.now)  # type: ignore[attr-defined]
        parts = reading(demande, sections, jour=jour)
        context = {
            "demande": demande,
            "parties": [
                {**part, "url": reverse("funding:section", args=[demande.pk, rubrique.cle])}
                for part, (rubrique, _) in zip(parts, sections, strict=True)
            ],
            "pieces": pieces_of(demande.dossier, acteur=request.acteur),  # type: ignore[attr-defined]
            "manques": _missing(demande, sections),
            "depose": rules.test_rule("demande.deposer", request.acteur, demande),  # type: ignore[attr-defined]
            "erreurs": erreurs or [],
        }
        return render(request, "funding/verifier_demande.html", context, status=status)


def _missing(demande: DemandeFir, sections: Any) -> list[dict[str, Any]]:
    """What the deposit still needs, by section, each line a link to its field."""
    found = []
    for rubrique, section in sections:
        if not rubrique.bloquante or section.etat == EtatSection.COMPLET:
            continue
        url = reverse("funding:section", args=[demande.pk, rubrique.cle])
        lines = [{"message": text, "url": f"{url}#div_{field}"} for field, text in section.manques]
        found.append({"titre": rubrique.titre, "lignes": lines or [{"message": "Partie à commencer.", "url": url}]})
    return found


urlpatterns = [
    path("dossiers/<int:pk>/demandes/nouvelle/", NouvelleDemandeView.as_view(), name="nouvelle_demande"),
    path("demandes/<int:pk>/verifier/", VerifierDemandeView.as_view(), name="verifier_demande"),
]
