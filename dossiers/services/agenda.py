"""Give a person an address for its calendar, take it back, note that it was read."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.acteur import Acteur
from accounts.models import User
from dossiers.models import AbonnementAgenda, Dossier
from dossiers.models.agenda import empreinte_of
from dossiers.selectors.agenda import opens
from guichet.kernel.lifecycle import Refused

AGENDAS_MAX = 20
BETWEEN_NOTES = timedelta(hours=1)
"""A reading is noted no more often."""


@transaction.atomic
def subscribe(*, dossier: Dossier | None, by: Acteur, now: datetime) -> tuple[AbonnementAgenda, str]:
    """An address for what `by` reads in its capacity: one file, or all. The token is told here and never again.

    Refused to a person who acts for nobody, for a file it does not open, past AGENDAS_MAX.
    """
    if by.organisation_id is None:
        raise Refused("Un agenda suit les dossiers d’une organisation\u00a0: vous n’agissez pour aucune.")
    if dossier is not None and not opens(by, dossier):
        raise Refused("Vous n’avez pas accès à ce dossier.")
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.user.pk)
    if AbonnementAgenda.objects.active().filter(user=by.user).count() >= AGENDAS_MAX:
        raise Refused(f"Vous avez déjà {AGENDAS_MAX} adresses d’agenda. Retirez-en une d’abord.")
    jeton = secrets.token_urlsafe(32)
    made = AbonnementAgenda.objects.create(
        user=by.user,
        organisation_id=by.organisation_id,
        dossier=dossier,
        empreinte=empreinte_of(jeton),
        created_at=now,
    )
    return made, jeton


@transaction.atomic
def revoke(*, abonnement: AbonnementAgenda, by: Acteur, now: datetime) -> None:
    """The address answers no more, for ever. Only its person revokes it; twice changes nothing."""
    if abonnement.user_id != by.user.pk:
        raise Refused("Cette adresse d’agenda n’est pas la vôtre.")
    AbonnementAgenda.objects.active().filter(pk=abonnement.pk).update(revoque_at=now)


def note_read(*, abonnement: AbonnementAgenda, now: datetime) -> None:
    """Keep when the address was last read, to the hour: no write between two notes."""
    if abonnement.lu_at is None or now - abonnement.lu_at >= BETWEEN_NOTES:
        AbonnementAgenda.objects.active().filter(pk=abonnement.pk).update(lu_at=now)
