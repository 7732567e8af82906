"""An association that nobody can invite people into: its last manager left, or its file came on paper.

The Guichet that handles the file asks; an administrator of the portal invites a first manager, with a reason that the
invitation keeps.
"""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Invitation, Organisation
from accounts.rules import administre, demande_la_reprise
from accounts.selectors import managers_of, organisations_for, users_with_right
from accounts.services.invitations import invite
from accounts.services.mails import queue_mail
from accounts.states import DROITS_ASSOCIATION, CategorieEnvoi, Droit, Genre
from guichet.kernel.lifecycle import Refused

NOT_ADMINISTRATOR = "Seule une personne qui administre le portail peut confier une association."
NOT_DESK = "Seul le Guichet de la région peut le demander."
MANAGED = "Une personne gère déjà cette association\u00a0: c’est à elle d’inviter."
NOT_ASSOCIATION = "Seule une association se confie ainsi."
NOBODY_TO_ASK = "Personne n’administre le portail pour l’instant\u00a0: prévenez son équipe technique."
NAMESPACE = UUID("0b9a1d0e-5a4f-4a57-8d1c-7c6f1a3e9d22")


@transaction.atomic
def hand_over(
    *, organisation: Organisation, email: str, fonction: str, motif: str, by: Acteur, now: datetime
) -> Invitation:
    """Invite somebody to manage the association, with every right in it, for that reason.

    Refused when somebody can already invite there, or to whoever does not administer the portal of the region.
    """
    if not administre.test(by, organisation):
        raise Refused(NOT_ADMINISTRATOR)
    _judge(organisation, now)
    droits = [droit.value for droit in DROITS_ASSOCIATION]
    return invite(organisation=organisation, email=email, droits=droits, fonction=fonction, by=by, now=now, motif=motif)


@transaction.atomic
def ask(*, organisation: Organisation, email: str, motif: str, by: Acteur, now: datetime) -> None:
    """Tell the administrators of the portal whom to invite and why; once a day for an association."""
    if not demande_la_reprise.test(by, organisation):
        raise Refused(NOT_DESK)
    _judge(organisation, now)
    on = timezone.localdate(now)
    guichet = organisations_for(organisation.region, Genre.GUICHET).values_list("pk", flat=True)
    administrators = list(users_with_right(guichet, Droit.ADMINISTRER, on=on))
    if not administrators:
        raise Refused(NOBODY_TO_ASK)
    for user in administrators:
        queue_mail(
            evenement=uuid5(NAMESPACE, f"{organisation.pk} {on.isoformat()} {email}"),
            modele="etape",
            user=user,
            contexte={
                "sujet": f"Association sans gestionnaire\u00a0: {organisation.nom}",
                "paragraphes": [
                    f"{by.user} ({by.qualite}) demande que {email} soit invité à gérer cette association.",
                    f"Raison donnée\u00a0: {motif}",
                ],
                "bouton": "Inviter cette personne",
            },
            url=reverse("accounts:reprise", args=[organisation.code]),
            categorie=CategorieEnvoi.COMPTE,
            now=now,
        )


def refuse_unless_abandoned(organisation: Organisation, *, on: date) -> None:
    """Raise `Refused` when it is not an association, or when somebody can invite there."""
    if organisation.genre != Genre.ASSOCIATION:
        raise Refused(NOT_ASSOCIATION)
    if managers_of(organisation, on=on).exists():
        raise Refused(MANAGED)


def _judge(organisation: Organisation, now: datetime) -> None:
    """The same, under the lock of the organisation, as people who join it."""
    current = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    refuse_unless_abandoned(current, on=timezone.localdate(now))
