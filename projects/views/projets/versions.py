"""The frozen versions of a project: their list, an old one, two of them side by side. For each of its readers."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from guichet.kernel.civil import date_longue
from guichet.kernel.comparison import compare
from projects.models import ProjetSante, VersionProjet
from projects.views import etapes
from projects.views.onglets import opened, tabs


class VersionsView(LoginRequiredMixin, View):
    """Each version with its day and its fingerprint, and which two to compare."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = etapes.PROJET.get(request, pk)
        versions = [_line(projet, version) for version in projet.versions.defer("contenu").order_by("-numero")]
        context = {**frame(request, projet), "versions": versions, "comparables": len(versions) > 1}
        return render(request, "projects/projets/versions.html", context)


class VersionView(LoginRequiredMixin, View):
    """One version as it was deposited, in its own words."""

    def get(self, request: HttpRequest, pk: int, numero: int) -> HttpResponse:
        projet = etapes.PROJET.get(request, pk)
        version = get_object_or_404(projet.versions, numero=numero)
        context = {
            **frame(request, projet),
            "version": _line(projet, version),
            "parties": parts_of(version),
            "reserves": version.contenu["reserves"],
            "pieces": version.contenu["pieces"],
        }
        return render(request, "projects/projets/version.html", context)


class ComparerView(LoginRequiredMixin, View):
    """`?de=1&a=2`: what went out and what came in; by default the last two. 404 for a version that does not exist."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = etapes.PROJET.get(request, pk)
        versions = {version.numero: version for version in _versions(projet)}
        numbers = sorted(versions)
        if len(numbers) < 2:
            raise Http404
        before = versions.get(_number(request.GET.get("de"), numbers[-2]))
        after = versions.get(_number(request.GET.get("a"), numbers[-1]))
        if before is None or after is None:
            raise Http404
        context = {
            **frame(request, projet),
            "numeros": numbers,
            "de": before.numero,
            "a": after.numero,
            "comparaison": compare(before.contenu["parties"], after.contenu["parties"]),
            "avant": _name(before),
            "apres": _name(after),
            "court_avant": f"Version {before.numero}",
            "court_apres": f"Version {after.numero}",
        }
        return render(request, "projects/projets/comparer.html", context)


def parts_of(version: VersionProjet) -> list[dict[str, Any]]:
    """The parts as they were deposited, folded, in their own words."""
    return [
        {"titre": part["titre"], "ancre": part["cle"], "blocs": part["blocs"], "url": "", "plie": True}
        for part in version.contenu["parties"]
    ]


def frame(request: HttpRequest, projet: ProjetSante) -> dict[str, Any]:
    """The header and the tabs of a page about a project."""
    parcours = opened(request, projet)
    return {**etapes.PROJET.page(projet), "projet": projet, "onglets": tabs(request, parcours, "projet")}


def _versions(projet: ProjetSante) -> list[VersionProjet]:
    return list(projet.versions.order_by("-numero"))


def _line(projet: ProjetSante, version: VersionProjet) -> dict[str, Any]:
    return {
        "numero": version.numero,
        "nom": _name(version),
        "sha256": version.sha256,
        "url": reverse("projects:projet_version", args=[projet.pk, version.numero]),
    }


def _name(version: VersionProjet) -> str:
    """ "Version 1, déposée le 8 octobre 2026"."""
    verb = "déposée" if version.numero == 1 else "complétée"
    return f"Version {version.numero}, {verb} le {date_longue(timezone.localdate(version.created_at))}"


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    return int(text) if text.isdecimal() and len(text) < 6 else 0
