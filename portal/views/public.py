"""Pages open to everyone: what a CPTS is, the way in, and the legal notices."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import samples, selectors


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """The public home: what a CPTS is and is not, its missions, the way in four steps."""
    return render(request, "portal/accueil.html", {"region": selectors.region_name(settings.REGION_CODE)})


@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibilite.html")


@require_safe
def confidentialite(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/confidentialite.html")


@require_safe
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/mentions_legales.html", {"millesime": selectors.current_vintage()})


@require_safe
def composants(request: HttpRequest) -> HttpResponse:
    """Every component with sample data: for those who build, never in production."""
    if not settings.DEMONSTRATION:
        raise Http404
    return render(request, "portal/composants.html", samples.components(request.now))  # type: ignore[attr-defined]
