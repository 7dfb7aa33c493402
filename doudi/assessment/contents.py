"""What stands in a receipt: facts, law values, answers, figures, what is lacking; as rows of plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from typing import Any

from doudi.assessment import alike
from doudi.assessment.cuts import cuts
from doudi.assessment.evaluate import Answer, Assessment
from doudi.assessment.program import conditions
from doudi.assessment.working import Leaf
from doudi.engine.program import VALUE
from doudi.kernel.reason import Reason
from doudi.kernel.verdict import Verdict
from doudi.law.errors import MissingValue
from doudi.law.labels import ASIDES, NOTICES
from doudi.law.spec import Condition

INCOME = "收入"
SCORED = "twelve_indicators_enabled"
_COMPLETE = {INCOME: "income_complete", "支出": "expenditure_complete", "财产": "property_complete"}
_FILL_IN = {"money": "；确实没有的填 0", "bool": "“是”或“否”"}

Row = dict[str, Any]


class Contents:
    """The sections of one assessment's receipt."""

    def __init__(self, assessment: Assessment) -> None:
        self.it, self.law, self.labels = assessment, assessment.law, assessment.labels
        self.columns, self.working = assessment.program.columns, assessment.working

    # --- what was given ----------------------------------------------------------------------------------

    def region(self) -> Row:
        """Where the law was asked for: code, name, URBAN or RURAL."""
        place = self.labels.place
        name = self.law.values.region_name(place) or place
        return {"code": place, "name": name, "area_type": self.labels.area}

    def facts(self) -> Row:
        """The document with ID numbers shortened: no rule reads them, and a receipt travels far."""
        document = self.it.document
        members = []
        for member, row in zip(document.get("members", ()), self.it.trace.persons, strict=True):
            number = str(member.get("id_no") or "")
            short = {"id_no": f"{number[:6]}********{number[-4:]}"} if number else {}
            members.append({**member, **short, "birth_date": row.get("birth_date")})
        on = {"on": int(f"{self.it.on:%Y%m%d}")}
        return {**document, "household": {**document["household"], **on}, "members": members}

    # --- what had a part ---------------------------------------------------------------------------------

    @cached_property
    def behind(self) -> dict[Leaf, tuple[Leaf, ...]]:
        """Every figure with a part in an answer, and those made only to be read (income per head)."""
        roots = [leaf for answer in self.it.answers for leaf in self._roots(answer)]
        found = self.working.behind([*roots, *self._asides()])
        for leaf, inputs in alike.read_only(self.law):
            if found.keys() >= inputs.keys():
                found.setdefault(leaf, tuple(inputs))
        return found

    @cached_property
    def told(self) -> frozenset[Leaf]:
        """The figures a reader is shown: behind what is granted or open, and behind a refusal's distance.

        Another category's answer is told in its own place; its working is not repeated.
        """
        apart = frozenset(f"{scheme.key}_eligible" for scheme in self.law.schemes)
        found = set(
            self.working.behind((leaf for one in self.it.answers for leaf in self._telling(one)), apart=apart)
        )
        used = {leaf for inputs in self.behind.values() for leaf in inputs}
        aside = {
            leaf for leaf, inputs in self.behind.items() if leaf not in used and found.issuperset(inputs)
        }
        return frozenset(
            {*found, *self._asides(), *(leaf for leaf in aside if leaf[0] not in apart and leaf[1] is None)}
        )

    def _asides(self) -> list[Leaf]:
        """The score where the region uses it, and notices: they decide nothing and say so."""
        figures = self.it.trace.household
        scored: tuple[str, ...] = ASIDES if figures[ASIDES[0]] is not None else (ASIDES[0], SCORED)
        scored = scored if figures[SCORED] else ()
        noted = [name for name in NOTICES if figures.get(name) not in (None, "NONE")]
        return [(name, None) for name in (*noted, *scored)]

    def _roots(self, answer: Answer) -> Iterator[Leaf]:
        """What an answer rests on: its conditions and their distances; if granted its amounts and classes."""
        names = list(_of_conditions(_tested(answer)))
        if answer.verdict is Verdict.YES:
            names += filter(None, (answer.scheme.amount, *(extra.amount for extra, _ in answer.supplements)))
            names += self._classes(answer)
        return ((name, answer.member) for name in names)

    def _telling(self, answer: Answer) -> Iterator[Leaf]:
        if answer.verdict is not Verdict.NO:
            return self._roots(answer)
        return ((test.distance, answer.member) for test in answer.failed[:1] if test.distance)

    def figures(self, *, told: bool = False) -> list[Row]:
        """Facts and rules in the order they are worked out, the household's and then each member's.

        `told`: only those a reader is shown.
        """
        order = alike.order(self.it.program)
        kept = [leaf for leaf in (self.told if told else self.behind) if leaf[0] in order]
        return [
            self._figure(*leaf, spoken=not told)
            for leaf in sorted(kept, key=lambda leaf: (-1 if leaf[1] is None else leaf[1], order[leaf[0]]))
        ]

    def _figure(self, name: str, member: int | None, *, spoken: bool) -> Row:
        """`spoken`: with its working even where it came to nothing, which no screen shows."""
        said, value = alike.said(self.labels, name), self.it.value(name, member)
        waits = self._waits_for(name, value)
        working = said["kind"] == "rule" and not waits and (spoken or value != 0)
        return {
            **said,
            "member": member,
            "value": value,
            "shown": self.labels.shown(name, value) + waits,
            "formula": self.working.formula(name, member) if working else "",
            "inputs": sorted({used.removeprefix("value:") for used, _ in self.behind[name, member]}),
            "told": (name, member) in self.told,
        }

    def _waits_for(self, name: str, value: Any) -> str:
        """Of a score that cannot be worked out: the entries it lacks, to be asked for where it is shown."""
        if name != ASIDES[0] or value is not None:
            return ""
        lacking = sorted(self.working.lacking(name), key=lambda leaf: leaf[0])
        asked = dict.fromkeys(self.labels.name(self._declared(leaf)[0]) for leaf in lacking)
        return f"，还缺{'、'.join(asked)}；补填后才能评分，不影响认定"

    def values(self, *, told: bool = False) -> list[Row]:
        """The law values with a part, and those lacking; each with its document, day and place.

        `told`: only those behind a figure that a reader is shown, and those lacking.
        """
        own = (self.labels.place, self.labels.area, self.labels.on)
        used = [name for name, _ in self.behind if name in self.columns]
        keys = {(name, *own) for name in used if self.columns[name].kind == VALUE}
        asked = {name.removeprefix("value:") for name, _ in self.behind if name.startswith("value:")}
        keys |= {tuple(one[:4]) for one in self.it.trace.lookups if one.name in asked}  # type: ignore[misc]
        return [
            self.law_value(*key)
            for key in sorted(keys)
            if not told or key[0] in self._told_values or self.law.values.lookup(*key) is None
        ]

    @cached_property
    def _told_values(self) -> frozenset[str]:
        return frozenset(name.removeprefix("value:") for name, _ in self.told)

    def law_value(self, name: str, place: str, area: str, on: int) -> Row:
        """One law value as the law has it, or the hole where it has none."""
        return {**alike.law_value(self.labels, name, place, area, on), "told": name in self._told_values}

    # --- what came of it ---------------------------------------------------------------------------------

    def result(self, answer: Answer) -> Row:
        """One answer: verdict, reason, each condition tested, amount and supplements."""
        scheme, reason, cited = answer.scheme, self.it.reason(answer), partial(self.it.cited, answer=answer)
        lacking = self.it.lacking(answer) if answer.verdict is not Verdict.NO else ()
        verdicts = {test.rule: Verdict.NO for test in answer.failed}
        verdicts |= {test.rule: Verdict.UNCLEAR for test in answer.unknown}
        return {
            "scheme": scheme.key,
            "label": scheme.label,
            "member": answer.member,
            "verdict": answer.verdict.value,
            "in_force": answer.in_force,
            "basis": cited(scheme.basis),
            "low_income": scheme.low_income,
            "reason": reason and self._told_reason(reason, answer),
            "conditions": [
                {
                    "rule": test.rule,
                    "label": test.label,
                    "verdict": verdicts.get(test.rule, Verdict.YES).value,
                    "cites": cited(test.cites),
                    "detail": self.it.distance(test, answer.member),
                }
                for test in _tested(answer)
            ],
            "missing": list(dict.fromkeys(name for name, _ in lacking)),
            "classes": [
                {
                    "name": name,
                    "label": self.labels.name(name),
                    "shown": self.labels.shown(name, self.it.value(name, answer.member)),
                }
                for name in self._classes(answer)
            ],
            "pays": scheme.amount is not None,
            "amount": None if answer.verdict is Verdict.NO else answer.amount,
            "unit": scheme.amount_unit,
            "supplements": [
                {
                    "key": extra.key,
                    "label": extra.label,
                    "amount": value,
                    "cites": cited(extra.cites),
                }
                for extra, value in answer.supplements
            ],
            **({"pending": pending} if (pending := self._pending(answer)) else {}),
            **({"cuts": cut} if (cut := self._cuts(answer)) else {}),
        }

    def _told_reason(self, reason: Reason, answer: Answer) -> Row:
        """Why not and what next: nobody applies anew for what goes on under another name (低保继续保障)."""
        told: Row = {name: getattr(reason, name) for name in reason.__slots__}
        for other in self.it.answers:
            if other.scheme.category != answer.scheme.category or other.scheme is answer.scheme:
                continue
            if other.verdict is Verdict.YES:
                return told | {"next": f"现在的保障见“{other.scheme.label}”，不用重新申请"}
            if other.verdict is Verdict.UNCLEAR:
                return told | {"next": f"是否符合“{other.scheme.label}”还没有查清，先不用重新申请"}
        return told | {"next": self.labels.advice.get(reason.code, "")}

    def _cuts(self, answer: Answer) -> list[Row]:
        """Where a bound of the law cut what is granted, each with the documents of the bound."""
        if answer.verdict is not Verdict.YES or answer.scheme.amount is None:
            return []
        amounts = (answer.scheme.amount, *(extra.amount for extra, _ in answer.supplements))
        place = (self.labels.place, self.labels.area, self.labels.on)
        return [
            {
                **{key: each for key, each in cut._asdict().items() if key != "values"},
                "cites": "；".join(
                    dict.fromkeys(self.law_value(value, *place)["cites"] for value in cut.values)
                ),
            }
            for name in amounts
            for cut in cuts(self.working, name, answer.member)
        ]

    def _pending(self, answer: Answer) -> list[Row]:
        """Members whose open verdict in a scheme that goes first would change what the family is granted.

        Or, of an open answer, would change the answer itself.
        """
        if answer.member is not None or not (
            answer.scheme.amount if answer.verdict is Verdict.YES else self._waits_for_members(answer)
        ):
            return []
        return [
            {"label": one.scheme.label, "member": one.member}
            for one in self.it.answers
            if one.scheme.key in answer.scheme.yields_to
            and one.member is not None
            and one.verdict is Verdict.UNCLEAR
        ]

    def _waits_for_members(self, answer: Answer) -> bool:
        """Whether an open answer lacks what tells who is counted: it differs with them and without."""
        if answer.verdict is Verdict.NO or self.it.value("members_settled") is not None:
            return False
        return self.working.lacking("members_settled") <= set(self.it.lacking(answer))

    def _classes(self, answer: Answer) -> list[str]:
        """The figures a scheme's statistics sort by, of a family that qualifies: 监测类别, 生活自理能力."""
        granted = answer.verdict is Verdict.YES
        return [name for name in answer.scheme.statistics if granted and name in self.columns]

    def uncounted(self) -> list[Row]:
        """Income that was declared and had no part in any answer: what a family asks about first."""
        sums = [f.name for f in self.law.facts.values() if f.sheet == INCOME and f.kind == "money"]
        if not any(name in sums for name, _ in self.behind):
            return []
        labels = self.labels
        return [
            {"name": name, "member": at, "label": labels.name(name), "shown": labels.shown(name, row[name])}
            for at, row in enumerate(self.it.trace.persons)
            for name in sums
            if row.get(name) and (name, at) not in self.behind
        ]

    # --- what is lacking ---------------------------------------------------------------------------------

    def unclear(self) -> list[Row]:
        """What to bring: each lacking fact or law value once, with the schemes that wait for it."""
        asked: dict[Leaf, list[str]] = {}
        for answer in self.it.answers:
            for leaf in self.it.lacking(answer) if answer.verdict is not Verdict.NO else ():
                asked.setdefault(self._declared(leaf), []).append(answer.scheme.label)
        return [
            {
                "name": name,
                "member": member,
                "label": self.labels.name(name),
                "ask": self._ask(name),
                "schemes": list(dict.fromkeys(schemes)),
            }
            for (name, member), schemes in asked.items()
        ]

    def _declared(self, leaf: Leaf) -> Leaf:
        """A sum unknown because its declaration is not complete asks for that, not for twenty items."""
        name, member = leaf
        fact, household = self.law.facts.get(name), self.it.document["household"]
        if fact is None or not fact.is_sum or household.get(_COMPLETE[fact.sheet]) is True:
            return leaf
        given = household if member is None else self.it.document["members"][member]
        sums = [one.name for one in self.law.facts.values() if one.is_sum and one.sheet == fact.sheet]
        # A document that brings sums already made has no rows to complete.
        return leaf if any(given.get(one) is not None for one in sums) else (_COMPLETE[fact.sheet], member)

    def _ask(self, name: str) -> str:
        """What to do about it, for the officer or, for a gap in the law, the county."""
        fact, labels = self.law.facts.get(name), self.labels
        if fact is None:
            hint = self._hint(name.removeprefix("value:"))
            return hint or "请县里补上这项政策数值（写明文件依据），用 --values 带入"
        sheet = next((sheet for sheet, flag in _COMPLETE.items() if flag == name), "")
        if sheet:
            return (
                f"请把“{sheet}”表填全，并在“{fact.sheet}”表把“{labels.name(name)}”填“是”（没有列出的即为零）"
            )
        return (
            f"请在“{fact.sheet}”表补填{_FILL_IN.get(fact.kind, '')}{f'（{fact.note}）' if fact.note else ''}"
        )

    def _hint(self, parameter: str) -> str:
        """What the county fills in, in the words of the named hole; another place (of work) is named."""
        here = (self.labels.place, self.labels.area, self.labels.on)
        asked = [one[1:4] for one in self.it.trace.lookups if one.name == parameter and one.value is None]
        places: dict[str, list[str]] = {}
        for place, area, on in asked or [here]:
            try:
                self.law.values.explain(parameter, place, area, on)
            except MissingValue as missing:
                elsewhere = "" if place == here[0] else f"{missing.region_name}（{place}）"
                places.setdefault(missing.hint, []).append(elsewhere)
        told = {hint: "、".join(dict.fromkeys(filter(None, each))) for hint, each in places.items()}
        return "；".join(_asking(hint, where) for hint, where in told.items())


def _asking(hint: str, where: str) -> str:
    """A value that is lacking, asked for in the words of its hole; without a hole, by the place it is of."""
    if not where:
        return hint
    unwritten = f"{where}没有这项数值，请补上当地的（写明文件依据），用 --values 带入"
    return f"{where}：{hint}" if hint else unwritten


def _tested(answer: Answer) -> list[Condition]:
    """The conditions with a part in the answer: all, or of a refusal those not met and those before them."""
    tests = conditions(answer.scheme)
    if answer.verdict is not Verdict.NO:
        return list(tests)
    first = tests.index(answer.failed[0])
    return [test for at, test in enumerate(tests) if at <= first or test in answer.failed]


def _of_conditions(tests: Iterable[Condition]) -> Iterator[str]:
    for test in tests:
        yield from filter(None, (test.rule, test.distance))
