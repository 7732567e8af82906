"""Who follows a file in one's own body: the panel of its page, the change, many at once, the files of nobody."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from accounts.rules import administre
from accounts.states import Genre
from dossiers.forms.affectations import NOBODY, AffecterForm, ReaffecterForm
from dossiers.models import Affectation, Dossier
from dossiers.parcours import pages_of
from dossiers.selectors.affectations import (
    association_lacks_manager,
    charges_of,
    charges_of_files,
    colleagues,
    files_of,
    files_without_anyone,
    followed_files,
    past_charges,
    people_with_files,
    presences,
)
from dossiers.selectors.listes import COUNT_MAX, capped_count
from dossiers.services.affectations import AT_ONCE, TITULAIRE, Reassigned, assign, reassign
from dossiers.states import RoleAffectation, Visibilite
from dossiers.views.listes import feuillet
from guichet.kernel.money import nombre

LABELS = {RoleAffectation.TITULAIRE.value: "Titulaire", RoleAffectation.SUPPLEANT.value: "Suppléance"}
PER_PAGE = 25
PAST_SHOWN = 10


def panel(request: HttpRequest, dossier: Dossier) -> dict[str, Any] | None:
    """Who follows the file in the body of whoever reads; nothing for an association, nor on a draft."""
    acteur = request.acteur  # type: ignore[attr-defined]
    if acteur is None or not acteur.est_agent or dossier.visibilite == Visibilite.PORTEUR:
        return None
    on = timezone.localdate(request.now)  # type: ignore[attr-defined]
    charges = charges_of(dossier, acteur.organisation_id, on=on)
    peut = rules.test_rule("dossier.affecter", acteur, dossier)
    return {
        "gabarit": "dossiers/panneaux/suivi.html",
        "zone": "marge",
        "dossier": dossier,
        "lignes": lines(charges, on),
        "peut_affecter": peut,
        "peut_prendre": peut and acteur.has("instruire") and TITULAIRE not in charges,
        "reprise": _takeover(acteur, dossier, on),
    }


def _takeover(acteur: Any, dossier: Dossier, on: Any) -> str:
    """What the Guichet may do for an association that has nobody to invite its people: the words of the link, or ""."""
    if acteur.genre != Genre.GUICHET or not (administre.test(acteur) or acteur.has("instruire")):
        return ""
    if not association_lacks_manager(dossier.association, on=on):
        return ""
    return "Inviter une personne qui la gérera" if administre.test(acteur) else "Demander qu’une personne soit invitée"


def lines(charges: dict[str, Affectation], on: Any) -> list[dict[str, Any]]:
    """Both roles, in order, each with its person and what is known of its presence."""
    known = presences(charges.values(), on=on)
    rows = ((role, charges.get(role)) for role in LABELS)
    return [{"libelle": LABELS[role], "presence": known[row.pk] if row else None} for role, row in rows]


class SuiviView(LoginRequiredMixin, View):
    """What these pages share: for who says who follows a file; a file of another perimeter does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not rules.test_rule("dossier.affecter", request.acteur):
            raise Http404
        self.on = timezone.localdate(request.now)
        return super().dispatch(request, *args, **kwargs)

    def dossier(self, request: HttpRequest, pk: int) -> Dossier:
        return get_object_or_404(followed_files(request.acteur).select_related("association"), pk=pk)

    def back(self, request: HttpRequest, dossier: Dossier) -> str:
        """The list one came from, else the page of the file."""
        listing = reverse("dossiers:sans_personne")
        if request.GET.get("depuis") == "liste":
            return listing
        return pages_of([dossier.pk], request.acteur).get(dossier.pk, listing)


class AffecterView(SuiviView):
    """Choose the titulaire and the suppléant; the past charges beneath."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.dossier(request, pk)
        return self._page(request, dossier, self._form(request, dossier))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.dossier(request, pk)
        form = self._form(request, dossier, data=request.POST)
        if not form.is_valid():
            return self._page(request, dossier, form, status=422)
        assign(dossier=dossier, wanted=form.wanted, seen=form.seen, by=request.acteur, now=request.now)
        messages.success(request, f"Le suivi de {dossier.nom} est enregistré.")
        return redirect(self.back(request, dossier))

    def _form(self, request: HttpRequest, dossier: Dossier, **given: Any) -> AffecterForm:
        self.charges = charges_of(dossier, request.acteur.organisation_id, on=self.on)
        people = colleagues(request.acteur.organisation_id, on=self.on)
        return AffecterForm(colleagues=people, charges=self.charges, **given)

    def _page(self, request: HttpRequest, dossier: Dossier, form: AffecterForm, status: int = 200) -> HttpResponse:
        body = request.acteur.organisation_id
        context = {
            "dossier": dossier,
            "organisme": request.acteur.membership.organisation.nom,
            "form": form,
            "lignes": lines(self.charges, self.on),
            "passees": past_charges(dossier, body)[:PAST_SHOWN],
            "retour": self.back(request, dossier),
        }
        return render(request, "dossiers/affecter.html", context, status=status)


class PrendreView(SuiviView):
    """ "Je m’en charge": one click, where there is no titulaire."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = self.dossier(request, pk)
        wanted, seen = {TITULAIRE: request.user}, {TITULAIRE: None}
        assign(dossier=dossier, wanted=wanted, seen=seen, by=request.acteur, now=request.now)
        messages.success(request, f"Vous êtes titulaire du dossier {dossier.nom}.")
        return redirect(self.back(request, dossier))


class ReaffecterView(SuiviView):
    """From whom to whom, then the files ticked, then done. The choice is in the address; nothing moves by GET."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request, request.GET if "vers" in request.GET else None)
        chosen = form.is_bound and form.is_valid()
        return self._page(request, form, status=422 if form.is_bound and not chosen else 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request, request.POST)
        ticked = [int(pk) for pk in request.POST.getlist("dossiers") if pk.isdecimal() and len(pk) < 19]
        if not form.is_valid():
            return self._page(request, form, status=422)
        if not ticked:
            return self._page(request, form, status=422, oubli="Cochez au moins un dossier.")
        target = form.cleaned_data["vers"]
        done = reassign(dossier_ids=ticked, source=form.source, target=target, by=request.acteur, now=request.now)
        tell_result(request, done, target)
        return redirect("dossiers:reaffecter")

    def _form(self, request: HttpRequest, data: Any) -> ReaffecterForm:
        body = request.acteur.organisation_id
        initial = {"de": request.GET.get("de", "")}
        holders = people_with_files(request.acteur, on=self.on)
        return ReaffecterForm(data, holders=holders, colleagues=colleagues(body, on=self.on), initial=initial)

    def _page(self, request: HttpRequest, form: ReaffecterForm, status: int = 200, oubli: str = "") -> HttpResponse:
        rows, count = [], 0
        chosen = form.is_bound and form.is_valid()
        if chosen:
            found = files_of(request.acteur, form.source, on=self.on)
            count = found.count()
            rows = rows_of(request, found[:AT_ONCE], self.on)
        context = {
            "form": form,
            "choisi": chosen,
            "source": form.source if chosen else None,
            "cible": form.cleaned_data["vers"] if chosen else None,
            "de": form.cleaned_data["de"] if chosen else "",
            "lignes": rows,
            "nombre": count,
            "limite": AT_ONCE,
            "erreurs": [{"message": oubli, "ancre": "dossiers-a-confier"}] if oubli else [],
        }
        return render(request, "dossiers/reaffecter.html", context, status=status)


def tell_result(request: HttpRequest, done: Reassigned, target: Any) -> None:
    """What moved, and each file that did not, with why."""
    count = len(done.moved)
    if count:
        words = "1 dossier est confié" if count == 1 else f"{count} dossiers sont confiés"
        messages.success(request, f"{words} à {target}.")
    for dossier, why in done.kept:
        messages.warning(request, f"{dossier.nom} n’a pas changé de mains. {why}")
    if not count and not done.kept:
        messages.warning(request, "Aucun dossier n’a changé de mains.")


class SansPersonneView(SuiviView):
    """The files of the body that nobody follows, or nobody present in the next seven days; the oldest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = files_without_anyone(request.acteur, self.on)
        count = capped_count(found)
        page = feuillet(found, count, number=request.GET.get("page", ""), per_page=PER_PAGE)
        shown = Dossier.objects.filter(pk__in=page.object_list).order_by("created_at", "pk")
        context = {
            "page": page,
            "lignes": rows_of(request, shown, self.on),
            "nombre": f"Plus de {nombre(COUNT_MAX)} dossiers" if count > COUNT_MAX else count,
            "de": NOBODY,
        }
        return render(request, "dossiers/sans_personne.html", context)


def rows_of(request: HttpRequest, files: QuerySet[Dossier], on: Any) -> list[dict[str, Any]]:
    """Each file with its page and who follows it in the body, in a constant number of queries."""
    acteur = request.acteur  # type: ignore[attr-defined]
    dossiers = list(files)
    charges = charges_of_files(dossiers, acteur.organisation_id, on=on)
    flat = [row for by_role in charges.values() for row in by_role.values()]
    known = presences(flat, on=on)
    pages = pages_of([dossier.pk for dossier in dossiers], acteur)
    return [
        {
            "dossier": dossier,
            "url": pages.get(dossier.pk, ""),
            "suivi": [
                {"libelle": LABELS[role], "presence": known[charges[dossier.pk][role].pk]}
                for role in LABELS
                if role in charges.get(dossier.pk, {})
            ],
        }
        for dossier in dossiers
    ]


urlpatterns: list[URLPattern] = [
    path("dossiers/<int:pk>/suivi/", AffecterView.as_view(), name="affecter"),
    path("dossiers/<int:pk>/suivi/prendre/", PrendreView.as_view(), name="prendre"),
    path("dossiers/suivi/", ReaffecterView.as_view(), name="reaffecter"),
    path("dossiers/sans-personne/", SansPersonneView.as_view(), name="sans_personne"),
]
