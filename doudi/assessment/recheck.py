"""A receipt computed again, offline: by its own facts and values, then by the present law.

The first pass answers "is this receipt true to itself": it finds edited facts, answers and figures, and rules
that have changed. The second answers "would it be the same today": it names every law value that has changed
since, and what changes with it. A receipt proves nothing about who issued it: whoever edits the facts and
recomputes everything has made another true receipt, about other facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.assessment.contents import Contents
from doudi.assessment.evaluate import Assessment, assess
from doudi.assessment.receipt import BadReceipt, Receipt, canonical, hashes, receipt
from doudi.engine.scalar import FactError
from doudi.kernel.money import format_yuan
from doudi.law.rulebook import Law
from doudi.law.texts import Entry, Texts
from doudi.law.values import Values

NOTHING = "没有这一项"
WORDS = {"YES": "符合", "NO": "不符合", "UNCLEAR": "待核实"}
_SECTIONS = {
    "on": "核定日期", "region": "地区", "facts": "家庭情况", "law": "政策数值", "results": "结论",
    "total": "合计", "figures": "数字", "uncounted": "没有计入的收入", "unclear": "需要补充的情况",
}  # fmt: skip
_PARTS = {"facts": "家庭情况", "law": "政策数值", "results": "测算结果"}


@dataclass(frozen=True)
class Recheck:
    """What recomputing found, in Chinese: `differences` (none: identical), `notes` that change nothing."""

    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """True when everything comes out bit for bit, by the receipt's own values and by the present law."""
        return not self.differences


def recheck(made: Receipt, law: Law) -> Recheck:
    """Compute a receipt again. Raises BadReceipt when it cannot be read that far."""
    try:
        again = _again(made, law)
        present = _assessed(made, law)
        found = [*_edited(made), *_compared(made, again)]
        notes = [] if found else ["凭据没有被改动：按它自带的数值逐项重算，结果完全相同。"]
        changed = list(_changed_values(made, Contents(present)))
        if changed:
            moved = list(_pairs(_answers(again), _answers(receipt(present))))
            found += changed + [f"按现行数值重算，{key}：由 {was} 变为 {now}。" for key, was, now in moved]
            found += [] if moved else ["按现行数值重算，各类结论和金额不变。"]
    except (KeyError, TypeError, ValueError, LookupError, AttributeError) as problem:
        raise BadReceipt(f"内容无法读取，可能被改动过（{type(problem).__name__}：{problem}）") from problem
    if made["law"]["version"] != law.version and not found:
        notes.append("政策库与出具时不是同一版本，但这户用到的数值和规则没有变化。")
    if made["engine"] != again["engine"]:
        notes.append(
            f"程序版本不同：出具时 {made['engine'].get('version')}，现在 {again['engine']['version']}。"
        )
    return Recheck(tuple(dict.fromkeys(found)), tuple(notes))


def _edited(made: Receipt) -> Iterator[str]:
    for part, digest in hashes(made).items():
        if made["hashes"].get(part) != digest:
            yield f"“{_PARTS[part]}”与它的校验值不符：出具之后被改动过。"


def _again(made: Receipt, law: Law) -> Receipt:
    """The receipt anew from its own facts and its own values, under the present rules."""
    rows = {
        (row["name"], row["region"], row["from"], row["by_area"]): row
        for row in made["law"]["values"]
        if row["value"] is not None
    }
    names = {row["region"]: row["region_name"] for row in rows.values() if row["region"]}
    names |= {made["region"]["code"]: made["region"]["name"], **law.values.regions}
    texts = Texts([_entry(row) for row in rows.values()], names)
    own = replace(law, values=Values.of(texts, law.parameters))
    again = receipt(_assessed(made, own), law_version=made["law"]["version"])
    missing = {_key(row): row for row in made["law"]["values"] if row["value"] is None}
    again["law"]["values"] = [
        {**row, "missing": missing[_key(row)]["missing"]} if _key(row) in missing else row
        for row in again["law"]["values"]
    ]
    again["unclear"] = _hints_of(made, again)
    return again


def _assessed(made: Receipt, law: Law) -> Assessment:
    try:
        return assess(made["facts"], on=date.fromisoformat(made["on"]), law=law)
    except FactError as problem:
        raise BadReceipt(f"家庭情况里有读不懂的内容：{problem}") from None


def _hints_of(made: Receipt, again: Receipt) -> list[Any]:
    """The question to a county is the text of a hole in the law; a receipt's values have only gaps."""
    hints = {row["name"]: row["ask"] for row in made["unclear"] if row["name"].startswith("value:")}
    return [{**row, "ask": hints.get(row["name"], row["ask"])} for row in again["unclear"]]


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        parameter=row["name"], region=row["region"], from_=row["from"], until=row["until"],
        values={row["by_area"]: row["value"]}, holes={}, cites=row["cites"], status=row["status"], reviewed=0,
        announced=None, note=row["note"], flag="", file="receipt", number=1, own=False,
    )  # fmt: skip


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key in ("name", "place", "area_type", "on"))


def _compared(made: Receipt, again: Receipt) -> Iterator[str]:
    """What computing again gives otherwise, figure by figure; one sentence for what has no figure."""
    before, after = _answers(made) | _figures(made), _answers(again) | _figures(again)
    told = list(_pairs(before, after))
    yield from (f"按凭据自带的数值重算，{key}：凭据为 {was}，重算为 {now}。" for key, was, now in told)
    parts = [
        part
        for part in made
        if part not in ("hashes", "engine") and canonical(made[part]) != canonical(again.get(part))
    ]
    if parts and not told:
        named = "、".join(_SECTIONS.get(part, part) for part in parts)
        yield f"按凭据自带的数值重算，结论和数字相同，但这些部分的内容不一致：{named}。"


def _pairs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key, NOTHING), after.get(key, NOTHING)
        if was != now:
            yield key, was, now


def _whose(made: Receipt, row: Mapping[str, Any]) -> str:
    members = dict(enumerate(made["facts"]["members"]))
    return "" if row["member"] is None else f"{members.get(row['member'], {}).get('name') or '成员'}的"


def _answers(made: Receipt) -> dict[str, str]:
    """Every answer, by a name an officer knows."""
    named = {}
    for row in made["results"]:
        paid = "" if row["amount"] is None else f"，{format_yuan(row['amount'])} 元"
        named[f"{_whose(made, row)}{row['label']}（结论）"] = WORDS[row["verdict"]] + paid
    return named


def _figures(made: Receipt) -> dict[str, str]:
    return {f"{_whose(made, row)}{row['label']}（{row['name']}）": row["shown"] for row in made["figures"]}


def _changed_values(made: Receipt, present: Contents) -> Iterator[str]:
    for row in made["law"]["values"]:
        now = present.law_value(*_key(row))
        if now["value"] != row["value"]:
            yield f"政策数值已变：{row['label']}，凭据为 {_marked(row)}，现行为 {_marked(now)}。"
        elif {**now, "told": row["told"]} != row:
            yield f"政策数值的依据已变：{row['label']}，凭据为 {_source(row)}，现行为 {_source(now)}。"


def _marked(row: Mapping[str, Any]) -> str:
    return row["shown"] + (f"〔{row['mark']}〕" if row.get("mark") else "")


def _source(row: Mapping[str, Any]) -> str:
    text = row.get("cites") or row.get("missing")
    return f"{text}（{row.get('from', '')}起，{row.get('mark') or '文件规定'}）"
