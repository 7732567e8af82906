"""The homes of the bodies consulted: the URPS, the Assurance Maladie, the medical service."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import holds_mandate
from accounts.states import Droit
from dossiers.selectors.reglages import valeur
from portal.views.homes.blocs import (
    Bloc,
    Ligne,
    bloc,
    identity,
    messages_of,
    opinions_asked,
    opinions_done,
    requests_asked,
    since,
    threads_awaiting,
)
from projects.models import LettreIntention
from projects.selectors import desks
from projects.states import ModeValidation

SANS_MANDAT = (
    "Vous n’avez pas de mandat en cours pour votre URPS. Vous lisez les dossiers et préparez les réponses avec vos "
    "collègues\u00a0; une personne titulaire ou suppléante donne l’avis."
)


def urps(request: HttpRequest) -> HttpResponse:
    """Opinions to give by due date, those given, and the requests asked of the URPS itself."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    mandated = holds_mandate(acteur.user, acteur.membership.organisation, on=today)
    asked = requests_asked(acteur, today=today)
    return _page(
        request,
        [opinions_asked(acteur, today=today), *([asked] if asked.lignes else [])],
        [opinions_done(acteur)],
        avis="" if mandated or not acteur.has(Droit.INSTRUIRE) else SANS_MANDAT,
    )


def assurance_maladie(request: HttpRequest) -> HttpResponse:
    """Opinions to give, and the validations to confirm where the region decides jointly."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    main = [opinions_asked(acteur, today=today)]
    if valeur("mode_validation_lettre", on=today) == ModeValidation.CONJOINTE and acteur.has(Droit.SIGNER):
        main.append(_to_confirm(request))
    return _page(request, main, [threads_awaiting(acteur, today=today), opinions_done(acteur)])


def elsm(request: HttpRequest) -> HttpResponse:
    """Opinions to give, and those given."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    return _page(
        request,
        [opinions_asked(acteur, today=today)],
        [threads_awaiting(acteur, today=today), opinions_done(acteur)],
    )


def _page(request: HttpRequest, main: list[Bloc], aside: list[Bloc], *, avis: str = "") -> HttpResponse:
    context: dict[str, Any] = {"blocs": main, "marge": aside, "chiffres": [], "avis": avis, **messages_of(request)}
    return render(request, "portal/accueil_agent.html", context)


def _to_confirm(request: HttpRequest) -> Bloc:
    today = timezone.localdate(request.now)

    def line(lettre: LettreIntention) -> Ligne:
        return Ligne(
            titre=lettre.dossier.nom,
            url=reverse("projects:lettre", args=[lettre.pk]),
            note=identity(lettre.dossier),
            quand=f"Reçue {since(lettre.transmise_at, today)}",
            etat="À confirmer",
        )

    return bloc(
        desks.validations_to_confirm(request.acteur),
        line,
        cle="validations",
        titre="Validations à confirmer",
        vide="Les lettres que la région valide avec vous attendront ici votre confirmation.",
    )
