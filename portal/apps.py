"""Configuration of the application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portail"

    def ready(self) -> None:
        """Tell the kernel who knows by how many days the portal's date is ahead."""
        from guichet.kernel import instant
        from portal.selectors import days_ahead

        instant.register(days_ahead)
