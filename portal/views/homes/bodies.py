"""The homes of the bodies consulted: the URPS, the Assurance Maladie, the medical service."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.selectors import holds_mandate
from accounts.states import Droit
from dossiers.selectors.reglages import valeur
from portal.views.homes.blocs import (
    Bloc,
    Ligne,
    bloc,
    identity,
    opinions_asked,
    opinions_done,
    page,
    papers_to_confirm,
    requests_asked,
    since,
    threads_awaiting,
)
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
    own = [requests_asked(acteur, today=today), papers_to_confirm(acteur, today=today)]
    return page(
        request,
        [opinions_asked(acteur, today=today), *(block for block in own if block.lignes)],
        [opinions_done(acteur)],
        avis="" if mandated or not acteur.has(Droit.INSTRUIRE) else SANS_MANDAT,
        agit=mandated and acteur.has(Droit.INSTRUIRE),
    )


def assurance_maladie(request: HttpRequest) -> HttpResponse:
    """Opinions to give, and the validations to confirm where the region decides jointly."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    main = [opinions_asked(acteur, today=today)]
    if valeur("mode_validation_lettre", on=today) == ModeValidation.CONJOINTE and acteur.has(Droit.SIGNER):
        main.append(_to_confirm(acteur, today=today))
    return page(request, main, [threads_awaiting(acteur, today=today), opinions_done(acteur)])


def elsm(request: HttpRequest) -> HttpResponse:
    """Opinions to give, and those given."""
    acteur, today = request.acteur, timezone.localdate(request.now)
    main = [opinions_asked(acteur, today=today)]
    return page(request, main, [threads_awaiting(acteur, today=today), opinions_done(acteur)])


def _to_confirm(acteur: Acteur, *, today: date) -> Bloc:
    return bloc(
        desks.validations_to_confirm(acteur),
        lambda lettre: Ligne(
            titre=lettre.dossier.nom,
            url=reverse("projects:lettre", args=[lettre.pk]),
            note=identity(lettre.dossier),
            quand=f"Reçue {since(lettre.transmise_at, today)}",
            etat="À confirmer",
        ),
        cle="validations",
        titre="Validations à confirmer",
        vide="Les lettres que la région valide avec vous attendront ici votre confirmation.",
        geste="confirmer la validation de la lettre",
        bouton="Ouvrir la lettre",
    )
