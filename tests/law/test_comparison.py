"""C18, the half-yearly comparison of two departments' lists."""

from datetime import date
from fractions import Fraction

import pytest

from doudi.law.comparison import MISSING_IN_OTHER, VALUE_DIFF, Difference, differences
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law
from tests.law.test_catalogues_indicators import an

MOST = int(Law.load().values.require("list_difference_most", "360102", "URBAN", ymd(date(2018, 6, 30))))
CIVIL = {"a": 480_000, "b": 500_000, "c": 500_000, "d": 450_000}
MONITORING = {"b": 500_000, "c": 620_000, "e": 510_000}


def test_c18_four_rows_and_one_clean_family() -> None:
    assert MOST == 100
    rows = differences(CIVIL, MONITORING, most=MOST)
    assert rows == (
        Difference("a", MISSING_IN_OTHER, 480_000, None),
        Difference("c", VALUE_DIFF, 500_000, 620_000),
        Difference("d", MISSING_IN_OTHER, 450_000, None),
        Difference("e", MISSING_IN_OTHER, None, 510_000),
    )
    counted = {"part": len(rows), "whole": len({*CIVIL, *MONITORING})}
    assert an("cn-list-difference").figure(counted) == Fraction(4, 5)


@pytest.mark.parametrize(
    ("theirs", "kinds"),
    [(550_000, []), (550_001, [VALUE_DIFF]), (450_000, []), (449_999, [VALUE_DIFF]), (None, [])],
)
def test_ten_percent_is_still_no_difference(theirs: int | None, kinds: list[str]) -> None:
    assert [row.kind for row in differences({"c": 500_000}, {"c": theirs}, most=MOST)] == kinds


def test_an_unknown_income_does_not_hide_a_family_missing_from_a_list() -> None:
    assert [row.kind for row in differences({"a": None}, {}, most=MOST)] == [MISSING_IN_OTHER]
