"""The officers' web desk: one folder per screen, no tables and no rules."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Registers the desk's template tags and static files."""

    name = "doudi.desk"
    label = "desk"
    verbose_name = "办件台"
