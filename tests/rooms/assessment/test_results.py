"""The list of `doudi assess`: a refusal quotes what `doudi explain` quotes, of thousands of families too."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from doudi.assessment.batch import SCALAR_UP_TO, outcomes
from doudi.assessment.evaluate import Assessment, assess
from doudi.assessment.results import tables
from doudi.intake.households import Family
from doudi.intake.records import Record
from doudi.law.spec import Unit
from tests.law.cases import load_cases
from tests.rooms.assessment.households import cases_law

LEAVING = {
    case.id: case
    for case in load_cases()
    if case.file.split("/")[0] in {"grace", "dibao_continued", "expenditure_poor"}
}
Rows = list[dict[str, Any]]


@cache
def listed(scalar_up_to: int = SCALAR_UP_TO) -> tuple[Rows, Rows]:
    """The list's rows for the cases of families that leave dibao, of households and of members."""
    documents = [
        {**document, "household": {**document["household"], "on": case.on}}
        for case in LEAVING.values()
        for document in [case.document(cases_law().book)]
    ]
    done = [
        (
            Family(
                Record("家庭", "", 1, one["household"]),
                [Record("成员", "", at, m) for at, m in enumerate(one["members"])],
            ),
            outcome,
        )
        for one, outcome in zip(
            documents,
            outcomes(documents, law=cases_law(), on=date(2018, 1, 1), scalar_up_to=scalar_up_to),
            strict=True,
        )
    ]
    households, persons = (
        [dict(zip((key for key, _, _ in table.columns), row, strict=True)) for row in table.rows]
        for table in tables(done, cases_law())
    )
    return households, persons


def explained(one: Assessment, key: str, member: int | None) -> str | None:
    (answer,) = [row for row in one.answers if (row.scheme.key, row.member) == (key, member)]
    reason = one.reason(answer)
    if reason is None:
        return None
    return f"{reason.text}（{reason.article}）" if reason.article else reason.text


@pytest.mark.parametrize(
    ("case_id", "reason"),
    [
        ("grace-jiangmen-04", "渐退期已满（江府〔2018〕6号 一(三)）"),
        ("grace-jiangmen-08", "不属当地规定的渐退对象（江府〔2018〕6号 一(三)）"),
        ("grace-jiangxi-02", "不属当地规定的渐退对象（赣发〔2018〕7号 五(一)1）"),
        ("grace-jiangmen-14", "认定退出时当地没有渐退规定（民发〔2012〕220号 第三十二条）"),
    ],
)
def test_a_grace_is_refused_by_the_document_that_holds_the_condition(case_id: str, reason: str) -> None:
    """220号 has no grace: who is past a local document's months, or outside its group, reads that one."""
    (row,) = [row for row in listed()[0] if row["household_id"] == case_id]
    assert row["grace_reason"] == reason


@pytest.mark.parametrize("scalar_up_to", [SCALAR_UP_TO, 0])
def test_the_list_gives_the_reason_that_the_receipt_gives(scalar_up_to: int) -> None:
    """Of a handful and of a batch: what a citation turns on is asked of the family in both."""
    households, persons = listed(scalar_up_to)
    members = iter(persons)
    differing = []
    for case, household in zip(LEAVING.values(), households, strict=True):
        one = assess(case.document(cases_law().book), on=date.fromisoformat(str(case.on)), law=cases_law())
        rows = {None: household, **{at: next(members) for at in range(len(one.trace.persons))}}
        for scheme in cases_law().schemes:
            for at, row in rows.items():
                if (at is None) is not (scheme.unit is Unit.HOUSEHOLD):
                    continue
                if row[f"{scheme.key}_reason"] != explained(one, scheme.key, at):
                    differing.append((case.id, scheme.key, at, row[f"{scheme.key}_reason"]))
    assert differing == []
