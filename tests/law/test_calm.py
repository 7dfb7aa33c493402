"""A receipt refuses nobody what was never asked for: one quiet line says what was not applied for."""

from __future__ import annotations

from datetime import date
from io import StringIO

from rich.console import Console

from doudi.assessment.evaluate import assess
from doudi.assessment.receipt import receipt
from doudi.assessment.text import show
from doudi.law.rulebook import Law
from tests.law.cases import load_cases

LAW = Law.load()
CASES = {case.id: case for case in load_cases()}


def printed(case_id: str) -> str:
    case = CASES[case_id]
    law = LAW.with_values(case.test_values)
    on = date.fromisoformat(str(case.on))
    into = StringIO()
    show(
        receipt(assess(case.document(law.book), on=on, law=law)),
        Console(file=into, width=400, color_system=None),
    )
    return into.getvalue()


def test_what_nobody_asked_for_is_one_quiet_line() -> None:
    told = printed("dibao-jiangmen-01")
    assert "这次没有提出：临时救助、医疗救助。需要时可以另行申请。" in told
    assert "没有提出可以临时救助的事由" not in told
    assert "没有申请医疗救助" not in told


def test_what_was_asked_for_and_refused_is_told_with_its_reason() -> None:
    told = printed("medical-who-07")
    assert "不属医疗救助对象" in told
    assert "这次没有提出：临时救助。" in told


def test_a_bound_of_the_expenditure_route_is_not_told_where_there_is_no_such_route() -> None:
    assert "支出型纳入低保的家庭收入上限" not in printed("dibao-jiangmen-01")
