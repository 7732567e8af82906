"""How allauth is bent to this portal: its mails are rows of our outbox, its pages know our names."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.services import mails

MODELES = {
    "account/email/email_confirmation": "verification",
    "account/email/email_confirmation_signup": "verification",
    "account/email/account_already_exists": "compte_existant",
    "account/email/unknown_account": "compte_inconnu",
    "account/email/password_reset_key": "mot_de_passe",
    "account/email/password_reset": "mot_de_passe_change",
    "account/email/password_changed": "mot_de_passe_change",
    "account/email/password_set": "mot_de_passe_change",
    "account/email/email_changed": "adresse_changee",
    "account/email/email_confirm": "adresse_changee",
    "account/email/email_deleted": "adresse_changee",
    "mfa/email/totp_activated": "second_facteur_active",
    "mfa/email/totp_deactivated": "second_facteur_retire",
    "mfa/email/recovery_codes_generated": "codes_renouveles",
}
"""allauth's mails and our templates for them."""

LINKS = ("activate_url", "password_reset_url", "signup_url")
"""Where allauth puts the link of a mail."""


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and reset write a row and answer: neither the mail server nor the queue is waited for."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails. Its link may be a secret: the text is erased once sent."""
        mails.queue_mail(
            evenement=uuid4(),
            modele=MODELES[template_prefix],
            destinataire=email,
            contexte={},
            url=_own_path(next((context[name] for name in LINKS if context.get(name)), "")),
            now=allauth_context.request.now,
            confidentiel=True,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Always tell a person that the keys of its account changed, at its present or former address."""
        self.send_mail(template_prefix, email or user.email, {})  # type: ignore[attr-defined]


def _own_path(link: str) -> str:
    """The path alone: the host of a mail's link comes from our settings, never from the request's headers."""
    return urlsplit(link).path
