"""A bound that cut an amount names what had been paid before: a village reads the amount, not that."""

from __future__ import annotations

from datetime import date

from doudi.assessment.evaluate import assess
from doudi.assessment.receipt import to_show
from doudi.assessment.view import view as arranged
from doudi.desk.family.withheld import withheld_from
from doudi.law.rulebook import Law
from doudi.law.worked import load_cases


def test_what_was_paid_before_is_not_told_by_the_cap_that_cut_an_amount() -> None:
    case = next(one for one in load_cases() if one.id == "temporary-cap-01")
    law = Law.load().with_values(case.test_values)
    made = to_show(assess(case.document(law.book), on=date.fromisoformat(str(case.on)), law=law))
    read = {
        role: "".join(one["text"] for one in arranged(withheld_from(role).told(made))["sentences"])
        for role in ("township_clerk", "village")
    }
    assert "受封顶限制" in read["township_clerk"]
    assert "9,000.00" in read["township_clerk"]
    assert "受封顶限制" not in read["village"]
    assert "9,000.00" not in read["village"]
    assert "1,000.00" in read["village"]
