"""The advisers of the Guichet whom an association invites to read its draft."""

from datetime import datetime

import rules
from django.db import transaction

from accounts.acteur import Acteur
from accounts.models import User
from accounts.selectors import organisations_for, users_with_right
from dossiers.models import ConseillerInvite, Dossier
from guichet.kernel.civil import civil_day
from guichet.kernel.lifecycle import Refused


@transaction.atomic
def invite_adviser(*, dossier: Dossier, user: User, by: Acteur, now: datetime) -> ConseillerInvite:
    """Let one person of the region's Guichet read the draft; inviting twice is inviting once."""
    if not rules.test_rule("dossier.rediger", by, dossier):
        raise Refused("Seule une personne de l’association invite un conseiller.")
    guichet = organisations_for(dossier.region, "guichet").values_list("pk", flat=True)
    if not users_with_right(guichet, "instruire", on=civil_day(now)).filter(pk=user.pk).exists():
        raise Refused("Cette personne n’est pas un conseiller du Guichet de votre région.")
    invite, _ = ConseillerInvite.objects.get_or_create(
        dossier=dossier, user=user, retire_at=None, defaults={"invite_par": by.user, "created_at": now}
    )
    return invite


def remove_adviser(*, dossier: Dossier, user_id: int, by: Acteur, now: datetime) -> None:
    """From now on this person no longer reads the draft."""
    if not rules.test_rule("dossier.rediger", by, dossier):
        raise Refused("Seule une personne de l’association retire un conseiller.")
    ConseillerInvite.objects.filter(dossier=dossier, user_id=user_id, retire_at=None).update(retire_at=now)
