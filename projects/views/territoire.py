"""The territory of a letter or of a project: search, add, remove, quarters, pilot département. Every gesture is a
plain form; htmx only spares the reload.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from dossiers.selectors.territoires import Part, current_draft, departements_of, discreet_overlap, parts_of
from dossiers.services.territoires import Ajout
from dossiers.states import Visibilite
from funding.models import Bareme
from funding.selectors import bareme_on
from guichet.kernel.money import nombre
from projects.forms.territoire import QuartierForm
from projects.models import LettreIntention, ProjetSante
from projects.selectors import files_alive
from projects.services import territoire as services
from projects.views import etapes
from territories import selectors as communes
from territories.models import Departement

OPEN_BELOW = 60
"""Under this number of parts every group is unfolded."""
QUERY_MAX = 80

Etape = LettreIntention | ProjetSante


@dataclass(frozen=True)
class Groupe:
    """The parts of one EPCI, in one département."""

    cle: str
    titre: str
    compte: str
    population: int
    parts: list[Part]
    ouvert: bool


class TerritoireView(LoginRequiredMixin, View):
    """The page, and alone the answers of a search when htmx asks for them. A refused gesture is shown on it."""

    kind: ClassVar[etapes.Kind] = etapes.LETTRE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.step(request, pk)
        if request.headers.get("HX-Target") == "resultats":
            territoire = current_draft(etape.dossier)
            parts = parts_of(territoire) if territoire else []
            context = {"adresses": self.addresses(etape), **_found(request, etape, parts)}
            return render(request, "projects/territoire_resultats.html", context)
        return self.page(request, etape)

    def step(self, request: HttpRequest, pk: int) -> Any:
        """The step, for those who write it."""
        return self.kind.open_to_writing(request, pk)

    def addresses(self, etape: Etape) -> dict[str, str]:
        """Where each gesture is sent, and where "Continuer" leads."""
        names = {"page": "territoire"} | {name: f"territoire_{name}" for name in GESTES}
        found = {name: self.kind.url(etape, page) for name, page in names.items()}
        return {**found, "suite": self.kind.after_territory(etape)}

    def page(
        self,
        request: HttpRequest,
        etape: Etape,
        *,
        erreurs: list[dict[str, str]] | None = None,
        form: QuartierForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        territoire = current_draft(etape.dossier)
        parts = parts_of(territoire) if territoire else []
        bareme = bareme_on(timezone.localdate(request.now))
        opened = set(request.GET.getlist("ouvert")[:5])
        context = {
            **self.kind.page(etape),
            "adresses": self.addresses(etape),
            "territoire": territoire,
            "nombre_parts": len(parts),
            "compte": _census(parts),
            "groupes": _groups(parts, opened),
            "departements": departements_of(parts),
            "pilote": etape.dossier.departement_pilote_id,
            "pilote_fixe": etape.dossier.visibilite != Visibilite.PORTEUR,
            "chevauchement": discreet_overlap(territoire, parmi=files_alive()) if territoire and parts else None,
            "bareme": bareme,
            "tailles": _intervals(bareme),
            "attribution": communes.attribution(),
            "erreurs": erreurs or [],
            **_found(request, etape, parts),
            **_quarter(request, parts, form),
        }
        return render(request, "projects/territoire.html", context, status=status)

    def refused(self, request: HttpRequest, etape: Etape, error: ValidationError, anchor: str) -> HttpResponse:
        erreurs = [{"message": message, "ancre": anchor} for message in error.messages]
        return self.page(request, etape, erreurs=erreurs, status=422)

    def back(self, request: HttpRequest, etape: Etape, **query: Any) -> HttpResponse:
        """The page again, with the search as it was."""
        kept = {"q": request.POST.get("q", "")[:QUERY_MAX], **query}
        words = urlencode({name: value for name, value in kept.items() if value}, doseq=True)
        return redirect(self.kind.url(etape, "territoire") + (f"?{words}" if words else ""))


class AjouterView(TerritoireView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.step(request, pk)
        codes, epci = request.POST.getlist("code"), request.POST.get("epci", "")
        try:
            if epci:
                ajout = services.add_epci(etape=etape, epci=epci, by=request.acteur, now=request.now)
            else:
                ajout = services.add_communes(etape=etape, codes=codes, by=request.acteur, now=request.now)
        except ValidationError as error:
            return self.refused(request, etape, error, "id_q")
        _tell_added(request, ajout)
        return self.back(request, etape)


class RetirerPartsView(TerritoireView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.step(request, pk)
        chosen = {int(part) for part in request.POST.getlist("part") if part.isdecimal() and len(part) < 19}
        territoire, group = current_draft(etape.dossier), request.POST.get("groupe")
        present = parts_of(territoire) if territoire else []
        if group:
            chosen = {part.id for part in present if _key(part) == group}
        if not chosen:
            return self.refused(
                request, etape, ValidationError("Cochez au moins une commune ou un quartier à retirer."), "parts"
            )
        services.remove_parts(etape=etape, parts=chosen, by=request.acteur, now=request.now)
        if gone := _census([part for part in present if part.id in chosen]):
            messages.success(request, f"{gone} en moins dans le territoire.")
        return self.back(request, etape, ouvert=sorted({_key(part) for part in present if part.id in chosen})[:5])


class QuartierView(TerritoireView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.step(request, pk)
        form = QuartierForm(request.POST)
        if not form.is_valid():
            return self.page(request, etape, form=form, status=422)
        given = form.cleaned_data
        try:
            services.add_quartier(etape=etape, code=given.pop("commune"), **given, by=request.acteur, now=request.now)
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(request, etape, form=form, status=422)
        messages.success(request, f"Le quartier «\u00a0{given['nom']}\u00a0» est ajouté.")
        return self.back(request, etape)


class PiloteView(TerritoireView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        etape = self.step(request, pk)
        departement = request.POST.get("departement", "")[:3]
        try:
            services.choose_pilote(etape=etape, departement=departement, by=request.acteur, now=request.now)
        except ValidationError as error:
            return self.refused(request, etape, error, "id_departement")
        messages.success(request, "Le département pilote est choisi.")
        return self.back(request, etape)


def _groups(parts: list[Part], opened: set[str]) -> list[Groupe]:
    few = len(parts) <= OPEN_BELOW
    groups = []
    for key, members in groupby(parts, key=_key):
        inside = list(members)
        title = inside[0].epci_nom or "Hors intercommunalité"
        departement = f" ({inside[0].departement_nom})"
        total = sum(part.population for part in inside)
        groups.append(Groupe(key, title + departement, _census(inside), total, inside, few or key in opened))
    return groups


def _key(part: Part) -> str:
    return f"{part.departement}-{part.epci}"


def _census(parts: list[Part]) -> str:
    """`26 communes`, `3 communes et 2 quartiers`; "" when there is nothing."""
    whole = sum(1 for part in parts if not part.quartier)
    cut = len(parts) - whole
    said = [f"{nombre(n)} {word}{'s' if n > 1 else ''}" for n, word in ((whole, "commune"), (cut, "quartier")) if n]
    return " et ".join(said)


def _intervals(bareme: Bareme) -> list[tuple[int, str]]:
    """Each size and its inhabitants in words; a threshold belongs to the size above it."""
    seuils = list(bareme.seuils.all())
    said = []
    for seuil, above in zip(seuils, [*seuils[1:], None], strict=True):
        if above is None:
            words = f"{nombre(seuil.population_min)} habitants et plus"
        elif not seuil.population_min:
            words = f"moins de {nombre(above.population_min)} habitants"
        else:
            words = f"de {nombre(seuil.population_min)} à {nombre(above.population_min - 1)} habitants"
        said.append((seuil.taille, words))
    return said


def _found(request: HttpRequest, etape: Etape, parts: list[Part]) -> dict[str, Any]:
    """The answers of the search, those of the region before any other, and which are there already."""
    text = (request.GET.get("q") or request.POST.get("q") or "").strip()[:QUERY_MAX]
    region = (
        list(Departement.objects.filter(region=etape.dossier.region).values_list("code", flat=True)) if text else []
    )
    return {
        "q": text,
        "resultats": communes.search(text, departements=region) or communes.search(text),
        "presentes": {part.code for part in parts if not part.quartier},
    }


def _quarter(request: HttpRequest, parts: list[Part], form: QuartierForm | None) -> dict[str, Any]:
    """The form of a quarter and its commune, when one is asked for."""
    code = form["commune"].value() if form else request.GET.get("quartier", "")
    commune = communes.communes([code]).get(code) if code and len(code) == 5 else None
    if commune is None:
        return {"quartier": None, "form": form, "reste": 0}
    taken = sum(part.population for part in parts if part.code == code)
    return {
        "quartier": commune,
        "form": form or QuartierForm(initial={"commune": code}),
        "reste": max((commune.population or 0) - taken, 0),
    }


def _tell_added(request: HttpRequest, ajout: Ajout) -> None:
    already = f" {_count(ajout.deja)} y {'étaient' if ajout.deja > 1 else 'était'} déjà." if ajout.deja else ""
    messages.success(request, f"{_count(ajout.ajoutees)} en plus dans le territoire.{already}")
    for sentence in ajout.ecartees[:10]:
        messages.warning(request, sentence)


def _count(parts: int) -> str:
    return f"{nombre(parts)} commune{'s' if parts > 1 else ''}" if parts else "Aucune commune"


GESTES: dict[str, type[TerritoireView]] = {
    "ajouter": AjouterView,
    "retirer": RetirerPartsView,
    "quartier": QuartierView,
    "pilote": PiloteView,
}


def addresses_of(kind: etapes.Kind, racine: str) -> list[URLPattern]:
    """The page and its gestures for one kind of step, under `racine`."""
    gestures = [
        path(f"{racine}{name}/", view.as_view(kind=kind), name=f"{kind.prefixe}territoire_{name}")
        for name, view in GESTES.items()
    ]
    return [path(racine, TerritoireView.as_view(kind=kind), name=f"{kind.prefixe}territoire"), *gestures]


urlpatterns = addresses_of(etapes.LETTRE, "lettres/<int:pk>/territoire/")
