"""Inviting a person by e-mail to act for an organisation. The token is in the mail only; we keep its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Invitation, Membership, Organisation, User
from accounts.models.users import normalise_email
from accounts.rules import accorde, gere_les_membres
from accounts.selectors import capacities_of
from accounts.services import mails, memberships
from guichet.kernel.lifecycle import Refused

LIFETIME = timedelta(days=14)

BETWEEN_MAILS = timedelta(minutes=10)
"""One invitation leaves again no sooner: the portal must not serve to flood a mailbox."""

INVITATIONS_A_DAY = 50
"""For one organisation: above any need, below what makes a sender of unwanted mail."""

ALREADY_MEMBER = "Cette personne est déjà membre de l’organisation."
ALREADY_INVITED = "Une invitation est déjà en cours pour cette adresse : renvoyez-la ou annulez-la."
TOO_MANY = "Votre organisation a envoyé beaucoup d’invitations depuis hier\u00a0: reprenez demain."
TOO_SOON = "Cette invitation vient d’être envoyée\u00a0: attendez dix minutes avant de la renvoyer."
NO_LONGER_MANAGER = (
    "La personne qui vous a invité ne gère plus cette organisation\u00a0: demandez une nouvelle invitation."
)
ENDED = "Cette invitation n’est plus en cours."
EXPIRED = "Cette invitation a expiré. Demandez à la personne qui vous a invité de la renvoyer."
OTHER_ADDRESS = (
    "Cette invitation a été envoyée à une autre adresse que celle de votre compte. "
    "Connectez-vous avec l’adresse qui l’a reçue, ou demandez une nouvelle invitation."
)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """The invitation of that token, whatever its state; None for a token we never made."""
    return (
        Invitation.objects.select_related("organisation", "invite_par").filter(jeton_sha256=hash_token(token)).first()
    )


@transaction.atomic
def invite(
    *,
    organisation: Organisation,
    email: str,
    droits: list[str],
    fonction: str,
    by: Acteur,
    now: datetime,
    motif: str = "",
) -> Invitation:
    """Invite an address, account or not, and queue its mail. `motif`: why, when it is not its own people who invite.

    Refused to a member, twice, without the right, or past the invitations of a day.
    """
    _judge(organisation, droits, by)
    email = normalise_email(email)
    if (
        Membership.objects.active(on=timezone.localdate(now))
        .filter(organisation=organisation, user__email=email)
        .exists()
    ):
        raise Refused(ALREADY_MEMBER)
    if organisation.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise Refused(TOO_MANY)
    token = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=email,
                fonction=fonction,
                droits=sorted(droits),
                motif=motif,
                jeton_sha256=hash_token(token),
                invite_par=by.user,
                created_at=now,
                expire_at=now + LIFETIME,
            )
    except IntegrityError as error:
        raise Refused(ALREADY_INVITED) from error
    _mail(invitation, token, now)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: Acteur, now: datetime) -> None:
    """Send it again with a new link and a new term; the former link is dead."""
    current = _pending(invitation)
    _judge(current.organisation, current.droits, by)
    if now - (current.expire_at - LIFETIME) < BETWEEN_MAILS:
        raise Refused(TOO_SOON)
    token = secrets.token_urlsafe(32)
    current.jeton_sha256, current.expire_at, current.invite_par = hash_token(token), now + LIFETIME, by.user
    current.save(update_fields=["jeton_sha256", "expire_at", "invite_par"])
    _mail(current, token, now)


@transaction.atomic
def revoke(*, invitation: Invitation, by: Acteur, now: datetime) -> None:
    """Cancel an invitation nobody answered."""
    current = _pending(invitation)
    _judge(current.organisation, current.droits, by)
    current.revoquee_at = now
    current.save(update_fields=["revoquee_at"])


def refusal(invitation: Invitation, *, now: datetime) -> str:
    """Why nobody can accept it any more, or ""."""
    if invitation.acceptee_at or invitation.revoquee_at:
        return ENDED
    return EXPIRED if invitation.expired(now=now) else ""


@transaction.atomic
def accept(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """Make the person a member. Its verified address must be the invited one; an invitation serves once.

    Whoever sent it must still be able to: a removed manager does not come back by an invitation it left behind.
    """
    current = _pending(invitation)
    if reason := refusal(current, now=now):
        raise Refused(reason)
    if not EmailAddress.objects.filter(user=user, email__iexact=current.email, verified=True).exists():
        raise Refused(OTHER_ADDRESS)
    if not _may_still_invite(current, now):
        raise Refused(NO_LONGER_MANAGER)
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=current.organisation_id)
    if (
        Membership.objects.active(on=timezone.localdate(now))
        .filter(organisation=current.organisation, user=user)
        .exists()
    ):
        raise Refused(ALREADY_MEMBER)
    current.acceptee_at = now
    current.save(update_fields=["acceptee_at"])
    return memberships.join(
        organisation=current.organisation,
        user=user,
        droits=current.droits,
        fonction=current.fonction,
        added_by=current.invite_par,
        now=now,
    )


def _may_still_invite(invitation: Invitation, now: datetime) -> bool:
    """Whether the sender could send it today, in any of its capacities."""
    acteurs = [
        Acteur(user=invitation.invite_par, membership=membership)
        for membership in capacities_of(invitation.invite_par, on=timezone.localdate(now))
    ]
    organisation, droits = invitation.organisation, set(invitation.droits)
    return invitation.invite_par.is_active and any(
        gere_les_membres.test(acteur, organisation) and accorde(acteur, organisation.genre, droits)
        for acteur in acteurs
    )


def _judge(organisation: Organisation, droits: list[str], by: Acteur) -> None:
    if not gere_les_membres.test(by, organisation):
        raise Refused(memberships.NOT_MANAGER)
    if not accorde(by, organisation.genre, set(droits)):
        raise Refused(memberships.NOT_GRANTABLE)


def _pending(invitation: Invitation) -> Invitation:
    """The same row, locked, still waiting for its answer."""
    current = (
        Invitation.objects.pending()
        .select_related("organisation", "invite_par")
        .select_for_update(of=("self",))
        .filter(pk=invitation.pk)
        .first()
    )
    if current is None:
        raise Refused(ENDED)
    return current


def _mail(invitation: Invitation, token: str, now: datetime) -> None:
    mails.queue_mail(
        evenement=uuid4(),
        modele="invitation",
        destinataire=invitation.email,
        contexte={
            "organisation": invitation.organisation.nom,
            "invite_par": invitation.invite_par.get_full_name(),
            "expire_at": invitation.expire_at,
        },
        url=reverse("accounts:invitation", args=[token]),
        confidentiel=True,
        now=now,
    )
