"""How the desk writes icons, money and dates. `intcomma` under zh-hans prints 1180: our own money filter."""

from datetime import date
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doudi.kernel.money import format_yuan

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative symbol of the vendored sprite; the word beside it carries the meaning."""
    sprite = static("desk/vendor/icons-1.13.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan with thousands separators; what is unknown says so."""
    return "不详" if fen is None else format_yuan(fen)


@register.filter
def day(value: date | int | None) -> str:
    """A date (or yyyymmdd) as 2026-11-22; unknown says so."""
    if value is None:
        return "不详"
    if isinstance(value, int):
        return f"{value // 10000}-{value // 100 % 100:02d}-{value % 100:02d}"
    return value.isoformat()


@register.filter
def said(value: Any) -> str:
    """Yes, no and unknown in words."""
    return (
        {True: "是", False: "否", None: "不详"}.get(value, str(value))
        if value in (True, False, None)
        else str(value)
    )
