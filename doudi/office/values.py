"""Where the county keeps law values of its own."""

from pathlib import Path

from django.conf import settings


def own_values() -> tuple[Path, ...]:
    """The folder of TOML files to load on top of the shipped law; none when the county has none."""
    return (settings.OFFICE_VALUES,) if settings.OFFICE_VALUES.is_dir() else ()
