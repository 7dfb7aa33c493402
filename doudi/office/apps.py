"""Django's entry for the office stone."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from doudi.office.routes import every_route_declares_its_policy


class OfficeConfig(AppConfig):
    """`doudi.office`, and the check that every route declares who may use it."""

    name = "doudi.office"
    label = "office"

    def ready(self) -> None:
        """Registers the route check with Django's system checks."""
        register(every_route_declares_its_policy, Tags.urls)
