"""Why somebody looked, in words: what they stated, or what led there and what came of it."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from doudi.office.verbs import VERBS
from doudi.registry.changes import kinds
from doudi.registry.facts import catalogue
from doudi.registry.overseen import Step

NOTHING = "当天没有查找、清单或办理：直接打开了网页地址"
BY = {
    "id": "按身份证号", "tail": "按证件号末四位", "name": "按姓名", "initials": "按拼音首字母",
    "spelling": "按拼音", "household": "按户编号",
}  # fmt: skip


def said(row: Any, steps: dict[int, list[Step]]) -> dict[str, Any]:
    """`stated` purpose, else `steps` in words, else `nothing`; all empty for what needs no reason."""
    found = steps.get(row.id)
    return {
        "stated": row.purpose,
        "steps": _in_words(found or ()),
        "nothing": NOTHING if found == [] else "",
    }


def _in_words(steps: Iterable[Step]) -> list[str]:
    """Each thing done once, at its first time."""
    first: dict[str, Step] = {}
    for step in steps:
        first.setdefault(_what(step), step)
    return [f"{timezone.localtime(step.at):%H:%M} {what}" for what, step in first.items()]


def _what(step: Step) -> str:
    verb = VERBS[step.verb]
    if step.told in kinds() and step.verb.startswith("change_"):
        return f"{verb}（{kinds()[step.told]['label']}）"
    match step.verb:
        case "found":
            return BY.get(step.told, "") + verb
        case "listed":
            return f"列入“{step.told}”" if step.told else verb
        case "revealed":
            return f"查看{catalogue()[step.told].label}" if step.told in catalogue() else verb
    return f"{verb}（{step.told}）" if step.told else verb
