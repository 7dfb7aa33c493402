"""Django's entry for the intake room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """`doudi.intake`."""

    name = "doudi.intake"
    label = "intake"
