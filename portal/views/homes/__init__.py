"""The home of each role: what is expected, first."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.acteur import Acteur
from accounts.states import Droit, Genre
from portal.views.homes import admin, ars, bodies, guichet, porteur
from portal.views.homes.porteur import HOME_LETTERS

__all__ = ["HOME_LETTERS", "accueil_role", "administration"]

HOMES = {
    Genre.GUICHET: guichet.home,
    Genre.URPS: bodies.urps,
    Genre.ARS: ars.home,
    Genre.DD_ARS: ars.home,
    Genre.CPAM: bodies.assurance_maladie,
    Genre.MSA: bodies.assurance_maladie,
    Genre.ELSM: bodies.elsm,
}


@require_safe
@login_required
def accueil_role(request: HttpRequest) -> HttpResponse:
    """The page one lands on after signing in, by the capacity one acts in."""
    acteur: Acteur = request.acteur
    if acteur.has(Droit.ADMINISTRER) and not acteur.has(Droit.INSTRUIRE):
        return admin.home(request)
    return HOMES[Genre(acteur.genre)](request) if acteur.est_agent else porteur.home(request)


@require_safe
@login_required
def administration(request: HttpRequest) -> HttpResponse:
    """The same home for an administrator who also handles files; the page does not exist for others."""
    if not request.acteur.has(Droit.ADMINISTRER):
        raise Http404
    return admin.home(request)
