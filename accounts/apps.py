"""Configuration of the application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes et organisations"

    def ready(self) -> None:
        """Make the permissions of accounts known by name."""
        from accounts import rules  # noqa: F401
