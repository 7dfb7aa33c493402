"""Django's entry for the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """`doudi.registry`."""

    name = "doudi.registry"
    label = "registry"
