"""In which capacity a person acts, and the second factor without which an agent reaches nothing."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts import selectors
from accounts.acteur import Acteur
from accounts.models import User
from guichet.kernel.http import HEALTH

GetResponse = Callable[[HttpRequest], HttpResponse]

SESSION_KEY = "qualite"
"""Session key: the id of the organisation the person chose to act for."""

OPEN_PREFIXES = (HEALTH, "/agenda/")
"""Health pages, and calendars whose address is their key: no session, no person, no query."""

WITHOUT_SECOND_FACTOR = frozenset(
    {"mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate", "account_logout"}
)
"""The views an agent without a second factor may reach: enrolment, its confirmation by password, sign-out."""


class ActeurMiddleware:
    """Set `request.acteur` (None for a stranger) and `request.acteurs`, every capacity of the person.

    One query for a signed-in person, none for a stranger. A person with no membership acts for herself.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.acteur, request.acteurs, request.second_facteur_manquant = None, [], False
        if not _is_open(request) and request.user.is_authenticated:
            self._load(request)
        return self.get_response(request)

    def _load(self, request: Any) -> None:
        user = cast(User, request.user._wrapped if hasattr(request.user, "_wrapped") else request.user)
        memberships = selectors.capacities_of(user, on=timezone.localdate(request.now))
        for membership in memberships:
            membership.user = user
        request.acteurs = [Acteur(user=user, membership=membership) for membership in memberships]
        wanted = request.session.get(SESSION_KEY)
        chosen = [acteur for acteur in request.acteurs if acteur.organisation_id == wanted]
        request.acteur = (chosen or request.acteurs or [Acteur(user=user)])[0]
        request.second_facteur_manquant = selectors.lacks_second_factor(user, memberships)


class SecondFactorMiddleware:
    """An agent, whatever its capacity of the moment, reaches only enrolment and sign-out until it has a TOTP factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.second_facteur_manquant or _is_open(request):
            return None
        if request.resolver_match.view_name in WITHOUT_SECOND_FACTOR:
            return None
        enrolment = reverse("mfa_activate_totp")
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(enrolment)
        return HttpResponseRedirect(enrolment)


def _is_open(request: HttpRequest) -> bool:
    return request.path_info.startswith((*OPEN_PREFIXES, settings.STATIC_URL))
