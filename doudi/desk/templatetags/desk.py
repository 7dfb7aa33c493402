"""How the desk writes icons, money and dates. `intcomma` under zh-hans prints 1180: our own money filter."""

from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from doudi.assessment.evaluate import Answer
from doudi.assessment.view import LONGEST_FIGURE
from doudi.desk.family.assessed import income_items, scheme_label
from doudi.desk.frame.addresses import address
from doudi.kernel.money import format_yuan
from doudi.kernel.verdict import Verdict
from doudi.law.folding import fact_book
from doudi.office.roles import DEPARTMENTS

register = template.Library()
SOURCES = {
    "WINDOW": "窗口登记", "CHANGE": "变更申请", "TOWNSHIP": "乡镇名册", "CIVIL_AFFAIRS": "民政名册",
    "AGRICULTURE": "农业农村名册", "HOUSEHOLD_BOOK": "户口簿", "DEMO": "示范数据",
}  # fmt: skip


@register.simple_tag
@lru_cache(maxsize=200)
def icon(name: str) -> SafeString:
    """A decorative symbol of the vendored sprite; the word beside it carries the meaning."""
    sprite = static("desk/vendor/icons-1.13.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag
@lru_cache(maxsize=50)
def asset(path: str) -> str:
    """The address of a file of our own; worked out once, not seven times a page."""
    return str(static(path))


@register.simple_tag
def url(name: str, *args: Any) -> SafeString:
    """As Django's `url`, a fifth of the work: it stands in a page up to forty times."""
    return mark_safe(address(name, *args))


@register.simple_tag
@lru_cache(maxsize=10)
def once(template: str) -> SafeString:
    """A part of every page that is the same for everybody, rendered for the first of them."""
    return render_to_string(template)


_PURPOSE = (
    '<input class="form-control" name="purpose" required minlength="4" maxlength="200" placeholder="事由"'
    ' aria-label="查看{}的{}的事由" autocomplete="off">'
)
_SEALED = (
    '<span class="sealed">{text} <details><summary>查看<span class="visually-hidden">{whose}的{label}</span>'
    "（留痕）</summary>\n"
    '<form method="post" action="{address}" hx-post="{address}" hx-target="closest .sealed"'
    ' hx-swap="innerHTML"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    '<input type="hidden" name="back" value="{back}">\n{purpose}<button class="btn btn-plain btn-sm">{icon}'
    ' 确认查看<span class="visually-hidden">{whose}的{label}</span></button></form></details></span>'
)


@register.simple_tag(takes_context=True)
def line(context: Any, line: Any, subject: Any) -> str:
    """A fact of the family page; a masked one with the form that asks for it in full."""
    return _line(line, {} if context["known"] else _around(context, subject))


@register.simple_tag(takes_context=True)
def facts(context: Any, subject: Any, *without: str) -> SafeString:
    """Everything registered about the household or a member, but some fields, as a list of terms.

    A page has a hundred of them: a template of their own was a third of the page's time.
    """
    around = {} if context["known"] else _around(context, subject)
    told = (
        _html("<dt>{}</dt><dd>{}</dd>", one.label, _line(one, around))
        for one in subject.lines
        if one.field not in without
    )
    return SafeString("".join(told))


def _html(markup: str, *parts: Any, **named: Any) -> SafeString:
    """As `format_html`, a third of the work: of texts and numbers only, nothing lazy, a thousand a page."""
    return SafeString(markup.format(*map(_safe, parts), **{key: _safe(part) for key, part in named.items()}))


def _safe(part: Any) -> str:
    return part if type(part) is SafeString else escape(str(part))


def _around(context: Any, subject: Any) -> dict[str, Any]:
    """What the forms for the masked facts of one subject share, safe to write."""
    return {
        "id": subject.id,
        "whose": conditional_escape(subject.name or "本户"),
        "token": conditional_escape(context["csrf_token"]),
        "back": conditional_escape(context["family"].household),
        "asks": not context["purpose"],
        "icon": icon("eye"),
    }


def _line(line: Any, around: dict[str, Any]) -> str:
    if not line.sealed or not around:
        return str(line.text)
    return _html(
        _SEALED,
        text=line.text,
        label=line.label,
        address=url("reveal", around["id"], line.field),
        purpose=_html(_PURPOSE, around["whose"], line.label) if around["asks"] else "",
        **around,
    )


@register.simple_tag
def working(rows: list[dict[str, Any]]) -> SafeString:
    """Figures or law values as a list of terms: what it is, the working, the article; then the amount."""
    told = (
        _html(
            '<div class="said"><dt>{}{}<small>{}</small></dt><dd>{}{}</dd></div>'
            if len(row["shown"]) > LONGEST_FIGURE  # a sentence: beside the working it would leave it no room
            else "<div><dt>{}{}<small>{}</small></dt><dd>{}{}</dd></div>",
            row["label"],
            _if("<small>{}</small>", row.get("formula")),
            row.get("cites", ""),
            row["shown"],
            _if('<small class="sub">{}</small>', row.get("mark")),
        )
        for row in rows
    )
    return SafeString("".join(told))


def _if(markup: str, text: str | None) -> str:
    return _html(markup, text) if text else ""


@register.simple_tag
@lru_cache(maxsize=1)
def income_options() -> SafeString:
    """The kinds of income that may be added in a what-if, to choose from."""
    rows = [(item.code, item.label) for item in income_items()]
    return format_html_join("", '<option value="{}">{}</option>', rows)


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
def month_and_day(value: date) -> str:
    """A date of these weeks as 11月22日."""
    return f"{value.month}月{value.day}日"


@register.filter
def said(value: Any) -> str:
    """Yes, no and unknown in words."""
    return (
        {True: "是", False: "否", None: "不详"}.get(value, str(value))
        if value in (True, False, None)
        else str(value)
    )


@register.filter
def code(value: str, codes: str) -> str:
    """A code of one of the law's lists (`relation`, `sex`, ...) in Chinese; unknown says so."""
    return fact_book().codes[codes].labels.get(value, value or "不详")


@register.filter
def item(value: str, sheet: str) -> str:
    """An item of income, expenditure or asset in Chinese."""
    found = fact_book().items.get(f"{sheet}.{value}")
    return found.label if found else value


@register.filter
def scheme(programme: str) -> str:
    """A programme of another list in Chinese."""
    return scheme_label(programme)


@register.filter
def source(key: str) -> str:
    """Where something said comes from, in Chinese."""
    return SOURCES.get(key) or (f"{DEPARTMENTS[key]}名册" if key in DEPARTMENTS else key)


@register.filter
def month(yyyymm: int | None) -> str:
    """202410 as 2024-10; unknown says so."""
    return "不详" if yyyymm is None else f"{yyyymm // 100}-{yyyymm % 100:02d}"


@register.filter
def answer(given: Answer) -> str:
    """A scheme's answer in a few words: 每月 102.00 元, 符合, 待核实, 不符合."""
    if given.verdict is Verdict.YES and given.scheme.amount:
        per = {"fen/month": "每月 ", "fen/year": "每年 "}.get(given.scheme.amount_unit, "")
        return "符合，金额待定" if given.amount is None else f"{per}{format_yuan(given.amount)} 元"
    return {Verdict.YES: "符合", Verdict.NO: "不符合", Verdict.UNCLEAR: "待核实"}[given.verdict]
