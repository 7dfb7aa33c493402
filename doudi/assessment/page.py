"""A receipt as one HTML file: no script, nothing fetched, prints on A4, readable on a phone.

The only pure module that loads Django (its templates, no settings, no database); commands import it when a
page is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.template.base import Template

from doudi.assessment.view import view


@lru_cache(maxsize=1)
def _template() -> Template:
    # An engine of its own: needs no settings, and autoescape cannot be switched off from outside.
    return Engine(autoescape=True).from_string(Path(__file__).with_name("receipt.html").read_text("utf-8"))


def page(made: Mapping[str, Any]) -> str:
    """The HTML of a receipt. Everything that came from a file is escaped: a name may be `<script>`."""
    return str(_template().render(Context(view(made), use_l10n=False, use_tz=False)))
