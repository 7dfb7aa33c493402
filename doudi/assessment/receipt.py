"""The receipt of one assessment as plain data: everything needed to read it, and to compute it again without us.

It holds the family's facts, the law values that had a part with their documents, every figure with its inputs and its
article, the answers, and a SHA-256 over each of these. No float and no moment of issue is in it, so the same facts
under the same law give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from doudi.assessment.evaluate import Answer, Assessment
from doudi.law.labels import UNKNOWN
from doudi.assessment.program import conditions
from doudi.assessment.working import Leaf
from doudi.engine.program import FACT, VALUE
from doudi.engine.vocabulary import HOUSEHOLD
from doudi.kernel.verdict import Verdict
from doudi.law.errors import MissingValue
from doudi.law.rulebook import Law
from doudi.law.spec import Condition, cited

FORMAT = "doudi-receipt/1"
HASHED = ("facts", "law", "results")
"""The hash of `results` covers everything computed: answers, total, figures and what is unclear."""
COMPUTED = ("results", "total", "figures", "uncounted", "unclear")
INCOME = "收入"
_SUMS = {INCOME: "income_complete", "支出": "expenditure_complete", "财产": "property_complete"}

Receipt = dict[str, Any]
Behind = Mapping[Leaf, tuple[Leaf, ...]]


class BadReceipt(ValueError):
    """Not a receipt, or one that cannot be read; the text is Chinese."""


def receipt(assessment: Assessment, *, law_version: str | None = None) -> Receipt:
    """The receipt of an assessment. `law_version` overrides the law's own when its values are a receipt's."""
    roots = dict.fromkeys(root for answer in assessment.answers for root in _roots(answer))
    behind = assessment.working.behind(roots)
    aside = _aside(assessment, behind)
    made: Receipt = {
        "format": FORMAT,
        "on": f"{assessment.on:%Y-%m-%d}",
        "region": _region(assessment),
        "engine": {"version": version("doudi")},
        "facts": _facts(assessment),
        "law": {"version": law_version or assessment.law.version, "values": _values(assessment, behind)},
        "results": [_result(assessment, answer) for answer in assessment.answers],
        "total": assessment.total,
        "figures": [
            {**_figure(assessment, leaf, used), "aside": leaf in aside}
            for leaf, used in _in_order(assessment, behind | aside)
        ],
        "uncounted": _uncounted(assessment, behind),
        "unclear": _unclear(assessment),
    }
    made["hashes"] = hashes(made)
    return made


def hashes(made: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the facts, of the law used, and of everything computed."""
    parts = {
        "facts": {key: made.get(key) for key in ("on", "region", "facts")},
        "law": {key: made.get(key) for key in ("engine", "law")},
        "results": {key: made.get(key) for key in COMPUTED},
    }
    return {name: "sha256:" + hashlib.sha256(canonical(parts[name])).hexdigest() for name in HASHED}


def canonical(data: object) -> bytes:
    """One spelling for one content: sorted keys, no blanks, UTF-8. Raises BadReceipt for a float."""
    _refuse_floats(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written(made: Receipt) -> str:
    """The receipt as a file people can read: sorted keys, one line a value."""
    canonical(made)
    return json.dumps(made, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read(text: str) -> Receipt:
    """A receipt from the text of a file. Raises BadReceipt for anything else, floats and doubled keys included."""
    try:
        made = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_no_twice)
    except (ValueError, RecursionError) as problem:
        raise BadReceipt(f"不是有效的 JSON：{problem}") from None
    if not isinstance(made, dict) or made.get("format") != FORMAT:
        raise BadReceipt("不是兜底的测算依据（format 应为 doudi-receipt/1）")
    kinds = {
        "facts": dict,
        "law": dict,
        "region": dict,
        "hashes": dict,
        "results": list,
        "figures": list,
        "unclear": list,
    }
    wrong = [key for key, kind in kinds.items() if not isinstance(made.get(key), kind)]
    if wrong or not isinstance(made["law"].get("values"), list):
        raise BadReceipt(f"测算依据不完整，缺少或写错：{'、'.join(wrong) or 'law.values'}")
    return dict(made)


def says_receipt(path: Path) -> bool:
    """True for a JSON file in which the name of the format stands, whatever else is in it."""
    return path.is_file() and path.suffix.lower() == ".json" and FORMAT.encode() in path.read_bytes()


def _no_float(text: str) -> NoReturn:
    raise BadReceipt(f"含有小数 {text}；测算依据里的金额一律是以分为单位的整数")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadReceipt("同一处有两个同名的项")
    return found


def _refuse_floats(data: object) -> None:
    if isinstance(data, float):
        _no_float(str(data))
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _refuse_floats(part)


# --- sections -------------------------------------------------------------------------------------------------------


def _region(assessment: Assessment) -> dict[str, Any]:
    labels = assessment.labels
    name = assessment.law.values.region_name(labels.place) or labels.place
    return {"code": labels.place, "name": name, "area_type": labels.area}


def _facts(assessment: Assessment) -> dict[str, Any]:
    """The document, with each ID number shortened: no rule reads it, and a receipt travels further than a register."""
    household = {**assessment.document.get("household", {}), "on": int(f"{assessment.on:%Y%m%d}")}
    members = []
    for member, folded in zip(assessment.document.get("members", ()), assessment.trace.persons, strict=True):
        number = str(member.get("id_no") or "")
        masked = {"id_no": f"{number[:6]}********{number[-4:]}"} if number else {}
        members.append({**member, **masked, "birth_date": folded.get("birth_date", member.get("birth_date"))})
    return {**assessment.document, "household": household, "members": members}


def _roots(answer: Answer) -> Iterable[Leaf]:
    scheme = answer.scheme
    for condition in _tested(answer):
        yield condition.rule, answer.member
        if condition.distance:
            yield condition.distance, answer.member
    if answer.verdict is Verdict.YES:
        for name in filter(None, (scheme.amount, *(extra.amount for extra in scheme.supplements))):
            yield name, answer.member


def _tested(answer: Answer) -> list[Condition]:
    """The conditions that had a part in the answer: all of them, or for a refusal those up to the last one not met."""
    tests = conditions(answer.scheme)
    if answer.verdict is not Verdict.NO:
        return list(tests)
    first = tests.index(answer.failed[0])
    return [test for at, test in enumerate(tests) if at <= first or test in answer.failed]


def _aside(assessment: Assessment, behind: Behind) -> dict[Leaf, tuple[Leaf, ...]]:
    """Household figures made only to be read (income per head): behind no answer, but all they need is."""
    columns = assessment.program.columns
    return {
        (rule.name, None): tuple((name, None) for name in columns[rule.name].inputs)
        for rule in assessment.law.rules
        if columns[rule.name].entity == HOUSEHOLD
        and (rule.name, None) not in behind
        and all((name, None) in behind for name in columns[rule.name].inputs)
    }


def _in_order(assessment: Assessment, behind: Behind) -> list[tuple[Leaf, tuple[Leaf, ...]]]:
    """Facts and rules in the order they are worked out, the household's and then each member's."""
    columns = assessment.program.columns
    order = {name: at for at, name in enumerate(columns)}
    kept = [one for one in behind.items() if one[0][0] in columns and columns[one[0][0]].kind != VALUE]
    return sorted(kept, key=lambda one: (-1 if one[0][1] is None else one[0][1], order[one[0][0]]))


def _values(assessment: Assessment, behind: Behind) -> list[dict[str, Any]]:
    labels, columns = assessment.labels, assessment.program.columns
    own = (labels.place, labels.area, labels.on)
    keys = {(name, *own) for name, _ in behind if name in columns and columns[name].kind == VALUE}
    asked = {name.removeprefix("value:") for name, _ in behind if name.startswith("value:")}
    keys |= {tuple(lookup[:4]) for lookup in assessment.trace.lookups if lookup.name in asked}
    return [_value(assessment, *key) for key in sorted(keys)]


def _value(assessment: Assessment, name: str, place: str, area: str, on: int) -> dict[str, Any]:
    labels, values = assessment.labels, assessment.law.values
    row: dict[str, Any] = {
        "name": name,
        "label": labels.name(name),
        "place": place,
        "area_type": area,
        "on": on,
    }
    try:
        found = values.explain(name, place, area, on)
    except MissingValue as missing:
        return {**row, "value": None, "shown": UNKNOWN, "missing": missing.hint or str(missing)}
    entry = found.entry
    return {
        **row, "value": found.value, "shown": found.shown, "by_area": found.area, "from": found.from_,
        "until": found.until, "region": entry.region, "region_name": found.region_name, "cites": entry.cites,
        "status": entry.status, "mark": labels.mark(name, place=place, on=on), "note": entry.note,
    }  # fmt: skip


def _result(assessment: Assessment, answer: Answer) -> dict[str, Any]:
    scheme, reason, on = answer.scheme, assessment.reason(answer), assessment.on
    tests = _tested(answer)
    verdicts = {test.rule: Verdict.NO for test in answer.failed} | {
        t.rule: Verdict.UNCLEAR for t in answer.unknown
    }
    return {
        "scheme": scheme.key,
        "label": scheme.label,
        "member": answer.member,
        "verdict": str(answer.verdict),
        "in_force": answer.in_force,
        "basis": cited(scheme.basis, on),
        "reason": reason and _reason(assessment, answer, answer.failed[0]),
        "conditions": [
            {
                "rule": test.rule,
                "label": test.label,
                "verdict": str(verdicts.get(test.rule, Verdict.YES)),
                "cites": cited(test.cites, on),
                "distance": test.distance,
                "detail": assessment.distance(test, answer.member),
                "refusal": test.refusal,
            }
            for test in tests
        ],
        "missing": list(answer.missing),
        "pays": scheme.amount is not None,
        "amount": answer.amount if answer.verdict is not Verdict.NO else None,
        "amount_rule": scheme.amount,
        "unit": scheme.amount_unit,
        "supplements": [
            {"key": extra.key, "label": extra.label, "amount": value, "rule": extra.amount, "cites": cited(extra.cites, on)}
            for extra, value in answer.supplements
        ],
    }  # fmt: skip


def _reason(assessment: Assessment, answer: Answer, condition: Condition) -> dict[str, str]:
    reason = assessment.reason_of(condition, answer.member)
    return {
        "rule": condition.rule,
        "code": reason.code,
        "text": reason.text,
        "article": reason.article,
        "detail": reason.detail,
    }


def _figure(assessment: Assessment, leaf: Leaf, inputs: Iterable[Leaf]) -> dict[str, Any]:
    name, member = leaf
    labels, column = assessment.labels, assessment.program.columns[name]
    value = assessment.value(name, member)
    return {
        "name": name,
        "kind": "fact" if column.kind == FACT else "rule",
        "member": member,
        "label": labels.name(name),
        "value": value,
        "unit": labels.unit(name),
        "shown": labels.shown(name, value),
        "how": column.rule.doc.partition("：")[2] if column.rule else "",
        "formula": assessment.working.formula(name, member) if column.kind != FACT else "",
        "inputs": sorted({used.removeprefix("value:") for used, _ in inputs}),
        "cites": column.rule.cites if column.rule else "",
    }


def _uncounted(assessment: Assessment, behind: Behind) -> list[dict[str, Any]]:
    """Income that was declared and had no part in any answer: what a family asks about first."""
    labels, facts = assessment.labels, assessment.law.facts
    sums = [name for name, fact in facts.items() if fact.sheet == INCOME and fact.kind == "money"]
    if not any((name, at) in behind for name in sums for at in range(len(assessment.who))):
        return []
    return [
        {
            "name": name,
            "member": at,
            "label": labels.name(name),
            "value": row[name],
            "shown": labels.shown(name, row[name]),
        }
        for at, row in enumerate(assessment.trace.persons)
        for name in sums
        if row.get(name) and (name, at) not in behind
    ]


def _unclear(assessment: Assessment) -> list[dict[str, Any]]:
    """What to bring: each lacking fact or law value once, with the schemes that wait for it."""
    asked: dict[Leaf, list[str]] = {}
    for answer in assessment.answers:
        if answer.verdict is Verdict.UNCLEAR or (answer.verdict is Verdict.YES and answer.scheme.amount):
            for leaf in assessment.lacking(answer):
                asked.setdefault(_collapsed(assessment, leaf), []).append(answer.scheme.label)
    return [
        {
            "name": name,
            "member": member,
            "label": assessment.labels.name(name),
            "ask": _ask(assessment, name),
            "schemes": list(dict.fromkeys(schemes)),
        }
        for (name, member), schemes in asked.items()
    ]


def _collapsed(assessment: Assessment, leaf: Leaf) -> Leaf:
    """A sum that is unknown because its declaration is not complete asks for the declaration, not for 20 items."""
    name, member = leaf
    fact = assessment.law.facts.get(name)
    flag = _SUMS.get(fact.sheet) if fact and fact.is_sum else None
    document = assessment.document
    given = document["household"] if member is None else document["members"][member]
    if (
        flag is None
        or document["household"].get(flag) is True
        or _gives_sums(assessment.law, fact.sheet, given)
    ):
        return leaf
    return flag, member


def _gives_sums(law: Law, sheet: str, given: Mapping[str, Any]) -> bool:
    """True for a document that brings sums already made instead of rows."""
    return any(
        given.get(one.name) is not None for one in law.facts.values() if one.is_sum and one.sheet == sheet
    )


def _ask(assessment: Assessment, name: str) -> str:
    """What to do about it, for the officer."""
    law, labels = assessment.law, assessment.labels
    fact = law.facts.get(name)
    if fact is None:
        parameter = name.removeprefix("value:")
        found = law.values.history(parameter, labels.place, labels.area)
        hint = next(
            (str(a.hint) for s, u, a in found if s <= labels.on < u and isinstance(a, MissingValue)), ""
        )
        return hint or "请县里补上这项政策数值（写明文件依据），用 --values 带入"
    if name in _SUMS.values():
        sheet = next(sheet for sheet, flag in _SUMS.items() if flag == name)
        return f"请把“{sheet}”表填全，并在“家庭”表把“{fact.label}”填“是”（没有列出的即为零）"
    how = {"money": "；确实没有的填 0", "bool": "“是”或“否”"}.get(fact.kind, "")
    return f"请在“{fact.sheet}”表补填{how}{f'（{fact.note}）' if fact.note else ''}"
